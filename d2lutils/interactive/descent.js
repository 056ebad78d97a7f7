// Gradient descent with momentum and gradient noise on x cos(πx), on Rastrigin's
// function, and on a convex bowl. The update is d2lutils.descent.descend's: v <-
// momentum v + gradient + noise ξ, x <- x - lr v.
function render(context) {
  const pi = Math.PI;
  const wave = {
    domain: [-1, 2],
    values: [-1.3, 2.1],
    start: [-0.8],
    lr: 0.05,
    ylabel: "f(x)",
    f: ([x]) => x * Math.cos(pi * x),
    slope: x => Math.cos(pi * x) - pi * x * Math.sin(pi * x),
  };
  const rastrigin = {
    domain: [-5.12, 5.12],
    values: [0, 85],
    start: [3.3, 2.4],
    lr: 0.002,
    ylabel: "x₂",
    f: x => x.reduce((sum, v) => sum + 10 + v * v - 10 * Math.cos(2 * pi * v), 0),
    slope: v => 2 * v + 20 * pi * Math.sin(2 * pi * v),
  };
  const bowl = {
    domain: [-5.12, 5.12],
    values: [0, 55],
    start: [3.3, 2.4],
    lr: 0.05,
    ylabel: "x₂",
    f: x => x.reduce((sum, v) => sum + v * v, 0),
    slope: v => 2 * v,
  };
  const landscapes = { risk: wave, rastrigin, bowl };
  // The minima of one coordinate, and so of each: these functions have equal slopes in
  // every coordinate.
  for (const landscape of Object.values(landscapes)) {
    const grid = linspace(...landscape.domain, 1001),
      s = landscape.slope;
    landscape.minima = grid
      .slice(1)
      .flatMap((x, i) => (s(grid[i]) < 0 && s(x) >= 0 ? [bisect(s, grid[i], x)] : []));
    landscape.best = Math.min(
      ...landscape.minima.map(m => landscape.f(landscape.start.map(() => m))),
    );
  }
  for (const landscape of [rastrigin, bowl])
    landscape.shade = shade(landscape.f, landscape.domain, 0, 48);

  function experiment({ landscape, start, lr, momentum, noise, num_steps, seed }) {
    const { f, slope, domain, minima, best } = landscapes[landscape];
    const xi = noise ? normals(seed, num_steps * start.length) : [];
    const points = [start];
    let v = start.map(() => 0),
      x = start,
      diverged = false;
    for (let t = 0; t < num_steps && !diverged; t++) {
      v = v.map(
        (w, i) =>
          momentum * w + slope(x[i]) + (noise && noise * xi[t * start.length + i]),
      );
      const next = x.map((w, i) => w - lr * v[i]);
      diverged = !Number.isFinite(f(next));
      if (!diverged) points.push((x = next));
    }
    const nearest = x.map(w =>
      minima.reduce((a, b) => (Math.abs(b - w) < Math.abs(a - w) ? b : a)),
    );
    const left = points.findIndex(p => p.some(w => w < domain[0] || w > domain[1]));
    const settled = Math.hypot(...x.map((w, i) => w - nearest[i])) <= 1e-3;
    const status = diverged
      ? "diverged"
      : x.some(w => w < domain[0] || w > domain[1])
        ? "left"
        : settled
          ? "settled"
          : noise
            ? "noisy"
            : "moving";
    return {
      points,
      values: points.map(f),
      end: x,
      value: f(x),
      minimum: nearest,
      minimum_value: f(nearest),
      is_global: f(nearest) - best < 1e-9,
      status,
      left,
    };
  }

  const name = point => {
    const text = point.map(v => format(Math.abs(v) < 1e-9 ? 0 : v, 4)).join(", ");
    return point.length === 1 ? "x = " + text : `(${text})`;
  };
  function tell(r, { num_steps }) {
    const taken = r.points.length;
    const minimum =
      `${r.is_global ? "the global" : "a local"} minimum at ` +
      `${name(r.minimum)}, where f = ${format(r.minimum_value)}`;
    return {
      diverged: `The run diverges: after ${taken} steps the numbers overflow.`,
      left:
        `The run leaves the picture after ${r.left} steps and is at ` +
        `${name(r.end)} after ${num_steps}: the learning rate or the noise is too ` +
        `large for this start.`,
      settled: `After ${num_steps} steps the run has settled in ${minimum}.`,
      noisy:
        `After ${num_steps} noisy steps the run is at ${name(r.end)}, f = ` +
        `${format(r.value)}; the nearest is ${minimum}.`,
      moving:
        `After ${num_steps} steps the run is still moving, at ${name(r.end)} ` +
        `with f = ${format(r.value)}; the nearest is ${minimum}.`,
    }[r.status];
  }

  const trim = v => +v.toFixed(4);
  return mount(context, {
    label:
      "The path of gradient descent over the function, and the function's value step " +
      "by step",
    keys: ["landscape", "start", "lr", "momentum", "noise", "num_steps", "seed"],
    height: width => panels(width).height,
    play: true,
    controls: [
      {
        key: "landscape",
        label: "function",
        type: "select",
        options: [
          ["risk", "x cos(πx)"],
          ["rastrigin", "Rastrigin, 2-d"],
          ["bowl", "x₁² + x₂²"],
        ],
        changes: name => ({ start: landscapes[name].start, lr: landscapes[name].lr }),
      },
      {
        key: "lr",
        label: "learning rate η",
        values: niceValues(
          1e-4,
          1,
          [1, 1.2, 1.4, 1.6, 1.8, 2, 2.4, 2.8, 3.2, 4, 5, 6, 7, 8, 9],
        ),
      },
      { key: "momentum", label: "momentum β", min: 0, max: 0.99, step: 0.01 },
      {
        key: "noise",
        label: "gradient noise σ",
        values: [0, ...niceValues(0.1, 100, [1, 2, 3, 5, 7])],
      },
      {
        key: "num_steps",
        label: "steps",
        values: niceValues(10, 1000, [1, 2, 5]),
        show: String,
      },
      nextSeed("New noise"),
    ],
    handle: {
      label: "Start of the descent",
      step: 0.02,
      move: (point, { start }) => ({ start: point.slice(0, start.length).map(trim) }),
      nudge: ([right, up], step, { start }) =>
        start.length === 1
          ? [start[0] + step * (right + up), 0]
          : [start[0] + step * right, start[1] + step * up],
    },
    draw({ layer, width, state, progress }) {
      const r = experiment(state),
        landscape = landscapes[state.landscape],
        { f, domain } = landscape;
      const flat = state.start.length === 1;
      const seen = r.points.slice(0, 1 + Math.round(progress * (r.points.length - 1)));
      const { main, side } = panels(width);
      const plot = axes(layer, main, {
        x: domain,
        y: flat ? landscape.values : domain,
        xlabel: flat ? "x" : "x₁",
        ylabel: landscape.ylabel,
      });
      if (flat)
        plot.line(
          linspace(...domain, 200).map(x => [x, f([x])]),
          "fig-a",
        );
      else plot.add(landscape.shade);
      const path = seen.map(p => (flat ? [p[0], f(p)] : p));
      plot.line(path, "fig-b fig-thin");
      path.slice(0, 200).forEach(p => plot.dot(p, "fig-b", 3));
      plot.dot(path[path.length - 1], "fig-c", 6);
      const value = axes(layer, side, {
        x: [0, state.num_steps],
        y: landscape.values,
        xlabel: "step",
        ylabel: "value",
        xticks: ticks(0, state.num_steps, 3),
      });
      value.line(
        [
          [0, landscape.best],
          [state.num_steps, landscape.best],
        ],
        "fig-faint fig-dash",
      );
      value.line(
        seen.map((p, t) => [t, r.values[t]]),
        "fig-b",
      );
      value.dot([seen.length - 1, r.values[seen.length - 1]], "fig-c", 5);
      const at = flat ? [state.start[0], f(state.start)] : state.start;
      return {
        result: r,
        sentence: tell(r, state),
        plot,
        at,
        start: name(state.start),
      };
    },
  });
}
