// A ReLU net with one hidden layer and its infinitely wide limit: tangent kernel,
// training, and error by width. f(x) = scale sqrt(2/m) sum_j a_j relu(w_j . x), all
// parameters N(0, 1), inputs on the circle; d2lutils.kernels is its twin. It runs in a
// worker, too.
function numbers() {
  const widths = [8, 16, 32, 64, 128, 256, 512, 1024],
    lr = 0.1;
  const angles = [-150, -80, 0, 60, 120],
    y = [1, -1, 0.5, 1, -0.5],
    degrees = Array.from({ length: 73 }, (_, i) => 5 * i - 180);
  const place = angle => [
    Math.cos((angle * Math.PI) / 180),
    Math.sin((angle * Math.PI) / 180),
  ];
  const X = angles.map(place),
    circle = degrees.map(place),
    n = X.length,
    [p, q] = [0, 1].map(k => Float64Array.from(X, x => x[k]));
  const distance = (A, B) => {
    const b = B.flat();
    return Math.hypot(...A.flat().map((v, k) => v - b[k])) / Math.hypot(...b);
  };

  const limit = (P, Q) =>
    P.map(p =>
      Q.map(q => {
        const angle =
          (Math.PI / 180) * Math.min(Math.abs(p - q), 360 - Math.abs(p - q));
        return 2 * Math.cos(angle) * (1 - angle / Math.PI) + Math.sin(angle) / Math.PI;
      }),
    );

  // A net is its rows (w_1, w_2, a) in one array; the second half of an antisymmetric
  // one is the first with -a.
  const draw = (m, z, half) =>
    Float64Array.from({ length: 3 * m }, (_, k) => {
      const copy = half && 2 * k >= 3 * m;
      return z[copy ? k - 1.5 * m : k] * (copy && k % 3 === 2 ? -1 : 1);
    });
  const sum = (net, f) => {
    let total = 0;
    for (let k = 0; k < net.length; k += 3) total += f(net[k], net[k + 1], net[k + 2]);
    return total;
  };
  const outputs = (net, P, scale) =>
    P.map(
      ([p, q]) =>
        scale *
        Math.sqrt(6 / net.length) *
        sum(net, (v, w, a) => a * Math.max(0, v * p + w * q)),
    );
  const kernel = (net, P, Q) =>
    P.map(p =>
      Q.map(
        q =>
          (6 / net.length) *
          sum(net, (v, w, a) => {
            const g = v * p[0] + w * p[1],
              h = v * q[0] + w * q[1];
            return g > 0 && h > 0 ? g * h + a * a * (p[0] * q[0] + p[1] * q[1]) : 0;
          }),
      ),
    );

  // Gradient descent on |f - y|^2 / 2 summed over the points, learning rate lr /
  // scale^2, so that every scale starts with the same kernel (Chizat et al. 2019,
  // 1812.07956). Changes the net, returns its outputs step by step.
  function train(net, steps, scale) {
    const s = scale * Math.sqrt(6 / net.length),
      path = [outputs(net, X, scale)];
    for (let step = 0; step < steps; step++) {
      const rates = Float64Array.from(
          path[step],
          (v, i) => (lr / scale ** 2) * s * (v - y[i]),
        ),
        next = new Float64Array(n);
      for (let k = 0; k < net.length; k += 3) {
        let v = net[k],
          w = net[k + 1],
          a = net[k + 2],
          dv = 0,
          dw = 0,
          da = 0;
        for (let i = 0; i < n; i++) {
          const h = v * p[i] + w * q[i];
          if (h <= 0) continue;
          dv += rates[i] * p[i];
          dw += rates[i] * q[i];
          da += rates[i] * h;
        }
        net[k] = v -= a * dv;
        net[k + 1] = w -= a * dw;
        net[k + 2] = a -= da;
        for (let i = 0; i < n; i++) next[i] += s * a * Math.max(0, v * p[i] + w * q[i]);
      }
      path.push([...next]);
    }
    return path;
  }

  // The same descent with the limit's kernel: what an infinitely wide net does from the
  // same outputs.
  const K = limit(angles, angles),
    cross = limit(degrees, angles);
  function frozen(start, path, steps) {
    const f = [...start],
      g = [path[0]];
    for (let step = 0; step < steps; step++) {
      const gaps = g[step].map((v, i) => lr * (v - y[i])),
        change = row => row.reduce((total, v, i) => total + v * gaps[i], 0);
      f.forEach((v, k) => {
        f[k] = v - change(cross[k]);
      });
      g.push(g[step].map((v, i) => v - change(K[i])));
    }
    return { f, g };
  }

  function experiment(m, z, { init, steps, scale }) {
    const net = draw(m, z, init === "antisymmetric"),
      before = kernel(net, X, X),
      start = outputs(net, circle, scale);
    const line = kernel(net, [X[2]], circle)[0],
      path = train(net, steps, scale),
      after = kernel(net, X, X);
    const curve = outputs(net, circle, scale),
      { f, g } = frozen(start, path, steps);
    return {
      before,
      after,
      line,
      line_after: kernel(net, [X[2]], circle)[0],
      path,
      frozen_path: g,
      curve,
      frozen_curve: f,
      distance: distance(before, K),
      drift: distance(after, before),
      gap: distance(curve, f),
    };
  }

  const shared = { widths, angles, y, degrees, limit: limit([0], degrees)[0] };
  // All widths; or with `only` one, for so many steps.
  return ({ only, ...state }) => {
    const z = normals(state.seed, 3072);
    if (only) return experiment(only, z, state);
    return { ...shared, runs: widths.map(m => experiment(m, z, state)) };
  };
}
