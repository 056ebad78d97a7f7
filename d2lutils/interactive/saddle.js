// Gradient descent started near the ridge of a saddle: the distance from the ridge
// grows geometrically.
function render(context) {
  // away, along: which coordinate leads off the ridge and which lies in it. curvature:
  // minus the negative one.
  const well = {
    away: 0,
    along: 1,
    curvature: 4,
    reach: 2,
    f: ([x, y]) => x ** 4 - 2 * x * x + y * y,
    grad: ([x, y]) => [4 * x ** 3 - 4 * x, 2 * y],
  };
  const hyperbolic = {
    away: 1,
    along: 0,
    curvature: 2,
    reach: 1,
    f: ([x, y]) => x * x - y * y,
    grad: ([x, y]) => [2 * x, -2 * y],
  };
  const landscapes = { double_well: well, hyperbolic };
  for (const landscape of [well, hyperbolic])
    landscape.shade = shade(
      landscape.f,
      [-landscape.reach, landscape.reach],
      -1,
      landscape === well ? 3 : 1,
    );
  const limit = 20000;

  function experiment({ landscape, eps, along, lr }) {
    const { grad, curvature, away, reach } = landscapes[landscape];
    let x = away === 0 ? [eps, along] : [along, eps];
    const points = [x];
    let steps = Math.abs(eps) > 0.5 ? 0 : null;
    while (points.length <= limit) {
      const g = grad(x);
      if (
        Math.abs(x[away]) > 10 * reach ||
        (Math.hypot(...g) < 1e-8 && (steps !== null || eps === 0))
      )
        break;
      if (landscape === "hyperbolic" && Math.abs(x[away]) > reach) break;
      points.push((x = x.map((v, i) => v - lr * g[i])));
      if (steps === null && Math.abs(x[away]) > 0.5) steps = points.length - 1;
    }
    const status =
      Math.abs(x[away]) > 10 * reach
        ? "diverged"
        : eps === 0
          ? "saddle"
          : landscape === "hyperbolic" && Math.abs(x[away]) > reach
            ? "unbounded"
            : Math.hypot(...grad(x)) < 1e-8
              ? "minimum"
              : "moving";
    const predicted =
      eps === 0
        ? null
        : Math.max(0, Math.log(0.5 / Math.abs(eps)) / Math.log(1 + curvature * lr));
    return { points, steps, predicted, end: x, status };
  }

  function tell(r, { landscape, eps, lr }) {
    if (eps === 0)
      return (
        "Exactly on the ridge the gradient never points off it: the run ends in " +
        "the saddle itself and stays there."
      );
    if (r.status === "diverged")
      return (
        `The run diverges: with learning rate ${format(lr)} the start is too ` +
        `far out.`
      );
    const [distance, rate] = [
      format(Math.abs(eps)),
      `ln(1 + ${landscapes[landscape].curvature}η)`,
    ];
    const escape =
      r.steps === 0
        ? `The start is ${distance} away from the ridge, past the 0.5 that count as ` +
          `escaped.`
        : `From ${distance} beside the ridge the run has ` +
          (r.steps === null
            ? `not left it after ${limit}`
            : `moved 0.5 away after ${r.steps}`) +
          ` ${r.steps === 1 ? "step" : "steps"}; ` +
          `ln(0.5/ε)/${rate} predicts ${format(r.predicted, 4)}.`;
    const end = {
      minimum: ` Then it settles in the minimum (${r.end[0] > 0 ? "1" : "−1"}, 0).`,
      unbounded: " From there it descends for ever: the function has no minimum.",
      moving: " It has not settled.",
    }[r.status];
    return escape + end;
  }

  return mount(context, {
    label:
      "The path of gradient descent past a saddle, and its distance from the ridge " +
      "step by step on a logarithmic axis",
    keys: ["landscape", "eps", "along", "lr"],
    height: width => panels(width).height,
    play: true,
    controls: [
      {
        key: "landscape",
        label: "function",
        type: "select",
        options: [
          ["double_well", "x₁⁴ − 2x₁² + x₂²"],
          ["hyperbolic", "x₁² − x₂²"],
        ],
        changes: () => ({ eps: 1e-3, along: 0.9 }),
      },
      {
        key: "eps",
        label: "distance ε from the ridge",
        values: [0, ...niceValues(1e-16, 0.5, [1, 2, 5])],
      },
      {
        key: "lr",
        label: "learning rate η",
        values: niceValues(1e-3, 0.4, [1, 1.5, 2, 3, 4, 5, 7]),
      },
    ],
    handle: {
      label: "Start of the descent",
      step: 0.02,
      move: (point, { landscape }) => {
        const { away, along } = landscapes[landscape];
        return { eps: +point[away].toFixed(4), along: +point[along].toFixed(4) };
      },
    },
    draw({ layer, width, state, progress }) {
      const r = experiment(state),
        { reach, away, curvature, shade: shading } = landscapes[state.landscape];
      const domain = [-reach, reach],
        { main, side } = panels(width),
        last = r.points.length - 1;
      const seen = r.points.slice(0, 1 + Math.round(progress * last));
      const plot = axes(layer, main, {
        x: domain,
        y: domain,
        xlabel: "x₁",
        ylabel: "x₂",
      });
      plot.add(shading);
      plot.line(
        away === 0
          ? [
              [0, -reach],
              [0, reach],
            ]
          : [
              [-reach, 0],
              [reach, 0],
            ],
        "fig-a fig-dash",
      );
      plot.line(seen, "fig-b");
      seen.slice(0, 300).forEach(p => plot.dot(p, "fig-b", 3));
      plot.dot(seen[seen.length - 1], "fig-c", 6);

      const shown =
        r.steps === null ? last : Math.min(last, Math.ceil(1.3 * r.steps) + 5);
      const distance = p => Math.log10(Math.abs(p[away]));
      const floor =
        state.eps === 0 ? -16 : Math.floor(Math.min(-1, distance(r.points[0])));
      const plane = axes(layer, side, {
        x: [0, Math.max(1, shown)],
        y: [floor, 0.5],
        logY: true,
        xlabel: "step",
        ylabel: "distance from the ridge",
        xticks: ticks(0, Math.max(1, shown), 3),
      });
      plane.line(
        [
          [0, Math.log10(0.5)],
          [shown, Math.log10(0.5)],
        ],
        "fig-faint fig-dash",
      );
      if (r.steps !== 0 && state.eps) {
        const start = distance(r.points[0]),
          rate = Math.log10(1 + curvature * state.lr);
        plane.line(
          [
            [0, start],
            [shown, start + rate * shown],
          ],
          "fig-a fig-dash",
        );
      }
      plane.line(
        seen.slice(0, shown + 1).map((p, t) => [t, distance(p)]),
        "fig-b",
      );
      plane.text([shown, floor], "dashed: ε(1 + " + curvature + "η)ᵏ", "fig-a", {
        anchor: "end",
        dx: -4,
        dy: -8,
      });
      return {
        result: r,
        sentence: tell(r, state),
        plot,
        at: r.points[0],
        start: `x₁ = ${format(r.points[0][0])}, x₂ = ${format(r.points[0][1])}`,
      };
    },
  });
}
