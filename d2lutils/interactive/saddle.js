// Gradient descent past a saddle: the picture.
function render(context) {
  const model = numbers(),
    tell = words(model),
    { landscapes, experiment } = model,
    { double_well: well, hyperbolic } = landscapes;
  for (const landscape of [well, hyperbolic])
    landscape.shade = shade(
      landscape.f,
      [-landscape.reach, landscape.reach],
      -1,
      landscape === well ? 3 : 1,
    );
  // The escapes that the reader has seen, for the third panel: [ε, η, steps] by state.
  let seenEscapes = {};
  function collect({ landscape, eps, along, lr }, { steps, status }) {
    const all = (seenEscapes[landscape] ??= new Map());
    if (steps > 0 && status !== "diverged")
      all.set([eps, along, lr].join(), [Math.abs(eps), lr, steps]);
    return [...all.values()];
  }

  // On a wide screen the two panels beside the path share its height.
  function layout(width, view) {
    if (view === 2) return { height: 260, last: [0, 0, width, 260] };
    const { height, main, side } = panels(width, view);
    if (view !== undefined) return { height, main, side };
    const [left, top, wide, high] = side;
    return {
      height,
      main,
      side: [left, top, wide, high / 2],
      last: [left, top + high / 2, wide, high / 2],
    };
  }

  const guesses = [20, 40, 80, 160],
    asked = guesses.map((n, k) => (k ? `${guesses[k - 1]} to ${n}` : `under ${n}`));
  return mount(context, {
    parameters,
    label:
      "The path of gradient descent past a saddle, and its distance from the ridge " +
      "step by step on a logarithmic axis",
    views: ["path", "distance", "escapes"],
    height: (width, view) => layout(width, view).height,
    play: 4000,
    reset: () => (seenEscapes = {}),
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
        { main, side, last: third } = layout(width, view),
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

      const escapes = progress < 1 || asking ? [] : collect(state, r),
        spots = escapes.map(([e, lr, steps]) => [Math.log10(e), steps, lr]),
        rate = Math.log(1 + curvature * state.lr) / Math.LN10;
      const times = axes(layer, third, {
        x: [-16, 0],
        y: [0, 1.1 * Math.max(10, ...spots.map(spot => spot[1]))],
        xlabel: "distance ε of the start",
        ylabel: "steps to escape",
        logX: true,
        xticks: [-15, -10, -5, 0],
      });
      const law = [-16, Math.log10(0.5)].map(e => [e, (Math.log10(0.5) - e) / rate]);
      if (!asking) times.line(law, "fig-a fig-dash", "predicted");
      times.dots(spots, "fig-b", 3, "escapes");
      for (const spot of spots) if (spot[2] === state.lr) times.dot(spot, "fig-c");
      return {
        result: r,
        sentence: tell(r, state, escapes.length),
        plot,
        at: r.points[0],
        start: `x₁ = ${format(r.points[0][0])}, x₂ = ${format(r.points[0][1])}`,
        stages: last,
      };
    },
  });
}
