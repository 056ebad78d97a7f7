// Expected risk by the number of features: the picture.
function render(context) {
  const D = context.model.get("D"),
    { all, risk, fits } = numbers(D);

  function tell(r, sample, { n, p, sigma, penalty }) {
    const fit = penalty
      ? "ridge regression"
      : p > n
        ? "the least-norm fit"
        : "least squares";
    return (
      `With ${p} of ${D} features and ${n} examples the expected risk of ${fit} is ` +
      (Number.isFinite(r.risk) ? format(r.risk) : "infinite") +
      (penalty ? " in the limit of large n and p" : "") +
      ": " +
      (Number.isFinite(r.risk)
        ? `${format(r.noise)} from noise and unused features, ${format(r.bias)} ` +
          `bias, ${format(r.variance)} variance. `
        : "the variance is infinite where p is within 1 of n. ") +
      `In the sample drawn it is ${format(sample)}. ` +
      `The best penalty here, ${format(r.best_penalty)}, gives ` +
      `${penalty ? "" : "about "}${format(r.best)}; predicting 0 always gives ` +
      `${format(1 + sigma * sigma)}.`
    );
  }

  const many = width => (narrow(width) ? 2 : 3);
  const list = (curve, name) => curve.map(c => c[name]);
  const least = values => Math.min(...values.filter(Number.isFinite));
  return mount(context, {
    parameters: parameters.filter(({ key }) => key !== "D"),
    label: "Expected risk against the number of features, with its parts",
    height: width => (narrow(width) ? 300 : 400) + 18 * Math.ceil(6 / many(width)),
    controls: [
      nextSeed("Another sample"),
      {
        button: "Best penalty at this p",
        changes: state => ({ penalty: risk(state).best_penalty }),
      },
    ],
    goals: [
      [
        "a risk below 0.9 at p = n",
        ({ chosen }, { n, p }) => p === n && chosen.risk < 0.9,
      ],
    ],
    predict: {
      question: ({ n }) =>
        `The risk is drawn for fewer features than the ${n} examples. What does it ` +
        `do beyond, up to all ${D}?`,
      options: () => [
        "it stays above its value at p = 1",
        "it falls, but not below its least value so far",
        "it falls below its least value so far",
      ],
      answer: ({ risks }, { n }) => {
        const beyond = least(risks.slice(n + 1));
        return beyond > risks[0] ? 0 : beyond < least(risks.slice(0, n)) ? 2 : 1;
      },
    },
    handle: {
      label: "Number of features p",
      ring: true,
      step: 1,
      move: ([p]) => ({ p: clamp(Math.round(p), 1, D) }),
      nudge: ([right, up], step, { p }) => [p + (right + up) * step, 0],
      // The dashed line is moved, too.
      pick: ([x], { n }) =>
        Math.abs(x - n) < D / 40 && {
          move: ([v]) => ({ n: clamp(Math.round(v), 2, D) }),
        },
    },
    draw({ layer, width, height, state, asking }) {
      const { n, p, sigma, penalty } = state,
        curve = all.map(k => risk({ ...state, p: k })),
        r = risk(state),
        sample = fits(state),
        one = sample.find(([k]) => k === p)[1];
      const top = 2.5 * (1 + sigma * sigma),
        rows = legend(layer, [4, 0, width], many(width), [
          ["risk", "fig-a"],
          ["bias", "fig-c fig-thin"],
          ["variance", "fig-b fig-thin"],
          ["noise + unused", "fig-faint"],
          ["risk, best penalty", "fig-d fig-dash"],
          ["one sample: dots", "fig-b"],
        ]);
      const plot = axes(layer, [0, rows + 4, width, height - rows - 4], {
        x: [0, D],
        y: [0, top],
        xlabel: "number of features p, of " + D,
        ylabel: "expected risk",
      });
      const edges = {
        y: plot.Y(top),
        height: plot.Y(0) - plot.Y(top),
        x: plot.X(n - 1),
        width: plot.X(Math.min(D, n + 1)) - plot.X(n - 1),
      };
      const grey = { class: "fig-faint", fill: "currentColor", "fill-opacity": 0.3 };
      if (!penalty) shape(layer, "rect", { ...grey, ...edges });
      plot.upright(n, "fig-faint fig-dash");
      // Apart, so that no line crosses the gap.
      const [left, right] = [
        curve.filter(c => c.p < n - 1),
        curve.filter(c => c.p > n + 1),
      ];
      for (const side of asking ? [left] : penalty ? [curve] : [left, right]) {
        const draw = (name, colour, text) =>
          plot.line(
            side.map(c => [c.p, c[name]]),
            colour,
            text || name,
          );
        draw("noise", "fig-faint", "noise + unused");
        draw("bias", "fig-c fig-thin");
        draw("variance", "fig-b fig-thin");
        draw("risk", "fig-a");
      }
      const best = curve.map(c => [c.p, c.best]);
      if (!asking) plot.line(best, "fig-d fig-dash", "risk, best penalty");
      const dots = sample.filter(fit => !asking || fit[0] < n - 1);
      plot.dots(dots, "fig-b", 3.5, "one sample");
      const rightmost = n > 0.6 * D;
      plot.text([n, top], "↔ p = n", "", {
        anchor: rightmost ? "end" : "start",
        dx: rightmost ? -12 : 12,
        dy: 16,
      });
      const result = {
        risks: list(curve, "risk"),
        biases: list(curve, "bias"),
        variances: list(curve, "variance"),
        noises: list(curve, "noise"),
        best: list(curve, "best"),
        chosen: r,
        fits: sample,
      };
      const value = Number.isFinite(r.risk) ? format(r.risk) : "infinite";
      return {
        result,
        sentence: tell(r, one, state),
        plot,
        at: asking ? [1, curve[0].risk] : [p, Math.min(r.risk, top)],
        start: `p = ${p}, risk ${value}`,
      };
    },
  });
}
