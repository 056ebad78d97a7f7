// Two classes of points in the plane: one threshold unit or the proof that none will
// do, and a 3-node net. Points are [x, y, class] with integers x and y from 0 to 100
// and class 1 or -1: every sign below is exact.
function render(context) {
  const side = [0, 100],
    most = 12;
  const dot = (w, p) => w[0] * p[0] + w[1] * p[1];
  const minus = (p, q) => [p[0] - q[0], p[1] - q[1]];
  const turn = ([x, y]) => [-y, x];
  const cross = (a, b, c) => dot(turn(minus(b, a)), minus(c, a));
  const name = c => (c > 0 ? "circle" : "cross");

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

  const presets = {
    XOR: [
      [20, 20, -1],
      [80, 80, -1],
      [20, 80, 1],
      [80, 20, 1],
    ],
    Strip: [
      [15, 20, -1],
      [35, 15, -1],
      [30, 55, 1],
      [50, 45, 1],
      [70, 40, 1],
      [55, 80, -1],
      [85, 75, -1],
      [75, 90, -1],
    ],
    Chequers: [20, 50, 80].flatMap((x, i) =>
      [20, 50, 80].map((y, j) => [x, y, (i + j) % 2 ? -1 : 1]),
    ),
  };
  const add = (point, { points, adds }) =>
    points.length < most
      ? {
          points: [...points, [...point.map(Math.round), +adds]],
          selected: points.length,
        }
      : {};
  const free = points =>
    [
      [50, 50],
      [35, 65],
      [65, 35],
      [65, 65],
      [35, 35],
      [50, 90],
      [50, 10],
      [10, 50],
      [90, 50],
      [5, 5],
      [95, 95],
      [5, 95],
    ].find(p => !points.some(q => q[0] === p[0] && q[1] === p[1]));

  return mount(context, {
    label:
      "Points of two classes: on the left with one threshold unit, on the right with " +
      "a net of three",
    keys: ["points", "selected", "adds"],
    height: width => (narrow(width) ? 2 * width : width / 2),
    controls: [
      {
        type: "select",
        key: "adds",
        label: "new points are",
        options: [
          [1, "circles"],
          [-1, "crosses"],
        ],
      },
      { button: "Add a point", changes: state => add(free(state.points), state) },
      {
        button: "Next point",
        changes: ({ points, selected }) => ({
          selected: (selected + 1) % points.length,
        }),
      },
      {
        button: "Remove point",
        changes: ({ points, selected }) =>
          points.length < 2
            ? {}
            : {
                points: points.filter((_, i) => i !== selected),
                selected: Math.max(0, selected - 1),
              },
      },
      ...Object.keys(presets).map(key => ({
        button: key,
        changes: () => ({ points: presets[key], selected: 0 }),
      })),
    ],
    handle: {
      label: "Selected point",
      ring: true,
      step: 2,
      move: (point, { points, selected }) => ({
        points: points.map((p, i) =>
          i === selected ? [...point.map(Math.round), p[2]] : p,
        ),
      }),
      pick(point, { points }) {
        const near = points.findIndex(p => Math.hypot(...minus(p, point)) < 5);
        return near < 0 ? null : { selected: near };
      },
      click: add,
    },
    draw({ layer, width, state: { points, selected } }) {
      const size = narrow(width) ? width : width / 2,
        r = solve(points);
      const panel = (box, ylabel) =>
        axes(layer, box, { x: side, y: side, xlabel: "x₁", ylabel });
      const plot = panel([0, 0, size, size], "x₂, one unit");
      const net = panel(
        narrow(width) ? [0, size, size, size] : [size, 0, size, size],
        "x₂, three units",
      );
      const border = (to, { w, b }, colour) =>
        Math.hypot(...w) &&
        to.line(
          side.map(v =>
            Math.abs(w[1]) > Math.abs(w[0])
              ? [v, -(b + w[0] * v) / w[1]]
              : [-(b + w[1] * v) / w[0], v],
          ),
          colour,
        );
      if (r.network) {
        const { sign, units } = r.network,
          value = p => (units.every(u => dot(u.w, p) + u.b > 0) ? sign : -sign);
        net.add(shade(p => -value(p), side, -1, 1));
        units.forEach(u => border(net, u, "fig-c"));
      }
      if (r.separable) {
        const { w, b, margin } = r.unit,
          half = margin * Math.hypot(...w);
        border(plot, r.unit, "fig-c");
        for (const shift of [-half, half])
          border(plot, { w, b: b + shift }, "fig-c fig-thin fig-dash");
      } else {
        for (const c of [1, -1]) {
          const used = points.filter((p, i) => p[2] === c && r.certificate[i]);
          plot.line([...used, used[0]], "fig-d" + (c < 0 ? " fig-dash" : ""));
        }
        plot.dot(r.common_point, "fig-d", 10);
      }
      for (const to of [plot, net])
        for (const [x, y, c] of points) {
          if (c > 0) to.dot([x, y], "fig-a", 7);
          else
            for (const k of [2, -2])
              to.line(
                [
                  [x - 2, y - k],
                  [x + 2, y + k],
                ],
                "fig-b",
              );
        }
      const terms = c =>
        points
          .flatMap((p, i) =>
            p[2] === c && r.certificate[i]
              ? [`${format(2 * r.certificate[i])} × (${p[0]}, ${p[1]})`]
              : [],
          )
          .join(" + ");
      const first = r.separable
        ? Number.isFinite(r.unit.margin)
          ? `One unit separates the classes, with margin ${format(r.unit.margin)}.`
          : "There is only one class."
        : `No unit separates the classes: the point ` +
          `(${r.common_point.map(v => format(v)).join(", ")}) is ${terms(1)} among ` +
          `the ` +
          `circles and ${terms(-1)} among the crosses.`;
      const second = r.network
        ? `A net of three units fits: a ${name(r.network.sign)} is where both hidden ` +
          `units say so, the widest of ${r.tried} ways to share the points.`
        : `A net of three units does not fit either: each of the ${r.tried} ways to ` +
          `share the points between its two hidden units fails.`;
      const full = points.length < most ? "" : ` No more than ${most} points.`;
      const [x, y, c] = points[selected];
      return {
        result: r,
        sentence: `${first} ${second}${full}`,
        plot,
        at: [x, y],
        start: `${name(c)} ${selected + 1} of ${points.length} at ${x}, ${y}`,
      };
    },
  });
}
