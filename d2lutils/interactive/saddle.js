// Gradient descent past a saddle: the picture.
function render(context) {
  const { landscapes, limit, experiment } = numbers(),
    { double_well: well, hyperbolic } = landscapes;
  for (const landscape of [well, hyperbolic])
    landscape.shade = shade(
      landscape.f,
      [-landscape.reach, landscape.reach],
      -1,
      landscape === well ? 3 : 1,
    );
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

  const guesses = [20, 40, 80, 160],
    asked = guesses.map((n, k) => (k ? `${guesses[k - 1]} to ${n}` : `under ${n}`));
  return mount(context, {
    parameters,
    label:
      "The path of gradient descent past a saddle, and its distance from the ridge " +
      "step by step on a logarithmic axis",
    views: ["path", "distance"],
    height: (width, view) => panels(width, view).height,
    play: true,
    changes: { landscape: () => ({ eps: 1e-3, along: 0.9 }) },
    goals: [
      [
        "escape within 40 steps from 10⁻⁶ or less",
        (r, { eps }) =>
          r.steps !== null && r.steps <= 40 && Math.abs(eps) <= 1e-6 && eps !== 0,
      ],
    ],
    predict: {
      question: ({ eps, lr }) =>
        `The start is ${format(Math.abs(eps))} beside the ridge, the learning rate ` +
        `${format(lr)}. After how many steps is the run 0.5 away?`,
      options: () => [...asked, "160 or more, or never"],
      answer: ({ steps }) =>
        steps === null ? 4 : [...guesses, Infinity].findIndex(n => steps < n),
    },
    handle: {
      label: "Start of the descent",
      step: 0.02,
      move: (point, { landscape }) => {
        const { away, along } = landscapes[landscape];
        return { eps: +point[away].toFixed(4), along: +point[along].toFixed(4) };
      },
    },
    draw({ layer, width, view, state, progress, asking }) {
      const r = experiment(state),
        { reach, away, curvature, shade: shading } = landscapes[state.landscape];
      const domain = [-reach, reach],
        { main, side } = panels(width, view),
        last = r.points.length - 1;
      const seen = r.points.slice(0, 1 + Math.round(progress * last));
      const plot = axes(layer, main, {
        x: domain,
        y: domain,
        xlabel: "x₁",
        ylabel: "x₂",
      });
      plot.add(shading);
      if (away === 0) plot.upright(0, "fig-a fig-dash");
      else plot.level(0, "fig-a fig-dash");
      plot.line(seen, "fig-b", "path");
      seen.slice(0, 300).forEach(p => plot.dot(p, "fig-b", 3));
      plot.dot(seen[seen.length - 1], "fig-c", 6);

      const shown =
        r.steps === null ? last : Math.min(last, Math.ceil(1.3 * r.steps) + 5);
      const distance = p => Math.log10(Math.abs(p[away]));
      const floor =
        state.eps === 0 ? -16 : Math.floor(Math.min(-1, distance(r.points[0])));
      const steps = Math.max(1, asking ? 200 : shown);
      const plane = axes(layer, side, {
        x: [0, steps],
        y: [floor, 0.5],
        logY: true,
        xlabel: "step",
        ylabel: "distance from the ridge",
        xticks: ticks(0, steps, 3),
      });
      plane.level(Math.log10(0.5), "fig-faint fig-dash");
      if (r.steps !== 0 && state.eps && !asking) {
        const start = distance(r.points[0]),
          rate = Math.log10(1 + curvature * state.lr);
        const law = [0, shown].map(t => [t, start + rate * t]);
        plane.line(law, "fig-a fig-dash", `ε(1 + ${curvature}η)ᵏ`);
        plane.text([shown, floor], `dashed: ε(1 + ${curvature}η)ᵏ`, "fig-a", {
          anchor: "end",
          dx: -4,
          dy: -8,
        });
      }
      const distances = seen.slice(0, shown + 1).map((p, t) => [t, distance(p)]);
      plane.line(distances, "fig-b", "distance");
      return {
        result: r,
        sentence: tell(r, state),
        plot,
        at: r.points[0],
        start: `x₁ = ${format(r.points[0][0])}, x₂ = ${format(r.points[0][1])}`,
        stages: last,
      };
    },
  });
}
