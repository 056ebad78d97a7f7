// Recorded networks that fit early and generalise late: the picture.
function render(context) {
  const steps = context.model.get("steps"),
    { experiment } = numbers({ steps, conditions: context.model.get("conditions") }),
    last = steps.length - 1,
    logs = steps.map(Math.log10),
    x = [logs[0] - 0.1, logs[last] + 0.05];
  const decayed = decay => (decay ? "with weight decay" : "without weight decay");
  const delays = [
    "at most twice as many",
    "up to 10 times",
    "more than that",
    "not in this run",
  ];

  function tell(r, { gain, weight_decay, network, threshold }) {
    const who = network ? `network ${network} of ten` : "median of ten networks",
      level = `test error below ${percent(threshold)}`,
      at = name => percent(r[name][r.now]);
    return (
      `${gain < 1 ? "Half" : "Twice"} the usual weights, ${decayed(weight_decay)}, ` +
      `${who}: fitted at step ${r.fit}, ` +
      (r.learn < Infinity
        ? `${level} at step ${r.learn}, ${format(r.delay)} times as many. `
        : `no ${level} within ${steps[last]} steps. `) +
      `At step ${steps[r.now]} training error ${at("train")}, test error ` +
      `${at("test")}. The two inputs that matter hold ${percent(r.shares[0])} of ` +
      `the first layer's squared weights after 200 steps, ${percent(r.shares[1])} ` +
      `at the end.`
    );
  }

  return mount(context, {
    parameters,
    label: "Errors by step, and when each network fits and generalises",
    views: ["errors", "networks"],
    height: (width, view) => pair(width, view).height,
    show: { network: v => (v ? String(v) : "median of ten"), threshold: percent },
    goals: [
      [
        "a network that generalises over 30 times as late as it fits",
        ({ delay, learn }) => delay > 30 && learn < Infinity,
      ],
    ],
    predict: {
      question: state =>
        `The training set is fitted at step ${experiment(state).fit}. After how many ` +
        `steps is the test error below ${percent(state.threshold)}?`,
      options: () => delays,
      view: 0,
      answer: ({ delay }) => [2, 10, 1e9, Infinity].findIndex(most => delay <= most),
    },
    handle: along("Step", "step", steps, logs),
    draw({ layer, width, view, state, asking }) {
      const r = experiment(state),
        { boxes } = pair(width, view),
        { network, weight_decay } = state,
        line = errors => errors.map((v, i) => [logs[i], 100 * v]);
      legend(layer, [4, 0, width], narrow(width) ? 2 : 4, [
        ["training error", "fig-a"],
        ["test error", "fig-b"],
        [weight_decay ? "without decay" : "with decay", "fig-d fig-dash"],
        ["each network", "fig-faint fig-thin"],
      ]);
      const log = { x, xlabel: "step", logX: true, xticks: [2, 3] };
      const plot = axes(layer, boxes[0], { ...log, y: [0, 50], ylabel: "wrong, %" });
      plot.upright(logs[r.now], "fig-faint");
      plot.level(100 * state.threshold, "fig-faint fig-dash");
      if (!asking) {
        r.each.forEach((errors, k) =>
          plot.line(line(errors), "fig-faint fig-thin", `network ${k + 1}`),
        );
        plot.line(line(r.other), "fig-d fig-dash");
        plot.line(line(r.test), "fig-b");
      }
      plot.line(line(r.train), "fig-a");

      const side = axes(layer, boxes[1], { ...log, y: [0, 11], ylabel: "network" }),
        known = asking ? r.fits : r.learns;
      r.fits.forEach((fit, k) => {
        const [from, to] = [fit, known[k]].map(Math.log10),
          mine = network === k + 1 ? "" : "fig-faint";
        side.level(k + 1, mine, [from, Math.min(to, x[1])]);
      });
      const spots = list => list.map((v, k) => [Math.log10(v), k + 1]);
      side.text([Math.log10(r.fits[9]), 10], "fits", "fig-a", { dy: -9 });
      if (!asking && r.learns[9] < Infinity)
        side.text([Math.log10(r.learns[9]), 10], "generalises", "fig-b", { dy: -9 });
      side.dots(spots(known), "fig-b", 5, "generalises");
      side.dots(spots(r.fits), "fig-a", 4, "fits");
      const value = (asking ? r.train : r.test)[r.now];
      const what = asking ? "training" : "test";
      return {
        result: r,
        sentence: tell(r, state),
        plot,
        at: [logs[r.now], 100 * value],
        start: `step ${steps[r.now]}, ${what} error ${percent(value)}`,
      };
    },
  });
}
