// A small graph, its largest clique, and the least values on the simplex of s11' - A
// and of I - A + s11'.
function render(context) {
  const n = context.model.get("num_vertices"),
    vertices = Array.from({ length: n }, (_, i) => i);
  const pairs = vertices.flatMap(j => vertices.slice(0, j).map(i => [i, j])).sort();
  const key = ([i, j]) => `e${i + 1}${j + 1}`;
  const supports = Array.from({ length: 2 ** n - 1 }, (_, m) =>
    vertices.filter(i => ((m + 1) >> i) & 1),
  );

  // The solution of a small linear system by elimination with pivoting, or null.
  function solve(rows) {
    const m = rows.length;
    for (let k = 0; k < m; k++) {
      const best = rows
        .slice(k)
        .reduce((a, row) => (Math.abs(row[k]) > Math.abs(a[k]) ? row : a), rows[k]);
      if (Math.abs(best[k]) < 1e-9) return null;
      rows[rows.indexOf(best)] = rows[k];
      rows[k] = best.map(v => v / best[k]);
      rows = rows.map((row, i) =>
        i === k ? rows[k] : row.map((v, j) => v - row[k] * rows[k][j]),
      );
    }
    return rows.map(row => row[m]);
  }

  // min z'Qz on the simplex: a minimiser with the fewest nonzeros is the only
  // stationary point of its face, where Qz is constant. Every candidate is a point of
  // the simplex, so the least of them is the minimum.
  function least(Q) {
    let best = { value: Infinity };
    for (const S of supports) {
      const system = S.map(i => [...S.map(j => Q[i][j]), -1, 0]);
      const found = solve([...system, [...S.map(() => 1), 0, 1]]);
      if (
        !found ||
        found.slice(0, -1).some(v => v <= 0) ||
        found[S.length] >= best.value - 1e-12
      )
        continue;
      best = {
        value: found[S.length],
        z: vertices.map(i => (S.includes(i) ? found[S.indexOf(i)] : 0)),
      };
    }
    return best;
  }

  function study(state) {
    const A = vertices.map(i =>
      vertices.map(j => (i !== j && state[key([i, j].sort())] ? 1 : 0)),
    );
    const clique = supports
      .filter(S => S.every(i => S.every(j => i === j || A[i][j])))
      .reduce((best, S) => (S.length > best.length ? S : best));
    const right = least(A.map(row => row.map(v => -v)));
    const slide = least(A.map((row, i) => row.map((v, j) => (i === j) - v)));
    const value = state.s + right.value,
      descends = value < -1e-12;
    return {
      clique: clique.map(i => i + 1),
      value,
      slide_value: state.s + slide.value,
      direction: descends ? right.z.map(Math.sqrt) : null,
    };
  }

  const all = test => () => Object.fromEntries(pairs.map(p => [key(p), test(p)]));
  return mount(context, {
    label:
      "A graph with its largest clique, and the least value of two quadratic forms " +
      "against s",
    keys: ["s", ...pairs.map(key)],
    height: width => (narrow(width) ? width + 260 : Math.min(380, width / 2)),
    controls: [
      { key: "s", label: "s", min: 0, max: 0.9, step: 0.01 },
      ...pairs.map(p => ({
        type: "checkbox",
        key: key(p),
        label: `${p[0] + 1}–${p[1] + 1}`,
      })),
      { button: "No edges", changes: all(() => false) },
      { button: "Cycle", changes: all(([i, j]) => j - i === 1 || j - i === n - 1) },
      { button: "All edges", changes: all(() => true) },
    ],
    draw({ layer, width, height, state }) {
      const r = study(state),
        stacked = narrow(width),
        size = stacked ? width : height;
      const at = i =>
        [
          0.5 + 0.36 * Math.sin((2 * Math.PI * i) / n),
          0.5 - 0.36 * Math.cos((2 * Math.PI * i) / n),
        ].map(v => v * size);
      for (const p of pairs) {
        const [[x1, y1], [x2, y2]] = p.map(at),
          within = p.every(i => r.clique.includes(i + 1));
        const kind = state[key(p)]
          ? within
            ? "fig-b"
            : "fig-a fig-thin"
          : "fig-faint fig-thin fig-dash";
        shape(layer, "line", {
          class: "fig-line " + kind,
          x1,
          y1,
          x2,
          y2,
          ...(within ? { style: "stroke-width: 5" } : {}),
        });
        // The drawing is hidden from screen readers, who have the check boxes.
        const hit = shape(layer, "line", {
          class: "fig-hit",
          x1,
          y1,
          x2,
          y2,
          style: "stroke: transparent; stroke-width: 16; cursor: pointer",
        });
        hit.addEventListener("click", () => {
          context.model.set(key(p), !state[key(p)]);
          context.model.save_changes();
        });
      }
      for (const i of vertices) {
        const [cx, cy] = at(i),
          x = r.direction ? r.direction[i] : 0;
        shape(layer, "circle", {
          class: "fig-dot " + (r.clique.includes(i + 1) ? "fig-b" : "fig-a"),
          cx,
          cy,
          r: 5 + 14 * x,
        });
        const away = v => v + (v - size / 2) * 0.22;
        shape(
          layer,
          "text",
          { class: "fig-label", x: away(cx), y: away(cy) + 5, "text-anchor": "middle" },
          i + 1,
        );
      }
      const box = stacked ? [0, width, width, 260] : [size, 0, width - size, height];
      const plot = axes(layer, box, {
        x: [0, 1],
        y: [-1, 2],
        xlabel: "s",
        ylabel: "least value on the simplex",
      });
      plot.line(
        [
          [0, 0],
          [1, 0],
        ],
        "fig-faint fig-thin",
      );
      plot.line(
        [
          [state.s, -0.6],
          [state.s, 1.4],
        ],
        "fig-faint fig-thin",
      );
      plot.line(
        [
          [0, r.value - state.s],
          [1, r.value - state.s + 1],
        ],
        "fig-c",
      );
      plot.line(
        [
          [0, r.slide_value - state.s],
          [1, r.slide_value - state.s + 1],
        ],
        "fig-d fig-dash",
      );
      plot.dot([state.s, r.value], "fig-c");
      plot.dot([state.s, r.slide_value], "fig-d");
      plot.text([0, 2], "I − A + s11ᵀ (dashed)", "fig-d", {
        anchor: "start",
        dx: 6,
        dy: 16,
      });
      plot.text([1, -1], "s11ᵀ − A", "fig-c", { anchor: "end", dx: -6, dy: -8 });
      const omega = r.clique.length,
        larger = omega > 1 / (1 - state.s) + 1e-9,
        slide = r.slide_value < -1e-12;
      const sentence =
        `A largest clique is ${r.clique.join(", ")}: ω = ${omega}, ` +
        `${larger ? "larger" : "not larger"} than 1/(1 − s) = ` +
        `${format(1 / (1 - state.s))}. The least value of s11ᵀ − A is ` +
        `${format(Math.abs(r.value) < 1e-12 ? 0 : r.value)}, so ` +
        (r.direction
          ? `the quartic falls along x = ` +
            `(${r.direction.map(v => format(v, 2)).join(", ")}).`
          : "0 is a minimum of the quartic.") +
        ` The form with the identity has least value ` +
        `${format(Math.abs(r.slide_value) < 1e-12 ? 0 : r.slide_value)} and ` +
        `${slide === larger ? "agrees" : "gives the wrong answer"}.`;
      return { result: r, sentence, plot };
    },
  });
}
