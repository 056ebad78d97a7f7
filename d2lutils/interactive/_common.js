// What every interactive figure shares: numbers, scales, controls, the drag handle, the
// result sentence. No imports or exports: the book bundles these files into one classic
// script (browsers refuse modules on file://); in a notebook anywidget gets _common.js
// + <kind>.js + "export default { render };".

// ---- Numbers ------------------------------------------------------------------------

// mulberry32 as a function of its counter; d2lutils.interactive.uniforms is its twin.
function uniforms(seed, n) {
  return Array.from({ length: n }, (_, i) => {
    const a = (seed + Math.imul(i + 1, 0x6d2b79f5)) | 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  });
}

// Box and Muller (1958): uniforms 2k and 2k+1 give normals 2k and 2k+1.
function normals(seed, n) {
  const u = uniforms(seed, n + (n % 2));
  return Array.from({ length: n }, (_, i) => {
    const radius = Math.sqrt(-2 * Math.log(1 - u[i - (i % 2)]));
    const angle = 2 * Math.PI * u[i - (i % 2) + 1];
    return radius * (i % 2 ? Math.sin(angle) : Math.cos(angle));
  });
}

const mean = values => values.reduce((sum, v) => sum + v, 0) / values.length;
const clamp = (v, lo, hi) => Math.min(hi, Math.max(lo, v));
const linspace = (lo, hi, n) =>
  Array.from({ length: n }, (_, i) => lo + ((hi - lo) * i) / (n - 1));

// A zero of an increasing-through-zero function bracketed by [lo, hi], to the last bit.
function bisect(g, lo, hi) {
  for (let i = 0; i < 80; i++) {
    const middle = (lo + hi) / 2;
    if (g(middle) < 0) lo = middle;
    else hi = middle;
  }
  return (lo + hi) / 2;
}

const superscript = k => String(k).replace(/./g, c => "⁰¹²³⁴⁵⁶⁷⁸⁹"[c] || "⁻");

function format(v, digits = 3) {
  if (v === 0) return "0";
  const [mantissa, power] = v.toExponential(digits - 1).split("e");
  const text =
    +power < -3 || +power > 4
      ? (+mantissa === 1 ? "" : +mantissa + " × ") + "10" + superscript(+power)
      : String(+v.toPrecision(digits));
  return text.replace(/^-/, "−");
}

// Round values for a logarithmic slider, e.g. niceValues(1, 1000, [1, 2, 5]) = 1, 2, 5,
// 10, ..., 1000.
function niceValues(lo, hi, mantissas) {
  const all = [];
  for (let k = Math.floor(Math.log10(lo)); k <= Math.log10(hi); k++)
    for (const m of mantissas) all.push(+(m + "e" + k));
  return all.filter(v => v >= lo * (1 - 1e-9) && v <= hi * (1 + 1e-9));
}

function ticks(lo, hi, count) {
  const raw = (hi - lo) / count,
    power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].find(m => m * power >= raw * 0.999) * power;
  const first = Math.ceil(lo / step - 1e-9);
  return Array.from(
    { length: Math.floor(hi / step + 1e-9) - first + 1 },
    (_, i) => +((first + i) * step).toPrecision(12),
  );
}

// ---- Elements -----------------------------------------------------------------------

function node(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const name in attributes) element.setAttribute(name, attributes[name]);
  element.append(...children);
  return element;
}

function shape(parent, tag, attributes, text) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const name in attributes) element.setAttribute(name, attributes[name]);
  if (text !== undefined) element.textContent = text;
  if (parent) parent.append(element);
  return element;
}

// A function on the square [lo, hi]² as an image, the lower the bluer, in ten bands
// from low to high. One semi-transparent colour serves both themes; figures keep the
// element and plot.add it at each draw.
function shade(f, [lo, hi], low, high) {
  const size = 200,
    canvas = node("canvas", { width: size, height: size }),
    pen = canvas.getContext("2d");
  const image = pen.createImageData(size, size),
    at = k => lo + ((hi - lo) * (k + 0.5)) / size;
  for (let i = 0; i < size * size; i++) {
    const value = f([at(i % size), at(size - 1 - Math.floor(i / size))]);
    image.data.set(
      [
        86,
        180,
        233,
        12 * clamp(Math.ceil((10 * (high - value)) / (high - low)), 0, 10),
      ],
      4 * i,
    );
  }
  pen.putImageData(image, 0, 0);
  return shape(null, "image", {
    href: canvas.toDataURL(),
    width: "100%",
    height: "100%",
    preserveAspectRatio: "none",
  });
}

