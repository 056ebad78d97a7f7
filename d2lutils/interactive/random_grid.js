// Grid and random search for the minimum of a function of two hyperparameters of
// unequal importance (Bergstra & Bengio 2012).
function render(context) {
  const samples = 1000,
    dip = d => 1 - Math.exp((-d * d) / 0.02);

  const cosine = angle => Math.cos((angle * Math.PI) / 180),
    sine = angle => Math.sin((angle * Math.PI) / 180);
  // Where a point lies along the important direction, from the centre of the square.
  const along = ([x, y], angle) => cosine(angle) * (x - 0.5) + sine(angle) * (y - 0.5);

  function lossAround([a, b], { importance, angle }) {
    const c = cosine(angle),
      s = sine(angle);
    return ([x, y]) =>
      (dip(c * (x - a) + s * (y - b)) + importance * dip(c * (y - b) - s * (x - a))) /
      (1 + importance);
  }

  function grid(n) {
    const k = Math.round(Math.sqrt(n));
    return Array.from({ length: n }, (_, i) => [
      ((i % k) + 0.5) / k,
      (Math.floor(i / k) + 0.5) / k,
    ]);
  }
  const drawn = (u, n) => Array.from({ length: n }, (_, i) => [u[2 * i], u[2 * i + 1]]);
  const least = (points, loss) => Math.min(...points.map(loss));

  // Each sample has points and an optimum of its own.
  let last = {};
  function averages(state) {
    const n = +state.num_trials,
      key = [n, state.importance, state.angle].join();
    if (last.key === key) return last;
    const even = grid(n),
      pairs = Array.from({ length: samples }, (_, seed) => {
        const u = uniforms(seed, 2 * n + 2),
          loss = lossAround(u.slice(2 * n), state);
        return [least(even, loss), least(drawn(u, n), loss)];
      });
    last = {
      key,
      mean_grid: mean(pairs.map(p => p[0])),
      mean_random: mean(pairs.map(p => p[1])),
      wins: mean(pairs.map(p => +(p[1] < p[0]))),
    };
    return last;
  }

  const tall = width => 76 + (narrow(width) ? 270 : Math.round(width / 2) - 20);
  const round = v => Math.round(100 * v) / 100;
  return mount(context, {
    label:
      "The points of a grid and random points on the loss of two hyperparameters, " +
      "each with its points seen along the important direction",
    keys: ["num_trials", "importance", "angle", "optimum", "seed"],
    height: width => tall(width) * (narrow(width) ? 2 : 1),
    controls: [
      {
        key: "importance",
        label: "importance of the second",
        min: 0,
        max: 1,
        step: 0.05,
      },
      {
        key: "angle",
        label: "tilt of the important direction",
        min: 0,
        max: 45,
        step: 5,
        show: v => v + "°",
      },
      {
        key: "num_trials",
        label: "trials",
        type: "select",
        options: [4, 9, 16, 25].map(n => [n, n]),
        changes: n => ({ num_trials: +n }),
      },
      nextSeed("Draw again"),
    ],
    handle: {
      label: "Optimum",
      ring: true,
      step: 0.01,
      move: point => ({ optimum: point.map(round) }),
    },
    draw({ layer, width, state }) {
      const { angle, optimum, seed } = state,
        n = +state.num_trials,
        loss = lossAround(optimum, state);
      const image = shade(loss, [0, 1], 0, 1),
        best = along(optimum, angle);
      const across = [-sine(angle), cosine(angle)],
        reach = (across[1] - across[0]) / 2;
      const distinct = points =>
        points.filter(
          (p, i) =>
            !points
              .slice(0, i)
              .some(q => Math.abs(along(p, angle) - along(q, angle)) < 1e-9),
        );
      const wide = narrow(width) ? width : width / 2,
        size = tall(width),
        sets = [grid(n), drawn(uniforms(seed, 2 * n), n)];
      const plots = sets.map((points, k) => {
        const left = narrow(width) ? 0 : k * wide,
          top = narrow(width) ? k * size : 0,
          values = points.map(loss);
        const strip = axes(layer, [left, top, wide, 114], {
          x: [-reach, reach],
          y: [-0.2, 1.2],
          xlabel: "",
          ylabel: (k ? "random" : "grid") + ": loss along the important direction",
          xticks: [],
        });
        const plot = axes(layer, [left, top + 76, wide, size - 76], {
          x: [0, 1],
          y: [0, 1],
          xlabel: "first hyperparameter",
          ylabel: "second hyperparameter",
        });
        plot.add(k ? image.cloneNode() : image);
        strip.line(
          linspace(-reach, reach, 161).map(z => [z, dip(z - best)]),
          "fig-a",
        );
        for (const [x, y] of distinct(points))
          plot.line(
            [-2, 2].map(t => [x + t * across[0], y + t * across[1]]),
            "fig-faint fig-thin",
          );
        const found = points[values.indexOf(Math.min(...values))];
        for (const point of [...points, found]) {
          const z = along(point, angle),
            look = point === found ? ["fig-c", 6.5] : ["fig-b", 4.5];
          plot.dot(point, ...look);
          strip.dot([z, dip(z - best)], ...look);
        }
        const [x, y] = optimum;
        plot.line(
          [
            [x - 0.03, y],
            [x + 0.03, y],
          ],
          "",
        );
        plot.line(
          [
            [x, y - 0.03],
            [x, y + 0.03],
          ],
          "",
        );
        return plot;
      });
      const values = sets.map(points => distinct(points).length);
      const { mean_grid, mean_random, wins } = averages(state),
        bests = sets.map(points => least(points, loss));
      const sentence =
        `Along the important direction the grid tries ${values[0]} values, random ` +
        `search ${values[1]}. ` +
        `The best loss of the grid is ${format(bests[0])}, of these random points ` +
        `${format(bests[1])}. In ${samples} draws of the optimum and the points ` +
        `the mean is ${format(mean_grid)} for the grid and ${format(mean_random)} ` +
        `for random search, which is better in ${Math.round(100 * wins)}% of them.`;
      const result = {
        grid: sets[0],
        random: sets[1],
        grid_best: bests[0],
        random_best: bests[1],
        values,
        mean_grid,
        mean_random,
        wins,
      };
      return {
        result,
        sentence,
        plot: plots[0],
        at: optimum,
        start: `optimum at ${optimum.map(v => format(v)).join(", ")}`,
      };
    },
  });
}
