// Learning curves, cut at the rungs of a bracket: the picture.
function render(context) {
  const { largest, loss, search, samples } = numbers(),
    medians = aside(() => numbers().medians, [numbers]),
    { tell, total } = words(samples),
    get = key => context.model.get(key),
    most = () => largest(get("max_resource"), get("eta"));

  // Rungs of every bracket, below the curves: `at` places resource t.
  function schedule(layer, { all, now, typical, plot, column, wide, width, bottom }) {
    const at = t => plot.X(column(t)),
      middle = typical.result;
    const place = (x, row, anchor, chosen) => ({
      x,
      y: bottom - 22 + 20 * row,
      "text-anchor": anchor,
      ...(chosen ? { class: "fig-label fig-a" } : {}),
    });
    const cell = (x, row, text, chosen, anchor = "middle") =>
      shape(layer, "text", place(x, row, anchor, chosen), text);
    const tight = narrow(width),
      budgets = wide + (tight ? 14 : 30),
      ends = width - 2;
    cell(4, 0, "r", false, "start");
    all[0].rungs.forEach(([, t]) => cell(at(t), 0, t));
    cell(budgets, 0, tight ? "cost" : "budget");
    cell(ends, 0, tight ? "loss" : "median loss", false, "end");
    all.forEach((b, k) => {
      cell(4, k + 1, "s=" + b.s, b === now, "start");
      b.rungs.forEach(([number, t]) => cell(at(t), k + 1, number, b === now));
      cell(budgets, k + 1, b.budget, b === now);
      if (middle[k]) cell(ends, k + 1, format(middle[k], 2), b === now, "end");
    });
  }

  return mount(context, {
    parameters,
    label:
      "Learning curves of one bracket of Hyperband, cut at its rungs, and a table of " +
      "all brackets",
    height: width => (narrow(width) ? 248 : 318) + 20 * most(),
    play: true,
    most: { bracket: most },
    changes: {
      max_resource: R => ({
        bracket: Math.min(get("bracket"), largest(R, get("eta"))),
      }),
      eta: eta => ({
        bracket: Math.min(get("bracket"), largest(get("max_resource"), eta)),
      }),
    },
    off: medians.off,
    controls: [nextSeed("Another sample")],
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
    draw({ layer, width, state, progress, asking, again }) {
      const { max_resource: R, eta } = state,
        all = search(state, state.seed),
        top = all.length - 1,
        about = { max_resource: R, eta, crossing: state.crossing },
        key = JSON.stringify(about),
        typical = medians.get(key, about, again),
        now = all[top - Math.min(state.bracket, top)],
        { s, rungs, found, truly } = now;
      const rows = legend(layer, [4, 0, width], narrow(width) ? 2 : 4, [
        ["cut (at the dot)", "fig-faint fig-thin"],
        ["trained to the end", "fig-a fig-thin"],
        ["best found", "fig-c"],
        ["best of the sample", "fig-d fig-dash"],
      ]);
      const column = t => top + Math.log(t / R) / Math.log(eta),
        wide = width - (narrow(width) ? 100 : 160),
        x = [-0.4, top + 0.15],
        bottom = narrow(width) ? 240 : 310;
      const plot = axes(layer, [0, rows, wide, bottom - rows], {
        x,
        y: [-2, 0],
        logY: true,
        xlabel: "",
        ylabel: "validation loss by resource r",
        xticks: [],
      });
      for (const [, t] of rungs) plot.upright(column(t), "fig-faint fig-dash");

      const end = x[0] + progress * (top - x[0]),
        height = (one, v) => Math.log10(loss(one, R * eta ** (v - top), R)),
        stop = one => column(rungs[one.cut][1]);
      const line = (one, from, to) =>
        linspace(from, to, 30).map(v => [v, height(one, v)]);
      const draw = (one, from, to, colour, name) =>
        to > from && plot.line(line(one, from, to), colour, name);
      const trace = (one, colour, name) =>
        draw(one, x[0], Math.min(end, stop(one)), colour, name);
      now.all.forEach((one, k) => {
        if (one.cut === s) return;
        trace(one, "fig-faint fig-thin", `cut ${k + 1}`);
        if (end >= stop(one)) plot.dot([stop(one), height(one, stop(one))], "", 2.5);
      });
      now.all.forEach((one, k) => {
        if (one.cut === s) trace(one, "fig-a fig-thin", `trained to the end ${k + 1}`);
      });
      const done = progress === 1 && !asking;
      if (truly !== found) {
        trace(truly, "fig-d", "best of the sample");
        if (done) {
          draw(truly, stop(truly), top, "fig-d fig-dash", "best of the sample, uncut");
          plot.dot([top, Math.log10(truly.final)], "fig-d");
        }
      }
      trace(found, "fig-c", "best found");
      if (done) plot.dot([top, Math.log10(found.final)], "fig-c");
      schedule(layer, { all, now, typical, plot, column, wide, width, bottom });

      const result = () => ({
        brackets: all.map((b, k) => ({
          s: b.s,
          rungs: b.rungs,
          budget: b.budget,
          found: b.found.final,
          truly: b.truly.final,
          cut: b.truly.cut,
          median: medians.atOnce(key, about).result[k],
        })),
        chosen: s,
        settings: total(all, b => b.n),
        budget: total(all, b => b.budget),
        best: Math.min(...all.map(b => b.found.final)),
      });
      const pending = typical.key !== key,
        sentence = tell(all, now, eta);
      return { result, sentence, plot, pending, stages: top + 1 };
    },
  });
}
