// Gradient descent on a product of matrices against some entries of an 8 × 8 matrix of
// rank 2. d2lutils.completion.deep_factorization is its twin. It runs in a worker,
// too.
function numbers() {
  const n = 8,
    size = 64,
    most = 8000,
    every = 10,
    tolerance = 1e-6;

  // C = A B, and with A or B transposed.
  function times(A, B, C) {
    for (let i = 0; i < size; i += n)
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let k = 0; k < n; k++) sum += A[i + k] * B[k * n + j];
        C[i + j] = sum;
      }
  }
  function turnedTimes(A, B, C) {
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let k = 0; k < size; k += n) sum += A[k + i] * B[k + j];
        C[i * n + j] = sum;
      }
  }
  function timesTurned(A, B, C) {
    for (let i = 0; i < size; i += n)
      for (let j = 0; j < size; j += n) {
        let sum = 0;
        for (let k = 0; k < n; k++) sum += A[i + k] * B[j + k];
        C[i + (j >> 3)] = sum;
      }
  }

  // The lengths of rows at right angles.
  function singularValues(W) {
    const rows = [0, 8, 16, 24, 32, 40, 48, 56].map(i => W.slice(i, i + n));
    return orthogonalise(rows)
      .map(norm)
      .sort((a, b) => b - a);
  }
  const norm = values => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0));

  function problem({ depth, init_scale, num_observed, seed, flipped }) {
    const draws = normals(seed, 288),
      lots = uniforms(seed, 352).slice(288),
      each = init_scale ** (1 / depth) / Math.sqrt(n);
    const product = lots.map((_, k) =>
      [0, 1].reduce(
        (sum, r) => sum + draws[2 * (k >> 3) + r] * draws[16 + 8 * r + (k % n)],
        0,
      ),
    );
    const truth = Float64Array.from(product, v => (v * n) / norm(product));
    const order = lots.map((_, k) => k).sort((a, b) => lots[a] - lots[b]),
      turned = (flipped.match(/\b[1-8]{2}\b/g) || []).map(
        ([row, column]) => n * (row - 1) + (column - 1),
      );
    const drawn = truth.map((_, k) => order.indexOf(k) < num_observed),
      after = drawn.map((v, k) => (turned.includes(k) ? 1 - v : v)),
      many = values => values.reduce((sum, v) => sum + v, 0),
      seen = many(after) % size ? after : drawn,
      count = many(seen),
      unseen = order.filter(k => !seen[k]),
      sigma = (singularValues(truth.map((v, k) => v * seen[k]))[0] * size) / count;
    const lr = depth === 1 ? count / 2 : size / 4 / (depth * sigma ** (2 - 2 / depth));
    const factors = Array.from({ length: depth }, (_, l) =>
      Float64Array.from(draws.slice(size * l + 32, size * l + 96), v => each * v),
    );
    return { truth, seen, count, unseen, lr, factors };
  }

  return state => {
    const { truth, seen, count, unseen, lr, factors } = problem(state),
      { depth } = state;
    const blank = () => new Float64Array(size);
    // before[l]: the product of the factors up to l.
    const before = factors.map((factor, l) => (l ? blank() : factor)),
      changes = factors.map(blank),
      residual = blank(),
      path = [],
      scale = norm(unseen.map(k => truth[k]));
    let gradient = blank(),
      other = blank();
    for (let step = 0; ; step++) {
      for (let l = 1; l < depth; l++) times(factors[l], before[l - 1], before[l]);
      const matrix = before[depth - 1];
      let loss = 0;
      for (let k = 0; k < size; k++) {
        residual[k] = seen[k] * (matrix[k] - truth[k]);
        loss += residual[k] * residual[k];
      }
      if (step % every === 0) {
        loss /= count;
        const error = norm(unseen.map(k => matrix[k] - truth[k])) / scale,
          values = singularValues(matrix);
        path.push({ step, loss, error, matrix: matrix.slice(), values });
        if (!(loss > tolerance && loss < 1e6) || step === most)
          return { path, truth, seen, lr, goal: singularValues(truth) };
      }
      for (let k = 0; k < size; k++) gradient[k] = (2 / count) * residual[k];
      for (let l = depth - 1; l > 0; l--) {
        timesTurned(gradient, before[l - 1], changes[l]);
        turnedTimes(factors[l], gradient, other);
        [gradient, other] = [other, gradient];
      }
      changes[0].set(gradient);
      for (let l = 0; l < depth; l++)
        for (let k = 0; k < size; k++) factors[l][k] -= lr * changes[l][k];
    }
  };
}
