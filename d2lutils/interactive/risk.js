// Empirical against population risk: loss l(x; z) = x cos(πx) + z cos(5πx), z ~ N(0,
// σ²), n examples.
function render(context) {
  const pi = Math.PI,
    [lo, hi] = [0.5, 1.5],
    numDraws = 30;
  const risk = x => x * Math.cos(pi * x);
  const riskSlope = x => Math.cos(pi * x) - pi * x * Math.sin(pi * x);
  const riskCurvature = x =>
    -2 * pi * Math.sin(pi * x) - pi * pi * x * Math.cos(pi * x);
  const wiggle = x => Math.cos(5 * pi * x);
  const wiggleSlope = x => -5 * pi * Math.sin(5 * pi * x);

  const grid = linspace(lo, hi, 201);
  const minimiser = z => {
    const values = grid.map(x => risk(x) + z * wiggle(x));
    const i = clamp(values.indexOf(Math.min(...values)), 1, 199);
    return bisect(x => riskSlope(x) + z * wiggleSlope(x), grid[i - 1], grid[i + 1]);
  };
  const best = minimiser(0);
  // The large-sample limit of n * excess risk / σ²: the delta method at the minimiser.
  const limit = wiggleSlope(best) ** 2 / (2 * riskCurvature(best));

  function experiment({ num_samples: n, sigma, seed }) {
    const draws = Array.from({ length: numDraws }, (_, k) => {
      const z = sigma * mean(normals(seed - k, n));
      const x = minimiser(z);
      return { z, x, excess: risk(x) - risk(best) };
    });
    const { z, x, excess } = draws[0];
    return {
      z_mean: z,
      risk_minimiser: best,
      risk_minimum: risk(best),
      empirical_minimiser: x,
      empirical_minimum: risk(x) + z * wiggle(x),
      excess_risk: excess,
      minimisers: draws.map(d => d.x),
      mean_excess_risk: mean(draws.map(d => d.excess)),
      predicted_excess_risk: (limit * sigma ** 2) / n,
    };
  }

  return mount(context, {
    label:
      "The risk x cos(πx) and an empirical risk on [0.5, 1.5], each with its minimum",
    keys: ["num_samples", "sigma", "seed"],
    height: width => (width < 480 ? 300 : 340),
    controls: [
      {
        key: "num_samples",
        label: "sample size n",
        values: niceValues(1, 1000, [1, 2, 5]),
        show: v => v,
      },
      { key: "sigma", label: "noise σ", min: 0, max: 2, step: 0.05 },
      nextSeed("Draw again"),
    ],
    draw({ layer, width, height, state }) {
      const r = experiment(state);
      const empirical = x => risk(x) + r.z_mean * wiggle(x);
      const low = Math.min(-1.5, Math.floor(2 * r.empirical_minimum - 0.4) / 2);
      const plot = axes(layer, [0, 0, width, height], {
        x: [lo, hi],
        y: [low, 0.5],
        xlabel: "x",
        ylabel: "risk",
      });
      const curve = f => grid.map(x => [x, f(x)]);
      for (const x of r.minimisers.slice(1))
        plot.line(
          [
            [x, low],
            [x, low + 0.08 * (0.5 - low)],
          ],
          "fig-b fig-thin",
        );
      plot.line(curve(risk), "fig-a");
      plot.line(curve(empirical), "fig-b fig-dash");
      plot.line(
        [
          [best, low],
          [best, r.risk_minimum],
        ],
        "fig-a fig-thin",
      );
      plot.line(
        [
          [r.empirical_minimiser, low],
          [r.empirical_minimiser, r.empirical_minimum],
        ],
        "fig-b fig-thin",
      );
      plot.dot([best, r.risk_minimum], "fig-a", 6);
      plot.dot([r.empirical_minimiser, r.empirical_minimum], "fig-b", 6);
      plot.text([0.52, 0.5], "risk", "fig-a", { anchor: "start", dy: 18 });
      plot.text([0.52, 0.5], "empirical risk (dashed)", "fig-b", {
        anchor: "start",
        dy: 36,
      });
      const sentence =
        `The risk is least at x = ${format(best, 4)}, this sample's empirical risk ` +
        `at x = ` +
        `${format(r.empirical_minimiser, 4)}: its true risk there is ` +
        `${format(r.excess_risk)} too high. Over ${numDraws} draws ` +
        `(ticks) the mean excess is ${format(r.mean_excess_risk)}; the law for large ` +
        `samples, ${format(limit)} σ²/n, gives ` +
        `${format(r.predicted_excess_risk)}.`;
      return { result: r, sentence, plot };
    },
  });
}
