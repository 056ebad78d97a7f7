// Grid and random search: the picture.
function render(context) {
  const {
      samples,
      dip,
      cosine,
      sine,
      along,
      lossAround,
      grid,
      drawn,
      least,
      averages,
    } = numbers(),
    { layout, histogram } = words();

  const round = v => Math.round(100 * v) / 100;
  return mount(context, {
    parameters,
    label:
      "The points of a grid and random points on the loss of two hyperparameters, " +
      "each with its points seen along the important direction, and the best losses " +
      "of many draws",
    views: ["grid", "random", "scores"],
    height: (width, view) => layout(width, view).height,
    show: { angle: v => v + "°" },
    controls: [nextSeed("Draw again")],
    goals: [
      ["make the grid better than random search in most draws", r => r.wins < 0.5],
    ],
    predict: {
      question: ({ num_trials, importance }) =>
        `${num_trials} trials, and the second hyperparameter counts ` +
        `${format(importance)} of the first. In how many draws of the optimum does ` +
        `random search beat the grid?`,
      options: () => ["in less than half", "in 50 to 70%", "in more than 70%"],
      answer: ({ wins }) => (wins < 0.5 ? 0 : wins <= 0.7 ? 1 : 2),
    },
    handle: {
      label: "Optimum",
      ring: true,
      step: 0.01,
      move: point => ({ optimum: point.map(round) }),
    },
    draw({ layer, width, view, state, asking }) {
      const { angle, optimum, seed, num_trials: n } = state,
        loss = lossAround(optimum, state),
        image = shade(loss, [0, 1], 0, 1, 100),
        best = along(optimum, angle),
        place = layout(width, view);
      const across = [-sine(angle), cosine(angle)],
        reach = (across[1] - across[0]) / 2;
      const distinct = points =>
        points.filter(
          (p, i) =>
            !points
              .slice(0, i)
              .some(q => Math.abs(along(p, angle) - along(q, angle)) < 1e-9),
        );
      const sets = [grid(n), drawn(uniforms(seed, 2 * n), n)];
      const plots = sets.map((points, k) => {
        const values = points.map(loss);
        const strip = axes(layer, place.sets[k].strip, {
          x: [-reach, reach],
          y: [-0.2, 1.2],
          xlabel: "",
          ylabel: (k ? "random" : "grid") + ": loss along the important direction",
          xticks: [],
        });
        const plot = axes(layer, place.sets[k].box, {
          x: [0, 1],
          y: [0, 1],
          xlabel: "first hyperparameter",
          ylabel: "second hyperparameter",
        });
        plot.add(k ? image.cloneNode() : image);
        const profile = linspace(-reach, reach, 161).map(z => [z, dip(z - best)]);
        strip.line(profile, "fig-a", "loss");
        for (const [x, y] of distinct(points))
          plot.line(
            [-2, 2].map(t => [x + t * across[0], y + t * across[1]]),
            "fig-faint fig-thin",
          );
        const found = points[lowest(values)];
        for (const point of [...points, found]) {
          const z = along(point, angle),
            look = point === found ? ["fig-c", 6.5] : ["fig-b", 4.5];
          plot.dot(point, ...look);
          strip.dot([z, dip(z - best)], ...look);
        }
        const [x, y] = optimum;
        plot.level(y, "", [x - 0.03, x + 0.03]);
        plot.upright(x, "", [y - 0.03, y + 0.03]);
        return plot;
      });
      const values = sets.map(points => distinct(points).length);
      const { pairs, mean_grid, mean_random, wins } = averages(state),
        bests = sets.map(points => least(points, loss)),
        heights = [0, 1].map(k => histogram(pairs.map(p => p[k])));
      const below = axes(layer, place.scores, {
        x: [0, 1],
        y: [0, 1.1 * Math.max(...heights.flat())],
        xlabel: "best loss of a draw",
        ylabel: `share of ${samples} draws: grid, random`,
      });
      if (!asking) {
        below.bars(heights[0], [0, 1], "fig-d", "grid");
        below.bars(heights[1], [0, 1], "fig-c", "random");
        below.upright(mean_grid, "fig-d");
        below.upright(mean_random, "fig-c");
        [
          ["grid", mean_grid, "fig-d"],
          ["random", mean_random, "fig-c"],
        ].forEach(([name, value, colour]) => {
          const right = value >= Math.max(mean_grid, mean_random);
          below.text([value, below.domain[1][1]], name, colour, {
            dy: 14,
            anchor: right ? "start" : "end",
            dx: right ? 6 : -6,
          });
        });
      }
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
      const shown = view === 1 ? 1 : 0;
      return {
        result,
        sentence,
        plot: view === 2 ? { ...plots[0], hidden: true } : plots[shown],
        at: optimum,
        start: `optimum at ${optimum.map(v => format(v)).join(", ")}`,
      };
    },
  });
}
