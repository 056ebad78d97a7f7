// Gradient descent with momentum and gradient noise on x cos(πx), on Rastrigin's
// function, and on a convex bowl. The update is d2lutils.descent.descend's: v <-
// momentum v + gradient + noise ξ, x <- x - lr v.
function numbers() {
  const pi = Math.PI;
  const wave = {
    domain: [-1, 2],
    values: [-1.3, 2.1],
    start: [-0.8],
    lr: 0.05,
    f: ([x]) => x * Math.cos(pi * x),
    slope: x => Math.cos(pi * x) - pi * x * Math.sin(pi * x),
  };
  const square = { domain: [-5.12, 5.12], start: [3.3, 2.4] };
  const rastrigin = {
    ...square,
    values: [0, 85],
    lr: 0.002,
    f: x => x.reduce((sum, v) => sum + 10 + v * v - 10 * Math.cos(2 * pi * v), 0),
    slope: v => 2 * v + 20 * pi * Math.sin(2 * pi * v),
  };
  const bowl = {
    ...square,
    values: [0, 55],
    lr: 0.05,
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

  const nearest = (minima, w) =>
    minima.reduce((a, b) => (Math.abs(b - w) < Math.abs(a - w) ? b : a));

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
    const minimum = x.map(w => nearest(minima, w)),
      outside = p => p.some(w => w < domain[0] || w > domain[1]),
      settled = Math.hypot(...x.map((w, i) => w - minimum[i])) <= 1e-3;
    const status = diverged
      ? "diverged"
      : outside(x)
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
      minimum,
      minimum_value: f(minimum),
      is_global: f(minimum) - best < 1e-9,
      status,
      left: points.findIndex(outside),
    };
  }

  // Where a start on the line leads with these settings and no noise: a minimum, or
  // null. One for each of `count` starts.
  let last = {};
  function basins({ lr, momentum, num_steps }, count) {
    const key = [lr, momentum, num_steps].join();
    if (last.key === key) return last.ends;
    const { slope, domain, minima } = wave;
    const ends = linspace(...domain, count).map(start => {
      let x = start,
        v = 0;
      for (let t = 0; t < num_steps; t++) {
        v = momentum * v + slope(x);
        x -= lr * v;
        if (Math.abs(v) < 1e-9 || Math.abs(x) > 1e3) break;
      }
      const minimum = nearest(minima, x);
      return Math.abs(x - minimum) <= 1e-3 ? minimum : null;
    });
    last = { key, ends };
    return ends;
  }
  return { landscapes, experiment, basins };
}
