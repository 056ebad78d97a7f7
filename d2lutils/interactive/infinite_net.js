// Infinitely wide ReLU nets of inputs (x, 1) while they learn points: mean and spread
// over initialisations. d2lutils.kernels is its twin. Points lie on the grid of
// multiples of 1/20.
function render(context) {
  const X = [-2, 2],
    Y = [-3, 3],
    forever = 1e99;
  const grid = linspace(-40, 40, 81).map(k => k / 20);
  const dot = (a, b) => a.reduce((sum, v, i) => sum + v * b[i], 0);
  const until = t => (t === forever ? "∞" : format(t));

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
      const L = grid.map(() => []);
      matrix("nngp", depth, grid, grid).forEach((row, i) => {
        for (let j = 0; j <= i; j++) {
          const rest = row[j] - dot(L[j].slice(0, j), L[i]);
          L[i].push(i === j ? Math.sqrt(Math.max(rest, 1e-14)) : rest / L[j][j]);
        }
      });
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

  const snap = point => point.map(v => Math.round(20 * v) / 20);
  const add = (point, { points }) =>
    points.length < 12 && { points: [...points, snap(point)], selected: points.length };
  const middle = points => {
    const x = [...X, ...points.map(p => p[0])].sort((a, b) => a - b),
      gaps = x.slice(1).map((v, k) => v - x[k]);
    return [x[gaps.indexOf(Math.max(...gaps))] + Math.max(...gaps) / 2, 0];
  };

  let last = {};
  return mount(context, {
    label: "Infinitely wide nets trained on points",
    keys: ["points", "selected", "depth", "kernel", "time", "num_nets", "seed"],
    height: width => panels(width).height,
    play: true,
    controls: [
      {
        key: "time",
        label: "training time t",
        values: [0, ...niceValues(0.01, 1000, [1, 2, 5]), forever],
        show: until,
      },
      { key: "depth", label: "hidden layers", min: 1, max: 5, step: 1 },
      {
        type: "select",
        key: "kernel",
        label: "trained",
        options: [
          ["ntk", "all layers (NTK)"],
          ["nngp", "last layer (NNGP)"],
        ],
      },
      { key: "num_nets", label: "nets drawn", min: 0, max: 5, step: 1 },
      { button: "Add a point", changes: state => add(middle(state.points), state) },
      {
        button: "Next point",
        changes: ({ points, selected }) => ({
          selected: (selected + 1) % points.length,
        }),
      },
      {
        button: "Remove point",
        changes: ({ points, selected }) =>
          points.length > 1 && {
            points: points.filter((_, i) => i !== selected),
            selected: Math.max(0, selected - 1),
          },
      },
      nextSeed("Other nets"),
    ],
    handle: {
      label: "Selected point",
      ring: true,
      step: 0.05,
      move: (point, { points, selected }) => ({
        points: points.map((p, i) => (i === selected ? snap(point) : p)),
      }),
      pick(point, { points }) {
        const near = points.findIndex(
          p => Math.hypot(...p.map((v, i) => v - point[i])) < 0.25,
        );
        return near < 0 ? null : { selected: near };
      },
      click: add,
    },
    draw({ layer, width, state, progress }) {
      const { points, selected, depth, kernel, time } = state,
        key = JSON.stringify({ ...state, time: 0, selected: 0 });
      const { at, left, eigenvalues } = (last =
        last.key === key ? last : { key, ...problem(state) });
      const t =
          progress < 1
            ? 0.01 * (Math.max(0.01, Math.min(time, 1000)) / 0.01) ** progress
            : time,
        now = at(t);
      const box = panels(width),
        sd = now.variance.map(Math.sqrt),
        curve = f => grid.map((x, k) => [x, f(k)]);
      const plot = axes(layer, box.main, {
        x: X,
        y: Y,
        xlabel: "x, for the input (x, 1)",
        ylabel: "nets (thin), mean, ± 2 sd",
      });
      const edge = sign => curve(k => now.mean[k] + 2 * sign * sd[k]);
      plot.line([...edge(1), ...edge(-1).reverse()], "fig-a").style =
        "fill: currentColor; fill-opacity: 0.2; stroke: none";
      for (const net of now.nets)
        plot.line(
          curve(k => net[k]),
          "fig-c fig-thin",
        );
      plot.line(
        curve(k => now.mean[k]),
        "fig-a",
      );
      for (const point of points) plot.dot(point, "fig-b", 6);
      plot.text([X[1], Y[1]], "t = " + until(t), "", { anchor: "end", dx: -6, dy: 18 });

      const error = axes(layer, box.side, {
        x: [-2.1, 3.1],
        y: [-0.05, 1.05],
        xlabel: "log₁₀ t",
        ylabel: "error left: mean, modes (thin)",
      });
      const decay = (f, colour) =>
        error.line(
          linspace(-2.1, 3.1, 131).map(e => [e, f(10 ** e)]),
          colour,
        );
      for (const v of eigenvalues) decay(t => Math.exp(-v * t), "fig-faint fig-thin");
      decay(left, "fig-a");
      error.dot([clamp(Math.log10(t), -2, 3), left(t)], "fig-b");

      const top = sd.indexOf(Math.max(...sd)),
        here = Math.max(...now.on.map(k => sd[k]));
      const sentence =
        `${depth} hidden layer${depth > 1 ? "s" : ""}, ` +
        `${kernel === "ntk" ? "all layers" : "only the last layer"} trained up to t ` +
        `= ${until(time)}` +
        (kernel === "nngp" && time === forever
          ? ", which gives the Bayesian posterior"
          : "") +
        ": the mean of the nets " +
        (now.misfit < 1e-6
          ? "passes through the points"
          : `misses the points by ${format(now.misfit)} (rms)`) +
        `. Over initialisations, their standard deviation is ` +
        `${here < 1e-6 ? 0 : "up to " + format(here)} at the points, ` +
        `up to ${format(sd[top])} elsewhere (at x = ` +
        `${format(grid[top])}).${points.length < 12 ? "" : " 12 points at most."}`;
      const [a, b] = points[selected];
      return {
        result: { ...now, eigenvalues },
        sentence,
        plot,
        at: [a, b],
        start: `point ${selected + 1} of ${points.length}: ${format(a)}, ${format(b)}`,
      };
    },
  });
}
