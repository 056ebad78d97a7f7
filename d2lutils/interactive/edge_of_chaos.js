// Order and chaos: the picture.
function render(context) {
  const { depth, low, high, moments, variance, experiment, contour } = numbers();

  const layers = scale =>
    scale < 1e4 ? `${format(scale)} layers` : "more than 10⁴ layers";

  function tell(r) {
    const near = Math.abs(Math.log(r.chi)) < 0.01,
      phase = near ? "The edge of chaos" : r.chi > 1 ? "Chaos" : "Order";
    const gradient =
      `the squared gradient is multiplied by χ = ${format(r.chi)} in each layer ` +
      `(depth scale ${layers(r.gradient_scale)})`;
    if (r.variance < 1e-9) return `${phase}: the signal itself dies, and ${gradient}.`;
    const pairs =
      r.chi > 1
        ? `neighbours part, and all pairs approach cosine ${format(r.cosine)}`
        : "all inputs merge";
    return (
      `${phase}: ${gradient}, and ${pairs} (depth scale ${layers(r.signal_scale)}). ` +
      `Six of the latter, about as deep as nets were found to train, are ` +
      `${layers(6 * r.signal_scale)}.`
    );
  }

  const many = width => (narrow(width) ? 2 : 3);
  const boxes = (width, top) =>
    narrow(width)
      ? [
          [0, top, width, 250],
          [0, top + 250, width, 165],
        ]
      : [
          [0, top, 0.56 * width, 340],
          [0.56 * width, top, 0.44 * width, 340],
        ];

  return mount(context, {
    parameters,
    label: "Phase diagram of tanh nets, and the cosine of two pairs of inputs by layer",
    height: width => (narrow(width) ? 419 : 344) + 18 * Math.ceil(3 / many(width)),
    controls: [
      {
        button: "To the edge",
        changes: state => ({
          gain: bisect(
            gain => gain ** 2 * moments(variance({ ...state, gain }))[1] - 1,
            low,
            high,
          ),
        }),
      },
    ],
    handle: {
      label: "Scales of weights and biases",
      ring: true,
      step: 0.05,
      move: ([gain, bias_scale]) => ({
        gain: +gain.toFixed(3),
        bias_scale: +bias_scale.toFixed(3),
      }),
    },
    draw({ layer, width, state }) {
      const r = experiment(state);
      const rows = legend(layer, [4, 0, width], many(width), [
        ["edge of chaos", "fig-c"],
        ["depth scale, layers", "fig-a fig-thin"],
        ["two pairs of inputs", "fig-d"],
      ]);
      const [left, right] = boxes(width, rows + 4);
      const plot = axes(layer, left, {
        x: [low, high],
        y: [0, 1],
        xlabel: "scale of the weights σ_w",
        ylabel: "scale of the biases σ_b",
      });
      for (const scale of [1, 3, 10])
        for (const [sign, colour, name] of [
          [-1, "fig-a", "order"],
          [1, "fig-b", "chaos"],
        ]) {
          const line = contour(Math.exp(sign / scale)),
            place = line.find(([gain, bias]) => bias > 0.9 && gain < high);
          plot.line(line, colour + " fig-thin", `depth scale ${scale}, ${name}`);
          if (place) plot.text(place, String(scale), colour, { dy: 4 });
        }
      plot.line(contour(1), "fig-c");
      plot.text([low, 0.75], "order", "fig-a", { anchor: "start", dx: 6 });
      plot.text([high, 0.75], "chaos", "fig-b", { anchor: "end", dx: -8 });

      const side = axes(layer, right, {
        x: [0, depth],
        y: [0, 1],
        xlabel: "layer",
        ylabel: "cosine of two inputs",
      });
      side.level(r.cosine, "fig-faint fig-dash");
      for (const cosines of r.cosines) {
        const points = cosines.map((c, i) => [i, c]);
        side.line(points, "fig-d", `cosine ${cosines[0]} at first`);
        points.forEach(point => side.dot(point, "fig-d", 2.5));
      }
      return {
        result: r,
        sentence: tell(r),
        plot,
        at: [state.gain, state.bias_scale],
        start:
          `σ_w = ${format(state.gain)}, σ_b = ${format(state.bias_scale)}, ` +
          `χ = ${format(r.chi)}`,
      };
    },
  });
}