// Axes in the box [left, top, width, height] of the drawing. Colours are classes: fig-a
// ... fig-d, fig-faint, for lines also fig-thin and fig-dash. With logY the y data are
// decimal logarithms and the ticks are powers of ten.
function axes(
  layer,
  [left, top, width, height],
  { x, y, xlabel, ylabel, logY, xticks },
) {
  const inner = [left + 48, top + 22, width - 64, height - 64];
  const X = v => inner[0] + (inner[2] * (v - x[0])) / (x[1] - x[0]);
  const Y = v => inner[1] + (inner[3] * (y[1] - v)) / (y[1] - y[0]);
  const text = (px, py, string, anchor, extra) =>
    shape(layer, "text", { x: px, y: py, "text-anchor": anchor, ...extra }, string);
  const tick = v => String(v).replace("-", "−");
  for (const v of xticks || ticks(...x, Math.max(2, inner[2] / 75))) {
    shape(layer, "line", {
      class: "fig-grid",
      x1: X(v),
      x2: X(v),
      y1: inner[1],
      y2: inner[1] + inner[3],
    });
    text(X(v), inner[1] + inner[3] + 17, tick(v), "middle");
  }
  for (const v of ticks(...y, Math.max(2, inner[3] / 45)).filter(
    v => !logY || Number.isInteger(v),
  )) {
    shape(layer, "line", {
      class: "fig-grid",
      x1: inner[0],
      x2: inner[0] + inner[2],
      y1: Y(v),
      y2: Y(v),
    });
    text(inner[0] - 7, Y(v) + 4, logY ? "10" + superscript(v) : tick(v), "end");
  }
  text(inner[0] + inner[2] / 2, top + height - 4, xlabel, "middle");
  text(left + 4, top + 12, ylabel, "start");
  // A nested svg clips without an id, so that two figures on a page cannot collide.
  const inside = shape(layer, "svg", {
    x: inner[0],
    y: inner[1],
    width: inner[2],
    height: inner[3],
    overflow: "hidden",
  });
  const px = v => clamp(X(v) - inner[0], -1e4, 1e4).toFixed(1),
    py = v => clamp(Y(v) - inner[1], -1e4, 1e4).toFixed(1);
  return {
    X,
    Y,
    domain: [x, y],
    invert: (a, b) => [
      x[0] + ((a - inner[0]) / inner[2]) * (x[1] - x[0]),
      y[1] - ((b - inner[1]) / inner[3]) * (y[1] - y[0]),
    ],
    line: (points, colour) =>
      shape(inside, "polyline", {
        class: "fig-line " + colour,
        points: points
          .filter(p => Number.isFinite(p[0] + p[1]))
          .map(p => px(p[0]) + "," + py(p[1]))
          .join(" "),
      }),
    dot: ([a, b], colour, r = 5) =>
      Number.isFinite(a + b) &&
      shape(inside, "circle", { class: "fig-dot " + colour, cx: px(a), cy: py(b), r }),
    add: element => inside.append(element),
    text: ([a, b], string, colour, { anchor = "middle", dx = 0, dy = 0 } = {}) =>
      text(X(a) + dx, Y(b) + dy, string, anchor, { class: "fig-label " + colour }),
  };
}

// Samples of lines with what they stand for, in columns; returns the height that they
// take.
function legend(layer, [left, top, width], columns, entries) {
  entries.forEach(([text, colour], i) => {
    const x = left + ((i % columns) * width) / columns,
      y = top + 18 * Math.floor(i / columns) + 9;
    shape(layer, "line", {
      class: "fig-line " + colour,
      x1: x,
      x2: x + 22,
      y1: y,
      y2: y,
    });
    shape(layer, "text", { x: x + 28, y: y + 4 }, text);
  });
  return 18 * Math.ceil(entries.length / columns);
}

// One-sided Jacobi: turn pairs of rows, in place, until all are at right angles.
function orthogonalise(rows) {
  const dot = (a, b) => a.reduce((sum, v, k) => sum + v * b[k], 0);
  for (let turned = true, sweep = 0; turned && sweep < 30; sweep++) {
    turned = false;
    for (const a of rows)
      for (const b of rows.slice(0, rows.indexOf(a))) {
        const aa = dot(a, a),
          bb = dot(b, b),
          ab = dot(a, b);
        if (Math.abs(ab) <= 1e-15 * Math.sqrt(aa) * Math.sqrt(bb)) continue;
        turned = true;
        const z = (bb - aa) / (2 * ab),
          t = (z < 0 ? -1 : 1) / (Math.abs(z) + Math.hypot(1, z)),
          c = 1 / Math.hypot(1, t);
        a.forEach((v, k) => {
          a[k] = c * (v - t * b[k]);
          b[k] = c * (b[k] + t * v);
        });
      }
  }
  return rows;
}

