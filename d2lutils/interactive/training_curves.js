// Loss and error of recorded trainings epoch by epoch, and where one would have
// stopped: the curves may be thinned, the stops are those of all epochs.
function render(context) {
  const runs = context.model.get("runs"),
    labels = runs.map(run => run.label),
    chosen = state => runs[Math.max(0, labels.indexOf(state.run))],
    present = () => chosen({ run: context.model.get("run") });
  const place = (run, epoch) => nearest(run.epochs, epoch);
  const { tell } = words(),
    sketch = parts();
  const names = ["train_loss", "train_error", "test_loss", "test_error"];
  const at = (run, i) => ({
    epoch: run.epochs[i],
    ...Object.fromEntries(names.map(name => [name, run[name][i]])),
  });
  const jump = i => state => ({ epoch: chosen(state).epochs[i(chosen(state))] });
  const last = run => run.epochs.length - 1;
  return mount(context, {
    parameters,
    options: { run: labels.map(label => [label, label]) },
    values: { epoch: () => present().epochs },
    show: { epoch: v => String(present().epochs[place(present(), v)]) },
    label: "Loss, on a logarithmic axis, and error by epoch, on training and test data",
    views: ["loss", "error"],
    height: (width, view) => pair(width, view).height,
    controls: [
      { button: "Least test loss", changes: jump(run => run.stops[0]) },
      { button: "Least test error", changes: jump(run => run.stops[1]) },
      { button: "Last epoch", changes: jump(last) },
    ],
    goals: [
      [
        "after the least test loss, a test error two points higher than there",
        ({ chosen: c, least_loss: best }) =>
          c.epoch > best.epoch && c.test_error >= best.test_error + 0.02,
      ],
    ],
    predict: {
      question:
        "You see the training data only. Draw the error on test data: press and drag " +
        "across the panel of errors, or move the ring with the arrow keys.",
      options: () => ["Show the answer"],
      view: 1,
      judge: ({ least_error }) => sketch.judge(least_error.epoch),
    },
    reset: sketch.forget,
    handle: {
      label: "Chosen epoch",
      ring: true,
      step: 1,
      pick: sketch.pick,
      move: (point, state) =>
        sketch.asked
          ? sketch.move(point)
          : { epoch: chosen(state).epochs[place(chosen(state), point[0])] },
      nudge([right, up], step, state) {
        if (sketch.asked) return sketch.nudge([right, up], step);
        const run = chosen(state),
          i = place(run, state.epoch) + (right + up) * step;
        return [run.epochs[clamp(i, 0, last(run))], 0];
      },
    },
    draw({ layer, width, view, state, asking, again }) {
      const run = chosen(state),
        now = place(run, state.epoch),
        [byLoss, byError] = run.stops,
        { boxes } = pair(width, view, 0.5);
      legend(layer, [4, 0, width], narrow(width) ? 2 : 4, [
        ["training", "fig-a"],
        ["test", "fig-b"],
        ["least test loss", "fig-c fig-dash"],
        ["least test error", "fig-d fig-dash"],
      ]);
      const panel = (k, y, ylabel, kind, value) => {
        const plot = axes(layer, boxes[k], {
          x: [0, 1.02 * run.epochs[last(run)]],
          y,
          xlabel: "epoch",
          ylabel,
          logY: !k,
        });
        plot.upright(run.epochs[now], "fig-faint");
        const draw = (data, colour, name) => {
          const points = run[data + kind].map((v, i) => [run.epochs[i], value(v)]);
          plot.line(points, colour, name);
          plot.dot(points[now], colour);
        };
        draw("train_", "fig-a", "training");
        if (asking) return plot;
        plot.upright(run.epochs[byLoss], "fig-c fig-dash");
        // Both are seen at the same epoch.
        const second = plot.upright(run.epochs[byError], "fig-d fig-dash");
        second.setAttribute("stroke-dashoffset", 5.5);
        draw("test_", "fig-b", "test");
        return plot;
      };
      const logs = [...run.train_loss, ...run.test_loss]
        .filter(v => v > 0)
        .map(Math.log10);
      const low = Math.floor(Math.min(...logs)),
        high = Math.max(low + 1, Math.ceil(Math.max(...logs)));
      const worst = 105 * Math.max(...run.train_error, ...run.test_error);
      const plot = panel(0, [low, high], "loss", "loss", Math.log10),
        errors = panel(
          1,
          [0, Math.max(1, worst)],
          "wrong answers, %",
          "error",
          v => 100 * v,
        );
      const truth = epoch => 100 * run.test_error[place(run, epoch)];
      sketch.look(asking, run.label, run.epochs, worst / 2, truth, again);
      sketch.draw(errors, run.label);
      const r = {
        run: run.label,
        chosen: at(run, now),
        least_loss: at(run, byLoss),
        least_error: at(run, byError),
        last: at(run, last(run)),
      };
      if (asking) return { result: r, sentence: "", ...sketch.handle(errors) };
      const c = r.chosen,
        test = `test loss ${format(c.test_loss)}, test error ${percent(c.test_error)}`;
      return {
        result: r,
        start: `epoch ${c.epoch}, ${test}`,
        sentence: tell(r, runs.length > 1),
        ...(view === 1
          ? { plot: errors, at: [c.epoch, 100 * c.test_error] }
          : { plot, at: [c.epoch, clamp(Math.log10(c.test_loss), low, high)] }),
      };
    },
  });
}
