// The figure: drawing, controls, result, tools.
//
// label      what the drawing shows, for screen readers
// keys       the model's state that the drawing depends on
// height     width -> height of the drawing in CSS pixels (text is never scaled but on
//            the full screen)
// controls   see control; { button, changes: state -> changes } is a button
// play       true: a button that replays the drawing with progress running from 0 to 1,
//            and one that does so step by step
// handle     { label, step, move: (point, state) -> changes }: drag it, or use arrows
//            nudge: (direction, step, state) -> point replaces the arrows' own meaning
//            click: (point, state) -> changes replaces move for a click elsewhere
//            pick: (point, state) -> changes, or null, lets a press elsewhere take hold
//            ring: true leaves what lies beneath visible
// draw       ({ layer, width, height, state, progress }) -> { result, sentence, plot,
//            at, start, stages }, where the handle sits at the point `at` of plot, read
//            aloud as `start`; result goes, with all its digits, to el.figureResult;
//            stages is the number of steps from progress 0 to 1
function mount({ model, el }, { label, keys, height, controls, play, handle, draw }) {
  const stage = node("div", { class: "fig-stage" });
  const svg = shape(stage, "svg", { role: "group", "aria-label": label });
  const layer = shape(svg, "g", { "aria-hidden": "true" });
  const panel = node("div", { class: "fig-controls" });
  const sentence = node("p", { class: "fig-sentence", "aria-hidden": "true" });
  const spoken = node("p", { class: "fig-spoken", "aria-live": "polite" });
  el.classList.add("d2lutils-figure", "fig-alive");

  const state = () => Object.fromEntries(keys.map(key => [key, model.get(key)]));
  const initial = state();
  const write = changes => {
    for (const key in changes) model.set(key, changes[key]);
    model.save_changes();
  };
  let drawn,
    speaking,
    queued,
    shown = 1,
    width = 0;

  const bound = controls.filter(c => !c.button).map(c => control(model, write, c));
  panel.append(...bound.map(c => c.element));
  const buttons = node("div", { class: "fig-buttons" });
  const button = (text, click) => {
    const element = node("button", { type: "button" }, text);
    element.addEventListener("click", click);
    buttons.append(element);
  };
  for (const c of controls.filter(c => c.button))
    button(c.button, () => write(c.changes(state())));
  const stop = play
    ? player({
        button,
        paint,
        stages: () => drawn.stages || 20,
        progress: () => shown,
        tell,
      })
    : () => {};
  if (buttons.childElementCount) panel.append(buttons);
  const place =
    handle && grip(svg, handle, { state, write, view: () => ({ ...drawn, width }) });

  // Screen readers hear the result once the reader has stopped moving the slider.
  function tell(text) {
    sentence.textContent = text;
    clearTimeout(speaking);
    const speak = () => {
      spoken.textContent = text;
    };
    if (spoken.textContent) speaking = setTimeout(speak, 500);
    else speak();
  }

  function paint(progress = 1) {
    const size = height(width);
    shown = progress;
    svg.setAttribute("viewBox", `0 0 ${width} ${size}`);
    layer.replaceChildren();
    layer.shown = [];
    drawn = draw({ layer, width, height: size, state: state(), progress });
    if (place) place(drawn);
    el.figureResult = drawn.result;
    if (progress < 1) return;
    bound.forEach(c => c.refresh());
    tell(drawn.sentence);
  }
  const repaint = () => {
    stop();
    if (!queued)
      queueMicrotask(() => {
        queued = false;
        paint();
      });
    queued = true;
  };
  const resize = () => {
    // On the full screen the drawing keeps the proportions of a page and is scaled.
    const full = el.classList.contains("fig-full") && stage.clientWidth > 640;
    const now = full ? 640 : Math.round(stage.clientWidth) || 640;
    if (now !== width) {
      width = now;
      paint();
    }
  };

  // What the address says, where it makes sense; else the figure as it was at first.
  function open(settings, scroll) {
    const values = { ...initial };
    const given = keys.flatMap(key => {
      const value =
        settings && key in settings ? unlisted(settings[key], initial[key]) : undefined;
      const options = controls.find(c => c.key === key)?.options;
      const known =
        !options || options.some(([name]) => String(name) === String(value));
      return value !== undefined && known ? [[key, value]] : [];
    });
    for (const [key, value] of given)
      Object.assign(values, controls.find(c => c.key === key)?.changes?.(value));
    write({ ...values, ...Object.fromEntries(given) });
    try {
      paint();
    } catch {
      write(initial);
      paint();
    }
    if (scroll) el.closest("figure").scrollIntoView();
  }

  el.replaceChildren(stage, panel, sentence, spoken);
  resize();
  const id = el.closest("figure[id]")?.id,
    where = id && address(id, state, open),
    kit = tools({
      el,
      svg,
      layer,
      id: id || el.dataset.figure || "figure",
      link: where && where.link,
      reset: () => write(initial),
      repaint,
      resize,
      sentence: () => drawn.sentence,
    });
  el.append(...kit.elements);
  // Otherwise JupyterLab's shortcuts swallow the arrow keys of whatever has the focus.
  for (const element of el.querySelectorAll("input, select, button, [tabindex]"))
    element.setAttribute("data-lm-suppress-shortcuts", true);
  const changed = () => {
    repaint();
    if (where) where.wrote();
  };
  keys.forEach(key => model.on("change:" + key, changed));
  const observer = new ResizeObserver(resize);
  observer.observe(stage);
  return () => {
    observer.disconnect();
    stop();
    clearTimeout(speaking);
    kit.off();
    if (where) where.off();
    keys.forEach(key => model.off("change:" + key, changed));
  };
}
