// A matrix and its completion by gradient descent: the picture.
function render(context) {
  const n = 8,
    every = 10,
    run = aside(numbers, []),
    { total, rank, tell } = words(),
    { layout, picture, grid } = parts(),
    norm = values => Math.sqrt(total(values.map(v => v * v)));

  // Entries that differ from those drawn: "35 62" are row 3, column 5 and row 6,
  // column 2.
  let number = 0;
  const turned = ({ flipped, cell }, seen) => {
    const name = `${1 + (cell >> 3)}${1 + (cell % n)}`,
      all = flipped.split(" ").filter(Boolean),
      others = all.filter(one => one !== name);
    const left = number + (seen ? -1 : 1);
    if (left < 1 || left > 63) return {};
    return {
      flipped: (others.length < all.length ? others : [...all, name]).join(" "),
    };
  };
  const at = ([column, row]) => n * (Math.round(row) - 1) + Math.round(column) - 1;
  let shown = [];
  const turn = state => turned(state, shown[state.cell]);

  return mount(context, {
    parameters,
    label:
      "A matrix and its completion, and the singular values and the error of the " +
      "completion step by step",
    views: ["singular values", "errors"],
    height: (width, view) => layout(width, view).height,
    play: 4000,
    controls: [
      { button: "Hide or show the entry", changes: turn },
      nextSeed("Another matrix"),
    ],
    handle: {
      label: "Entry",
      ring: true,
      step: 1,
      move: point => ({ cell: at(point) }),
      click: (point, state) => ({
        cell: at(point),
        ...turn({ ...state, cell: at(point) }),
      }),
      nudge: ([right, up], step, { cell }) => [
        1 + (cell % n) + right * step,
        1 + (cell >> 3) - up * step,
      ],
    },
    off: run.off,
    goals: [
      [
        "from 36 entries or fewer, an error below 0.01",
        r => total(r.seen) <= 36 && r.errors[r.errors.length - 1] < 0.01,
      ],
    ],
    predict: {
      question: ({ depth }) =>
        `${number} of 64 entries are seen, and there are ${depth} factors. ` +
        `How large will the relative error be on the others?`,
      options: () => ["below 0.01", "0.01 to 0.5", "above 0.5"],
      answer({ errors }) {
        const error = errors[errors.length - 1];
        return error < 0.01 ? 0 : error <= 0.5 ? 1 : 2;
      },
    },
    draw({ layer, width, view, state, progress, again }) {
      const { cell, ...about } = state,
        key = JSON.stringify(about),
        found = run.get(key, about, again),
        r = found.result,
        { path, truth, seen, goal } = r;
      [shown, number] = [seen, total(seen)];
      const part = Math.round(progress * (path.length - 1)),
        end = path[path.length - 1],
        place = layout(width, view),
        now = `step ${path[part].step}`;
      picture(layer, r, truth, place.matrices[0], "truth (dots: seen)");
      picture(layer, r, path[part].matrix, place.matrices[1], now);

      // A point for each pixel or two is enough.
      const stride = Math.ceil(path.length / 200),
        kept = path.slice(0, part + 1).filter((_, k) => k % stride === 0 || k === part),
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
        values = panel(0, "singular values (dashed: of the truth)", highest);
      for (const v of goal.slice(0, 2)) values.level(v, "fig-faint fig-dash");
      for (let k = 0; k < n; k++) {
        const colour = k < 2 ? "fig-a" : "fig-b fig-thin",
          curve = trace(p => p.values[k]);
        values.line(curve, colour, `singular value ${k + 1}`);
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
        const exact = run.atOnce(key, about).result,
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
      const stages = path.length - 1,
        [row, column] = [1 + (cell >> 3), 1 + (cell % n)];
      const start =
        `row ${row}, column ${column}: ${format(truth[cell])}, ` +
        (seen[cell] ? "seen" : "hidden");
      const plan = { plot: grid(place.matrices[0]), at: [column, row], start };
      return { result, sentence: tell(r, state), ...plan, pending, stages };
    },
  });
}
