// Hyperband's brackets (Li et al. 2018) on synthetic learning curves that are cut at
// the rungs. d2lutils.search.brackets is the twin of the schedule.
function render(context) {
  const eachBracket = (R, eta) => {
    let top = 0;
    while (eta ** (top + 1) <= R) top++;
    return linspace(top, 0, top + 1).map(s => {
      const n = Math.floor(((top + 1) * eta ** s + s) / (s + 1));
      const rungs = Array.from({ length: s + 1 }, (_, i) => [
        Math.floor(n / eta ** i),
        Math.floor(R / eta ** (s - i)),
      ]);
      return {
        s,
        n,
        rungs,
        budget: rungs.reduce((sum, [number, resource]) => sum + number * resource, 0),
      };
    });
  };
  const largest = (R, eta) => eachBracket(R, eta).length - 1;

  // Two uniforms a setting: its loss at the full resource R, few near 0.01 and most
  // near 1, and its haste. On logarithmic axes the curve is a straight line for a = 1,
  // falls early for a < 1 and late for a > 1.
  const loss = ({ final, a }, t, R) =>
    final ** (((1 + Math.log(t)) / (1 + Math.log(R))) ** a);
  function settings(u, from, n, crossing) {
    return Array.from({ length: n }, (_, i) => {
      const q = Math.sqrt(u[2 * (from + i)]);
      return {
        final: 10 ** (2 * q - 2),
        a: 8 ** ((crossing * (1 + u[2 * (from + i) + 1] - 3 * q)) / 2),
      };
    });
  }

  // Successive halving: a setting's cut is the last rung that it reached.
  function halve({ n, rungs }, u, from, { max_resource: R, crossing }) {
    const all = settings(u, from, n, crossing);
    let alive = all.slice();
    rungs.forEach(([, t], i) => {
      for (const one of alive) one.cut = i;
      const now = new Map(alive.map(one => [one, loss(one, t, R)])),
        kept = i + 1 < rungs.length ? rungs[i + 1][0] : 1;
      alive = alive.sort((p, q) => now.get(p) - now.get(q)).slice(0, kept);
    });
    return {
      all,
      found: alive[0],
      truly: all.reduce((best, one) => (one.final < best.final ? one : best)),
    };
  }

  // Every bracket has settings of its own, the one with most of them first.
  function search(state, seed) {
    const schedule = eachBracket(state.max_resource, state.eta),
      u = uniforms(seed, 2 * schedule.reduce((sum, b) => sum + b.n, 0));
    let from = 0;
    return schedule.map(b => ({ ...b, ...halve(b, u, (from += b.n) - b.n, state) }));
  }

  const samples = 51;
  let last = {};
  function medians(state) {
    const key = [state.max_resource, state.eta, state.crossing].join();
    if (last.key !== key) {
      const runs = linspace(0, samples - 1, samples).map(seed => search(state, seed));
      last = {
        key,
        values: runs[0].map(
          (_, k) =>
            runs.map(run => run[k].found.final).sort((a, b) => a - b)[
              (samples - 1) / 2
            ],
        ),
      };
    }
    return last.values;
  }

  const get = key => context.model.get(key);
  return mount(context, {
    label:
      "Learning curves of one bracket of Hyperband, cut at its rungs, and a table of " +
      "all brackets",
    keys: ["max_resource", "eta", "bracket", "crossing", "seed"],
    height: width =>
      (narrow(width) ? 308 : 318) + 20 * largest(get("max_resource"), get("eta")),
    play: true,
    controls: [
      {
        key: "bracket",
        label: "bracket s",
        min: 0,
        max: () => largest(get("max_resource"), get("eta")),
        step: 1,
      },
      {
        key: "max_resource",
        label: "largest resource R",
        values: [4, 8, 9, 16, 25, 27, 32, 64, 81, 125, 128],
        changes: R => ({ bracket: Math.min(get("bracket"), largest(R, get("eta"))) }),
      },
      {
        key: "eta",
        label: "keep one in η",
        min: 2,
        max: 5,
        step: 1,
        changes: eta => ({
          bracket: Math.min(get("bracket"), largest(get("max_resource"), eta)),
        }),
      },
      {
        key: "crossing",
        label: "how slowly good settings start",
        min: 0,
        max: 1,
        step: 0.1,
      },
      nextSeed("Another sample"),
    ],
    draw({ layer, width, state, progress }) {
      const { max_resource: R, eta } = state,
        all = search(state, state.seed),
        top = all.length - 1,
        middle = medians(state);
      const now = all[top - Math.min(state.bracket, top)],
        { s, n, rungs, found, truly } = now;
      const rows = legend(layer, [4, 0, width], narrow(width) ? 2 : 4, [
        ["cut", "fig-faint fig-thin"],
        ["trained to the end", "fig-a fig-thin"],
        ["best found", "fig-c"],
        ["best of the sample", "fig-d fig-dash"],
      ]);
      const column = t => top + Math.log(t / R) / Math.log(eta),
        resources = all[0].rungs.map(rung => rung[1]);
      const wide = width - (narrow(width) ? 100 : 160),
        x = [-0.4, top + 0.15],
        bottom = narrow(width) ? 300 : 310;
      const plot = axes(layer, [0, rows, wide, bottom - rows], {
        x,
        y: [-2, 0],
        logY: true,
        xlabel: "",
        ylabel: "validation loss by resource r",
        xticks: [],
      });
      for (const [, t] of rungs)
        plot.line(
          [
            [column(t), -2],
            [column(t), 0],
          ],
          "fig-faint fig-dash",
        );

      const end = x[0] + progress * (top - x[0]),
        stop = one => column(rungs[one.cut][1]);
      const draw = (one, from, to, colour) =>
        to > from &&
        plot.line(
          linspace(from, to, 30).map(v => [
            v,
            Math.log10(loss(one, R * eta ** (v - top), R)),
          ]),
          colour,
        );
      const trace = (one, colour) => draw(one, x[0], Math.min(end, stop(one)), colour);
      for (const one of now.all) if (one.cut < s) trace(one, "fig-faint fig-thin");
      for (const one of now.all) if (one.cut === s) trace(one, "fig-a fig-thin");
      if (truly !== found) {
        trace(truly, "fig-d");
        if (progress === 1) {
          draw(truly, stop(truly), top, "fig-d fig-dash");
          plot.dot([top, Math.log10(truly.final)], "fig-d");
        }
      }
      trace(found, "fig-c");
      if (progress === 1) plot.dot([top, Math.log10(found.final)], "fig-c");

      const cell = (px, row, text, chosen, anchor = "middle") =>
        shape(
          layer,
          "text",
          {
            x: px,
            y: bottom - 22 + 20 * row,
            "text-anchor": anchor,
            ...(chosen ? { class: "fig-label fig-a" } : {}),
          },
          text,
        );
      const budgets = wide + (narrow(width) ? 14 : 30),
        ends = width - 2;
      cell(4, 0, "r", false, "start");
      resources.forEach(t => cell(plot.X(column(t)), 0, t));
      cell(budgets, 0, narrow(width) ? "cost" : "budget");
      cell(ends, 0, narrow(width) ? "loss" : "median loss", false, "end");
      all.forEach((b, k) => {
        cell(4, k + 1, "s=" + b.s, b === now, "start");
        b.rungs.forEach(([number, t]) =>
          cell(plot.X(column(t)), k + 1, number, b === now),
        );
        cell(budgets, k + 1, b.budget, b === now);
        cell(ends, k + 1, format(middle[k], 2), b === now, "end");
      });

      const settingsInAll = all.reduce((sum, b) => sum + b.n, 0),
        budget = all.reduce((sum, b) => sum + b.budget, 0);
      const best = Math.min(...all.map(b => b.found.final)),
        exact = truly === found;
      const sentence =
        `Bracket ${s} starts ${n} settings with resource ${rungs[0][1]}` +
        (s
          ? `; ${s} ${s > 1 ? "cuts keep" : "cut keeps"} one in ${eta}` +
            (s > 1 ? " each" : "")
          : "") +
        `; budget ${now.budget}. It finds loss ${format(found.final)}` +
        (exact
          ? ", the best of its sample. "
          : `; the best of its sample would have come to ${format(truly.final)}, but ` +
            `was cut at resource ${rungs[truly.cut][1]}. `) +
        `All brackets: ${settingsInAll} settings, budget ${budget}, best ` +
        `${format(best)}. The losses in the table are medians of ${samples} samples.`;
      const result = {
        brackets: all.map((b, k) => ({
          s: b.s,
          rungs: b.rungs,
          budget: b.budget,
          found: b.found.final,
          truly: b.truly.final,
          cut: b.truly.cut,
          median: middle[k],
        })),
        chosen: s,
        settings: settingsInAll,
        budget,
        best,
      };
      return { result, sentence, plot };
    },
  });
}
