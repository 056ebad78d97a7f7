// Eigenvalues of a random symmetric matrix: the picture.
function render(context) {
  const { experiment } = numbers();

  function power(log) {
    if (log > -4 || log === -Infinity) return format(10 ** log);
    const exponent = Math.floor(log);
    return `${format(10 ** (log - exponent))} × 10${superscript(exponent)}`;
  }

  return mount(context, {
    parameters,
    label:
      "Histogram of the eigenvalues of a random symmetric matrix, and a semicircle",
    height: width => (narrow(width) ? 300 : 340),
    controls: [nextSeed("Draw again")],
    predict: {
      question: ({ n, level }) =>
        `How likely is it that all ${n} eigenvalues are positive at level ` +
        `${format(level)}?`,
      options: () => [
        "more than 1 in 2",
        "1 in 2 to 1 in 1000",
        "1 in 1000 to 1 in a million",
        "less than that",
      ],
      answer: r =>
        [0.5, 1e-3, 1e-6].filter(p => r.log10_positive < Math.log10(p)).length,
    },
    handle: {
      label: "Level",
      ring: true,
      step: 0.05,
      move: ([x]) => ({ level: clamp(+x.toFixed(2), -1, 1.25) }),
      nudge: ([right, up], step, { level }) => [level + (right + up) * step, 0],
    },
    draw({ layer, width, height, state }) {
      const { n, level } = state,
        r = experiment(state),
        bin = n < 30 ? 0.25 : 0.125;
      const counts = {};
      for (const v of r.values)
        counts[Math.floor(v / bin)] = (counts[Math.floor(v / bin)] || 0) + 1;
      const highest = Math.max(...Object.values(counts)) / n / bin;
      const plot = axes(layer, [0, 0, width, height], {
        x: [-2.3, 2.3],
        y: [0, Math.max(1, 1.15 * highest)],
        xlabel: "eigenvalue / √(2n)",
        ylabel: "density",
      });
      for (const k in counts)
        shape(layer, "rect", {
          class: k < 0 ? "fig-b" : "fig-a",
          fill: "currentColor",
          "fill-opacity": 0.4,
          x: plot.X(k * bin),
          width: plot.X(bin) - plot.X(0),
          y: plot.Y(counts[k] / n / bin),
          height: plot.Y(0) - plot.Y(counts[k] / n / bin),
        });
      const [low, high] = plot.domain[1];
      for (const v of r.values)
        plot.upright(v, (v < 0 ? "fig-b" : "fig-a") + " fig-thin", [low, 0.04 * high]);
      plot.line(
        linspace(0, Math.PI, 91).map(t => [
          level - Math.cos(t),
          (2 / Math.PI) * Math.sin(t),
        ]),
        "fig-c",
        "semicircle",
      );
      plot.upright(0, "fig-faint fig-dash");
      plot.text([0, high], "negative", "fig-b", { anchor: "end", dx: -8, dy: 16 });
      plot.text([0, high], "positive", "fig-a", { anchor: "start", dx: 8, dy: 16 });
      const sentence =
        `${r.index} of ${n} eigenvalues ${r.index === 1 ? "is" : "are"} negative, a ` +
        `share of ${format(r.index / n)}; the semicircle says ${format(r.expected)}. ` +
        `All are positive with probability ${power(r.log10_positive)}; with ` +
        `independent signs it would be ${power(r.log10_independent)}.`;
      return {
        result: r,
        sentence,
        plot,
        at: [level, 2 / Math.PI],
        start: `level ${format(level)}, ${r.index} of ${n} negative`,
      };
    },
  });
}
