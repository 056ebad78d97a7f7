// Errors of recorded networks by width and time: the picture.
function render(context) {
  const get = key => context.model.get(key),
    [sweeps, units, times] = [get("sweeps"), get("units"), get("times")],
    places = units.map(Math.log2),
    last = units.length - 1,
    few = units.indexOf(24);

  // What is read off the record.
  function experiment({ random_labels, width, epochs }) {
    const i = units.indexOf(width),
      t = times.indexOf(epochs),
      chosen = sweeps.find(sweep => sweep.share === random_labels),
      other = sweeps.find(sweep => sweep.share !== random_labels);
    const then = curves => curves.map(curve => curve[t]),
      test = then(chosen.test),
      train = then(chosen.train),
      beyond = test.slice(few);
    return {
      test,
      train,
      least: then(chosen.least),
      most: then(chosen.most),
      other: then(other.test),
      path: chosen.test[i],
      trained: chosen.train[i],
      now: i,
      fits: units[train.findIndex(error => error < 0.01)],
      best: lowest(test),
      first: beyond[0],
      low: Math.min(...beyond),
      top: Math.max(...beyond),
      end: test[last],
    };
  }

  const noise = share => (share ? `${percent(share)} random labels` : "True labels");
  function tell(r, { random_labels, width, epochs }) {
    return (
      `${noise(random_labels)}, ${epochs} epochs: ${width} units have training ` +
      `error ${percent(r.train[r.now])} and test error ${percent(r.test[r.now])} ` +
      `(${percent(r.least[r.now])} to ${percent(r.most[r.now])} in ten seeds). ` +
      (r.fits
        ? `The training error is below 1% from ${r.fits} units on. `
        : "No width has a training error below 1%. ") +
      `The least test error of all widths, ${percent(r.test[r.best])}, is that of ` +
      `${units[r.best]} units` +
      (r.best < last ? `; ${units[last]} have ${percent(r.end)}.` : ".")
    );
  }

  return mount(context, {
    parameters,
    values: { width: units, epochs: times },
    label: "Errors by width, and by epoch at one width",
    views: ["by width", "by epoch"],
    height: (width, view) => pair(width, view).height,
    goals: [
      [
        "random labels, and a test error below 17%",
        ({ test, now }, state) => state.random_labels > 0 && test[now] < 0.17,
      ],
    ],
    predict: {
      question: ({ random_labels, epochs }) =>
        `${noise(random_labels)}, ${epochs} epochs: you see networks of up to ` +
        `${units[few]} hidden units. What does the test error do from there to ` +
        `${units[last]}?`,
      options: () => [
        "it falls, or stays",
        "it rises",
        "it rises, then falls",
        "it falls, then rises",
      ],
      view: 0,
      // Two points count.
      answer: ({ first, low, top, end }) =>
        top > first + 0.02 ? 1 + (end < top - 0.02) : 3 * (end > low + 0.02),
    },
    handle: along("Chosen width", "width", units, places),
    draw({ layer, width, view, state, asking }) {
      const r = experiment(state),
        { boxes } = pair(width, view),
        log = values =>
          values
            .slice(0, asking ? few + 1 : last + 1)
            .map((v, k) => [places[k], 100 * v]);
      legend(layer, [4, 0, width], narrow(width) ? 2 : 4, [
        ["training", "fig-a"],
        ["test", "fig-b"],
        ["range of ten seeds", "fig-b fig-thin"],
        [
          state.random_labels ? "test, true labels" : "test, 30% random",
          "fig-d fig-dash",
        ],
      ]);
      const y = [0, 80],
        ylabel = "wrong, %";
      const plot = axes(layer, boxes[0], {
        x: [places[0] - 0.2, places[last] + 0.2],
        y,
        xlabel: "log₂ of the hidden units",
        ylabel,
      });
      const at = asking ? Math.min(r.now, few) : r.now;
      plot.upright(places[at], "fig-faint");
      if (!asking) plot.line(log(r.other), "fig-d fig-dash", "test, other labels");
      for (const name of ["least", "most"])
        plot.line(log(r[name]), "fig-b fig-thin", `test, ${name}`);
      plot.line(log(r.train), "fig-a", "training");
      plot.line(log(r.test), "fig-b", "test");

      const side = axes(layer, boxes[1], {
        x: [0, 1.05 * times[times.length - 1]],
        y,
        xlabel: "epochs",
        ylabel,
      });
      side.upright(state.epochs, "fig-faint");
      const timed = values => values.map((v, k) => [times[k], 100 * v]);
      if (!asking) {
        side.line(timed(r.trained), "fig-a", `training, ${state.width} units`);
        side.line(timed(r.path), "fig-b", `test, ${state.width} units`);
      }
      return {
        result: r,
        sentence: tell(r, state),
        plot,
        at: [places[at], 100 * r.test[at]],
        start: `${units[at]} units, test error ${percent(r.test[at])}`,
      };
    },
  });
}