// Where panels stand one below the other.
const narrow = width => width < 560;

// Two boxes for axes: a square one and one beside it, or below it where the page is
// narrow.
function panels(width) {
  const side = narrow(width) ? width : Math.min(400, Math.round(0.56 * width));
  return narrow(width)
    ? { height: side + 190, main: [0, 0, side, side], side: [0, side + 10, width, 180] }
    : { height: side, main: [0, 0, side, side], side: [side, 0, width - side, side] };
}

// ---- Controls -----------------------------------------------------------------------

// One labelled input bound to model state. type "range" takes min, max, step or a list
// of values (a slider over round numbers), "select" takes options [[value, text], ...],
// "number" min, max, step; max may be a function, for a limit that depends on the other
// state. write(changes) stores; changes(value) may add to what a new value implies.
function control(
  model,
  write,
  {
    type = "range",
    key,
    label,
    values,
    options,
    min,
    max,
    step,
    show = format,
    changes,
  },
) {
  const most = typeof max === "function" ? max : () => max;
  const input =
    type === "select"
      ? node(
          "select",
          {},
          ...options.map(([value, text]) => node("option", { value }, text)),
        )
      : node(
          "input",
          values
            ? { type, min: 0, max: values.length - 1, step: 1 }
            : type === "checkbox"
              ? { type }
              : { type, min, max: most(), step },
        );
  const shown = node("span", { class: "fig-value", "aria-hidden": "true" });
  const store = value => write({ [key]: value, ...(changes ? changes(value) : {}) });
  input.addEventListener("input", () => {
    if (type === "select") store(input.value);
    else if (type === "checkbox") store(input.checked);
    else if (input.value !== "")
      store(values ? values[+input.value] : clamp(+input.value, min, most()));
  });
  const refresh = () => {
    const value = model.get(key);
    if (typeof max === "function") input.max = most();
    if (type === "checkbox") input.checked = value;
    else if (type === "select") input.value = value;
    else if (values)
      input.value = values.reduce(
        (best, v, i) =>
          Math.abs(v - Math.abs(value)) < Math.abs(values[best] - Math.abs(value))
            ? i
            : best,
        0,
      );
    else if (document.activeElement !== input || type !== "number") input.value = value;
    if (type !== "range") return;
    shown.textContent = show(value);
    input.setAttribute("aria-valuetext", show(value));
  };
  return {
    element: node(
      "label",
      {},
      node("span", {}, label),
      input,
      ...(type === "range" ? [shown] : []),
    ),
    refresh,
  };
}

// A button that takes the next random numbers.
const nextSeed = button => ({
  button,
  changes: ({ seed }) => ({ seed: (seed + 1) % 2 ** 32 }),
});

const reducedMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// ---- The figure ---------------------------------------------------------------------

