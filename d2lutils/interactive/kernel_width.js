// A ReLU net with one hidden layer and its infinitely wide limit: tangent kernel,
// training, and error by width. f(x) = scale sqrt(2/m) sum_j a_j relu(w_j . x), all
// parameters N(0, 1), inputs on the circle; d2lutils.kernels is its twin.
function render(context) {
  const widths = [8, 16, 32, 64, 128, 256, 512, 1024],
    lr = 0.1;
  const angles = [-150, -80, 0, 60, 120],
    y = [1, -1, 0.5, 1, -0.5],
    degrees = linspace(-180, 180, 73);
  const place = angle => [
    Math.cos((angle * Math.PI) / 180),
    Math.sin((angle * Math.PI) / 180),
  ];
  const X = angles.map(place),
    circle = degrees.map(place),
    n = X.length,
    [p, q] = [0, 1].map(k => Float64Array.from(X, x => x[k]));
  const size = values => Math.hypot(...values.flat());
  const distance = (A, B) => {
    const b = B.flat();
    return size(A.flat().map((v, k) => v - b[k])) / size(b);
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

  let last = {};
  return mount(context, {
    label:
      "The tangent kernel of a net, its training, its function, and its distance " +
      "from the infinitely wide net by width",
    keys: ["width", "init", "steps", "scale", "seed"],
    height: width => (narrow(width) ? 42 + 4 * 210 : 505),
    play: true,
    controls: [
      { key: "width", label: "width", values: widths, show: String },
      {
        key: "steps",
        label: "steps of gradient descent",
        values: [10, 20, 50, 100, 200],
        show: String,
      },
      { key: "scale", label: "output scale α", values: [0.25, 0.5, 1, 2, 4] },
      {
        type: "select",
        key: "init",
        label: "start",
        options: [
          ["antisymmetric", "antisymmetric (f = 0)"],
          ["plain", "plain"],
        ],
      },
      nextSeed("Another draw"),
    ],
    draw({ layer, width, state, progress }) {
      const key = JSON.stringify({ ...state, width: 0 });
      if (last.key !== key) {
        const z = normals(state.seed, 3072);
        last = { key, z, runs: widths.map(m => experiment(m, z, state)) };
      }
      const { z, runs } = last,
        now = runs[widths.indexOf(state.width)],
        stacked = narrow(width);
      const r =
        progress < 1
          ? experiment(state.width, z, {
              ...state,
              steps: Math.ceil(progress * state.steps),
            })
          : now;
      const top =
        6 +
        legend(layer, [4, 0, width], stacked ? 2 : 3, [
          ["net at the start", "fig-a"],
          ["net after training", "fig-b"],
          ["infinitely wide net", "fig-dash"],
        ]);
      const box = k =>
        stacked
          ? [0, top + 210 * k, width, 205]
          : [((k % 2) * width) / 2, top + 240 * (k >> 1), width / 2, 235];
      const panel = (k, options) => axes(layer, box(k), options);
      const turn = {
          x: [-180, 180],
          xticks: [-180, -90, 0, 90, 180],
          xlabel: "angle of x",
        },
        around = values => degrees.map((d, k) => [d, values[k]]);
      const reach = 1.1 * Math.max(...now.line, ...now.line_after, 2);
      const first = panel(0, {
        ...turn,
        y: [-0.2 * reach, reach],
        ylabel: "kernel Θ(x, x′), x′ at angle 0",
      });
      first.line(around(limit([0], degrees)[0]), "fig-dash");
      first.line(around(r.line), "fig-a");
      first.line(around(r.line_after), "fig-b");

      const steps = panel(1, {
        x: [0, state.steps],
        xticks: ticks(0, state.steps, 4),
        y: [-1.5, 1.5],
        xlabel: "step",
        ylabel: "outputs at the five points",
      });
      X.forEach((_, i) => {
        steps.line(
          r.frozen_path.map((f, k) => [k, f[i]]),
          "fig-dash",
        );
        steps.line(
          r.path.map((f, k) => [k, f[i]]),
          "fig-b",
        );
      });

      const f = panel(2, { ...turn, y: [-2, 2], ylabel: "outputs f(x), points" });
      f.line(around(r.frozen_curve), "fig-dash");
      f.line(around(r.curve), "fig-b");
      angles.forEach((d, i) => f.dot([d, y[i]], "fig-d"));

      const plot = panel(3, {
        x: [2.8, 10.2],
        xticks: ticks(3, 10, 7),
        y: [-3, 1],
        logY: true,
        xlabel: "log₂ width",
        ylabel: "",
      });
      const [left, height, wide] = box(3);
      legend(layer, [left + 8, height, wide - 8], 3, [
        ["kernel", "fig-a"],
        ["its drift", "fig-b"],
        ["outputs", "fig-c"],
      ]);
      for (const [name, colour] of [
        ["distance", "fig-a"],
        ["drift", "fig-b"],
        ["gap", "fig-c"],
      ]) {
        plot.line(
          runs.map((run, k) => [k + 3, Math.log10(run[name])]),
          colour + " fig-thin",
        );
        plot.dot([Math.log2(state.width), Math.log10(r[name])], colour);
      }
      const sentence =
        `Width ${state.width}, output scale ${format(state.scale)}: at the start, ` +
        `the net's kernel on the five points is ${format(r.distance)} (relative) ` +
        `from its limit. ` +
        `In ${state.steps} steps of gradient descent it drifts by ` +
        `${format(r.drift)}, and the outputs on the circle end ` +
        `${format(r.gap)} from those of an infinitely wide net that starts with the ` +
        `same outputs.`;
      const all = name => runs.map(run => run[name]);
      return {
        result: {
          ...r,
          distances: all("distance"),
          drifts: all("drift"),
          gaps: all("gap"),
        },
        sentence,
        plot,
      };
    },
  });
}
