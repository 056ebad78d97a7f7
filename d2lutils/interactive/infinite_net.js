// Infinitely wide nets trained on points: the picture.
function render(context) {
  const X = [-2, 2],
    Y = [-3, 3],
    forever = 1e99,
    { grid, problem } = numbers(),
    until = t => (t === forever ? "∞" : format(t));
  const snap = point => point.map(v => Math.round(20 * v) / 20);
  const add = (point, { points }) =>
    points.length < 12 && { points: [...points, snap(point)], selected: points.length };
  const middle = points => {
    const x = [...X, ...points.map(p => p[0])].sort((a, b) => a - b),
      gaps = x.slice(1).map((v, k) => v - x[k]);
    return [x[gaps.indexOf(Math.max(...gaps))] + Math.max(...gaps) / 2, 0];
  };

  function tell({ now, sd }, { points, depth, kernel, time }) {
    const top = sd.indexOf(Math.max(...sd)),
      here = Math.max(...now.on.map(k => sd[k]));
    return (
      `${depth} hidden layer${depth > 1 ? "s" : ""}, ` +
      `${kernel === "ntk" ? "all layers" : "only the last layer"} trained up to t ` +
      `= ${until(time)}` +
      (kernel === "nngp" && time === forever
        ? ", which gives the Bayesian posterior"
        : "") +
      ": the mean of the nets " +
      (now.misfit < 1e-6
        ? "passes through the points"
        : `misses the points by ${format(now.misfit)} (rms)`) +
      `. Over initialisations, their standard deviation is ` +
      `${here < 1e-6 ? 0 : "up to " + format(here)} at the points, ` +
      `up to ${format(sd[top])} elsewhere (at x = ` +
      `${format(grid[top])}).${points.length < 12 ? "" : " 12 points at most."}`
    );
  }

  let last = {};
  return mount(context, {
    parameters,
    keys: ["points", "selected"],
    label: "Infinitely wide nets trained on points",
    views: ["nets", "error by time"],
    height: (width, view) => panels(width, view).height,
    play: 4000,
    show: { time: until },
    controls: [
      ...pointButtons(state => add(middle(state.points), state)),
      nextSeed("Other nets"),
    ],
    goals: [
      [
        "stop the training where the mean misses the points by 0.3 to 0.4",
        r => r.misfit > 0.3 && r.misfit < 0.4,
      ],
    ],
    handle: {
      label: "Selected point",
      ring: true,
      step: 0.05,
      move: (point, { points, selected }) => ({
        points: points.map((p, i) => (i === selected ? snap(point) : p)),
      }),
      pick(point, { points }) {
        const near = points.findIndex(
          p => Math.hypot(...p.map((v, i) => v - point[i])) < 0.25,
        );
        return near < 0 ? null : { selected: near };
      },
      click: add,
    },
    draw({ layer, width, view, state, progress }) {
      const { points, selected, time } = state,
        key = JSON.stringify({ ...state, time: 0, selected: 0 });
      const { at, left, eigenvalues } = (last =
        last.key === key ? last : { key, ...problem(state) });
      const ends = Math.max(0.01, Math.min(time, 1000)),
        t = progress < 1 ? 0.01 * (ends / 0.01) ** progress : time,
        now = at(t);
      const box = panels(width, view),
        sd = now.variance.map(Math.sqrt),
        curve = f => grid.map((x, k) => [x, f(k)]);
      const plot = axes(layer, box.main, {
        x: X,
        y: Y,
        xlabel: "x (what the net sees is the vector (x, 1))",
        ylabel: "nets (thin), their mean, ± 2 sd",
      });
      const edge = sign => curve(k => now.mean[k] + 2 * sign * sd[k]);
      const band = [...edge(1), ...edge(-1).reverse()];
      plot.line(band, "fig-a", "mean ± 2 sd").style =
        "fill: currentColor; fill-opacity: 0.2; stroke: none";
      now.nets.forEach((net, i) => {
        plot.line(
          curve(k => net[k]),
          "fig-c fig-thin",
          `net ${i + 1}`,
        );
      });
      const means = curve(k => now.mean[k]);
      plot.line(means, "fig-a", "mean");
      for (const point of points) plot.dot(point, "fig-b", 6);
      plot.text([X[1], Y[1]], "t = " + until(t), "", { anchor: "end", dx: -6, dy: 18 });

      const error = axes(layer, box.side, {
        x: [-2.1, 3.1],
        y: [-0.05, 1.05],
        xlabel: "log₁₀ t",
        ylabel: "error left, of it each mode (thin)",
      });
      const decay = (f, colour, name) =>
        error.line(
          linspace(-2.1, 3.1, 131).map(e => [e, f(10 ** e)]),
          colour,
          name,
        );
      eigenvalues.forEach((v, i) =>
        decay(s => Math.exp(-v * s), "fig-faint fig-thin", `mode ${i + 1}`),
      );
      decay(left, "fig-a", "all");
      error.dot([clamp(Math.log10(t), -2, 3), left(t)], "fig-b");
      const [a, b] = points[selected];
      return {
        result: { ...now, eigenvalues },
        sentence: tell({ now, sd }, state),
        plot,
        at: [a, b],
        start: `point ${selected + 1} of ${points.length}: ${format(a)}, ${format(b)}`,
      };
    },
  });
}
