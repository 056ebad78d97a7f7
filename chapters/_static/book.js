// Small repairs of the theme that neither its options nor a style sheet reach.
"use strict";

// The sidebar's logo lies outside every landmark.
const sidebar = document.getElementById("pst-primary-sidebar");
if (sidebar) {
  sidebar.setAttribute("role", "complementary");
  sidebar.setAttribute("aria-label", "The book");
}

// What scrolls sideways must be reachable by keyboard.
function makeScrollableFocusable() {
  const outputs = ".cell_output .text_html, .pst-scrollable-table-container";
  document.querySelectorAll(`.formula, span.math, figure, ${outputs}`).forEach(box => {
    const wide = box.scrollWidth > box.clientWidth;
    // What a click unfolds must hold nothing else that has the focus.
    if (wide && !box.closest("summary")) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  });
}
addEventListener("resize", makeScrollableFocusable);
makeScrollableFocusable();
addEventListener("load", makeScrollableFocusable);

// One switch for all folded code, which is remembered.
const folded = document.querySelectorAll("details.hide");
function showCode(open) {
  folded.forEach(box => (box.open = open));
  const button = document.querySelector(".show-code-button");
  if (button) button.setAttribute("aria-pressed", open);
}
window.toggleCode = () => {
  const open = localStorage.getItem("show-code") !== "yes";
  localStorage.setItem("show-code", open ? "yes" : "no");
  showCode(open);
};
if (localStorage.getItem("show-code") === "yes") showCode(true);

// Who asks for it is asked before a verdict is shown; the choice is remembered.
const ask = document.querySelector(".ask-first input");
function question(box) {
  const line = document.createElement("p");
  line.className = "claim-question";
  line.textContent = "Do you believe it? ";
  for (const answer of ["Yes", "No", "Only in part", "Show"]) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = answer;
    button.addEventListener("click", () => {
      box.classList.add("told");
      line.textContent = answer === "Show" ? "" : `You said: ${answer.toLowerCase()}.`;
    });
    line.append(button, " ");
  }
  box.append(line);
}
function askFirst() {
  localStorage.setItem("ask-first", ask.checked ? "yes" : "no");
  document.documentElement.classList.toggle("ask", ask.checked);
  document.querySelectorAll(".claim-question").forEach(line => line.remove());
  document.querySelectorAll("div.claim").forEach(box => {
    box.classList.remove("told");
    if (ask.checked) question(box);
  });
}
if (ask) {
  ask.checked = localStorage.getItem("ask-first") === "yes";
  ask.addEventListener("change", askFirst);
  if (ask.checked) askFirst();
}

// A page as slides: the script comes when it is asked for.
window.startPresenting = () => {
  if (window.present) return window.present();
  const script = document.createElement("script");
  const here = document.querySelector('script[src*="_static/book.js"]').src;
  script.src = here.replace(/book\.js.*/, "present.js");
  document.head.append(script);
};

// A link to what has moved to another page goes on to it (moved_extension.py).
function follow(name) {
  const moved = JSON.parse(document.getElementById("moved")?.textContent ?? "{}");
  for (const page in moved)
    if (moved[page].includes(name)) location.replace(page + location.hash);
}

// A link to what is folded unfolds it.
function unfold() {
  const name = decodeURIComponent(location.hash.slice(1).split("?")[0]);
  if (!name) return;
  const target = document.getElementById(name);
  if (!target) follow(name);
  for (let box = target; box; box = box.parentElement)
    if (box.tagName === "DETAILS") box.open = true;
  target?.scrollIntoView();
}
addEventListener("hashchange", unfold);
if (location.hash) unfold();

// The ledger of claims shows those that a reader looks for.
const ledger = document.querySelector(".claims-ledger");
if (ledger) {
  const rows = [...ledger.tBodies[0].rows];
  const box = document.createElement("p");
  box.className = "ledger-filter";
  const words = Object.assign(document.createElement("input"), { type: "search" });
  const choices = [
    [
      "Page",
      row => row.querySelector("a").pathname.split("/").pop().replace(".html", ""),
    ],
    ["Verdict", row => row.lastElementChild.textContent.trim().split(" ").pop()],
  ].map(([name, read]) => {
    const select = document.createElement("select");
    select.append(new Option("all", ""));
    for (const value of new Set(rows.map(read))) select.append(new Option(value));
    return { name, read, select };
  });
  const told = document.createElement("output");
  const label = (name, input) => {
    const made = document.createElement("label");
    made.append(`${name} `, input);
    return made;
  };
  const filter = () => {
    const wanted = words.value.toLowerCase().split(/\s+/);
    let shown = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !(
        wanted.every(word => text.includes(word)) &&
        choices.every(c => !c.select.value || c.read(row) === c.select.value)
      );
      shown += !row.hidden;
    }
    told.textContent = `${shown} of ${rows.length} claims`;
  };
  box.append(label("Words", words), ...choices.map(c => label(c.name, c.select)), told);
  box.addEventListener("input", filter);
  ledger.parentElement.before(box);
  filter();
}

// A copied formula is its TeX.
addEventListener("copy", event => {
  const chosen = getSelection();
  if (chosen.isCollapsed) return;
  const range = chosen.getRangeAt(0);
  const around = range.commonAncestorContainer;
  const formula = (around.closest ? around : around.parentElement).closest(
    "[data-tex]",
  );
  const box = document.createElement("div");
  box.append(formula ? formula.cloneNode(true) : range.cloneContents());
  const formulas = box.querySelectorAll("[data-tex]");
  if (!formulas.length) return;
  for (const found of formulas) {
    const fence = found.tagName === "DIV" ? "$$" : "$";
    found.textContent = fence + found.dataset.tex.trim() + fence;
  }
  box.querySelectorAll(".headerlink").forEach(mark => mark.remove());
  box.style = "position:fixed;left:-9999px";
  document.body.append(box);
  event.clipboardData.setData("text/plain", box.innerText);
  event.clipboardData.setData("text/html", box.innerHTML);
  box.remove();
  event.preventDefault();
});
