// What is said of a completion.
function words() {
  const total = values => values.reduce((sum, v) => sum + v, 0);
  const rank = values => {
    const nuclear = total(values);
    return Math.exp(
      total(values.map(v => v && (-v / nuclear) * Math.log(v / nuclear))),
    );
  };
  function tell({ path, seen, goal }, { depth, init_scale }) {
    const end = path[path.length - 1];
    return (
      `Depth ${depth}, initial scale ${format(init_scale)}, ` +
      `${total(seen)} of 64 entries: after ${end.step} steps ` +
      (end.loss <= 1e-6
        ? "the observed entries are fitted"
        : `the loss is still ${format(end.loss, 2)}`) +
      ". Over the unseen entries the relative error is " +
      `${format(end.error)}; the effective rank is ${format(rank(end.values))}, the ` +
      `nuclear norm ${format(total(end.values))} ` +
      `(of the truth: ${format(total(goal))}).`
    );
  }
  return { total, rank, tell };
}
