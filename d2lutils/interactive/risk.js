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
    const i = clamp(lowest(values), 1, 199);
    return bisect(x => riskSlope(x) + z * wiggleSlope(x), grid[i - 1], grid[i + 1]);
  };
  const best = minimiser(0);
  // The large-sample limit of n * excess risk / σ²: the delta method at the minimiser.
  const limit = wiggleSlope(best) ** 2 / (2 * riskCurvature(best));
  const [bins, spread] = [20, Math.abs(wiggleSlope(best) / riskCurvature(best))];

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

  // Density of the thirty minimisers, and the normal one of the same law.
  const histogram = values => {
    const counts = Array(bins).fill(0);
    for (const x of values) counts[clamp(Math.floor(bins * (x - lo)), 0, bins - 1)]++;
    return counts.map(c => (c * bins) / values.length);
  };
  const bell = (x, sd) =>
    Math.exp(-(((x - best) / sd) ** 2) / 2) / (sd * Math.sqrt(2 * pi));

  const strip = 120;
  return mount(context, {
    parameters,
    label:
      "The risk x cos(πx) and an empirical risk on [0.5, 1.5], each with its " +
      "minimum, and a histogram of the minima of thirty samples",
    height: width => (width < 480 ? 270 : 330) + strip,
    controls: [nextSeed("Draw again")],
    goals: [
      [
        "make the excess of this sample smaller than 0.001",
        (r, { sigma }) => sigma > 0 && r.excess_risk < 1e-3,
      ],
    ],
    predict: {
      question:
        "How much too high is the true risk where an empirical risk is least, on " +
        "average over 30 samples like this one?",
      options: () => [
        "less than 0.001",
        "0.001 to 0.01",
        "0.01 to 0.1",
        "more than 0.1",
      ],
      answer: r => [1e-3, 0.01, 0.1].filter(v => r.mean_excess_risk >= v).length,
    },
    draw({ layer, width, height, state, asking }) {
      const r = experiment(state),
        empirical = x => risk(x) + r.z_mean * wiggle(x),
        low = Math.min(-1.5, Math.floor(2 * r.empirical_minimum - 0.4) / 2);
      const plot = axes(layer, [0, 0, width, height - strip], {
        x: [lo, hi],
        y: [low, 0.5],
        xlabel: "",
        ylabel: "risk",
      });
      const curve = f => grid.map(x => [x, f(x)]);
      plot.line(curve(risk), "fig-a");
      plot.line(curve(empirical), "fig-b fig-dash");
      plot.upright(best, "fig-a fig-thin", [low, r.risk_minimum]);
      plot.dot([best, r.risk_minimum], "fig-a", 6);
      if (!asking) {
        const { empirical_minimiser: x, empirical_minimum: value } = r;
        plot.upright(x, "fig-b fig-thin", [low, value]);
        plot.dot([x, value], "fig-b", 6);
      }
      const side = { anchor: "start", dy: 18 };
      plot.text([0.52, 0.5], "risk", "fig-a", side);
      plot.text([0.52, 0.5], "empirical risk (dashed)", "fig-b fig-dash", {
        ...side,
        dy: 36,
      });

      const sd = (spread * state.sigma) / Math.sqrt(state.num_samples),
        heights = histogram(r.minimisers);
      const below = axes(layer, [0, height - strip - 22, width, strip + 22], {
        x: [lo, hi],
        y: [0, 1.1 * Math.max(...heights, sd ? Math.min(bins, bell(best, sd)) : 0)],
        xlabel: "x",
        ylabel: "minima of 30 samples, and their law",
      });
      if (!asking) below.bars(heights, [lo, hi], "fig-b", "minima of samples");
      if (sd && !asking) {
        const law = linspace(lo, hi, 401).map(x => [x, bell(x, sd)]);
        below.line(law, "fig-c", "law for large samples");
      }
      for (const x of asking ? [] : r.minimisers)
        below.upright(x, "fig-b fig-thin", [0, 0.12 * Math.max(...heights)]);
      const sentence =
        `The risk is least at x = ${format(best, 4)}, this sample's empirical risk ` +
        `at x = ${format(r.empirical_minimiser, 4)}: its true risk there is ` +
        `${format(r.excess_risk)} too high. Over ${numDraws} draws ` +
        `the mean excess is ${format(r.mean_excess_risk)}; the law for large ` +
        `samples, ${format(limit)} σ²/n, gives ${format(r.predicted_excess_risk)}.`;
      return { result: r, sentence, plot };
    },
  });
}
