// Expected error of kernel regression by the number of examples, from the kernel's
// spectrum and the target. d2lutils.kernels.learning_curve is its twin.
function numbers() {
  const numModes = 1000,
    most = 300,
    modes = linspace(1, numModes, numModes);
  const sum = values => values.reduce((total, v) => total + v, 0);

  // Proportional to i^-decay, with sum 1.
  function falling(decay) {
    const powers = modes.map(i => i ** -decay),
      total = sum(powers);
    return powers.map(v => v / total);
  }

  // kappa with n = sum λ / (λ + kappa) + ridge / kappa: a convex function falls to n,
  // so that Newton's steps from the left stay on the left.
  function solve(values, n, ridge, start) {
    let kappa =
      start || Math.max((values[numModes - 1] * (numModes - n)) / n, ridge / n);
    for (let step = 1, round = 0; step > 1e-15 && round < 200; round++) {
      let excess = ridge / kappa - n,
        slope = ridge / (kappa * kappa);
      for (const value of values) {
        const learnt = value / (value + kappa);
        excess += learnt;
        slope += learnt / (value + kappa);
      }
      step = excess / slope / kappa;
      kappa *= 1 + step;
    }
    return kappa;
  }

  function errorAt(values, squares, { n, sigma, ridge }, start) {
    const kappa = solve(values, n, ridge, start);
    let missed = sigma * sigma,
      rest = ridge / kappa;
    values.forEach((value, i) => {
      const left = kappa / (value + kappa);
      missed += left * left * squares[i];
      rest += left * (1 - left);
    });
    return { kappa, error: (missed * n) / rest };
  }

  // Golden-section search in the logarithm.
  function bestRidge(state) {
    const values = falling(state.spectrum_decay),
      squares = falling(state.target_decay),
      at = ridge => errorAt(values, squares, { ...state, ridge }).error,
      golden = (Math.sqrt(5) - 1) / 2;
    let [lo, hi] = [Math.log(1e-9), Math.log(10)];
    for (let round = 0; round < 50; round++) {
      const [a, b] = [hi - golden * (hi - lo), lo + golden * (hi - lo)];
      if (at(Math.exp(a)) < at(Math.exp(b))) hi = b;
      else lo = a;
    }
    const best = Math.exp((lo + hi) / 2);
    return at(0) <= at(best) ? 0 : best;
  }

  // From many examples to few: kappa grows, and the last one is to the left.
  const sizes = linspace(0, 1, 61).map(t => most ** (1 - t));
  function experiment(state) {
    const values = falling(state.spectrum_decay),
      squares = falling(state.target_decay);
    let kappa;
    const curve = sizes.map(n => {
      const found = errorAt(values, squares, { ...state, n }, kappa);
      kappa = found.kappa;
      return [n, found.error];
    });
    const chosen = errorAt(values, squares, state),
      [more, fewer] = [1e-3, -1e-3].map(
        h => errorAt(values, squares, { ...state, n: state.n * Math.exp(h) }).error,
      );
    let total = 0;
    return {
      curve,
      ...chosen,
      exponent: Math.log(more / fewer) / 2e-3,
      learnt: values.map(v => v / (v + chosen.kappa)),
      target: squares.map(v => (total += v)),
    };
  }
  return { most, modes, bestRidge, experiment };
}
