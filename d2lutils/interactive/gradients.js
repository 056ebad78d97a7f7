// Gradient norms by layer in a deep, fully-connected net: the picture.
function render(context) {
  const experiment = numbers();
  const name = (key, value) =>
    parameters.find(p => p.key === key).options.find(([v]) => v === value)[1];
  const kinds = ["it vanishes", "it keeps its size", "it explodes"];
  const kind = ({ per_layer }) => (per_layer < 0.99 ? 0 : per_layer > 1.01 ? 2 : 1);
  return mount(context, {
    parameters,
    label:
      "Norm of the backpropagated gradient by layer, on a logarithmic axis, relative " +
      "to the last layer",
    height: width => (width < 480 ? 320 : 360),
    controls: [nextSeed("Another net")],
    show: { gain: v => format(v, 4) + (v === Math.SQRT2 ? " = √2" : "") },
    goals: [
      [
        "keep the gradient through 40 layers or more of tanh",
        (r, s) => s.activation === "tanh" && s.depth >= 40 && kind(r) === 1,
      ],
    ],
    predict: {
      question: ({ depth, gain, activation, skip }) =>
        `What happens to the gradient on its way through ${depth} layers of ` +
        `${name("activation", activation)} with gain ${format(gain)}` +
        (skip === "none" ? "?" : `, each ${name("skip", skip)}?`),
      options: () => kinds,
      answer: kind,
    },
    draw({ layer, width, height, state, asking }) {
      const r = experiment(state),
        logs = r.norms.map(v => Math.log10(v)),
        reach = Math.max(2, 1.1 * Math.max(...logs.map(Math.abs)));
      const rows = legend(layer, [4, 0, width], narrow(width) ? 2 : 3, [
        ["gradient, backward", "fig-a"],
        [`in a net of width ${state.width}`, "fig-b fig-thin"],
        ["signal, forward", "fig-c fig-dash"],
      ]);
      const plot = axes(layer, [0, rows + 2, width, height - rows - 2], {
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
        const one = r.drawn.map((v, i) => [i, Math.log10(v)]);
        plot.line(one, "fig-b fig-thin", `gradient at width ${state.width}`);
        plot.line(
          logs.map((v, i) => [i, v]),
          "fig-a",
          "gradient",
        );
        logs.forEach((v, i) => plot.dot([i, v], "fig-a", state.depth > 25 ? 2.5 : 4));
      }
      const sentence =
        `At depth ${state.depth} with ${name("activation", state.activation)} the ` +
        `gradient at the input is ${format(r.norms[0])} times the one at the last ` +
        `layer, a factor ${format(r.per_layer, 4)} per layer: ` +
        `${kinds[kind(r)].replace("it", "the gradient")}; in one net of width ` +
        `${state.width} it is ${format(r.drawn[0])} times. The signal at the last ` +
        `layer is ${format(r.signals[state.depth])} times the one at the input.`;
      return { result: r, sentence, plot };
    },
  });
}
