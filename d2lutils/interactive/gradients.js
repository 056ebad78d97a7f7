// Gradient norms by layer in a deep, infinitely wide, fully-connected net: the
// mean-field recursion of Poole et al. (2016) and Schoenholz et al. (2017).
// d2lutils.meanfield.gradient_norms is its twin.
function render(context) {
  // E[f(z)], z ~ N(0, 1): the trapezoidal rule, which converges geometrically for
  // analytic f.
  const nodes = linspace(-10, 10, 321);
  const weights = nodes.map(z => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI) / 16);
  const expect = f => nodes.reduce((sum, z, i) => sum + weights[i] * f(z), 0);
  // E[f(√q z)] for large q and an f that vanishes beyond 40: nodes in x = √q z.
  const near = linspace(-40, 40, 641);
  const expectPeak = (f, q) =>
    near.reduce((sum, x) => sum + f(x) * Math.exp((-x * x) / (2 * q)), 0) /
    (8 * Math.sqrt(2 * Math.PI * q));
  const sigmoid = x => 1 / (1 + Math.exp(-x));
  const slopes = {
    tanh: x => 1 - Math.tanh(x) ** 2,
    sigmoid: x => sigmoid(x) * (1 - sigmoid(x)),
  };
  // E φ² = top - E φ', for φ² = 1 - φ' and s² = s - s'.
  const bounded = (phi, slope, top) => q =>
    q > 16
      ? [top - expectPeak(slope, q), expectPeak(x => slope(x) ** 2, q)]
      : [
          expect(z => phi(Math.sqrt(q) * z) ** 2),
          expect(z => slope(Math.sqrt(q) * z) ** 2),
        ];
  // Variance of pre-activations q -> [E φ(√q z)², E φ'(√q z)²].
  const moments = {
    linear: q => [q, 1],
    relu: q => [q / 2, 0.5],
    tanh: bounded(Math.tanh, slopes.tanh, 1),
    sigmoid: bounded(sigmoid, slopes.sigmoid, 0.5),
  };

  function experiment({ depth, activation, gain, skip }) {
    const scale = { none: 1, 1: 1, "1/sqrt(L)": 1 / Math.sqrt(depth) }[skip];
    const kept = skip === "none" ? 0 : 1,
      branch = (scale * gain) ** 2;
    const factors = [],
      signals = [1];
    for (let q = 1, layer = 0; layer < depth; layer++) {
      const [square, slope] = moments[activation](q);
      factors.push(kept + branch * slope);
      q = kept * q + branch * square;
      signals.push(Math.sqrt(q));
    }
    const norms = [1];
    for (const factor of factors.reverse()) norms.unshift(norms[0] * Math.sqrt(factor));
    return { norms, signals, per_layer: norms[0] ** (1 / depth) };
  }

  const names = Object.fromEntries(
    parameters.find(p => p.key === "activation").options,
  );
  const kinds = ["it vanishes", "it keeps its size", "it explodes"];
  const kind = ({ per_layer }) => (per_layer < 0.99 ? 0 : per_layer > 1.01 ? 2 : 1);
  return mount(context, {
    parameters,
    label:
      "Norm of the backpropagated gradient by layer, on a logarithmic axis, relative " +
      "to the last layer",
    height: width => (width < 480 ? 320 : 360),
    show: { gain: v => format(v, 4) + (v === Math.SQRT2 ? " = √2" : "") },
    goals: [
      [
        "keep the gradient through 40 layers or more of tanh",
        (r, s) => s.activation === "tanh" && s.depth >= 40 && kind(r) === 1,
      ],
    ],
    predict: {
      question: ({ depth, gain, activation }) =>
        `What happens to the gradient on its way through ${depth} layers of ` +
        `${names[activation]} with gain ${format(gain)}?`,
      options: () => kinds,
      answer: kind,
    },
    draw({ layer, width, height, state, asking }) {
      const r = experiment(state),
        logs = r.norms.map(v => Math.log10(v)),
        reach = Math.max(2, 1.1 * Math.max(...logs.map(Math.abs)));
      legend(layer, [4, 0, width], 2, [
        ["gradient, backward", "fig-a"],
        ["signal, forward", "fig-c fig-dash"],
      ]);
      const plot = axes(layer, [0, 20, width, height - 20], {
        x: [0, state.depth],
        y: [
          asking || Math.min(...logs) < -1e-9 ? -reach : -1,
          asking || Math.max(...logs) > 1e-9 ? reach : 1,
        ],
        logY: true,
        xlabel: "layer (0 = input)",
        ylabel: "relative size",
        xticks: ticks(0, state.depth, Math.min(state.depth, 5)),
      });
      plot.level(0, "fig-faint");
      if (!asking) {
        const signal = r.signals.map((v, i) => [i, Math.log10(v)]);
        plot.line(signal, "fig-c fig-dash", "signal, forward");
        plot.line(
          logs.map((v, i) => [i, v]),
          "fig-a",
          "gradient",
        );
        logs.forEach((v, i) => plot.dot([i, v], "fig-a", state.depth > 25 ? 2.5 : 4));
      }
      const sentence =
        `At depth ${state.depth} with ${names[state.activation]} the gradient at the ` +
        `input is ${format(r.norms[0])} times ` +
        `the one at the last layer, a factor ${format(r.per_layer, 4)} per layer: ` +
        `${kinds[kind(r)].replace("it", "the gradient")}. The signal at the last ` +
        `layer is ${format(r.signals[state.depth])} times the one at the input.`;
      return { result: r, sentence, plot };
    },
  });
}
