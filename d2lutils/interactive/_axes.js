// What a drawing shows, for its table and its pinned curves: layer.shown holds one
// entry for each pair of axes, layer.names what a colour stands for.
const hue = colour => (colour.match(/fig-(?:[a-d]|dash)/g) || [""]).sort().join();
function named(layer, colour, text) {
  layer.names ??= {};
  layer.names[hue(colour)] ??= text;
}

// Axes in the box [left, top, width, height] of the drawing. Colours are classes: fig-a
// to fig-d, fig-faint, for lines also fig-thin and fig-dash. With logX or logY the data
// are decimal logarithms and the ticks are powers of ten.
function axes(
  layer,
  [left, top, width, height],
  { x, y, xlabel, ylabel, logX, logY, xticks },
) {
  const inner = [left + 48, top + 22, width - 64, height - 64],
    [x0, y0] = inner,
    [x1, y1] = [x0 + inner[2], y0 + inner[3]];
  const X = v => x0 + (inner[2] * (v - x[0])) / (x[1] - x[0]);
  const Y = v => y0 + (inner[3] * (y[1] - v)) / (y[1] - y[0]);
  const text = (px, py, string, anchor, extra) =>
    shape(layer, "text", { x: px, y: py, "text-anchor": anchor, ...extra }, string);
  const grid = place => shape(layer, "line", { class: "fig-grid", ...place });
  const tick = (v, log) => (log ? "10" + superscript(v) : String(v).replace("-", "−"));
  const shownTicks = (values, log) => values.filter(v => !log || Number.isInteger(v));
  for (const v of shownTicks(xticks || ticks(...x, Math.max(2, inner[2] / 75)), logX)) {
    grid({ x1: X(v), x2: X(v), y1: y0, y2: y1 });
    text(X(v), y1 + 17, tick(v, logX), "middle");
  }
  for (const v of shownTicks(ticks(...y, Math.max(2, inner[3] / 45)), logY)) {
    grid({ x1: x0, x2: x1, y1: Y(v), y2: Y(v) });
    text(x0 - 7, Y(v) + 4, tick(v, logY), "end");
  }
  text(x0 + inner[2] / 2, top + height - 4, xlabel, "middle");
  text(left + 4, top + 12, ylabel, "start");
  // A nested svg clips without an id, so that two figures on a page cannot collide.
  const place = { x: x0, y: y0, width: inner[2], height: inner[3] };
  const inside = shape(layer, "svg", { ...place, overflow: "hidden" });
  const px = v => clamp(X(v) - x0, -1e4, 1e4).toFixed(1),
    py = v => clamp(Y(v) - y0, -1e4, 1e4).toFixed(1);
  function path(points, colour) {
    let last;
    // Points within a tenth of a pixel are one.
    const places = points.flatMap(([a, b]) => {
      if (!Number.isFinite(a + b)) return [];
      const next = px(a) + "," + py(b);
      return next === last ? [] : [(last = next)];
    });
    const look = { class: "fig-line " + colour, points: places.join(" ") };
    return shape(inside, "polyline", look);
  }
  const series = [],
    panel = { xlabel, ylabel, logX, logY, series };
  layer.shown ??= [];
  const pinned = layer.pins?.[layer.shown.length];
  layer.shown.push(panel);
  if (pinned?.ylabel === ylabel && pinned.logY === logY)
    for (const { points } of pinned.series) path(points, "fig-pin");
  // name is for the table of what is shown; otherwise the legend's entry.
  function line(points, colour, name) {
    if (name || !colour.includes("fig-faint")) series.push({ points, colour, name });
    return path(points, colour);
  }
  return {
    X,
    Y,
    domain: [x, y],
    invert: (a, b) => [
      x[0] + ((a - x0) / inner[2]) * (x[1] - x[0]),
      y[1] - ((b - y0) / inner[3]) * (y[1] - y[0]),
    ],
    line,
    // Straight lines at a height and at a place, from one edge to the other.
    level: (v, colour) =>
      path(
        [0, 1].map(k => [x[k], v]),
        colour,
      ),
    upright: (v, colour, [low, high] = y) =>
      path(
        [low, high].map(w => [v, w]),
        colour,
      ),
    dot: ([a, b], colour, r = 5) =>
      Number.isFinite(a + b) &&
      shape(inside, "circle", { class: "fig-dot " + colour, cx: px(a), cy: py(b), r }),
    add: element => inside.append(element),
    text([a, b], string, colour, { anchor = "middle", dx = 0, dy = 0 } = {}) {
      named(layer, colour, string);
      return text(X(a) + dx, Y(b) + dy, string, anchor, {
        class: "fig-label " + colour,
      });
    },
  };
}
