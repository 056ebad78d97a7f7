// Infinitely wide ReLU nets of inputs (x, 1) while they learn points: mean and spread
// over initialisations. d2lutils.kernels is its twin. Points lie on the grid of
// multiples of 1/20.
function numbers() {
  const grid = linspace(-40, 40, 81).map(k => k / 20);
  const dot = (a, b) => a.reduce((sum, v, i) => sum + v * b[i], 0);

  // The normalised covariance u of equal inputs stays exactly 1.
  const matrix = (kernel, depth, a, b) =>
    a.map(x =>
      b.map(z => {
        const norms = Math.sqrt(1 + x * x) * Math.sqrt(1 + z * z);
        let u = x === z ? 1 : clamp((1 + x * z) / norms, -1, 1),
          tangent = u;
        for (let l = 0; l < depth; l++) {
          const k0 = 1 - Math.acos(u) / Math.PI;
          u = clamp(u * k0 + Math.sqrt(1 - u * u) / Math.PI, -1, 1);
          tangent = tangent * k0 + u;
        }
        return norms * (kernel === "ntk" ? tangent : u);
      }),
    );

  // Rows at right angles: eigenvalue × eigenvector.
  function eigen(K) {
    const rows = orthogonalise(K.map(row => [...row]));
    const values = rows.map(row => Math.hypot(...row));
    return {
      values,
      vectors: rows.map((row, i) => row.map(v => v / (values[i] || 1))),
    };
  }

  // Nets before training: normals times the Cholesky factor of their covariance on the
  // grid.
  let prior = {};
  function draws({ depth, num_nets, seed }) {
    if (prior.depth !== depth) {
      const L = matrix("nngp", depth, grid, grid);
      for (let i = 0; i < L.length; i++)
        for (let j = 0; j <= i; j++) {
          let rest = L[i][j];
          for (let k = 0; k < j; k++) rest -= L[j][k] * L[i][k];
          L[i][j] = i === j ? Math.sqrt(Math.max(rest, 1e-14)) : rest / L[j][j];
        }
      L.forEach((row, i) => row.fill(0, i + 1));
      prior = { depth, L };
    }
    const z = normals(seed, 81 * num_nets);
    return [0, 1, 2, 3, 4]
      .slice(0, num_nets)
      .map(k => prior.L.map(row => dot(row, z.slice(81 * k))));
  }

  // f_t = f_0 + G (y - f_0(X)) with G = T(., X) T^-1 (1 - exp(-T t)), T the kernel of
  // what is trained, and f_0 Gaussian with covariance K, the NNGP (Lee et al. 2019,
  // 1902.06720, section 2.3).
  function problem(state) {
    const { points, depth, kernel } = state,
      x = points.map(p => p[0]),
      y = points.map(p => p[1]),
      start = draws(state);
    const { values, vectors } = eigen(matrix(kernel, depth, x, x)),
      least = 1e-12 * Math.max(...values),
      on = x.map(v => Math.round(20 * v + 40));
    const modes = vector => vectors.map(u => dot(u, vector)),
      goal = modes(y);
    const tangents = matrix(kernel, depth, grid, x).map(modes),
      K = matrix("nngp", depth, x, x),
      cross = matrix("nngp", depth, grid, x);
    const at = t => {
      // Eigenvalue 0: points above each other.
      const shares = values.map(v => (v > least ? -Math.expm1(-v * t) / v : 0));
      const G = tangents.map(row =>
        x.map((_, k) =>
          row.reduce((sum, c, i) => sum + c * shares[i] * vectors[i][k], 0),
        ),
      );
      const means = G.map(g => dot(g, y));
      return {
        t,
        mean: means,
        on,
        misfit: Math.sqrt(mean(y.map((v, i) => (means[on[i]] - v) ** 2))),
        variance: G.map((g, k) =>
          Math.max(
            0,
            1 +
              grid[k] ** 2 -
              2 * dot(g, cross[k]) +
              dot(
                g,
                K.map(row => dot(g, row)),
              ),
          ),
        ),
        nets: start.map(f =>
          f.map(
            (v, k) =>
              v +
              dot(
                G[k],
                y.map((a, i) => a - f[on[i]]),
              ),
          ),
        ),
      };
    };
    const left = t =>
      Math.hypot(...goal.map((v, i) => v * Math.exp(-values[i] * t))) /
      (Math.hypot(...y) || 1);
    return { at, left, eigenvalues: values };
  }

  return { grid, problem };
}
