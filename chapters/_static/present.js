// A page as slides: its headings, figures, formulas with a number, boxes and summary,
// one to a screen. Loaded when a reader asks for it (book.js); nothing on the page
// moves, all but the way to the slide is hidden.
"use strict";

(() => {
  const article = document.querySelector(".bd-article");
  const KINDS = [
    "h1",
    "h2",
    "figure",
    "div.claim",
    "div.math:has(.eqno)",
    ".theorem",
    "#summary > ul",
  ];
  const inFold = element =>
    element.closest("details, .exercise, .solution, .admonition");
  const slides = [...article.querySelectorAll(KINDS.join())].filter(e => !inFold(e));
  const root = document.documentElement;
  const bar = document.createElement("nav");
  bar.className = "present-bar";
  bar.setAttribute("aria-label", "Slides");
  let now = 0;

  function button(text, label, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.setAttribute("aria-label", label);
    made.addEventListener("click", act);
    return made;
  }
  const told = document.createElement("output");
  const chapter = location.pathname.split("/").pop().replace(".html", "");
  const notes = () => open(`lecturers.html#lecture-${chapter}`, "lecturers-notes");
  bar.append(
    button("◀", "Previous slide (left arrow)", () => show(now - 1)),
    told,
    button("▶", "Next slide (right arrow)", () => show(now + 1)),
    button("Notes", "Lecturer's notes in a window of their own (S)", notes),
    button("Print", "Print the slides", () => print()),
    button("✕", "End (Escape)", () => end()),
  );

  // A living figure fills the window, as on its full screen.
  function fill(slide) {
    const chosen = slide?.querySelector(".d2lutils-figure");
    article
      .querySelectorAll(".d2lutils-figure")
      .forEach(figure => figure.classList.toggle("fig-full", figure === chosen));
    root.classList.toggle("present-figure", Boolean(chosen));
    dispatchEvent(new Event("resize"));
  }
  function mark(chosen) {
    for (const name of ["present-path", "present-item"])
      document.querySelectorAll(`.${name}`).forEach(e => e.classList.remove(name));
    for (const slide of chosen) {
      slide.classList.add("present-item");
      for (let e = slide.parentElement; e; e = e.parentElement)
        e.classList.add("present-path");
    }
  }
  // A slide that is higher than the window, or holds a formula that is wider, gets
  // smaller until it fits.
  function fit(slide) {
    mark([slide]);
    const formulas = [...slide.querySelectorAll(".formula")];
    const over = () =>
      root.scrollHeight > innerHeight ||
      formulas.some(formula => formula.scrollWidth > formula.clientWidth);
    slide.style.zoom = 1;
    if (slide.querySelector(".d2lutils-figure")) return;
    for (let zoom = 0.95; zoom > 0.5 && over(); zoom -= 0.05) slide.style.zoom = zoom;
  }
  function show(number) {
    now = Math.min(Math.max(number, 0), slides.length - 1);
    fit(slides[now]);
    told.textContent = `${now + 1} / ${slides.length}`;
    scrollTo(0, 0);
    fill(slides[now]);
  }
  function end() {
    root.classList.remove("present");
    slides.forEach(slide => (slide.style.zoom = ""));
    mark([]);
    bar.remove();
    fill();
    slides[now].scrollIntoView();
  }
  // Keys belong to a slider or a field that has the focus.
  const busy = e => e.target.closest("input, select, textarea, [role=slider]");
  const KEYS = {
    ArrowRight: () => show(now + 1),
    PageDown: () => show(now + 1),
    ArrowLeft: () => show(now - 1),
    PageUp: () => show(now - 1),
    Home: () => show(0),
    End: () => show(slides.length - 1),
    s: notes,
  };
  document.addEventListener("keydown", event => {
    if (!root.classList.contains("present") || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape" && !document.fullscreenElement) end();
    const act = KEYS[event.key];
    // What a clicker sends is meant for the slides.
    const paging = event.key.startsWith("Page");
    if (!act || (busy(event) && !paging)) return;
    event.preventDefault();
    act();
  });
  addEventListener("beforeprint", () => {
    if (!root.classList.contains("present")) return;
    fill();
    slides.forEach(fit);
    mark(slides);
  });
  addEventListener("afterprint", () => {
    if (root.classList.contains("present")) show(now);
  });

  window.present = () => {
    const top = slides.findIndex(e => e.getBoundingClientRect().bottom > 80);
    root.classList.add("present");
    document.body.append(bar);
    show(Math.max(top, 0));
  };
  window.present();
})();
