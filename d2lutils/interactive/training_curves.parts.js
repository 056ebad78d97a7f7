// A curve that the reader draws before the answer: the test error at eight epochs, in
// percent. While it is asked for, the handle is its own.
function parts() {
  let points = [],
    now = 0,
    area = [],
    run,
    again,
    truth;
  const sketch = {
    asked: false,
    // At each drawing: what is asked, of which run, and what the truth is.
    look(asking, label, epochs, height, errorAt, redraw) {
      [sketch.asked, again, truth] = [asking, redraw, errorAt];
      if (!asking || label === run) return;
      [run, now] = [label, 0];
      points = linspace(0, epochs.length - 1, 8).map(i => [
        epochs[Math.round(i)],
        height,
      ]);
    },
    draw(plot, label) {
      if (label !== run) return;
      plot.line(points, "fig-c", "your curve");
      points.forEach(point => plot.dot(point, "fig-c", 3));
    },
    handle(plot) {
      area = plot.domain;
      const at = points[now],
        start = `your curve at epoch ${at[0]}: ${format(at[1])}%`;
      return { plot, at, start };
    },
    move([x, y]) {
      const far = points.map(([epoch]) => Math.abs(epoch - x));
      now = lowest(far);
      points[now] = [points[now][0], y];
      again();
      return {};
    },
    nudge([right, up], step) {
      const [epoch, y] = points[clamp(now + right, 0, points.length - 1)];
      return [epoch, y + up * step];
    },
    pick(point) {
      const inside = area.every(([lo, hi], i) => lo <= point[i] && point[i] <= hi);
      return sketch.asked && inside && { ...sketch.move(point), move: sketch.move };
    },
    judge(least) {
      const off = points.map(([epoch, y]) => Math.abs(y - truth(epoch))),
        [own] = points.reduce((a, b) => (b[1] < a[1] ? b : a));
      return (
        `Your curve is off by ${format(mean(off))} percentage points on average; it ` +
        `is least at epoch ${own}, the test error at epoch ${least}.`
      );
    },
    forget() {
      [run, points] = [undefined, []];
    },
  };
  return sketch;
}
