// The matrices of a completion, and where they stand.
function parts() {
  const n = 8,
    inset = 3.75;
  function picture(layer, { truth, seen }, matrix, [x, y, side], title) {
    const cell = side / n - inset,
      most = Math.max(...truth.map(Math.abs));
    shape(layer, "text", { x: x + 4, y: y + 14 }, title);
    matrix.forEach((v, k) => {
      const left = x + 4 + (k % n) * cell,
        top = y + 22 + (k >> 3) * cell;
      shape(layer, "rect", {
        class: v < 0 ? "fig-dot fig-b" : "fig-dot fig-a",
        "fill-opacity": clamp(Math.abs(v) / most, 0, 1),
        width: cell,
        height: cell,
        x: left,
        y: top,
      });
      const middle = { cx: left + cell / 2, cy: top + cell / 2, r: 2 };
      if (seen[k]) shape(layer, "circle", { fill: "currentColor", ...middle });
    });
  }

  // Boxes: the two matrices, [left, top, side], and the two panels.
  function layout(width, view) {
    const half = width / 2;
    if (view === undefined) {
      const rest = [230, 0, width - 230, 230];
      return {
        height: 460,
        matrices: [
          [0, 0, 230],
          [0, 230, 230],
        ],
        panels: [rest, [230, 230, width - 230, 230]],
      };
    }
    const side = Math.min(half, 180);
    return {
      height: side + 200,
      matrices: [
        [0, 0, side],
        [half, 0, side],
      ],
      panels: [0, 1].map(k => k === view && [0, side, width, 200]),
    };
  }

  // Columns and rows of a matrix as axes for the handle, from 1.
  function grid([x, y, side]) {
    const cell = side / n - inset;
    return {
      X: column => x + 4 + (column - 0.5) * cell,
      Y: row => y + 22 + (row - 0.5) * cell,
      invert: (a, b) => [(a - x - 4) / cell + 0.5, (b - y - 22) / cell + 0.5],
      domain: [
        [0.5, n + 0.49],
        [0.5, n + 0.49],
      ],
    };
  }

  return { layout, picture, grid };
}
