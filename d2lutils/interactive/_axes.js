// What a drawing shows, for its table and its pinned curves: layer.shown holds one
// entry for each pair of axes, layer.names what a colour stands for.
const hue = colour => (colour.match(/fig-(?:[a-d]|dash)/g) || [""]).sort().join();
function named(layer, colour, text) {
  layer.names ??= {};
  layer.names[hue(colour)] ??= text;
}

// Axes in the box [left, top, width, height] of the drawing. Colours are classes: fig-a
// to fig-d, fig-faint, for lines also fig-thin and fig-dash. With logX or logY the data
// are decimal logarithms and the ticks are powers of ten. Without a box nothing is
// seen: of several views, one that is not shown.
function axes(seen, box, { x, y, xlabel, ylabel, logX, logY, xticks }) {
  const layer = box ? seen : shape(null, "g"),
    [left, top, width, height] = box || [0, 0, 300, 300];
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
    for (const { points, dots } of pinned.series) if (!dots) path(points, "fig-pin");
  // name is for the table of what is shown; otherwise the legend's entry.
  function line(points, colour, name) {
    if (name || !colour.includes("fig-faint")) series.push({ points, colour, name });
    return path(points, colour);
  }
  const dot = ([a, b], colour, r = 5) =>
    Number.isFinite(a + b) &&
    shape(inside, "circle", { class: "fig-dot " + colour, cx: px(a), cy: py(b), r });
  const straight = (from, to, colour) => path([from, to], colour);
  return {
    X,
    Y,
    hidden: !box,
    domain: [x, y],
    invert: (a, b) => [
      x[0] + ((a - x0) / inner[2]) * (x[1] - x[0]),
      y[1] - ((b - y0) / inner[3]) * (y[1] - y[0]),
    ],
    line,
    // Straight lines at a height and at a place, from one edge to the other.
    level: (v, colour, [low, high] = x) => straight([low, v], [high, v], colour),
    upright: (v, colour, [low, high] = y) => straight([v, low], [v, high], colour),
    dot,
    dots(points, colour, r, name) {
      series.push({ points, colour, name, dots: true });
      points.forEach(point => dot(point, colour, r));
    },
    // A histogram on the axis x: heights of equal bins from lo to hi.
    bars(heights, [lo, hi], colour, name) {
      const width = (hi - lo) / heights.length,
        place = k => lo + width * k;
      series.push({ points: heights.map((h, k) => [place(k + 0.5), h]), colour, name });
      heights.forEach((h, k) =>
        shape(inside, "rect", {
          class: colour,
          fill: "currentColor",
          "fill-opacity": 0.35,
          x: px(place(k)),
          y: py(h),
          width: (X(width) - X(0)).toFixed(1),
          height: Math.max(0, Y(0) - Y(h)).toFixed(1),
        }),
      );
    },
    add: element => inside.append(element),
    text([a, b], string, colour, { anchor = "middle", dx = 0, dy = 0 } = {}) {
      named(layer, colour, string);
      return text(X(a) + dx, Y(b) + dy, string, anchor, {
        class: "fig-label " + colour,
      });
    },
  };
}
