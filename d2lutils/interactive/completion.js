// Gradient descent on a product of matrices against some entries of an 8 × 8 matrix of
// rank 2. d2lutils.completion.deep_factorization is its twin.
function render(context) {
  const n = 8,
    size = 64,
    most = 8000,
    every = 10,
    tolerance = 1e-6;

  // C = A B, either of them transposed on request.
  function times(A, B, At, Bt) {
    const C = new Float64Array(size);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++)
        for (let k = 0; k < n; k++)
          C[i * n + j] += A[At ? k * n + i : i * n + k] * B[Bt ? j * n + k : k * n + j];
    return C;
  }

  // The lengths of rows at right angles.
  function singularValues(W) {
    const rows = orthogonalise(linspace(0, size - n, n).map(i => W.slice(i, i + n)));
    return rows.map(norm).sort((a, b) => b - a);
  }

  const total = values => values.reduce((sum, v) => sum + v, 0);
  const norm = values => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0));

  function experiment({ depth, init_scale, num_observed, seed }) {
    const draws = normals(seed, 288),
      lots = uniforms(seed, 352).slice(288),
      each = init_scale ** (1 / depth) / Math.sqrt(n);
    let truth = lots.map((_, k) =>
      [0, 1].reduce(
        (sum, r) => sum + draws[2 * (k >> 3) + r] * draws[16 + 8 * r + (k % n)],
        0,
      ),
    );
    truth = Float64Array.from(truth, v => (v * n) / norm(truth));
    const order = lots.map((_, k) => k).sort((a, b) => lots[a] - lots[b]),
      unseen = order.splice(num_observed);
    const seen = truth.map((_, k) => order.includes(k)),
      sigma =
        (singularValues(truth.map((v, k) => v * seen[k]))[0] * size) / num_observed;
    const lr =
      depth === 1 ? num_observed / 2 : size / 4 / (depth * sigma ** (2 - 2 / depth));
    const factors = [1, 2, 3, 4]
      .slice(0, depth)
      .map(l =>
        Float64Array.from(draws.slice(size * l - 32, size * l + 32), v => each * v),
      );

    const path = [];
    for (let step = 0; ; step++) {
      const before = [factors[0]];
      for (const factor of factors.slice(1))
        before.push(times(factor, before[before.length - 1]));
      const matrix = before[depth - 1].slice(),
        residual = matrix.map((v, k) => seen[k] * (v - truth[k]));
      if (step % every === 0) {
        const loss = norm(residual) ** 2 / num_observed,
          error =
            norm(unseen.map(k => matrix[k] - truth[k])) /
            norm(unseen.map(k => truth[k]));
        path.push({ step, loss, error, matrix, values: singularValues(matrix) });
        if (!(loss > tolerance && loss < 1e6) || step === most)
          return { path, truth, seen, lr };
      }
      let gradient = residual.map(v => (2 / num_observed) * v);
      for (let l = depth - 1; l >= 0; l--) {
        const change = l ? times(gradient, before[l - 1], false, true) : gradient;
        gradient = times(factors[l], gradient, true);
        factors[l].forEach((v, k) => {
          factors[l][k] = v - lr * change[k];
        });
      }
    }
  }

  let last = {};
  return mount(context, {
    label:
      "A matrix and its completion, and the singular values and the error of the " +
      "completion step by step",
    keys: ["depth", "init_scale", "num_observed", "seed"],
    height: width => (narrow(width) ? width / 2 + 440 : 460),
    play: true,
    controls: [
      { key: "depth", label: "depth (number of factors)", min: 1, max: 4, step: 1 },
      {
        key: "init_scale",
        label: "initial scale α",
        values: niceValues(1e-6, 1, [1, 3]),
      },
      {
        key: "num_observed",
        label: "observed entries (of 64)",
        min: 12,
        max: 60,
        step: 1,
      },
      nextSeed("Another matrix"),
    ],
    draw({ layer, width, state, progress }) {
      const key = JSON.stringify(state),
        r = last.key === key ? last : (last = { key, ...experiment(state) });
      const { path, truth, seen, lr } = r,
        at = Math.round(progress * (path.length - 1)),
        end = path[path.length - 1];
      const stacked = narrow(width),
        side = stacked ? width / 2 : 230,
        cell = side / n - 3.75;
      const picture = (matrix, x, y, title) => {
        shape(layer, "text", { x: x + 4, y: y + 14 }, title);
        matrix.forEach((v, k) => {
          const box = { x: x + 4 + (k % n) * cell, y: y + 22 + (k >> 3) * cell },
            shade = clamp(Math.abs(v) / Math.max(...truth.map(Math.abs)), 0, 1);
          shape(layer, "rect", {
            class: v < 0 ? "fig-dot fig-b" : "fig-dot fig-a",
            "fill-opacity": shade,
            width: cell,
            height: cell,
            ...box,
          });
          if (seen[k])
            shape(layer, "circle", {
              fill: "currentColor",
              cx: box.x + cell / 2,
              cy: box.y + cell / 2,
              r: 2,
            });
        });
      };
      picture(truth, 0, 0, "truth (dots: seen)");
      picture(
        path[at].matrix,
        stacked ? side : 0,
        stacked ? 0 : side,
        "step " + path[at].step,
      );

      const steps = Math.max(every, end.step),
        goal = singularValues(truth),
        trace = f => path.slice(0, at + 1).map(p => [p.step, f(p)]);
      const panel = (k, ylabel, top) =>
        axes(
          layer,
          stacked
            ? [0, side + 220 * k, width, 220]
            : [side, 230 * k, width - side, 230],
          {
            x: [0, steps],
            y: [0, 1.1 * top],
            xlabel: "step",
            ylabel,
            xticks: ticks(0, steps, 4),
          },
        );
      const plot = panel(
        0,
        "singular values (dashed: of the truth)",
        Math.max(goal[0], ...path.map(p => p.values[0])),
      );
      for (const v of goal.slice(0, 2))
        plot.line(
          [
            [0, v],
            [steps, v],
          ],
          "fig-faint fig-dash",
        );
      goal.forEach((_, k) =>
        plot.line(
          trace(p => p.values[k]),
          k < 2 ? "fig-a" : "fig-b fig-thin",
        ),
      );
      const errors = panel(
        1,
        "relative error: unseen, seen (dashed)",
        Math.min(4, Math.max(1, ...path.map(p => p.error))),
      );
      errors.line(
        trace(
          p => Math.sqrt(p.loss * total(seen)) / norm(truth.map((v, k) => v * seen[k])),
        ),
        "fig-a fig-dash",
      );
      errors.line(
        trace(p => p.error),
        "fig-b",
      );

      const nuclear = total(end.values),
        rank = Math.exp(
          total(end.values.map(v => v && (-v / nuclear) * Math.log(v / nuclear))),
        ),
        fitted = end.loss <= tolerance;
      const sentence =
        `Depth ${state.depth}, initial scale ${format(state.init_scale)}, ` +
        `${state.num_observed} of 64 entries: after ${end.step} steps ` +
        (fitted
          ? "the observed entries are fitted"
          : `the loss is still ${format(end.loss, 2)}`) +
        ". Over the unseen entries the relative error is " +
        `${format(end.error)}; the effective rank is ${format(rank)}, the nuclear ` +
        `norm ${format(nuclear)} (of the truth: ${format(total(goal))}).`;
      const list = name => path.map(p => p[name]);
      const result = {
        steps: list("step"),
        losses: list("loss"),
        errors: list("error"),
        singular_values: list("values"),
        matrix: [...end.matrix],
        truth: [...truth],
        seen: [...seen],
        lr,
        effective_rank: rank,
        fitted,
      };
      return { result, sentence, plot };
    },
  });
}
