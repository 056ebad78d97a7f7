// Loss by learning rate at several widths, in two ways to scale: the picture.
function render(context) {
  const get = key => context.model.get(key),
    [sweeps, widths, rates] = [get("sweeps"), get("widths"), get("rates")],
    octaves = rates.map(Math.log2),
    places = widths.map(Math.log2),
    last = widths.length - 1,
    [least, most] = [widths[0], widths[last]],
    colours = ["fig-a", "fig-b", "fig-c"];
  const around = (list, room) => [list[0] - room, list[list.length - 1] + room],
    loss = v => (v < 1e6 ? format(v) : "none (diverges)");

  // What is read off a sweep at a rate.
  function experiment({ scaling, rate }) {
    const { medians, best } = sweeps.find(sweep => sweep.label === scaling),
      curves = medians.map(row => row.map(v => v ?? Infinity)),
      now = nearest(rates, rate);
    const means = widths.map((_, k) => mean(best.map(one => octaves[one[k]]))),
      tuned = lowest(curves[0]);
    return {
      curves,
      means,
      shift: means[0] - means[last],
      price: curves[last][tuned] / Math.min(...curves[last]),
      tuned: rates[tuned],
      rate: rates[now],
      now,
      losses: curves.map(curve => curve[now]),
    };
  }

  const power = v => format(2 ** v),
    listed = f => widths.map((w, k) => `${f(k)} at width ${w}`).join(", ");
  function tell(r, { scaling }) {
    const far = format(Math.abs(r.shift)),
      moved =
        `${r.shift > 0 ? "falls" : "rises"} by ${far} ` +
        (far === "1" ? "octave" : "octaves"),
      times = format(r.price);
    return (
      `Learning rate ${format(r.rate)}, ${scaling}: median loss ` +
      `${listed(k => loss(r.losses[k]))}. The best rate is ` +
      `${listed(k => power(r.means[k]))}: from width ${least} to ${most} it ` +
      `${far === "0" ? "stays" : moved}. At rate ${format(r.tuned)}, where width ` +
      `${least} has its least loss, width ${most} ` +
      (r.price > 1e6
        ? "diverges."
        : times === "1"
          ? "does, too."
          : `has ${times} times its least loss.`)
    );
  }

  return mount(context, {
    parameters,
    options: {
      scaling: sweeps.map(({ label }) => [label, label]),
      width: widths.map(width => [width, width]),
    },
    values: { rate: rates },
    label: "Loss by learning rate, and the best rate, by width",
    views: ["loss", "best rate"],
    height: (width, view) => pair(width, view).height,
    goals: [
      [
        "one rate within 10% of the least loss at every width",
        ({ curves, losses }) =>
          losses.every((v, k) => v <= 1.1 * Math.min(...curves[k])),
      ],
    ],
    predict: {
      question: ({ scaling }) =>
        `At width ${least} the best rate is ` +
        `${power(experiment({ scaling, rate: 1 }).means[0])} (${scaling}). Where is ` +
        `it at width ${most}?`,
      options: () => ["lower", "within half an octave", "higher"],
      view: 0,
      answer: ({ shift }) => (shift > 0.5 ? 0 : 2 - (shift >= -0.5)),
    },
    handle: along("Chosen rate", "rate", rates, octaves),
    draw({ layer, width, view, state, asking }) {
      const r = experiment(state),
        { boxes } = pair(width, view),
        chosen = asking ? 0 : widths.indexOf(state.width),
        seen = widths.slice(0, asking ? 1 : last + 1),
        other = sweeps.find(({ label }) => label !== state.scaling).label,
        thin = k => colours[k] + (k === chosen ? "" : " fig-thin");
      legend(layer, [4, 0, width], narrow(width) ? 2 : 4, [
        ...widths.map((w, k) => [`width ${w}`, colours[k]]),
        ["other scaling", "fig-d fig-dash"],
      ]);
      const logs = r.curves.flat().map(Math.log10),
        y = [Math.floor(Math.min(...logs)), Math.log10(r.curves[0][0]) + 1],
        x = around(octaves, 0.2);
      const plot = axes(layer, boxes[0], {
        x,
        y,
        xlabel: "log₂ of the learning rate",
        ylabel: "median loss",
        logY: true,
      });
      plot.upright(octaves[r.now], "fig-faint");
      seen.forEach((w, k) => {
        const points = r.curves[k].map((v, i) => [octaves[i], Math.log10(v)]);
        plot.line(points, thin(k), `width ${w}`);
        points.forEach(point => plot.dot(point, colours[k], k === chosen ? 4 : 3));
      });
      plot.upright(r.means[chosen], colours[chosen] + " fig-dash");

      const side = axes(layer, boxes[1], {
        x: around(places, 0.4),
        y: x,
        xlabel: "log₂ of the width",
        ylabel: "log₂ of the best rate",
      });
      const means = list => list.map((v, k) => [places[k], v]);
      if (!asking) {
        const same = experiment({ ...state, scaling: other });
        side.line(means(same.means), "fig-d fig-dash", `best, ${other}`);
        side.line(means(r.means), "", "best");
      }
      seen.forEach((w, k) => side.dot(means(r.means)[k], colours[k], 6));
      const v = r.losses[chosen];
      return {
        result: r,
        sentence: tell(r, state),
        plot,
        at: [octaves[r.now], clamp(Math.log10(v), ...y)],
        start: `rate ${format(r.rate)}, width ${widths[chosen]}: loss ${loss(v)}`,
      };
    },
  });
}
