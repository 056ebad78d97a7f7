// Order and chaos in deep, infinitely wide tanh nets: the mean-field theory of Poole et
// al. (2016) and Schoenholz et al. (2017). d2lutils.meanfield.phase is its twin.
function numbers() {
  const depth = 30,
    starts = [0, 0.95],
    [low, high] = [0.5, 3];
  const tanh = x => 1 - 2 / (Math.exp(2 * x) + 1);

  // The trapezoidal rule for means over N(0, 1), half of it: what we take means of is
  // even.
  const half = (reach, step) =>
    linspace(0, reach, Math.round(reach / step) + 1).map((z, i) => [
      z,
      (Math.exp((-z * z) / 2) * step * (i ? 2 : 1)) / Math.sqrt(2 * Math.PI),
    ]);
  const fine = half(10, 1 / 16),
    coarse = [half(8, 1 / 4), half(8, 1 / 8)];

  // E tanh(√q z)² and E tanh'(√q z)².
  function moments(q) {
    let square = 0,
      slope = 0;
    for (const [z, weight] of fine) {
      const t = tanh(Math.sqrt(q) * z) ** 2;
      square += weight * t;
      slope += weight * (1 - t) ** 2;
    }
    return [square, slope];
  }

  const variance = ({ gain, bias_scale }) =>
    bisect(
      q => q - gain ** 2 * moments(q)[0] - bias_scale ** 2,
      0,
      gain ** 2 + bias_scale ** 2,
    );

  // The cosine of a pair in the next layer, and its derivative.
  function pair(q, cosine, { gain, bias_scale }) {
    if (q < 1e-20) return [cosine, 1];
    const root = Math.sqrt(q),
      nodes = coarse[+(q > 2)],
      rest = Math.sqrt(Math.max(0, 1 - cosine * cosine));
    // exp(2x) of the two parts of a sum: tanh(x) is 1 - 2 / (exp(2x) + 1).
    const grown = nodes.map(([u, part]) => [Math.exp(2 * root * rest * u), part]);
    let product = 0,
      slopes = 0;
    for (const [z, weight] of nodes) {
      const one = tanh(root * z),
        base = Math.exp(2 * root * cosine * z);
      let other = 0,
        slope = 0;
      for (const [factor, part] of grown) {
        const plus = 1 - 2 / (base * factor + 1),
          minus = 1 - 2 / (base / factor + 1);
        other += part * (plus + minus);
        slope += part * (2 - plus * plus - minus * minus);
      }
      product += weight * one * other;
      slopes += weight * (1 - one * one) * slope;
    }
    const image = ((gain ** 2 * product) / 2 + bias_scale ** 2) / q;
    return [Math.min(1, image), (gain ** 2 * slopes) / 2];
  }

  const flight = (q, start, state) => {
    const found = [start];
    while (found.length <= depth)
      found.push(pair(q, found[found.length - 1], state)[0]);
    return found;
  };

  function experiment(state) {
    const q = variance(state),
      chi = state.gain ** 2 * moments(q)[1];
    let [cosine, slope] = chi > 1 ? [0, 0] : [1, chi];
    // The map is convex with slope chi at 1: Newton's steps from 0 rise to its fixed
    // point below.
    for (let round = 0, step = chi - 1; step > 1e-15 && round < 100; round++) {
      let image;
      [image, slope] = pair(q, cosine, state);
      step = (image - cosine) / (1 - slope);
      if (step > 1e-15) cosine += step;
    }
    const scale = factor => 1 / Math.abs(Math.log(factor));
    return {
      variance: q,
      chi,
      cosine,
      slope,
      gradient_scale: scale(chi),
      signal_scale: scale(slope),
      cosines: starts.map(start => flight(q, start, state)),
    };
  }

  // The line on which chi has a value, by the variance: [gain, bias_scale].
  const table = linspace(Math.log(1e-4), Math.log(12), 200)
    .map(Math.exp)
    .map(q => [q, ...moments(q)]);
  const contour = chi =>
    table.map(([q, square, slope]) => {
      const gain = Math.sqrt(chi / slope),
        rest = q - gain ** 2 * square;
      return [gain, Math.sign(rest) * Math.sqrt(Math.abs(rest))];
    });
  return { depth, low, high, moments, variance, experiment, contour };
}
