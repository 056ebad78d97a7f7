// Learning curves, cut at the rungs of a bracket: the picture.
function render(context) {
  const { largest, loss, search, samples, moment, closest } = numbers(),
    medians = aside(() => numbers().medians, [numbers]),
    { tell, tellOne, tellNow, total, asks } = words(samples),
    schedule = parts(),
    get = key => context.model.get(key),
    most = () => largest(get("max_resource"), get("eta"));

  // Where the curves of the bracket shown end: [column, height].
  let ends = [];

  return mount(context, {
    parameters,
    label:
      "Learning curves of one bracket of Hyperband, cut at its rungs, and a table of " +
      "all brackets",
    height: width => (narrow(width) ? 248 : 318) + 20 * most(),
    play: 12_000,
    ends: { bracket: 0 },
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
    controls: [
      {
        button: "Next bracket",
        changes: ({ bracket }) => ({ bracket: bracket ? bracket - 1 : most() }),
      },
      nextSeed("Another sample"),
    ],
    handle: {
      label: "Setting",
      ring: true,
      step: 1,
      move: point => ({ setting: closest(ends, point) }),
      nudge: ([right, up], step, { setting }) =>
        ends[clamp(setting + (right + up) * step, 0, ends.length - 1)],
    },
    ...asks,
    draw({ layer, width, state, progress, asking, again }) {
      const { max_resource: R, eta } = state,
        all = search(state, state.seed),
        top = all.length - 1,
        { stages, rung, share, ...played } = moment(all, progress),
        still = progress === 1 || asking,
        about = { max_resource: R, eta, crossing: state.crossing },
        key = JSON.stringify(about),
        typical = medians.get(key, about, again),
        now = still ? all[top - Math.min(state.bracket, top)] : played.now,
        { s, rungs, found, truly } = now;
      const first = legend(layer, [4, 0, width], narrow(width) ? 2 : 4, [
        ["cut (at the dot)", "fig-faint fig-thin"],
        ["trained to the end", "fig-a fig-thin"],
        ["best found", "fig-c"],
        ["best of the sample", "fig-d fig-dash"],
      ]);
      const column = t => top + Math.log(t / R) / Math.log(eta),
        wide = width - (narrow(width) ? 100 : 160),
        x = [-0.4, top + 0.15],
        bottom = narrow(width) ? 240 : 310;
      const plot = axes(layer, [0, first, wide, bottom - first], {
        x,
        y: [-2, 0],
        logY: true,
        xlabel: "",
        ylabel: "validation loss by resource r",
        xticks: [],
      });
      for (const [, t] of rungs) plot.upright(column(t), "fig-faint fig-dash");

      const place = i => (i ? column(rungs[i - 1][1]) : x[0]),
        to = still ? top : share * place(rung + 1) + (1 - share) * place(rung),
        end = asking ? x[0] : to,
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
      const done = progress === 1 && !asking,
        chosen = Math.min(state.setting, now.n - 1),
        one = now.all[chosen];
      ends = now.all.map(each => [stop(each), height(each, stop(each))]);
      trace(one, "fig-b", `setting ${chosen + 1}`);
      if (done) draw(one, stop(one), top, "fig-b fig-dash", "the same, uncut");
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
        setting: { final: one.final, cut: one.cut, stopped: 10 ** ends[chosen][1] },
        settings: total(all, b => b.n),
        budget: total(all, b => b.budget),
        best: Math.min(...all.map(b => b.found.final)),
      });
      const pending = typical.key !== key,
        aboutOne = tellOne(chosen, one, 10 ** ends[chosen][1], now),
        sentence = tell(all, now, eta) + aboutOne;
      const [at, start] = [ends[chosen], aboutOne.trim()];
      const told = still ? "" : tellNow(now, rung);
      return { result, sentence, plot, at, start, pending, stages, now: told };
    },
  });
}
