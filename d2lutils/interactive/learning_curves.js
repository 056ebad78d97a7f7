// Kernel regression's error: the picture.
function render(context) {
  const { most, modes, bestRidge, experiment } = numbers();

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
  const learnt = r => r.learnt.filter(share => share > 0.5).length;
  const many = width => (beside(width) ? 4 : 2);

  return mount(context, {
    parameters,
    label: "Expected error by the number of examples, and the share learnt by mode",
    height: width => (beside(width) ? 330 : 380) + 18 * Math.ceil(4 / many(width)) + 4,
    controls: [
      { button: "Best ridge here", changes: state => ({ ridge: bestRidge(state) }) },
    ],
    predict: {
      question: ({ n }) => `How many modes are learnt by more than half from n = ${n}?`,
      options: () => ["none", "fewer than n / 2", "n / 2 to n", "more than n"],
      answer: (r, { n }) => {
        const half = learnt(r);
        return half ? (2 * half < n ? 1 : half > n ? 3 : 2) : 0;
      },
    },
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
    draw({ layer, width, state, asking }) {
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
      if (!asking) side.line(byMode(r.learnt), "fig-c");

      const half = learnt(r);
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
