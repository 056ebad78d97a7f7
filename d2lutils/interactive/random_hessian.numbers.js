// Eigenvalues of a random symmetric matrix (GOE) in units of its semicircle's radius,
// shifted by a level. d2lutils.spectra is its twin.
function numbers() {
  // Diagonal and squared off-diagonal of a similar tridiagonal matrix, by Householder's
  // reflections from the last row up.
  function tridiagonal(a) {
    const n = a.length,
      diagonal = [],
      squares = [];
    for (let m = n - 1; m >= 0; m--) {
      diagonal.unshift(a[m][m]);
      if (!m) break;
      const v = a[m].slice(0, m),
        square = v.reduce((sum, x) => sum + x * x, 0);
      squares.unshift(square);
      v[m - 1] += (v[m - 1] < 0 ? -1 : 1) * Math.sqrt(square);
      const half = v.reduce((sum, x) => sum + x * x, 0) / 2;
      if (!half) continue;
      const p = v.map((_, i) => {
        let sum = 0;
        for (let j = 0; j < m; j++) sum += a[i][j] * v[j];
        return sum / half;
      });
      const k = p.reduce((sum, x, i) => sum + x * v[i], 0) / (2 * half);
      for (let i = 0; i < m; i++)
        for (let j = 0; j < m; j++)
          a[i][j] -= (p[i] - k * v[i]) * v[j] + v[i] * (p[j] - k * v[j]);
    }
    return { diagonal, squares };
  }

  // Eigenvalues of it, as many below x as pivots of Gaussian elimination are negative.
  function eigenvalues({ diagonal, squares }) {
    const below = x => {
      let count = 0,
        pivot = 1;
      diagonal.forEach((a, i) => {
        pivot = a - x - (i ? squares[i - 1] / pivot : 0) || 1e-300;
        if (pivot < 0) count++;
      });
      return count;
    };
    const reach = 1 + 2 * Math.max(...diagonal.map(Math.abs), ...squares);
    return diagonal.map((_, k) => bisect(x => below(x) - k - 0.5, -reach, reach));
  }

  let drawn;
  function spectrum({ n, seed }) {
    if (!drawn || drawn.n !== n || drawn.seed !== seed) {
      const z = normals(seed, n * n),
        scale = 2 * Math.sqrt(2 * n);
      const matrix = Array.from({ length: n }, (_, i) =>
        Array.from({ length: n }, (_, j) => (z[i * n + j] + z[j * n + i]) / scale),
      );
      drawn = { n, seed, values: eigenvalues(tridiagonal(matrix)) };
    }
    return drawn.values;
  }

  // Nodes and weights of Gauss and Legendre on [0, 1].
  function legendre(count) {
    return Array.from({ length: count }, (_, i) => {
      let x = Math.cos((Math.PI * (i + 0.75)) / (count + 0.5)),
        slope;
      for (let round = 0; round < 8; round++) {
        let [before, now] = [1, x];
        for (let k = 2; k <= count; k++)
          [before, now] = [now, ((2 * k - 1) * x * now - (k - 1) * before) / k];
        slope = (count * (x * now - before)) / (x * x - 1);
        x -= now / slope;
      }
      return [(x + 1) / 2, 1 / ((1 - x * x) * slope * slope)];
    });
  }

  // The decimal logarithm of the probability that all eigenvalues are positive, pivot
  // by pivot: see spectra.log_positive_probability.
  const rule = legendre(96);
  function positive({ n, level }) {
    const shift = level * Math.sqrt(2 * n),
      reach = Math.sqrt(Math.max(shift, 0) + 9);
    const s = rule.map(([x]) => reach * x),
      weight = rule.map(([, w]) => reach * w),
      gauss = x => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
    const onward = s.map((x, i) =>
      s.map((y, j) => 2 * x * weight[i] * weight[j] * gauss(x * x + y * y - shift)),
    );
    // Densities of b, 2b² chi-square of k degrees of freedom, for the next odd and even
    // k.
    const table = f => s.map(x => s.map(y => 2 * f(x * y) * Math.exp(-x * x * y * y)));
    const chi = [table(b => b * b), table(b => b / Math.sqrt(Math.PI))];
    let mass = s.map((x, i) => 2 * x * weight[i] * gauss(x * x - shift)),
      log = 0;
    for (let k = 1; k < n; k++) {
      const now = chi[k % 2],
        ratio = s.map((x, i) => {
          let sum = 0;
          for (let j = 0; j < s.length; j++) {
            sum += now[i][j] * mass[j];
            now[i][j] *= (2 * x * x * s[j] * s[j]) / k;
          }
          return sum / x;
        });
      mass = onward.map(row => {
        let sum = 0;
        for (let j = 0; j < s.length; j++) sum += row[j] * ratio[j];
        return sum;
      });
      const total = mass.reduce((sum, x) => sum + x, 0);
      log += Math.log(total);
      mass = mass.map(x => x / total);
    }
    return Math.min(0, log + Math.log(mass.reduce((sum, x) => sum + x, 0))) / Math.LN10;
  }

  // Share of the semicircle below x.
  const share = x =>
    Math.abs(x) < 1
      ? 0.5 + (x * Math.sqrt(1 - x * x) + Math.asin(x)) / Math.PI
      : +(x > 0);

  function experiment(state) {
    const values = spectrum(state).map(v => v + state.level),
      below = share(-state.level);
    return {
      values,
      index: values.filter(v => v < 0).length,
      expected: below,
      log10_positive: positive(state),
      log10_independent: below < 1 ? state.n * Math.log10(1 - below) : -Infinity,
    };
  }
  return { experiment };
}
