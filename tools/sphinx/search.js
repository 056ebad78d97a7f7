// The search page: which entries of the book (window.bookEntries, made by
// search_extension.py) suit a query, best first. Sphinx's language_data.js, loaded
// before, has the stemmer.
"use strict";
(() => {
  // ---- Words ------------------------------------------------------------------------

  const IRREGULAR = [
    [/^(min|max|opt|extr)(ima|ema)$/, "$1imum"],
    [/^extremum$/, "extrimum"],
    [/^(matr|vert|ind|append|simpl)(ices|ix|ex)$/, "$1ix"],
    [/^learnt$/, "learned"],
    // British to American, in what is written and in what is asked.
    [/is(?=(e|ed|es|er|ers|ing|able|ations?|ational)$)/, "iz"],
    [/ys(?=(e|ed|es|er|ers|ing)$)/, "yz"],
    [/eteri(?=z)/, "etri"],
    [/our(?=(s|ed|ing|hoods?|able|al|less)?$)/, "or"],
    [/([aeiou])ll(?=(ed|ing|ers?)$)/, "$1l"],
    [/tre(?=s?$)/, "ter"],
  ];
  const stemmer = new Stemmer(),
    stems = new Map();
  function stem(word) {
    if (!stems.has(word)) {
      const plain = word.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
      const common = IRREGULAR.reduce((w, [from, to]) => w.replace(from, to), plain);
      stems.set(word, stemmer.stemWord(common));
    }
    return stems.get(word);
  }

  const DASH = /[-‐‑–_]/,
    COMPOUND = /[\p{L}\p{N}]+(?:[-‐‑–_][\p{L}\p{N}]+)+/gu;

  // Words of a text, compounds whole and in parts; names of functions, too.
  function split(text) {
    const found = [];
    for (const [whole] of text.matchAll(/[\p{L}\p{N}]+(?:[-‐‑–'’_][\p{L}\p{N}]+)*/gu)) {
      const parts = whole
        .replace(/(\p{Ll})(?=\p{Lu})/gu, "$1-")
        .split(DASH)
        .map(part => part.replace(/['’]s?$/, ""));
      found.push(...parts);
      if (parts.length > 1) found.push(parts.join(""));
    }
    return found;
  }

  // ---- Index ------------------------------------------------------------------------

  // Sections of chapters say most; of the library and the like, half as much.
  const KINDS = {
    page: { weight: 1.3 },
    section: { weight: 1 },
    term: { weight: 0.9, said: "term" },
    exercise: { weight: 0.6, said: "exercise" },
    function: { weight: 0.28, said: "function" },
    work: { weight: 0.12 },
  };
  const TITLE = 6;
  const entries = [],
    index = new Map(),
    forms = new Map();
  let total = 0;

  function add(counts, text, weight) {
    for (const word of split(text)) {
      const key = stem(word);
      forms.set(word.toLowerCase(), key);
      counts.set(key, (counts.get(key) || 0) + weight);
    }
  }

  for (const [address, number, found] of window.bookEntries) {
    const page = found.length ? found[0][2] : "";
    for (const [anchor, section, title, kind, text] of found) {
      const counts = new Map();
      add(counts, text.join("\n"), 1);
      const length = [...counts.values()].reduce((sum, n) => sum + n, 0);
      add(counts, title, TITLE);
      const entry = {
        href: address + (anchor && "#" + anchor),
        number: section || (kind === "page" ? number : ""),
        where: kind === "page" ? "" : page,
        ...{ title, kind, text, length },
        weight: number || !["page", "section"].includes(kind) ? 1 : 0.5,
      };
      total += length;
      for (const [key, count] of counts) {
        if (!index.has(key)) index.set(key, []);
        index.get(key).push([entries.length, count]);
      }
      entries.push(entry);
    }
  }

  // ---- Queries ----------------------------------------------------------------------

  // Whether b becomes a by at most `most` letters left out, added, replaced or swapped.
  function near(a, b, most) {
    if (Math.abs(a.length - b.length) > most) return false;
    let before = [],
      last = Array.from({ length: b.length + 1 }, (_, j) => j);
    for (let i = 1; i <= a.length; i++) {
      const now = [i];
      for (let j = 1; j <= b.length; j++) {
        now[j] = Math.min(
          last[j] + 1,
          now[j - 1] + 1,
          last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1),
        );
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
          now[j] = Math.min(now[j], before[j - 2] + 1);
      }
      [before, last] = [last, now];
    }
    return last[b.length] <= most;
  }

  // The words of the book that a word of the query stands for, [stem, weight]: itself,
  // those that begin with it, or else those that are written much like it.
  function meant(word) {
    const key = stem(word);
    const found = new Map(index.has(key) ? [[key, 1]] : []);
    if (word.length > 2)
      for (const other of index.keys())
        if (other.startsWith(key) || other.startsWith(word))
          if (!found.has(other)) found.set(other, 0.5);
    if (found.size || word.length < 4) return { word, found };
    for (const most of word.length > 7 ? [1, 2] : [1]) {
      const similar = [...forms].filter(
        ([form]) => form[0] === word[0] && near(word, form, most),
      );
      if (similar.length) {
        for (const [, other] of similar) found.set(other, 0.8);
        return { word, found, instead: similar[0][0] };
      }
    }
    return { word, found };
  }

  function search(query) {
    const asked = query.normalize("NFC").toLowerCase();
    const words = new Set(split(asked).filter(word => !stopwords.includes(word)));
    // Each part of a compound may also be met as the whole, in one word; a name from
    // the code is the whole alone.
    const wholes = new Map();
    for (const [compound] of asked.matchAll(COMPOUND)) {
      const parts = compound.split(DASH),
        whole = parts.join(""),
        known = index.has(stem(whole));
      words.delete(known && compound.includes("_") ? "" : whole);
      for (const part of known ? parts : [])
        if (compound.includes("_")) words.delete(part);
        else wholes.set(part, stem(whole));
    }
    const terms = [...words].map(word => {
      const whole = wholes.get(word);
      if (!whole) return meant(word);
      const found = index.has(stem(word)) ? meant(word).found : new Map();
      return { word, found: found.set(whole, 1) };
    });
    const scores = new Map(),
      average = total / entries.length;
    terms.forEach(({ found }, k) => {
      const best = new Map();
      for (const [key, weight] of found) {
        const places = index.get(key),
          rare = Math.log(1 + entries.length / places.length);
        for (const [i, count] of places) {
          const norm = 0.6 + (0.4 * entries[i].length) / average,
            score = (weight * rare * count) / (count + 1.5 * norm);
          best.set(i, Math.max(best.get(i) || 0, score));
        }
      }
      for (const [i, score] of best) {
        if (!scores.has(i)) scores.set(i, { sum: 0, has: 0 });
        const so = scores.get(i);
        so.sum += score;
        so.has |= 1 << k;
      }
    });
    const all = 2 ** terms.length - 1,
      whole = [...scores].filter(([, { has }]) => has === all),
      hits = (whole.length ? whole : [...scores]).map(([i, { sum, has }]) => {
        const entry = entries[i],
          share = terms.filter((_, k) => has & (1 << k)).length / terms.length;
        const weight = KINDS[entry.kind].weight * entry.weight;
        return { entry, score: sum * share * weight * closeness(entry, terms) };
      });
    hits.sort((a, b) => b.score - a.score);
    const matched = new Set(terms.flatMap(({ found }) => [...found.keys()]));
    return { hits, terms, matched };
  }

  // How much more an entry is worth where the words stand side by side, as in the
  // query, or are all of the title or of one of the terms that it lists.
  function closeness({ title, text }, terms) {
    if (!terms.length) return 1;
    const runs = list =>
      list.some((_, i) => terms.every(({ found }, k) => found.has(list[i + k])));
    const titles = title.split(", ").map(part => split(part).map(stem));
    if (titles.some(list => list.length === terms.length && runs(list))) return 3;
    if (titles.some(runs)) return 1.8;
    return terms.length > 1 && runs(split(text.join("\n")).map(stem)) ? 1.5 : 1;
  }

  // ---- Page -------------------------------------------------------------------------

  const FIRST = 15;
  const list = document.getElementById("search-results"),
    summary = document.querySelector(".search-summary"),
    more = document.getElementById("search-more"),
    field = document.querySelector(".bd-search-container input");

  const make = (tag, className, ...children) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    element.append(...children);
    return element;
  };
  const isMatch = (word, matched) => split(word).some(part => matched.has(stem(part)));

  // A text with the words that were found marked; long ones around the first of them.
  function marked(text, matched) {
    const words = text.split(/([\p{L}\p{N}]+(?:[-‐‑–'’_][\p{L}\p{N}]+)*)/u);
    const first = words.findIndex((word, i) => i % 2 && isMatch(word, matched));
    const line = make("p", "");
    let length = 0;
    const start = text.length > 240 && first > 30 ? first - 20 : 0;
    if (start) line.append("… ");
    for (let i = start; i < words.length; i++) {
      length += words[i].length;
      if (length > 240) {
        line.append(" …");
        break;
      }
      line.append(
        i % 2 && isMatch(words[i], matched) ? make("mark", "", words[i]) : words[i],
      );
    }
    return line;
  }

  function snippet({ text }, matched) {
    const count = line =>
      new Set(
        split(line)
          .map(stem)
          .filter(key => matched.has(key)),
      ).size;
    const best = text.reduce((a, b) => (count(b) > count(a) ? b : a), text[0] || "");
    return [...new Set([text[0] || "", best])]
      .filter((line, i) => line && (!i || count(line) > count(text[0])))
      .map(line => marked(line, matched));
  }

  function row({ entry }, matched) {
    const link = make("a", "", ...marked(entry.title, matched).childNodes);
    link.href = entry.href;
    if (entry.number) link.prepend(entry.number + ". ");
    const where = [entry.where, KINDS[entry.kind].said].filter(Boolean).join(" · ");
    const item = make("li", "", link);
    if (where) item.append(make("p", "where", where));
    item.append(...snippet(entry, matched));
    return item;
  }

  function show() {
    const query = field.value.trim();
    list.replaceChildren();
    more.hidden = true;
    summary.textContent = "";
    if (!query) return;
    const { hits, terms, matched } = search(query);
    const instead = terms
      .filter(term => term.instead)
      .map(term => `“${term.instead}” for “${term.word}”`);
    const places = hits.length === 1 ? "1 place found" : `${hits.length} places found`;
    summary.textContent = hits.length
      ? places + (instead.length ? ", with " + instead.join(" and ") : "") + "."
      : "Nothing found. Formulas and code are not searched.";
    list.append(...hits.slice(0, FIRST).map(hit => row(hit, matched)));
    more.hidden = hits.length <= FIRST;
    more.textContent = `Show all ${hits.length}`;
    more.onclick = () => {
      list.append(...hits.slice(FIRST).map(hit => row(hit, matched)));
      more.hidden = true;
    };
  }

  field.value = new URLSearchParams(location.search).get("q") || "";
  field.addEventListener("input", show);
  field.focus();
  field.select();
  show();
})();
