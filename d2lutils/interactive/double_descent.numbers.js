// Expected risk of least squares, or ridge regression, on p of D features with n
// examples. d2lutils.linear.double_descent_risk and ridge_risk are its twins.
function numbers(D) {
  const all = linspace(1, D, D);

  // Squared norms of the first p coefficients; all D together have norm 1.
  const sums = Object.fromEntries(
    Object.entries({ equal: 0, falling: -2 }).map(([name, power]) => {
      let total = 0;
      return [name, [0, ...all.map(j => (total += j ** power))]];
    }),
  );
  const seen = (coefficients, p) => sums[coefficients][p] / sums[coefficients][D];

  // Theorem 1 of Belkin, Hsu & Xu (2020), exact; with a penalty corollary 5 of Hastie
  // et al. (2022), the limit of large n and p at the same ratio. The bias is the part
  // that remains when noise is 0.
  function parts(n, p, signal, noise, penalty) {
    if (!penalty) {
      const variance =
        p <= n - 2 ? p / (n - p - 1) : p >= n + 2 ? n / (p - n - 1) : Infinity;
      return {
        bias: p > n ? signal * (1 - n / p) : 0,
        variance: noise && noise * variance,
      };
    }
    const g = p / n,
      l = penalty / n,
      b = 1 - g + l,
      root = Math.sqrt(b * b + 4 * g * l);
    const m = b > 0 ? 2 / (b + root) : (root - b) / (2 * g * l);
    const slope = (m * (1 + g * m)) / (b + 2 * g * l * m);
    return { bias: signal * l * l * slope, variance: noise * g * (m - l * slope) };
  }

  function risk({ n, p, sigma, penalty, coefficients }) {
    const signal = seen(coefficients, p),
      noise = 1 - signal + sigma * sigma,
      part = parts(n, p, signal, noise, penalty);
    const best_penalty = (p * noise) / signal,
      best = parts(n, p, signal, noise, Math.max(best_penalty, 1e-9));
    return {
      p,
      ...part,
      noise,
      risk: noise + part.bias + part.variance,
      best_penalty,
      best: noise + best.bias + best.variance,
    };
  }

  // One sample: of normals(seed, ...) D numbers are an example's features, then come
  // the examples' noises. Every so many features it is fitted, by the normal equations:
  // those of p <= n features have the first rows of one Cholesky factor.
  const truth = Object.fromEntries(
    Object.entries({ equal: 0, falling: -1 }).map(([name, power]) => [
      name,
      all.map(j => j ** power / Math.sqrt(sums[name][D])),
    ]),
  );
  let draws = {};
  function fits({ n, p, sigma, penalty, coefficients, seed }) {
    if (draws.seed !== seed) draws = { seed, all: normals(seed, D * D + D) };
    const b = truth[coefficients],
      X = linspace(0, n - 1, n).map(i => draws.all.slice(i * D, i * D + D)),
      y = X.map((x, i) => dot(x, b) + sigma * draws.all[D * D + i]);
    const step = Math.ceil(D / 16),
      sizes = all.filter(k => (k - 1) % step === 0 || k === p || k === D),
      features = all.slice(0, n).map((_, j) => X.map(x => x[j])),
      few = cholesky(features, penalty),
      sides = features.map(column => dot(column, y));
    return sizes.map(k => {
      const rows = X.map(x => x.slice(0, k)),
        w =
          k <= n
            ? solve(few, sides.slice(0, k))
            : turned(rows, solve(cholesky(rows, penalty), y), k);
      const missed = b.reduce((sum, v, j) => sum + (v - (w[j] || 0)) ** 2, 0);
      return [k, sigma * sigma + missed];
    });
  }
  function dot(a, b) {
    let sum = 0;
    for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
    return sum;
  }
  const turned = (rows, c, k) =>
    all.slice(0, k).map((_, j) => rows.reduce((sum, row, i) => sum + row[j] * c[i], 0));
  // The factor L of A Aᵀ + penalty I = L Lᵀ, for the rows of A.
  function cholesky(rows, penalty) {
    const L = [];
    rows.forEach((row, i) => {
      L.push([]);
      for (let j = 0; j <= i; j++) {
        let sum = dot(row, rows[j]) + (i === j && penalty);
        for (let k = 0; k < j; k++) sum -= L[i][k] * L[j][k];
        L[i].push(i === j ? Math.sqrt(sum) : sum / L[j][j]);
      }
    });
    return L;
  }
  function solve(L, side) {
    const x = side.slice(),
      n = x.length;
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < i; k++) x[i] -= L[i][k] * x[k];
      x[i] /= L[i][i];
    }
    for (let i = n - 1; i >= 0; i--) {
      for (let k = i + 1; k < n; k++) x[i] -= L[k][i] * x[k];
      x[i] /= L[i][i];
    }
    return x;
  }

  return { all, risk, fits };
}
