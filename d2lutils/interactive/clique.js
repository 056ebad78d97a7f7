// A small graph and its largest clique: the picture.
function render(context) {
  const n = context.model.get("num_vertices"),
    { vertices, study } = numbers(n),
    pairs = vertices.flatMap(j => vertices.slice(0, j).map(i => [i, j])).sort(),
    key = ([i, j]) => `e${i + 1}${j + 1}`;
  const matrix = state =>
    vertices.map(i =>
      vertices.map(j => (i !== j && state[key([i, j].sort())] ? 1 : 0)),
    );
  const zero = v => format(Math.abs(v) < 1e-12 ? 0 : v);

  function tell(r, s) {
    const omega = r.clique.length,
      asked = format(1 / (1 - s)),
      larger = omega > 1 / (1 - s) + 1e-9,
      slide = r.slide_value < -1e-12;
    return (
      `A largest clique is ${r.clique.join(", ")}: ω = ${omega}, ` +
      `${larger ? "larger" : "not larger"} than 1/(1 − s) = ${asked}. The least ` +
      `value of s11ᵀ − A is ${zero(r.value)}, so ` +
      (r.direction
        ? `the quartic falls along x = ` +
          `(${r.direction.map(v => format(v, 2)).join(", ")}).`
        : "0 is a minimum of the quartic.") +
      ` The form with the identity has least value ${zero(r.slide_value)} and ` +
      `${slide === larger ? "agrees" : "gives the wrong answer"}.`
    );
  }

  // The graph in a square: an edge is switched by a click on it, present or not; screen
  // readers and the keyboard have the check boxes.
  function graph(layer, size, state, r, toggle) {
    const at = i =>
      [Math.sin, v => -Math.cos(v)].map(
        f => size * (0.5 + 0.36 * f((2 * Math.PI * i) / n)),
      );
    for (const p of pairs) {
      const [[x1, y1], [x2, y2]] = p.map(at),
        place = { x1, y1, x2, y2 },
        within = p.every(i => r.clique.includes(i + 1));
      const kind = state[key(p)]
        ? within
          ? "fig-b"
          : "fig-a fig-thin"
        : "fig-faint fig-thin fig-dash";
      const look = within ? { style: "stroke-width: 5" } : {};
      shape(layer, "line", { class: "fig-line " + kind, ...place, ...look });
      const press = "stroke: transparent; stroke-width: 22; cursor: pointer";
      const hit = shape(layer, "line", { class: "fig-hit", ...place, style: press });
      hit.addEventListener("click", () => toggle(key(p)));
    }
    for (const i of vertices) {
      const [cx, cy] = at(i),
        radius = 5 + 14 * (r.direction ? r.direction[i] : 0);
      const colour = r.clique.includes(i + 1) ? "fig-b" : "fig-a";
      shape(layer, "circle", { class: "fig-dot " + colour, cx, cy, r: radius });
      const away = v => v + (v - size / 2) * 0.22;
      const place = { x: away(cx), y: away(cy) + 5, "text-anchor": "middle" };
      shape(layer, "text", { class: "fig-label", ...place }, i + 1);
    }
    const hint = { x: size / 2, y: size - 4, "text-anchor": "middle" };
    shape(layer, "text", hint, "press an edge to add or remove it");
  }

  const boxes = (width, view) => {
    const size = Math.min(narrow(width) ? 330 : 380, width / (narrow(width) ? 1 : 2));
    if (view === undefined)
      return { height: size, graph: size, box: [size, 0, width - size, size] };
    return {
      height: view ? 270 : size,
      graph: !view && size,
      box: view && [0, 0, width, 270],
    };
  };
  const all = test => () => Object.fromEntries(pairs.map(p => [key(p), test(p)]));
  return mount(context, {
    parameters: parameters.filter(p => p.key === "s"),
    keys: pairs.map(key),
    label:
      "A graph with its largest clique, and the least value of two quadratic forms " +
      "against s",
    views: ["graph", "least values"],
    height: (width, view) => boxes(width, view).height,
    controls: [
      ...pairs.map(p => ({
        type: "checkbox",
        key: key(p),
        label: `${p[0] + 1}–${p[1] + 1}`,
      })),
      { button: "No edges", changes: all(() => false) },
      { button: "Cycle", changes: all(([i, j]) => j - i === 1 || j - i === n - 1) },
      { button: "All edges", changes: all(() => true) },
    ],
    goals: [
      [
        "a clique of 4 or more that the form with the identity misses",
        (r, { s }) =>
          r.clique.length > Math.max(3, 1 / (1 - s) + 1e-9) && r.slide_value > 0,
      ],
    ],
    predict: {
      question: "How many vertices has the largest clique of this graph?",
      options: () => vertices.map(i => i + 1 + ""),
      answer: r => r.clique.length - 1,
    },
    draw({ layer, width, view, state, asking }) {
      const r = study(matrix(state), state.s),
        { s } = state,
        place = boxes(width, view);
      const toggle = edge => {
        context.model.set(edge, !state[edge]);
        context.model.save_changes();
      };
      const seen = asking ? { clique: [] } : r;
      if (place.graph) graph(layer, place.graph, state, seen, toggle);
      const plot = axes(layer, place.box, {
        x: [0, 1],
        y: [-1, 2],
        xlabel: "s (a clique larger than 1/(1 − s) is asked for)",
        ylabel: "least value on the simplex",
      });
      plot.level(0, "fig-faint fig-thin");
      plot.upright(s, "fig-faint fig-thin", [-0.6, 1.4]);
      const rising = (value, colour) =>
        plot.line(
          [0, 1].map(t => [t, value - s + t]),
          colour,
        );
      if (!asking) {
        rising(r.value, "fig-c");
        rising(r.slide_value, "fig-d fig-dash");
        plot.dot([s, r.value], "fig-c");
        plot.dot([s, r.slide_value], "fig-d");
      }
      const top = { anchor: "start", dx: 6, dy: 16 },
        bottom = { anchor: "end", dx: -6, dy: -8 };
      plot.text([0, 2], "I − A + s11ᵀ (dashed)", "fig-d fig-dash", top);
      plot.text([1, -1], "s11ᵀ − A", "fig-c", bottom);
      return { result: r, sentence: tell(r, s), plot };
    },
  });
}
