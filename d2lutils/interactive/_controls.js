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
