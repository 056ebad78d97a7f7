// Gradient descent on a curve or a surface: the picture.
function render(context) {
  const { landscapes, experiment, basins } = numbers();
  for (const kind of ["rastrigin", "bowl"]) {
    const landscape = landscapes[kind];
    landscape.shade = shade(landscape.f, landscape.domain, 0, 48);
  }

  const name = point => {
    const text = point.map(v => format(Math.abs(v) < 1e-9 ? 0 : v, 4)).join(", ");
    return point.length === 1 ? "x = " + text : `(${text})`;
  };
  function tell(r, { num_steps }) {
    const taken = r.points.length;
    const minimum =
      `${r.is_global ? "the global" : "a local"} minimum at ` +
      `${name(r.minimum)}, where f = ${format(r.minimum_value)}`;
    return {
      diverged: `The run diverges: after ${taken} steps the numbers overflow.`,
      left:
        `The run leaves the picture after ${r.left} steps and is at ` +
        `${name(r.end)} after ${num_steps}: the learning rate or the noise is too ` +
        `large for this start.`,
      settled: `After ${num_steps} steps the run has settled in ${minimum}.`,
      noisy:
        `After ${num_steps} noisy steps the run is at ${name(r.end)}, f = ` +
        `${format(r.value)}; the nearest is ${minimum}.`,
      moving:
        `After ${num_steps} steps the run is still moving, at ${name(r.end)} ` +
        `with f = ${format(r.value)}; the nearest is ${minimum}.`,
    }[r.status];
  }

  // One line for each stretch of starts that lead to the same minimum.
  function mark(plot, state, height) {
    const { domain, best, f } = landscapes.risk,
      ends = basins(state, 121),
      places = linspace(...domain, ends.length);
    for (let i = 0, j; i < ends.length; i = j) {
      for (j = i; j < ends.length && ends[j] === ends[i];) j++;
      if (ends[i] === null) continue;
      const global = f([ends[i]]) - best < 1e-9,
        stretch = [places[i], places[j - 1]].map(x => [x, height]);
      plot
        .line(stretch, global ? "fig-c" : "fig-d")
        .setAttribute("style", "stroke-width: 8");
    }
  }

  const trim = v => +v.toFixed(4);
  return mount(context, {
    parameters,
    label:
      "The path of gradient descent over the function, and the function's value step " +
      "by step",
    views: ["path", "value"],
    height: (width, view) => panels(width, view).height,
    play: 4000,
    changes: {
      landscape: name => ({ start: landscapes[name].start, lr: landscapes[name].lr }),
    },
    controls: [
      {
        button: "New noise",
        changes: ({ seed, noise }) => ({
          seed: (seed + 1) % 2 ** 32,
          noise: noise || 1,
        }),
      },
    ],
    goals: [
      [
        "end in the global minimum of x cos(πx) from a start left of −0.5",
        (r, { landscape, start }) =>
          landscape === "risk" &&
          start[0] < -0.5 &&
          r.is_global &&
          /settled|noisy/.test(r.status),
      ],
    ],
    predict: {
      question: "Where will the run be after its steps?",
      options: () => ["in the global minimum", "in a local minimum", "in no minimum"],
      answer: r => (r.status === "settled" ? +!r.is_global : 2),
    },
    handle: {
      label: "Start of the descent",
      step: 0.02,
      move: (point, { start }) => ({ start: point.slice(0, start.length).map(trim) }),
      nudge: ([right, up], step, { start }) =>
        start.length === 1
          ? [start[0] + step * (right + up), 0]
          : [start[0] + step * right, start[1] + step * up],
    },
    draw({ layer, width, view, state, progress, asking }) {
      const r = experiment(state),
        landscape = landscapes[state.landscape],
        { f, domain, values } = landscape;
      const flat = state.start.length === 1,
        seen = r.points.slice(0, 1 + Math.round(progress * (r.points.length - 1))),
        last = seen.length - 1,
        { main, side } = panels(width, view);
      const plot = axes(layer, main, {
        x: domain,
        y: flat ? values : domain,
        xlabel: flat ? "x (bars: minimum reached from there)" : "x₁",
        ylabel: flat ? "f(x)" : "x₂; shades: f below 48, in steps of 4.8",
      });
      const curve = linspace(...domain, 200).map(x => [x, flat && f([x])]);
      if (flat) plot.line(curve, "fig-a", "f");
      else plot.add(landscape.shade);
      if (flat && !asking) mark(plot, state, values[0]);
      const path = seen.map(p => (flat ? [p[0], f(p)] : p));
      plot.line(path, "fig-b fig-thin", "path");
      path.slice(0, 200).forEach(p => plot.dot(p, "fig-b", 3));
      plot.dot(path[last], "fig-c", 6);
      const value = axes(layer, side, {
        x: [0, state.num_steps],
        y: values,
        xlabel: "step",
        ylabel: "value",
        xticks: ticks(0, state.num_steps, 3),
      });
      value.level(landscape.best, "fig-faint fig-dash");
      const trace = seen.map((p, t) => [t, r.values[t]]);
      value.line(trace, "fig-b", "value");
      value.dot(trace[last], "fig-c", 5);
      return {
        result: r,
        sentence: tell(r, state),
        plot,
        at: flat ? [state.start[0], f(state.start)] : state.start,
        start: name(state.start),
        stages: r.points.length - 1,
      };
    },
  });
}
