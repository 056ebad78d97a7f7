// What leads a reader: panels to choose from, goals, and questions before answers.

// Buttons of which one is pressed; mark(chosen) shows which.
function choices(kind, label, names, pick) {
  const element = node("div", { class: kind, role: "group", "aria-label": label });
  const buttons = names.map((name, k) => pressed(name, {}, () => pick(k)));
  element.append(...buttons);
  const mark = chosen =>
    buttons.forEach((button, k) => button.setAttribute("aria-pressed", k === chosen));
  return { element, mark };
}

// Goals that check themselves; one that was reached stays so.
function targets(goals) {
  const items = goals.map(([text]) => node("li", {}, "Try: " + text)),
    element = node("ul", { class: "fig-goals" }, ...items);
  const look = (result, state) =>
    goals.forEach(([text, reached], k) => {
      if (items[k].className || !reached(result, state)) return;
      items[k].className = "fig-reached";
      items[k].textContent = "✓ Reached: " + text;
    });
  return { element, look };
}

// Predict first. question: text, or state -> text; options: state -> [text, ...];
// answer: (result, state) -> the number of the right one, or, where the reader draws,
// judge: result -> what is said of the drawing. Meanwhile the figure is drawn with
// asking: true and progress 0; view: the panel that a narrow screen then shows.
function prophet({ question, options, answer, judge }, figure) {
  const { button, repaint, state, wrote } = figure,
    element = node("div", { class: "fig-ask", role: "group" });
  element.setAttribute("aria-label", "Your prediction");
  let asking = false,
    asked = [],
    guess;
  const end = k => {
    guess = k;
    asking = false;
    element.replaceChildren();
    repaint();
  };
  function ask() {
    asking = true;
    asked = options(state());
    const now = choices("fig-answers", "Your prediction", asked, k => {
      end(k);
      wrote();
    });
    element.replaceChildren(...now.element.childNodes);
    repaint();
  }
  button("Predict", () => {
    ask();
    wrote();
  });
  return {
    element,
    asking: () => asking,
    ask,
    end,
    words(result, sentence) {
      if (asking) return typeof question === "string" ? question : question(state());
      if (guess === undefined) return sentence;
      const said = guess;
      guess = undefined;
      if (judge) return `${judge(result())} ${sentence}`;
      const right = answer(result(), state());
      return right === said
        ? `As you said: ${asked[said]}. ${sentence}`
        : `You said: ${asked[said]}. It is: ${asked[right]}. ${sentence}`;
    },
  };
}

// A finger that comes down on a slider and then scrolls the page has not meant it.
function scrolls(panel, state, write) {
  let before;
  panel.addEventListener("pointerdown", event => {
    before = event.pointerType === "touch" ? state() : null;
  });
  panel.addEventListener("pointercancel", () => {
    if (before) write(before);
  });
}

// The result in words, seen at once; screen readers hear it once the reader has stopped
// moving the slider.
function speaker(sentence, spoken) {
  let timer;
  const tell = text => {
    sentence.textContent = text;
    clearTimeout(timer);
    const speak = () => {
      spoken.textContent = text;
    };
    if (spoken.textContent) timer = setTimeout(speak, 500);
    else speak();
  };
  return { tell, off: () => clearTimeout(timer) };
}
