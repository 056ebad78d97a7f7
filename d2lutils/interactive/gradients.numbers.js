// Gradient norms by layer in a deep, infinitely wide, fully-connected net: the
// mean-field recursion of Poole et al. (2016) and Schoenholz et al. (2017).
// d2lutils.meanfield.gradient_norms is its twin.
function numbers() {
  // E[f(z)], z ~ N(0, 1): the trapezoidal rule, which converges geometrically for
  // analytic f.
  const nodes = linspace(-10, 10, 321);
  const weights = nodes.map(z => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI) / 16);
  const expect = f => nodes.reduce((sum, z, i) => sum + weights[i] * f(z), 0);
  // E[f(√q z)] for large q and an f that vanishes beyond 40: nodes in x = √q z.
  const near = linspace(-40, 40, 641);
  const expectPeak = (f, q) =>
    near.reduce((sum, x) => sum + f(x) * Math.exp((-x * x) / (2 * q)), 0) /
    (8 * Math.sqrt(2 * Math.PI * q));
  const sigmoid = x => 1 / (1 + Math.exp(-x));
  const slopes = {
    tanh: x => 1 - Math.tanh(x) ** 2,
    sigmoid: x => sigmoid(x) * (1 - sigmoid(x)),
  };
  // E φ² = top - E φ', for φ² = 1 - φ' and s² = s - s'.
  const bounded = (phi, slope, top) => q =>
    q > 16
      ? [top - expectPeak(slope, q), expectPeak(x => slope(x) ** 2, q)]
      : [
          expect(z => phi(Math.sqrt(q) * z) ** 2),
          expect(z => slope(Math.sqrt(q) * z) ** 2),
        ];
  // Variance of pre-activations q -> [E φ(√q z)², E φ'(√q z)²].
  const moments = {
    linear: q => [q, 1],
    relu: q => [q / 2, 0.5],
    tanh: bounded(Math.tanh, slopes.tanh, 1),
    sigmoid: bounded(sigmoid, slopes.sigmoid, 0.5),
  };

  function experiment(state) {
    const { depth, activation, gain, skip } = state,
      scale = { none: 1, 1: 1, "1/sqrt(L)": 1 / Math.sqrt(depth) }[skip];
    const kept = skip === "none" ? 0 : 1,
      branch = (scale * gain) ** 2;
    const factors = [],
      signals = [1];
    for (let q = 1, layer = 0; layer < depth; layer++) {
      const [square, slope] = moments[activation](q);
      factors.push(kept + branch * slope);
      q = kept * q + branch * square;
      signals.push(Math.sqrt(q));
    }
    const norms = [1];
    for (const factor of factors.reverse()) norms.unshift(norms[0] * Math.sqrt(factor));
    const drawn = oneNet(state, kept, scale * gain);
    return { norms, signals, per_layer: norms[0] ** (1 / depth), drawn };
  }

  // One net of finite width. Of normals(seed, ...) the first are the input, the next
  // the gradient at the last layer, then come the weights, layer by layer.
  const pairs = {
    linear: z => [z, 1],
    relu: z => (z > 0 ? [z, 1] : [0, 0]),
    tanh: z => [Math.tanh(z), slopes.tanh(z)],
    sigmoid: z => [sigmoid(z), slopes.sigmoid(z)],
  };
  let draws = { all: [] };
  function oneNet({ depth, activation, width, seed }, kept, scale) {
    const number = width * (2 + depth * width),
      each = scale / Math.sqrt(width);
    if (draws.seed !== seed || draws.all.length < number)
      draws = { seed, all: normals(seed, number) };
    const { all } = draws,
      size = values => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0));
    let z = all.slice(0, width),
      gradient = all.slice(width, 2 * width);
    const derivatives = [];
    for (let layer = 0, place = 2 * width; layer < depth; layer++) {
      const both = z.map(pairs[activation]),
        next = z.map(v => kept * v);
      derivatives.push(both.map(([, slope]) => slope));
      for (let i = 0; i < width; i++) {
        let sum = 0;
        for (let j = 0; j < width; j++) sum += all[place++] * both[j][0];
        next[i] += each * sum;
      }
      z = next;
    }
    const last = size(gradient),
      norms = [1];
    for (let layer = depth - 1; layer >= 0; layer--) {
      const back = new Array(width).fill(0);
      let place = (2 + layer * width) * width;
      for (let i = 0; i < width; i++)
        for (let j = 0; j < width; j++) back[j] += all[place++] * gradient[i];
      gradient = gradient.map(
        (v, j) => kept * v + each * derivatives[layer][j] * back[j],
      );
      norms.unshift(size(gradient) / last);
    }
    return norms;
  }

  return experiment;
}
