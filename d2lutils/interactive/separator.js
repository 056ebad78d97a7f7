// Points of two classes and threshold units: the picture.
function render(context) {
  const { dot, minus, solve, side, name, presets, free, add, tell } = numbers();
  const boxes = (width, view) => {
    const whole = Math.min(width, 360);
    if (view !== undefined) return [0, 1].map(k => k === view && [0, 0, width, whole]);
    return [0, 1].map(k => [(k * width) / 2, 0, width / 2, width / 2]);
  };
  const border = (to, { w, b }, colour, name) =>
    Math.hypot(...w) &&
    to.line(
      side.map(v =>
        Math.abs(w[1]) > Math.abs(w[0])
          ? [v, -(b + w[0] * v) / w[1]]
          : [-(b + w[1] * v) / w[0], v],
      ),
      colour,
      name,
    );
  const crosses = (to, [x, y]) => {
    for (const k of [2, -2])
      to.line(
        [-1, 1].map(s => [x + 2 * s, y + k * s]),
        "fig-b",
        `cross ${x}, ${y}`,
      );
  };

  return mount(context, {
    keys: ["points", "selected", "adds"],
    label:
      "Points of two classes: on the left with one threshold unit, on the right with " +
      "a net of three",
    views: ["one unit", "three units"],
    height: (width, view) => boxes(width, view).find(Boolean)[3],
    controls: [
      {
        type: "select",
        key: "adds",
        label: "new points are",
        options: [
          ["1", "circles"],
          ["-1", "crosses"],
        ],
      },
      ...pointButtons(state => add(free(state.points), state)),
      ...Object.keys(presets).map(key => ({
        button: "Try " + key,
        changes: () => ({ points: presets[key], selected: 0 }),
      })),
    ],
    goals: [
      [
        "six points or more that no unit separates, and three units do",
        (r, { points }) => points.length > 5 && !r.separable && !!r.network,
      ],
    ],
    predict: {
      question: "Does one threshold unit separate these points, or a net of three?",
      options: () => ["one does", "three do, one does not", "neither"],
      answer: r => (r.separable ? 0 : r.network ? 1 : 2),
    },
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
    draw({ layer, width, view, state: { points, selected }, asking }) {
      const r = solve(points),
        [left, right] = boxes(width, view),
        panel = (box, ylabel) =>
          axes(layer, box, { x: side, y: side, xlabel: "x₁", ylabel });
      const plot = panel(left, "x₂, one unit"),
        net = panel(right, "x₂, three units");
      if (r.network && !asking) {
        const { sign, units } = r.network,
          value = p => (units.every(u => dot(u.w, p) + u.b > 0) ? sign : -sign);
        net.add(shade(p => -value(p), side, -1, 1, 100));
        units.forEach((u, k) => border(net, u, "fig-c", `hidden unit ${k + 1}`));
      }
      if (r.separable && !asking) {
        const { w, b, margin } = r.unit,
          half = margin * Math.hypot(...w);
        border(plot, r.unit, "fig-c", "unit");
        for (const shift of [-half, half])
          border(plot, { w, b: b + shift }, "fig-c fig-thin fig-dash", "margin");
      } else if (!asking) {
        for (const c of [1, -1]) {
          const used = points.filter((p, i) => p[2] === c && r.certificate[i]);
          const hull = [...used, used[0]];
          plot.line(hull, "fig-d" + (c < 0 ? " fig-dash" : ""), "among " + name(c));
        }
        plot.dot(r.common_point, "fig-d", 10);
      }
      for (const to of [plot, net])
        for (const [x, y, c] of points)
          if (c > 0) to.dot([x, y], "fig-a", 7);
          else crosses(to, [x, y]);
      const [x, y, c] = points[selected];
      return {
        result: r,
        sentence: tell(points, r),
        plot,
        at: [x, y],
        start: `${name(c)} ${selected + 1} of ${points.length} at ${x}, ${y}`,
      };
    },
  });
}
