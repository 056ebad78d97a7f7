// A net of finite width beside the infinite one: the picture.
function render(context) {
  const work = aside(numbers, []),
    exact = numbers();

  function tell(r, { width, scale, steps }) {
    return (
      `Width ${width}, output scale ${format(scale)}: at the start, ` +
      `the net's kernel on the five points is ${format(r.distance)} (relative) ` +
      `from its limit. ` +
      `In ${steps} steps of gradient descent it drifts by ` +
      `${format(r.drift)}, and the outputs on the circle end ` +
      `${format(r.gap)} from those of an infinitely wide net that starts with the ` +
      `same outputs.`
    );
  }

  const rows = width => (narrow(width) ? 42 : 24);
  const boxes = (width, view) =>
    [0, 1, 2, 3].map(k =>
      view === undefined
        ? [((k % 2) * width) / 2, rows(width) + 240 * (k >> 1), width / 2, 235]
        : k === view && [0, rows(width), width, 250],
    );
  return mount(context, {
    parameters,
    label:
      "The tangent kernel of a net, its training, its function, and its distance " +
      "from the infinitely wide net by width",
    views: ["kernel", "training", "function", "by width"],
    height: (width, view) => rows(width) + (view === undefined ? 475 : 250),
    play: 4000,
    controls: [nextSeed("Another draw")],
    off: work.off,
    goals: [
      ["make the gap of the outputs smaller than 0.01", r => r.gap < 0.01],
      ["let the kernel drift by more than its own size", r => r.drift > 1],
    ],
    draw({ layer, width, view, state, progress, again }) {
      const { width: m, ...rest } = state,
        key = JSON.stringify(rest),
        found = work.get(key, rest, again),
        { runs, widths, angles, y, degrees, limit } = found.result,
        now = runs[widths.indexOf(m)];
      const steps = Math.ceil(progress * state.steps),
        r = progress < 1 ? exact({ ...rest, only: m, steps }) : now;
      const place = boxes(width, view),
        panel = (k, options) => axes(layer, place[k], options);
      legend(layer, [4, 0, width], narrow(width) ? 2 : 3, [
        ["net at the start", "fig-a"],
        ["net after training", "fig-b"],
        ["infinitely wide net", "fig-dash"],
      ]);
      const turn = {
          x: [-180, 180],
          xticks: [-180, -90, 0, 90, 180],
          xlabel: "angle of x",
        },
        around = values => degrees.map((d, k) => [d, values[k]]);
      const reach = 1.1 * Math.max(...now.line, ...now.line_after, 2);
      const first = panel(0, {
        ...turn,
        y: [-0.2 * reach, reach],
        ylabel: "kernel Θ(x, x′), x′ at angle 0",
      });
      first.line(around(limit), "fig-dash", "infinitely wide net");
      first.line(around(r.line), "fig-a", "net at the start");
      first.line(around(r.line_after), "fig-b", "net after training");

      const training = panel(1, {
        x: [0, state.steps],
        xticks: ticks(0, state.steps, 4),
        y: [-1.5, 1.5],
        xlabel: "step",
        ylabel: "outputs at the five points",
      });
      angles.forEach((angle, i) => {
        const path = f => f.map((values, k) => [k, values[i]]),
          name = ` at angle ${angle}`;
        training.line(path(r.frozen_path), "fig-dash", "infinitely wide net" + name);
        training.line(path(r.path), "fig-b", "net" + name);
      });

      const f = panel(2, { ...turn, y: [-2, 2], ylabel: "outputs f(x), points" });
      f.line(around(r.frozen_curve), "fig-dash", "infinitely wide net");
      f.line(around(r.curve), "fig-b", "net after training");
      angles.forEach((d, i) => f.dot([d, y[i]], "fig-d"));

      const plot = panel(3, {
        x: [2.8, 10.2],
        xticks: ticks(3, 10, 7),
        y: [-3, 1],
        logY: true,
        xlabel: "log₂ width",
        ylabel: "",
      });
      const errors = [
        ["distance", "fig-a", "kernel"],
        ["drift", "fig-b", "its drift"],
        ["gap", "fig-c", "outputs"],
      ];
      if (place[3]) {
        const [left, height, wide] = place[3];
        const entries = errors.map(([, colour, name]) => [name, colour]);
        legend(layer, [left + 8, height, wide - 8], 3, entries);
      }
      for (const [key, colour, name] of errors) {
        const points = runs.map((run, k) => [k + 3, Math.log10(run[key])]);
        plot.line(points, colour + " fig-thin", name);
        plot.dot([Math.log2(m), Math.log10(r[key])], colour);
      }
      const result = () => {
        const all = work.atOnce(key, rest).result.runs,
          list = name => all.map(run => run[name]);
        return {
          ...(progress < 1 ? r : all[widths.indexOf(m)]),
          distances: list("distance"),
          drifts: list("drift"),
          gaps: list("gap"),
        };
      };
      const pending = found.key !== key;
      return { result, sentence: tell(r, state), plot, pending, stages: state.steps };
    },
  });
}
