// Expected risk of least squares, or ridge regression, on p of D features with n
// examples. d2lutils.linear.double_descent_risk and ridge_risk are its twins.
function render(context) {
  const D = context.model.get("D"),
    all = linspace(1, D, D);
  const names = { equal: "all equal", falling: "falling like 1/j" };

  // Squared norm of the first p coefficients; all D together have norm 1.
  function seen(coefficients, p) {
    const sum = k =>
      all
        .slice(0, k)
        .reduce((total, j) => total + (coefficients === "equal" ? 1 : j ** -2), 0);
    return sum(p) / sum(D);
  }

  // Theorem 1 of Belkin, Hsu & Xu (2020), exact; with a penalty corollary 5 of Hastie
  // et al. (2022), the limit of large n and p at the same ratio. The bias is the part
  // that remains when noise is 0.
  function parts(n, p, signal, noise, penalty) {
    if (!penalty) {
      const variance =
        p <= n - 2 ? p / (n - p - 1) : p >= n + 2 ? n / (p - n - 1) : Infinity;
      return {
        bias: p > n ? signal * (1 - n / p) : 0,
        variance: noise && noise * variance,
      };
    }
    const g = p / n,
      l = penalty / n,
      b = 1 - g + l,
      root = Math.sqrt(b * b + 4 * g * l);
    const m = b > 0 ? 2 / (b + root) : (root - b) / (2 * g * l);
    const slope = (m * (1 + g * m)) / (b + 2 * g * l * m);
    return { bias: signal * l * l * slope, variance: noise * g * (m - l * slope) };
  }

  function risk({ n, p, sigma, penalty, coefficients }) {
    const signal = seen(coefficients, p),
      noise = 1 - signal + sigma * sigma,
      part = parts(n, p, signal, noise, penalty);
    const best_penalty = (p * noise) / signal,
      best = parts(n, p, signal, noise, Math.max(best_penalty, 1e-9));
    return {
      p,
      ...part,
      noise,
      risk: noise + part.bias + part.variance,
      best_penalty,
      best: noise + best.bias + best.variance,
    };
  }

  const many = width => (narrow(width) ? 2 : 3);
  return mount(context, {
    label: "Expected risk against the number of features, with its parts",
    keys: ["n", "p", "sigma", "penalty", "coefficients"],
    height: width => (narrow(width) ? 370 : 400) + 18 * Math.ceil(5 / many(width)),
    controls: [
      { key: "p", label: "features used p", min: 1, max: D, step: 1 },
      { key: "n", label: "examples n", min: 2, max: D, step: 1 },
      { key: "sigma", label: "noise σ", min: 0, max: 2, step: 0.05 },
      {
        key: "penalty",
        label: "ridge penalty λ",
        values: [0, ...niceValues(0.01, 1000, [1, 2, 5])],
      },
      {
        key: "coefficients",
        label: "true coefficients",
        type: "select",
        options: Object.entries(names),
      },
      {
        button: "Best penalty at this p",
        changes: state => ({ penalty: risk(state).best_penalty }),
      },
    ],
    handle: {
      label: "Number of features p",
      ring: true,
      step: 1,
      move: ([p]) => ({ p: clamp(Math.round(p), 1, D) }),
      nudge: ([right, up], step, { p }) => [p + (right + up) * step, 0],
    },
    draw({ layer, width, height, state }) {
      const { n, p, sigma, penalty } = state,
        curve = all.map(k => risk({ ...state, p: k })),
        r = risk(state);
      const top = 2.5 * (1 + sigma * sigma),
        rows = legend(layer, [4, 0, width], many(width), [
          ["risk", "fig-a"],
          ["bias", "fig-c fig-thin"],
          ["variance", "fig-b fig-thin"],
          ["noise + unused", "fig-faint"],
          ["risk, best penalty", "fig-d fig-dash"],
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
      if (!penalty)
        shape(layer, "rect", {
          class: "fig-faint",
          fill: "currentColor",
          "fill-opacity": 0.3,
          ...edges,
        });
      plot.line(
        [
          [n, 0],
          [n, top],
        ],
        "fig-faint fig-dash",
      );
      // Apart, so that no line crosses the gap.
      for (const side of penalty
        ? [curve]
        : [curve.filter(c => c.p < n - 1), curve.filter(c => c.p > n + 1)]) {
        const draw = (name, colour) =>
          plot.line(
            side.map(c => [c.p, c[name]]),
            colour,
          );
        draw("noise", "fig-faint");
        draw("bias", "fig-c fig-thin");
        draw("variance", "fig-b fig-thin");
        draw("risk", "fig-a");
      }
      plot.line(
        curve.map(c => [c.p, c.best]),
        "fig-d fig-dash",
      );
      const right = n > 0.6 * D,
        at = [p, Math.min(r.risk, top)];
      plot.text([n, top], "p = n", "", {
        anchor: right ? "end" : "start",
        dx: right ? -12 : 12,
        dy: 16,
      });
      const fit = penalty
        ? "ridge regression"
        : p > n
          ? "the least-norm fit"
          : "least squares";
      const value = Number.isFinite(r.risk) ? format(r.risk) : "infinite";
      const sentence =
        `With ${p} of ${D} features and ${n} examples the expected risk of ${fit} is ` +
        `${value}` +
        (penalty ? " in the limit of large n and p" : "") +
        ": " +
        (Number.isFinite(r.risk)
          ? `${format(r.noise)} from noise and unused features, ${format(r.bias)} ` +
            `bias, ${format(r.variance)} variance. `
          : "the variance is infinite where p is within 1 of n. ") +
        `The best penalty here, ${format(r.best_penalty)}, gives ` +
        `${penalty ? "" : "about "}${format(r.best)}; predicting 0 always gives ` +
        `${format(1 + sigma * sigma)}.`;
      const list = name => curve.map(c => c[name]);
      const result = {
        risks: list("risk"),
        biases: list("bias"),
        variances: list("variance"),
        noises: list("noise"),
        best: list("best"),
        chosen: r,
      };
      return { result, sentence, plot, at, start: `p = ${p}, risk ${value}` };
    },
  });
}
