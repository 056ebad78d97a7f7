// Loss and error of recorded trainings epoch by epoch, and where one would have
// stopped. d2lutils.interactive.training_curves thins the curves; the stops are those
// of all epochs.
function render(context) {
  const runs = context.model.get("runs"),
    labels = runs.map(run => run.label);
  const epochs = [...new Set(runs.flatMap(run => run.epochs))].sort((a, b) => a - b);
  const chosen = state => runs[Math.max(0, labels.indexOf(state.run))];
  const nearest = (run, epoch) =>
    run.epochs.reduce(
      (best, e, i) =>
        Math.abs(e - epoch) < Math.abs(run.epochs[best] - epoch) ? i : best,
      0,
    );
  const shown = epoch => {
    const run = chosen({ run: context.model.get("run") });
    return run.epochs[nearest(run, epoch)];
  };
  const names = ["train_loss", "train_error", "test_loss", "test_error"];
  const at = (run, i) => ({
    epoch: run.epochs[i],
    ...Object.fromEntries(names.map(name => [name, run[name][i]])),
  });
  const percent = v => format(100 * v) + "%";
  const jump = i => state => ({ epoch: chosen(state).epochs[i(chosen(state))] });

  const legendRows = width => (narrow(width) ? 36 : 18);
  return mount(context, {
    label: "Loss, on a logarithmic axis, and error by epoch, on training and test data",
    keys: ["run", "epoch"],
    height: width => legendRows(width) + 6 + (narrow(width) ? 500 : 320),
    controls: [
      ...(runs.length > 1
        ? [
            {
              key: "run",
              label: "run",
              type: "select",
              options: labels.map(label => [label, label]),
            },
          ]
        : []),
      { key: "epoch", label: "epoch", values: epochs, show: v => String(shown(v)) },
      { button: "Least test loss", changes: jump(run => run.stops[0]) },
      { button: "Least test error", changes: jump(run => run.stops[1]) },
      { button: "Last epoch", changes: jump(run => run.epochs.length - 1) },
    ],
    handle: {
      label: "Chosen epoch",
      ring: true,
      step: 1,
      move: ([x], state) => ({
        epoch: chosen(state).epochs[nearest(chosen(state), x)],
      }),
      nudge([right, up], step, state) {
        const run = chosen(state),
          i = nearest(run, state.epoch) + (right + up) * step;
        return [run.epochs[clamp(i, 0, run.epochs.length - 1)], 0];
      },
    },
    draw({ layer, width, state }) {
      const run = chosen(state),
        last = run.epochs.length - 1,
        now = nearest(run, state.epoch),
        [byLoss, byError] = run.stops;
      const top =
        6 +
        legend(layer, [4, 0, width], narrow(width) ? 2 : 4, [
          ["training", "fig-a"],
          ["test", "fig-b"],
          ["least test loss", "fig-c fig-dash"],
          ["least test error", "fig-d fig-dash"],
        ]);
      const box = k =>
        narrow(width)
          ? [0, top + 250 * k, width, 250]
          : [(width / 2) * k, top, width / 2, 320];
      const panel = (k, y, ylabel, kind, value) => {
        const plot = axes(layer, box(k), {
          x: [0, 1.02 * run.epochs[last]],
          y,
          xlabel: "epoch",
          ylabel,
          logY: !k,
        });
        const mark = (i, colour) =>
          plot.line(
            [
              [run.epochs[i], y[0]],
              [run.epochs[i], y[1]],
            ],
            colour,
          );
        mark(now, "fig-faint");
        mark(byLoss, "fig-c fig-dash");
        // Both are seen at the same epoch.
        mark(byError, "fig-d fig-dash").setAttribute("stroke-dashoffset", 5.5);
        for (const [data, colour] of [
          ["train_", "fig-a"],
          ["test_", "fig-b"],
        ]) {
          const points = run[data + kind].map((v, i) => [run.epochs[i], value(v)]);
          plot.line(points, colour);
          plot.dot(points[now], colour);
        }
        return plot;
      };
      const logs = [...run.train_loss, ...run.test_loss]
        .filter(v => v > 0)
        .map(Math.log10);
      const low = Math.floor(Math.min(...logs)),
        high = Math.max(low + 1, Math.ceil(Math.max(...logs)));
      const plot = panel(0, [low, high], "loss", "loss", Math.log10);
      panel(
        1,
        [0, Math.max(1, 105 * Math.max(...run.train_error, ...run.test_error))],
        "wrong answers, %",
        "error",
        v => 100 * v,
      );
      const r = {
        run: run.label,
        chosen: at(run, now),
        least_loss: at(run, byLoss),
        least_error: at(run, byError),
        last: at(run, last),
      };
      const { chosen: c, least_loss: a, least_error: b, last: end } = r;
      const sentence =
        (runs.length > 1 ? run.label + ", epoch " : "Epoch ") +
        `${c.epoch} of ${end.epoch}: training loss ${format(c.train_loss)} ` +
        `and error ${percent(c.train_error)}, test loss ${format(c.test_loss)} and ` +
        `error ${percent(c.test_error)}. ` +
        `Stopping at the least test loss (epoch ${a.epoch}) gives test loss ` +
        `${format(a.test_loss)} and error ${percent(a.test_error)}, ` +
        `at the least test error (epoch ${b.epoch}) ${format(b.test_loss)} and ` +
        `${percent(b.test_error)}, ` +
        `at the end ${format(end.test_loss)} and ${percent(end.test_error)}.`;
      const start =
        `epoch ${c.epoch}, test loss ${format(c.test_loss)}, test error ` +
        `${percent(c.test_error)}`;
      return {
        result: r,
        sentence,
        plot,
        at: [c.epoch, clamp(Math.log10(c.test_loss), low, high)],
        start,
      };
    },
  });
}
