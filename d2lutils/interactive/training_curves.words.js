// What is said of a training.
function words() {
  function tell({ run, chosen: c, least_loss: a, least_error: b, last: end }, several) {
    return (
      (several ? run + ", epoch " : "Epoch ") +
      `${c.epoch} of ${end.epoch}: training loss ${format(c.train_loss)} ` +
      `and error ${percent(c.train_error)}, test loss ${format(c.test_loss)} and ` +
      `error ${percent(c.test_error)}. ` +
      `Stopping at the least test loss (epoch ${a.epoch}) gives test loss ` +
      `${format(a.test_loss)} and error ${percent(a.test_error)}, ` +
      `at the least test error (epoch ${b.epoch}) ${format(b.test_loss)} and ` +
      `${percent(b.test_error)}, ` +
      `at the end ${format(end.test_loss)} and ${percent(end.test_error)}.`
    );
  }
  return { tell };
}
