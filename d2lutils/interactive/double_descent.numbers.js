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

  return { all, risk };
}
