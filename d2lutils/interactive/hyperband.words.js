// What is said of the brackets.
function words(samples) {
  const total = (list, f) => list.reduce((sum, one) => sum + f(one), 0);
  function tell(all, now, eta) {
    const { s, n, rungs, found, truly } = now,
      sum = f => total(all, f),
      best = Math.min(...all.map(b => b.found.final));
    return (
      `Bracket ${s} starts ${n} settings with resource ${rungs[0][1]}` +
      (s
        ? `; ${s} ${s > 1 ? "cuts keep" : "cut keeps"} one in ${eta}` +
          (s > 1 ? " each" : "")
        : "") +
      `; budget ${now.budget}. It finds loss ${format(found.final)}` +
      (truly === found
        ? ", the best of its sample. "
        : `; the best of its sample would have come to ${format(truly.final)}, but ` +
          `was cut at resource ${rungs[truly.cut][1]}. `) +
      `All brackets: ${sum(b => b.n)} settings, budget ${sum(b => b.budget)}, best ` +
      `${format(best)}. The losses in the table are medians of ${samples} samples.`
    );
  }
  // Of one setting, whose curve is marked.
  function tellOne(number, { cut, final }, stopped, { s, rungs }) {
    const end =
      cut < s
        ? `is cut at resource ${rungs[cut][1]} with loss ${format(stopped)}; uncut ` +
          `it would have come to ${format(final)}.`
        : `is trained to the end, to loss ${format(final)}.`;
    return ` Setting ${number + 1} (ring) ${end}`;
  }
  // While the brackets are played: the rung that is being climbed.
  function tellNow({ s, rungs }, rung) {
    const [number, resource] = rungs[rung],
      kept = rungs[rung + 1]?.[0] || 1;
    return `Bracket ${s}, up to resource ${resource}: keeps ${kept} of ${number}.`;
  }
  const asks = {
    goals: [
      [
        "find the best of its sample with three cuts or more",
        r =>
          r.chosen > 2 && r.brackets.some(b => b.s === r.chosen && b.found === b.truly),
      ],
    ],
    predict: {
      question: ({ bracket, eta }) =>
        `Bracket ${bracket} keeps one setting in ${eta} at each rung. Will the best ` +
        `of its sample be among the last?`,
      options: () => ["yes", "no, it is cut before"],
      answer: r => {
        const { found, truly } = r.brackets.find(b => b.s === r.chosen);
        return +(found !== truly);
      },
    },
  };
  return { tell, tellOne, tellNow, total, asks };
}
