// Expected error of kernel regression by the number of examples, from the kernel's
// spectrum and the target. d2lutils.kernels.learning_curve is its twin.
function render(context) {
  const numModes = 1000,
    most = 300,
    modes = linspace(1, numModes, numModes);
  const sum = values => values.reduce((total, v) => total + v, 0);

  // Proportional to i^-decay, with sum 1.
  function falling(decay) {
    const powers = modes.map(i => i ** -decay),
      total = sum(powers);
    return powers.map(v => v / total);
  }

  // kappa with n = sum λ / (λ + kappa) + ridge / kappa: a convex function falls to n,
  // so that Newton's steps from the left stay on the left.
  function solve(values, n, ridge, start) {
    let kappa =
      start || Math.max((values[numModes - 1] * (numModes - n)) / n, ridge / n);
    for (let step = 1, round = 0; step > 1e-15 && round < 200; round++) {
      let excess = ridge / kappa - n,
        slope = ridge / (kappa * kappa);
      for (const value of values) {
        const learnt = value / (value + kappa);
        excess += learnt;
        slope += learnt / (value + kappa);
      }
      step = excess / slope / kappa;
      kappa *= 1 + step;
    }
    return kappa;
  }

  function errorAt(values, squares, { n, sigma, ridge }, start) {
    const kappa = solve(values, n, ridge, start);
    let missed = sigma * sigma,
      rest = ridge / kappa;
    values.forEach((value, i) => {
      const left = kappa / (value + kappa);
      missed += left * left * squares[i];
      rest += left * (1 - left);
    });
    return { kappa, error: (missed * n) / rest };
  }

  // Golden-section search in the logarithm.
  function bestRidge(state) {
    const values = falling(state.spectrum_decay),
      squares = falling(state.target_decay),
      at = ridge => errorAt(values, squares, { ...state, ridge }).error,
      golden = (Math.sqrt(5) - 1) / 2;
    let [lo, hi] = [Math.log(1e-9), Math.log(10)];
    for (let round = 0; round < 50; round++) {
      const [a, b] = [hi - golden * (hi - lo), lo + golden * (hi - lo)];
      if (at(Math.exp(a)) < at(Math.exp(b))) hi = b;
      else lo = a;
    }
    const best = Math.exp((lo + hi) / 2);
    return at(0) <= at(best) ? 0 : best;
  }

  // From many examples to few: kappa grows, and the last one is to the left.
  const sizes = linspace(0, 1, 61).map(t => most ** (1 - t));
  function experiment(state) {
    const values = falling(state.spectrum_decay),
      squares = falling(state.target_decay);
    let kappa;
    const curve = sizes.map(n => {
      const found = errorAt(values, squares, { ...state, n }, kappa);
      kappa = found.kappa;
      return [n, found.error];
    });
    const chosen = errorAt(values, squares, state),
      [more, fewer] = [1e-3, -1e-3].map(
        h => errorAt(values, squares, { ...state, n: state.n * Math.exp(h) }).error,
      );
    let total = 0;
    return {
      curve,
      ...chosen,
      exponent: Math.log(more / fewer) / 2e-3,
      learnt: values.map(v => v / (v + chosen.kappa)),
      target: squares.map(v => (total += v)),
    };
  }

  const beside = width => !narrow(width);
  const boxes = (width, top) =>
    beside(width)
      ? [
          [0, top, 0.56 * width, 330],
          [0.56 * width, top, 0.44 * width, 330],
        ]
      : [
          [0, top, width, 230],
          [0, top + 230, width, 150],
        ];
  const many = width => (beside(width) ? 4 : 2);

  return mount(context, {
    label: "Expected error by the number of examples, and the share learnt by mode",
    keys: ["n", "spectrum_decay", "target_decay", "sigma", "ridge"],
    height: width => (beside(width) ? 330 : 380) + 18 * Math.ceil(4 / many(width)) + 4,
    controls: [
      { key: "spectrum_decay", label: "spectrum's decay", min: 0, max: 4, step: 0.1 },
      { key: "target_decay", label: "target's decay", min: 0, max: 4, step: 0.1 },
      { key: "sigma", label: "noise σ", min: 0, max: 2, step: 0.05 },
      { key: "ridge", label: "ridge", values: [0, ...niceValues(1e-5, 10, [1, 2, 5])] },
      { button: "Best ridge here", changes: state => ({ ridge: bestRidge(state) }) },
    ],
    handle: {
      label: "Number of examples",
      ring: true,
      step: 1,
      move: ([x]) => ({ n: clamp(Math.round(10 ** x), 1, most) }),
      nudge: ([right, up], step, { n }) => [
        Math.log10(clamp(n + (right + up) * step, 1, most)),
        0,
      ],
    },
    draw({ layer, width, state }) {
      const r = experiment(state),
        { n, sigma } = state,
        zero = 1 + sigma * sigma;
      const rows = legend(layer, [4, 0, width], many(width), [
        ["predicted error", "fig-a"],
        ["n leading modes", "fig-b fig-dash"],
        ["share learnt", "fig-c"],
        ["target up to i", "fig-d fig-dash"],
      ]);
      const [left, right] = boxes(width, rows + 4),
        logs = r.curve.map(([size, error]) => [Math.log10(size), Math.log10(error)]);
      const low = Math.min(...logs.map(p => p[1])),
        high = Math.max(Math.log10(zero), ...logs.map(p => p[1]));
      const plot = axes(layer, left, {
        x: [0, 2.5],
        y: [Math.min(-1, low - 0.1), high + 0.1],
        logY: true,
        xlabel: "examples n",
        ylabel: "squared error",
        logX: true,
        xticks: [0, 1, 2],
      });
      if (sigma) plot.level(2 * Math.log10(sigma), "fig-faint");
      plot.line(
        modes
          .slice(0, most)
          .map((i, k) => [Math.log10(i), Math.log10(zero - r.target[k])]),
        "fig-b fig-dash",
      );
      plot.line(logs, "fig-a");

      const side = axes(layer, right, {
        x: [0, 3],
        y: [0, 1],
        xlabel: "mode i",
        ylabel: "share",
        logX: true,
        xticks: [0, 1, 2, 3],
      });
      side.upright(Math.log10(n), "fig-faint fig-dash");
      const byMode = shares => shares.map((share, k) => [Math.log10(k + 1), share]);
      side.line(byMode(r.target), "fig-d fig-dash");
      side.line(byMode(r.learnt), "fig-c");

      const half = r.learnt.filter(share => share > 0.5).length;
      const sentence =
        `From ${n} ${n === 1 ? "example" : "examples"} the predicted error is ` +
        `${format(r.error)}, ${format(sigma * sigma)} of it noise; predicting 0 ` +
        `always gives ${format(zero)}. ` +
        (half
          ? `${half === 1 ? "Mode 1 is" : `Modes 1 to ${half} are`} learnt by more ` +
            `than half, and hold ${format(r.target[half - 1])} of the target. `
          : "No mode is learnt by more than half. ") +
        `Here the error goes like n to the power ${format(r.exponent)}.`;
      return {
        result: r,
        sentence,
        plot,
        at: [Math.log10(n), Math.log10(r.error)],
        start: `n = ${n}, predicted error ${format(r.error)}`,
      };
    },
  });
}
