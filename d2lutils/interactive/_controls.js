// The controls of a figure: those of its table, with what the figure says of them, and
// its own. Where there is one option only, there is nothing to choose.
function entries(figure, model) {
  const { parameters = [], controls = [] } = figure;
  // A limit may be the value of another parameter.
  const limit = max => (typeof max === "string" ? () => model.get(max) : max);
  const known = parameters.filter(p => p.label);
  const all = [...known, ...controls].map(c => {
    const said = name => figure[name]?.[c.key],
      options = said("options") || c.options;
    return {
      show: said("show") || (c.whole ? String : format),
      changes: said("changes"),
      type: options ? "select" : "range",
      ...c,
      options,
      values: said("values") || (c.nice ? round(c.nice) : c.values),
      max: said("most") || limit(c.max),
    };
  });
  return all.filter(({ options }) => options?.length !== 1);
}

// Round values, with 0 before them or not.
const round = ([lo, hi, mantissas, zero]) => [
  ...(zero ? [0] : []),
  ...niceValues(lo, hi, mantissas),
];

const called = value => (typeof value === "function" ? value : () => value);

function input({ type, values, options, min, max, step }) {
  if (type === "select")
    return node(
      "select",
      {},
      ...options.map(([value, text]) => node("option", { value }, text)),
    );
  if (type === "checkbox") return node("input", { type });
  return node(
    "input",
    values ? { type, min: 0, step: 1 } : { type, min, max: called(max)(), step },
  );
}

// One labelled input bound to model state. type "range" takes min, max, step or a list
// of values (a slider over round numbers), "select" takes options [[value, text], ...],
// where a number stays one. max and values may be functions, for limits that depend on
// the other state. write(changes) stores; changes(value) may add to what a new value
// implies.
function control(model, write, entry) {
  const { type, key, label, options, min, show = format, changes } = entry,
    most = called(entry.max),
    values = called(entry.values),
    element = input(entry);
  const shown = node("span", { class: "fig-value", "aria-hidden": "true" });
  const store = value => write({ [key]: value, ...(changes ? changes(value) : {}) });
  element.addEventListener("input", () => {
    if (type === "select") store(options[element.selectedIndex][0]);
    else if (type === "checkbox") store(element.checked);
    else
      store(values() ? values()[+element.value] : clamp(+element.value, min, most()));
  });
  const refresh = () => {
    const value = model.get(key);
    if (values()) element.max = values().length - 1;
    else if (entry.max !== undefined) element.max = most();
    if (type === "checkbox") element.checked = value;
    // Between two values of a slider stands the nearer.
    else element.value = values() ? nearest(values(), Math.abs(value)) : value;
    if (type !== "range") return;
    shown.textContent = show(value);
    element.setAttribute("aria-valuetext", show(value));
  };
  const parts = [
    node("span", {}, label),
    element,
    ...(type === "range" ? [shown] : []),
  ];
  return { element: node("label", {}, ...parts), refresh };
}

// A button that takes the next random numbers.
const nextSeed = button => ({
  button,
  changes: ({ seed }) => ({ seed: (seed + 1) % 2 ** 32 }),
});

const reducedMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// Buttons for a list of points, of which one is selected; add(state) -> changes.
const pointButtons = add => [
  { button: "Add a point", changes: add },
  {
    button: "Next point",
    changes: ({ points, selected }) => ({ selected: (selected + 1) % points.length }),
  },
  {
    button: "Remove point",
    changes: ({ points, selected }) =>
      points.length > 1 && {
        points: points.filter((_, i) => i !== selected),
        selected: Math.max(0, selected - 1),
      },
  },
];

function pressed(text, attributes, click) {
  const element = node("button", { type: "button", ...attributes }, text);
  element.addEventListener("click", () => click(element));
  return element;
}