// label      what the drawing shows, for screen readers
// keys       the model's state that the drawing depends on
// height     width -> height of the drawing in CSS pixels (text is never scaled)
// controls   see control; { button, changes: state -> changes } is a button
// play       true: a button that replays the drawing with progress running from 0 to 1
// handle     { label, step, move: (point, state) -> changes }: drag it, or use arrows
//            nudge: (direction, step, state) -> point replaces the arrows' own meaning
//            click: (point, state) -> changes replaces move for a click elsewhere
//            pick: (point, state) -> changes, or null, lets a press elsewhere take hold
//            ring: true leaves what lies beneath visible
// draw       ({ layer, width, height, state, progress }) -> { result, sentence, plot,
//            at, start }, where the handle sits at the point `at` of plot, read aloud
//            as `start`; result goes, with all its digits, to el.figureResult
function mount({ model, el }, { label, keys, height, controls, play, handle, draw }) {
  const stage = node("div", { class: "fig-stage" });
  const svg = shape(stage, "svg", { role: "group", "aria-label": label });
  const layer = shape(svg, "g", { "aria-hidden": "true" });
  const panel = node("div", { class: "fig-controls" });
  const sentence = node("p", { class: "fig-sentence", "aria-hidden": "true" });
  const spoken = node("p", { class: "fig-spoken", "aria-live": "polite" });
  el.classList.add("d2lutils-figure", "fig-alive");
  el.replaceChildren(stage, panel, sentence, spoken);

  const state = () => Object.fromEntries(keys.map(key => [key, model.get(key)]));
  const write = changes => {
    for (const key in changes) model.set(key, changes[key]);
    model.save_changes();
  };
  let plot,
    at,
    speaking,
    queued,
    frame,
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
  if (play && !reducedMotion())
    button("Play", () => {
      const start = performance.now();
      cancelAnimationFrame(frame);
      const advance = now => {
        const progress = clamp((now - start) / 4000, 0, 1);
        paint(progress);
        if (progress < 1) frame = requestAnimationFrame(advance);
      };
      frame = requestAnimationFrame(advance);
    });
  if (buttons.childElementCount) panel.append(buttons);

  const knob =
    handle &&
    shape(svg, "g", {
      class: "fig-handle " + (handle.ring ? "fig-ring" : "fig-b"),
      tabindex: 0,
      role: "slider",
      "aria-label": handle.label,
    });
  if (knob) {
    shape(knob, "circle", { class: "fig-hit", r: 22 });
    shape(knob, "circle", { class: "fig-grip", r: 9 });
    if (!handle.ring)
      shape(
        knob,
        "text",
        { class: "fig-label", y: -15, "text-anchor": "middle", "aria-hidden": "true" },
        "start",
      );
    const toData = event => {
      const box = svg.getBoundingClientRect();
      return plot.invert(
        ((event.clientX - box.left) / box.width) * width,
        ((event.clientY - box.top) / box.height) * svg.viewBox.baseVal.height,
      );
    };
    const within = point => point.map((v, i) => clamp(v, ...plot.domain[i]));
    const move = point => write(handle.move(within(point), state()));
    let held;
    const hold = event => {
      knob.setPointerCapture((held = event.pointerId));
      event.preventDefault();
      knob.focus();
    };
    knob.addEventListener("pointerdown", hold);
    if (handle.pick)
      svg.addEventListener("pointerdown", event => {
        const picked =
          !knob.contains(event.target) && handle.pick(toData(event), state());
        if (picked) {
          write(picked);
          hold(event);
        }
      });
    // Within an SVG, Chromium scrolls the page in spite of touch-action: none.
    svg.addEventListener(
      "touchstart",
      event => {
        if (knob.hasPointerCapture(held)) event.preventDefault();
      },
      { passive: false },
    );
    knob.addEventListener("pointermove", event => {
      if (knob.hasPointerCapture(event.pointerId)) move(toData(event));
    });
    svg.addEventListener("click", event => {
      const point = toData(event);
      if (!knob.contains(event.target) && String(within(point)) === String(point))
        write((handle.click || handle.move)(point, state()));
    });
    knob.addEventListener("keydown", event => {
      const direction = {
        ArrowLeft: [-1, 0],
        ArrowRight: [1, 0],
        ArrowUp: [0, 1],
        ArrowDown: [0, -1],
      }[event.key];
      if (!direction || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      const step = handle.step * (event.shiftKey ? 10 : 1);
      move(
        handle.nudge
          ? handle.nudge(direction, step, state())
          : at.map((v, i) => v + step * direction[i]),
      );
    });
  }

  // Otherwise JupyterLab's shortcuts swallow the arrow keys of whatever has the focus.
  for (const element of el.querySelectorAll("input, select, button, [tabindex]"))
    element.setAttribute("data-lm-suppress-shortcuts", true);

  function paint(progress = 1) {
    const size = height(width);
    svg.setAttribute("viewBox", `0 0 ${width} ${size}`);
    layer.replaceChildren();
    const drawn = draw({ layer, width, height: size, state: state(), progress });
    ({ plot, at } = drawn);
    if (knob) {
      knob.setAttribute(
        "transform",
        `translate(${plot.X(at[0]).toFixed(1)} ${plot.Y(at[1]).toFixed(1)})`,
      );
      const values = {
        valuemin: plot.domain[0][0],
        valuemax: plot.domain[0][1],
        valuenow: at[0],
        valuetext: drawn.start,
      };
      for (const name in values) knob.setAttribute("aria-" + name, values[name]);
    }
    el.figureResult = drawn.result;
    if (progress < 1) return;
    bound.forEach(c => c.refresh());
    sentence.textContent = drawn.sentence;
    // Screen readers hear the result once the reader has stopped moving the slider.
    clearTimeout(speaking);
    const speak = () => {
      spoken.textContent = drawn.sentence;
    };
    if (spoken.textContent) speaking = setTimeout(speak, 500);
    else speak();
  }
  const repaint = () => {
    cancelAnimationFrame(frame);
    if (!queued)
      queueMicrotask(() => {
        queued = false;
        paint();
      });
    queued = true;
  };
  const resize = () => {
    const now = Math.round(stage.clientWidth) || 640;
    if (now !== width) {
      width = now;
      paint();
    }
  };
  keys.forEach(key => model.on("change:" + key, repaint));
  resize();
  const observer = new ResizeObserver(resize);
  observer.observe(stage);
  return () => {
    observer.disconnect();
    cancelAnimationFrame(frame);
    clearTimeout(speaking);
    keys.forEach(key => model.off("change:" + key, repaint));
  };
}
