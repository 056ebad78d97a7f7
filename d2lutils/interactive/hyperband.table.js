// The brackets of Hyperband, a row each.
function parts() {
  // Rungs of every bracket, below the curves: `at` places resource t.
  function schedule(layer, { all, now, typical, plot, column, wide, width, bottom }) {
    const at = t => plot.X(column(t)),
      middle = typical.result;
    const place = (x, row, anchor, chosen) => ({
      x,
      y: bottom - 22 + 20 * row,
      "text-anchor": anchor,
      ...(chosen ? { class: "fig-label fig-a" } : {}),
    });
    const cell = (x, row, text, chosen, anchor = "middle") =>
      shape(layer, "text", place(x, row, anchor, chosen), text);
    const tight = narrow(width),
      budgets = wide + (tight ? 14 : 30),
      ends = width - 2;
    cell(4, 0, "r", false, "start");
    all[0].rungs.forEach(([, t]) => cell(at(t), 0, t));
    cell(budgets, 0, tight ? "cost" : "budget");
    cell(ends, 0, tight ? "loss" : "median loss", false, "end");
    all.forEach((b, k) => {
      cell(4, k + 1, "s=" + b.s, b === now, "start");
      b.rungs.forEach(([number, t]) => cell(at(t), k + 1, number, b === now));
      cell(budgets, k + 1, b.budget, b === now);
      if (middle[k]) cell(ends, k + 1, format(middle[k], 2), b === now, "end");
    });
  }
  return schedule;
}
