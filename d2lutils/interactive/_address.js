// A figure's settings in the address, as #fig-x?lr=0.28&start=0.9: lists with commas,
// lists of lists with semicolons; full=1 fills the window, ask=1 asks for a prediction
// first. Only where the figure has an id: on the book's pages.
const listed = value =>
  Array.isArray(value)
    ? value.map(listed).join(Array.isArray(value[0]) ? ";" : ",")
    : encodeURIComponent(value);

// The value that a text stands for, of the kind of `like`; undefined if it is none.
function unlisted(text, like) {
  if (Array.isArray(like)) {
    const parts = text.split(Array.isArray(like[0]) ? ";" : ",");
    const values = parts.map(part => unlisted(part, like[0]));
    return values.includes(undefined) ? undefined : values;
  }
  if (typeof like === "boolean") return text === "true";
  if (typeof like !== "number") return text;
  return text !== "" && Number.isFinite(+text) ? +text : undefined;
}

// The state that an address means: what makes no sense is passed over, and what a value
// implies comes with it.
function understood(settings, { parameters, controls, initial }) {
  const given = Object.keys(initial).flatMap(key => {
    const value = key in settings ? unlisted(settings[key], initial[key]) : undefined,
      {
        min,
        max,
        low = min,
        high = max,
        whole,
      } = parameters.find(p => p.key === key) || {},
      { options } = controls.find(c => c.key === key) || {};
    const most = typeof high === "string" ? initial[high] : high;
    const fits =
      value !== undefined &&
      !(value < low || value > most) &&
      !(whole && !Number.isInteger(value)) &&
      (!options || options.some(([name]) => String(name) === String(value)));
    return fits ? [[key, value]] : [];
  });
  const implied = given.map(([key, value]) =>
    controls.find(c => c.key === key)?.changes?.(value),
  );
  return Object.assign({ ...initial }, ...implied, Object.fromEntries(given));
}

const flags = (el, oracle) => ({
  ...(el.matches(".fig-full") && { full: 1 }),
  ...(oracle?.asking() && { ask: 1 }),
});

// { link, wrote, off }: the address with the present settings, a call after each
// change, and the end. open(settings) gets the texts by key that an address gives, null
// where one goes back to an address that gives none.
function address(id, state, open) {
  const link = () => {
    const pairs = Object.entries(state()).map(([key, v]) => key + "=" + listed(v));
    return location.href.split("#")[0] + "#" + id + "?" + pairs.join("&");
  };
  const given = () => {
    const [name, query] = location.hash.slice(1).split("?");
    return query && name === id ? Object.fromEntries(new URLSearchParams(query)) : null;
  };
  // Entries of the history that were there before are marked: going back to one differs
  // from following a link.
  const mark = () => history.replaceState({ ...history.state, seen: true }, "");
  let linked = false,
    timer;
  const arrive = event => {
    const settings = given(),
      back = event?.state?.seen;
    mark();
    // In a frame, scrolling to the figure would scroll the page around it.
    if (settings || (back && linked)) open(settings, !back && self === parent);
    linked = !!settings;
    // The address stays as one came to it.
    clearTimeout(timer);
  };
  addEventListener("popstate", arrive);
  arrive();
  // Sphinx's highlighting takes the mark away when the page has come.
  addEventListener("load", mark);
  return {
    link,
    // Browsers refuse a hundred changes of the address within seconds.
    wrote() {
      clearTimeout(timer);
      timer = setTimeout(() => {
        linked = true;
        history.replaceState(history.state, "", link());
      }, 300);
    },
    off() {
      clearTimeout(timer);
      removeEventListener("popstate", arrive);
    },
  };
}
