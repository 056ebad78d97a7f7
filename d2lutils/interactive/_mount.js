// The figure: drawing, result, controls, tools.
//
// parameters the table that stands before a figure's script; without label no control
// keys       further keys of the model's state that the drawing depends on
// controls   further ones; { button, changes: state -> changes } is a button
// show, changes, most, options, values  by key: words, what a value changes, limits
// label      what the drawing shows, for screen readers
// views      names of its panels, of which a narrow screen shows one at a time
// height     (width, view) -> of the drawing, in CSS pixels: text is not scaled
// play       milliseconds of a replay, progress from 0 to 1; ends: what it changes last
// goals      [[text, (result, state) => reached], ...]
// handle, predict  see grip and prophet
// reset      forgets what is not in the state
// draw       ({ layer, width, height, view, state, progress, asking, again }) ->
//            { result, sentence, plot, at, start, stages, now }: the handle sits at the
//            point `at` of plot, read aloud as `start`; stages counts the steps from
//            progress 0 to 1, and now tells of the present one; asking, the reader
//            predicts; again() draws anew
function mount({ model, el }, figure) {
  const { parameters = [], views = [], height, handle, draw } = figure;
  const keys = [...new Set([...parameters.map(p => p.key), ...(figure.keys || [])])],
    controls = entries(figure, model);
  const stage = node("div", { class: "fig-stage" });
  const svg = shape(stage, "svg", { role: "group", "aria-label": figure.label });
  const layer = shape(svg, "g", { "aria-hidden": "true" });
  const panel = node("div", { class: "fig-controls" });
  const sentence = node("p", { class: "fig-sentence", "aria-hidden": "true" });
  const spoken = node("p", { class: "fig-spoken", "aria-live": "polite" });
  const speech = speaker(sentence, spoken);
  const top = node("div", { class: "fig-top" }, stage, sentence);
  el.classList.add("d2lutils-figure", "fig-alive");

  const state = () => Object.fromEntries(keys.map(key => [key, model.get(key)]));
  const initial = state();
  const write = changes => {
    for (const key in changes) model.set(key, changes[key]);
    model.save_changes();
  };
  let drawn,
    queued,
    view = 0,
    shown = 1,
    width = 0;

  const bound = controls.filter(c => !c.button).map(c => control(model, write, c));
  panel.append(...bound.map(c => c.element));
  const buttons = node("div", { class: "fig-buttons" });
  const button = (text, click) => buttons.append(pressed(text, {}, click));
  for (const c of controls.filter(c => c.button))
    button(c.button, () => write(c.changes(state())));
  const seen = () => ({ stages: 20, ...drawn, progress: shown }),
    played = { button, write, paint, seen, tell: speech.tell },
    stop = player(figure, played);
  const asker = { button, repaint, state, wrote: () => where?.wrote() };
  const oracle = figure.predict && prophet(figure.predict, asker);
  if (buttons.childElementCount) panel.append(buttons);
  const place =
    handle && grip(svg, handle, { state, write, view: () => ({ ...drawn, width }) });
  const tabs = views.length > 1 ? choices("fig-tabs", "Panel", views, pick) : null;
  const aims = figure.goals && targets(figure.goals);
  scrolls(panel, state, write);

  function pick(k) {
    view = k;
    paint(shown);
  }

  // With all its digits; a figure that computes beside the page has it when asked.
  const result = () => called(drawn.result)();
  Object.defineProperty(el, "figureResult", { get: result, configurable: true });

  function paint(part = 1) {
    const asking = !!oracle?.asking();
    if (asking) view = figure.predict.view ?? view;
    const one = tabs && narrow(width) ? view : undefined,
      size = height(width, one);
    shown = part;
    svg.setAttribute("viewBox", `0 0 ${width} ${size}`);
    layer.replaceChildren();
    layer.shown = [];
    const now = { layer, width, height: size, view: one, state: state(), asking };
    now.again = () => shown === 1 && repaint();
    drawn = draw({ ...now, progress: asking ? 0 : part });
    if (place) place(drawn);
    if (tabs && narrow(width)) stage.after(tabs.element);
    else tabs?.element.remove();
    tabs?.mark(view);
    if (part < 1) return;
    bound.forEach(c => c.refresh());
    if (drawn.pending) return;
    if (!asking && aims) aims.look(result(), now.state);
    speech.tell(oracle ? oracle.words(result, drawn.sentence) : drawn.sentence);
  }
  function repaint() {
    stop();
    if (!queued)
      queueMicrotask(() => {
        queued = false;
        paint();
      });
    queued = true;
  }
  const resize = () => {
    // On the full screen the drawing keeps the proportions of a page and is scaled.
    const full = el.classList.contains("fig-full") && stage.clientWidth > 640;
    const now = full ? 640 : Math.round(stage.clientWidth) || 640;
    if (now === width) return;
    width = now;
    paint();
  };

  el.replaceChildren(...[top, panel, aims?.element, spoken].filter(Boolean));
  if (oracle) sentence.after(oracle.element);
  resize();
  const kit = {};
  const open = (settings, scroll) => {
    write(settings ? understood(settings, { parameters, controls, initial }) : initial);
    el.classList.toggle("fig-full", !!settings?.full);
    kit.whole?.(!!settings?.full);
    oracle?.[settings?.ask ? "ask" : "end"]();
    resize();
    paint();
    if (scroll) el.closest("figure").scrollIntoView();
  };
  const id = el.closest("figure[id]")?.id,
    linked = () => ({ ...state(), ...flags(el, oracle) }),
    where = id && address(id, linked, open),
    name = id || el.dataset.figure || "figure",
    reset = () => (figure.reset?.(), write(initial)),
    words = () => drawn.sentence;
  const bar = { el, svg, layer, name, where, reset, repaint, resize, words };
  Object.assign(kit, tools(bar));
  el.append(...kit.elements);
  // JupyterLab's shortcuts would swallow the arrow keys.
  for (const element of el.querySelectorAll("input, select, button, [tabindex]"))
    element.setAttribute("data-lm-suppress-shortcuts", true);
  const changed = () => (repaint(), where?.wrote());
  keys.forEach(key => model.on("change:" + key, changed));
  const observer = new ResizeObserver(resize);
  observer.observe(stage);
  return () => {
    observer.disconnect();
    stop();
    speech.off();
    kit.off();
    figure.off?.();
    where?.off();
    keys.forEach(key => model.off("change:" + key, changed));
  };
}
