// Recorded networks: when they fit, when they generalise.
function numbers({ steps, conditions }) {
  // A curve that stays as it is to the end is stored up to there.
  const whole = curve => steps.map((_, i) => curve[Math.min(i, curve.length - 1)]),
    first = (curve, passed) => steps[curve.findIndex(passed)] ?? Infinity;
  const all = conditions.map(({ train, test, ...rest }) => ({
    ...rest,
    train: train.map(whole),
    test: test.map(whole),
  }));

  function experiment({ gain, weight_decay, network, threshold, step }) {
    const both = all.filter(c => c.gain === gain),
      { train, test, shares } = both.find(c => c.decay === weight_decay),
      other = both.find(c => c.decay !== weight_decay);
    const own = values => (network ? values[network - 1] : median(values)),
      curve = curves => steps.map((_, i) => own(curves.map(one => one[i]))),
      fits = train.map(one => first(one, v => v === 0)),
      learns = test.map(one => first(one, v => v < threshold));
    return {
      train: curve(train),
      test: curve(test),
      each: test,
      other: curve(other.test),
      fits,
      learns,
      fit: own(fits),
      learn: own(learns),
      delay: own(learns.map((v, k) => v / fits[k])),
      shares: shares.map(own),
      now: nearest(steps, step),
    };
  }
  return { experiment };
}
