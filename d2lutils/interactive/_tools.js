// The bar below a figure: Reset, Pin, Full screen, Copy link, Save. say(text) tells the
// reader what was done.
function tools({ el, svg, layer, name, where, reset, repaint, resize, words }) {
  const told = node("output", {}),
    bar = node("div", { class: "fig-tools", role: "group", "aria-label": "Tools" });
  let silence;
  const say = text => {
    told.textContent = text;
    clearTimeout(silence);
    silence = setTimeout(() => told.replaceChildren(), 4000);
  };
  const button = (text, more, click) => {
    const element = pressed(text, more, click);
    bar.append(element);
    return element;
  };
  button("Reset", {}, () => {
    reset();
    repaint();
    say("As at first.");
  });

  const pinned = node("p", { class: "fig-pinned" });
  button("Pin", { "aria-pressed": false }, element => {
    layer.pins = layer.pins ? null : layer.shown;
    element.setAttribute("aria-pressed", !!layer.pins);
    pinned.textContent = layer.pins ? "Pinned (dotted): " + words() : "";
    say(layer.pins ? "The curves stay for comparison." : "No pinned curves.");
    repaint();
  });

  // Where the browser has no full screen, the figure fills the window.
  const whole = on => {
    el.classList.toggle("fig-full", on);
    full.setAttribute("aria-pressed", on);
    say(on ? "Escape leads back." : "");
    resize();
    where?.wrote();
  };
  const filled = el.classList.contains("fig-full");
  const full = button("Full screen", { "aria-pressed": filled }, () => {
    if (el.classList.contains("fig-full")) {
      if (document.fullscreenElement) document.exitFullscreen();
      else whole(false);
      return;
    }
    whole(true);
    el.requestFullscreen?.().catch(() => {});
  });
  const leave = event => {
    const left = event.type === "keydown" ? event.key === "Escape" : true;
    if (left && !document.fullscreenElement && el.classList.contains("fig-full"))
      whole(false);
  };
  document.addEventListener("keydown", leave);
  document.addEventListener("fullscreenchange", leave);

  if (where)
    button("Copy link", {}, async () => {
      const text = where.link();
      try {
        await navigator.clipboard.writeText(text);
        say("Copied: the link opens the figure with these settings.");
      } catch {
        history.replaceState(history.state, "", text);
        say("The link is in the address bar.");
      }
    });
  const files = {
    SVG: () => new Blob([asSvg(svg, words())], { type: "image/svg+xml" }),
    PNG: () => asPng(svg, words()),
    CSV: () => new Blob([asCsv(layer)], { type: "text/csv" }),
  };
  for (const [kind, make] of Object.entries(files))
    button(kind, { "aria-label": `Save as ${kind}` }, async () => {
      const file = `${name}.${kind.toLowerCase()}`;
      download(file, await make());
      say(`Saved as ${file}.`);
    });
  bar.append(told);
  return {
    elements: [pinned, bar],
    whole,
    off: () => {
      clearTimeout(silence);
      document.removeEventListener("keydown", leave);
      document.removeEventListener("fullscreenchange", leave);
    },
  };
}
