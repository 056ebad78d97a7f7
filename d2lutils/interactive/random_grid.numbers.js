// Grid and random search for the minimum of a function of two hyperparameters of
// unequal importance (Bergstra & Bengio 2012).
function numbers() {
  const samples = 1000,
    dip = d => 1 - Math.exp((-d * d) / 0.02);

  const cosine = angle => Math.cos((angle * Math.PI) / 180),
    sine = angle => Math.sin((angle * Math.PI) / 180);
  // Where a point lies along the important direction, from the centre of the square.
  const along = ([x, y], angle) => cosine(angle) * (x - 0.5) + sine(angle) * (y - 0.5);

  function lossAround([a, b], { importance, angle }) {
    const c = cosine(angle),
      s = sine(angle);
    return ([x, y]) =>
      (dip(c * (x - a) + s * (y - b)) + importance * dip(c * (y - b) - s * (x - a))) /
      (1 + importance);
  }

  function grid(n) {
    const k = Math.round(Math.sqrt(n));
    return Array.from({ length: n }, (_, i) => [
      ((i % k) + 0.5) / k,
      (Math.floor(i / k) + 0.5) / k,
    ]);
  }
  const drawn = (u, n) => Array.from({ length: n }, (_, i) => [u[2 * i], u[2 * i + 1]]);
  const least = (points, loss) => Math.min(...points.map(loss));

  // Best losses of the grid and of random points in many draws, each with points and an
  // optimum of its own. Random numbers do not depend on the settings.
  const drawnOnce = {};
  let last = {};
  function averages({ num_trials: n, importance, angle }) {
    const key = [n, importance, angle].join();
    if (last.key === key) return last;
    drawnOnce[n] ??= Array.from({ length: samples }, (_, seed) =>
      uniforms(seed, 2 * n + 2),
    );
    const even = grid(n),
      [c, v] = [cosine(angle), sine(angle)];
    // The least loss of n points, written out: it is asked for 2000 times.
    const best = (x, y, a, b) => {
      let found = 2;
      for (let i = 0; i < n; i++) {
        const u = c * (x(i) - a) + v * (y(i) - b),
          w = c * (y(i) - b) - v * (x(i) - a);
        const loss =
          1 - Math.exp((-u * u) / 0.02) + importance * (1 - Math.exp((-w * w) / 0.02));
        if (loss < found) found = loss;
      }
      return found / (1 + importance);
    };
    const pairs = drawnOnce[n].map(u => [
      best(
        i => even[i][0],
        i => even[i][1],
        u[2 * n],
        u[2 * n + 1],
      ),
      best(
        i => u[2 * i],
        i => u[2 * i + 1],
        u[2 * n],
        u[2 * n + 1],
      ),
    ]);
    last = {
      key,
      pairs,
      mean_grid: mean(pairs.map(p => p[0])),
      mean_random: mean(pairs.map(p => p[1])),
      wins: mean(pairs.map(p => +(p[1] < p[0]))),
    };
    return last;
  }
  return {
    samples,
    dip,
    cosine,
    sine,
    along,
    lossAround,
    grid,
    drawn,
    least,
    averages,
  };
}
