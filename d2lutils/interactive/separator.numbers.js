// Two classes of points in the plane: one threshold unit or the proof that none will
// do, and a 3-node net. Points are [x, y, class] with integers x and y from 0 to 100
// and class 1 or -1: every sign below is exact.
function numbers() {
  const dot = (w, p) => w[0] * p[0] + w[1] * p[1];
  const minus = (p, q) => [p[0] - q[0], p[1] - q[1]];
  const turn = ([x, y]) => [-y, x];
  const cross = (a, b, c) => dot(turn(minus(b, a)), minus(c, a));
  // The widest strip between P and Q: { w, b, margin } with w.p + b > 0 on P and < 0 on
  // Q, or null. Its borders touch two points, or an edge and a point, so these
  // directions suffice.
  function cut(P, Q) {
    if (!P.length || !Q.length)
      return { w: [0, 0], b: P.length ? 1 : -1, margin: Infinity };
    const normals = P.flatMap(p => Q.map(q => minus(p, q)));
    for (const S of [P, Q])
      for (const a of S) for (const b of S) normals.push(turn(minus(a, b)));
    let best = null;
    for (const w of normals) {
      const low = Math.min(...P.map(p => dot(w, p))),
        high = Math.max(...Q.map(q => dot(w, q)));
      const margin = (low - high) / 2 / Math.hypot(...w);
      if (low > high && !(best && best.margin >= margin))
        best = { w, b: -(low + high) / 2, margin };
    }
    return best;
  }

  // Weights, positive on at most four points (Kirchberger 1903), under which both
  // classes have the same mean.
  function certificate(points) {
    // One number a point, linear.
    const t = ([x, y]) => x + 101 * y;
    const affine = [
      ([a, b]) => (t(a) === t(b) ? [1, -1] : []),
      ([a, b, c]) => (cross(a, b, c) ? [] : [t(b) - t(c), t(c) - t(a), t(a) - t(b)]),
      ([a, b, c, d]) => [
        cross(b, c, d),
        -cross(a, c, d),
        cross(a, b, d),
        -cross(a, b, c),
      ],
    ];
    const subsets = (from, k) =>
      k
        ? points
            .slice(from)
            .flatMap((p, i) => subsets(from + i + 1, k - 1).map(rest => [p, ...rest]))
        : [[]];
    for (const k of [2, 3, 4])
      for (const subset of subsets(0, k)) {
        const signed = affine[k - 2](subset).map((v, i) => v * subset[i][2]);
        const total = signed.reduce((sum, v) => sum + Math.abs(v), 0);
        if (total && Math.abs(signed.reduce((sum, v) => sum + v, 0)) === total)
          return points.map(p =>
            subset.includes(p) ? Math.abs(signed[subset.indexOf(p)]) / total : 0,
          );
      }
    return null;
  }

  // Every way to share the points outside between two half-planes that hold all points
  // inside; the widest wins.
  function network(points) {
    let best = null,
      tried = 0;
    for (const sign of [1, -1]) {
      const inside = points.filter(p => p[2] === sign),
        outside = points.filter(p => p[2] !== sign);
      const cuts = [cut(inside, [])],
        all = 2 ** outside.length - 1;
      for (let mask = 1; mask <= all; mask++)
        cuts.push(
          cuts[mask & (mask - 1)] &&
            cut(
              inside,
              outside.filter((_, i) => (mask >> i) & 1),
            ),
        );
      for (let mask = 0; mask <= all >> 1; mask++) {
        const units = [cuts[mask], cuts[all - mask]];
        tried++;
        if (!units[0] || !units[1]) continue;
        const margin = Math.min(units[0].margin, units[1].margin);
        if (!best || margin > best.margin) best = { sign, units, margin };
      }
    }
    return { best, tried };
  }

  function solve(points) {
    const P = points.filter(p => p[2] > 0),
      Q = points.filter(p => p[2] < 0),
      unit = cut(P, Q);
    const weights = unit ? null : certificate(points),
      { best, tried } = network(points);
    const common =
      weights &&
      [0, 1].map(
        k =>
          2 * points.reduce((sum, p, i) => sum + (p[2] > 0 ? weights[i] * p[k] : 0), 0),
      );
    return {
      separable: !!unit,
      unit,
      certificate: weights,
      common_point: common,
      network: best,
      tried,
    };
  }

  return { dot, minus, solve, ...words() };
}
