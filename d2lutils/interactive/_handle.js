// A handle that takes the values of a parameter, which stand at some places of x.
const along = (label, key, values, places) => ({
  label,
  ring: true,
  step: 1,
  move: ([x]) => ({ [key]: values[nearest(places, x)] }),
  nudge: ([right, up], step, state) => {
    const k = nearest(values, state[key]) + (right + up) * step;
    return [places[clamp(k, 0, places.length - 1)], 0];
  },
});

// The handle of a drawing, moved by mouse, finger or arrow keys: a slider for screen
// readers. view() gives { plot, at, width } as they were drawn last. pick(point, state)
// says what a press elsewhere changes before the handle follows, or what follows in its
// place: { move: point -> changes }.
function grip(svg, handle, { state, write, view }) {
  const knob = shape(svg, "g", {
    class: "fig-handle " + (handle.ring ? "fig-ring" : "fig-b"),
    tabindex: 0,
    role: "slider",
    "aria-label": handle.label,
  });
  shape(knob, "circle", { class: "fig-hit", r: 22 });
  shape(knob, "circle", { class: "fig-grip", r: 9 });
  const sign = { class: "fig-label", y: -15, "text-anchor": "middle" };
  if (!handle.ring) shape(knob, "text", { ...sign, "aria-hidden": "true" }, "start");

  const toData = event => {
    const box = svg.getBoundingClientRect();
    return view().plot.invert(
      ((event.clientX - box.left) / box.width) * view().width,
      ((event.clientY - box.top) / box.height) * svg.viewBox.baseVal.height,
    );
  };
  const within = point => point.map((v, i) => clamp(v, ...view().plot.domain[i]));
  const move = point => write(handle.move(within(point), state()));
  let held, other;
  const hold = event => {
    knob.setPointerCapture((held = event.pointerId));
    event.preventDefault();
    knob.focus();
  };
  knob.addEventListener("pointerdown", event => {
    other = null;
    hold(event);
  });
  if (handle.pick)
    svg.addEventListener("pointerdown", event => {
      const picked =
        !knob.contains(event.target) && handle.pick(toData(event), state());
      if (!picked) return;
      other = picked.move;
      if (!other) write(picked);
      hold(event);
    });
  // Within an SVG, Chromium scrolls the page in spite of touch-action: none.
  const stay = event => {
    if (knob.hasPointerCapture(held)) event.preventDefault();
  };
  svg.addEventListener("touchstart", stay, { passive: false });
  knob.addEventListener("pointermove", event => {
    if (!knob.hasPointerCapture(event.pointerId)) return;
    const point = toData(event);
    if (other) write(other(within(point)));
    else move(point);
  });
  svg.addEventListener("click", event => {
    const point = toData(event);
    if (!knob.contains(event.target) && String(within(point)) === String(point))
      write((handle.click || handle.move)(point, state()));
  });
  const arrows = {
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, 1],
    ArrowDown: [0, -1],
  };
  knob.addEventListener("keydown", event => {
    const direction = arrows[event.key];
    if (!direction || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const step = handle.step * (event.shiftKey ? 10 : 1);
    move(
      handle.nudge
        ? handle.nudge(direction, step, state())
        : view().at.map((v, i) => v + step * direction[i]),
    );
  });
  return ({ plot, at, start }) => {
    knob.style.display = plot.hidden ? "none" : "";
    const place = `translate(${plot.X(at[0]).toFixed(1)} ${plot.Y(at[1]).toFixed(1)})`;
    knob.setAttribute("transform", place);
    const [valuemin, valuemax] = plot.domain[0];
    const values = { valuemin, valuemax, valuenow: at[0], valuetext: start };
    for (const name in values) knob.setAttribute("aria-" + name, values[name]);
  };
}
