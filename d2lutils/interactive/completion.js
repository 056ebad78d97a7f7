// A matrix and its completion by gradient descent: the picture.
function render(context) {
  const n = 8,
    every = 10,
    run = aside(numbers, []),
    { total, rank, tell } = words(),
    norm = values => Math.sqrt(total(values.map(v => v * v)));

  function picture(layer, { truth, seen }, matrix, [x, y, side], title) {
    const cell = side / n - 3.75,
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

  return mount(context, {
    parameters,
    label:
      "A matrix and its completion, and the singular values and the error of the " +
      "completion step by step",
    views: ["singular values", "errors"],
    height: (width, view) => layout(width, view).height,
    play: true,
    controls: [nextSeed("Another matrix")],
    off: run.off,
    goals: [
      [
        "from 36 entries or fewer, an error below 0.01",
        (r, { num_observed }) =>
          num_observed <= 36 && r.errors[r.errors.length - 1] < 0.01,
      ],
    ],
    predict: {
      question: ({ depth, num_observed }) =>
        `${num_observed} of 64 entries are seen, and there are ${depth} factors. ` +
        `How large will the relative error be on the others?`,
      options: () => ["below 0.01", "0.01 to 0.5", "above 0.5"],
      answer({ errors }) {
        const error = errors[errors.length - 1];
        return error < 0.01 ? 0 : error <= 0.5 ? 1 : 2;
      },
    },
    draw({ layer, width, view, state, progress, again }) {
      const key = JSON.stringify(state),
        found = run.get(key, state, again),
        r = found.result,
        { path, truth, seen, goal } = r;
      const at = Math.round(progress * (path.length - 1)),
        end = path[path.length - 1],
        place = layout(width, view),
        now = `step ${path[at].step}`;
      picture(layer, r, truth, place.matrices[0], "truth (dots: seen)");
      picture(layer, r, path[at].matrix, place.matrices[1], now);

      // A point for each pixel or two is enough.
      const stride = Math.ceil(path.length / 200),
        kept = path.slice(0, at + 1).filter((_, k) => k % stride === 0 || k === at),
        trace = f => kept.map(p => [p.step, f(p)]),
        steps = Math.max(every, end.step);
      const panel = (k, ylabel, top) =>
        axes(layer, place.panels[k], {
          x: [0, steps],
          y: [0, 1.1 * top],
          xlabel: "step",
          ylabel,
          xticks: ticks(0, steps, 4),
        });
      const highest = Math.max(goal[0], ...path.map(p => p.values[0])),
        plot = panel(0, "singular values (dashed: of the truth)", highest);
      for (const v of goal.slice(0, 2)) plot.level(v, "fig-faint fig-dash");
      for (let k = 0; k < n; k++) {
        const colour = k < 2 ? "fig-a" : "fig-b fig-thin",
          values = trace(p => p.values[k]);
        plot.line(values, colour, `singular value ${k + 1}`);
      }
      const worst = Math.min(4, Math.max(1, ...path.map(p => p.error))),
        errors = panel(1, "relative error: unseen, seen (dashed)", worst),
        size = norm(truth.map((v, k) => v * seen[k])),
        fit = trace(p => Math.sqrt(p.loss * total(seen)) / size);
      errors.line(fit, "fig-a fig-dash", "seen");
      errors.line(
        trace(p => p.error),
        "fig-b",
        "unseen",
      );

      const result = () => {
        const exact = run.atOnce(key, state).result,
          list = name => exact.path.map(p => p[name]),
          last = exact.path[exact.path.length - 1];
        return {
          steps: list("step"),
          losses: list("loss"),
          errors: list("error"),
          singular_values: list("values"),
          matrix: [...last.matrix],
          truth: [...exact.truth],
          seen: [...exact.seen],
          lr: exact.lr,
          effective_rank: rank(last.values),
          fitted: last.loss <= 1e-6,
        };
      };
      const pending = found.key !== key;
      const stages = path.length - 1;
      return { result, sentence: tell(r, state), plot, pending, stages };
    },
  });
}
