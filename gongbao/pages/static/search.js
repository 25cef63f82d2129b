"use strict";
/* Looks for the words of the address (?q=…) in the text of the book (search-index.js) and shows where they stand. */
(() => {
  const LONGEST = 100; // characters of a query
  const CONTEXT = 45; // characters on either side of the first word in an excerpt
  const SHOWN = { places: 3, figures: 10 }; // before the rest is folded
  const ENOUGH = 0.75; // share of the pairs of characters that a place has in common with a query found nowhere

  const WORDS = JSON.parse(document.currentScript.dataset.words);

  /* A message with what it is about put in place of its {names}. */
  const say = (message, values = {}) => WORDS[message].replace(/\{(\w+)\}/g, (_, name) => values[name]);

  const CHINESE = /[\p{Script=Han}\u3000-\u303f]/u;

  /* A query as the book would print it: half width, no commas between thousands. */
  const plain = (query) =>
    query
      .replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
      .replace(/(\d),(?=\d{3}(?!\d))/g, "$1")
      .replace(/\s+/g, " ")
      .trim();

  /* --- patterns: the query is fitted to the text, so that the text can be shown as it is */

  const exactly = (character) => `\\u{${character.codePointAt(0).toString(16)}}`;

  const forms = (character) => {
    if (/[-−–]/.test(character)) return "[\\-−–－]";
    if (/["“”]/.test(character)) return '["“”＂]';
    if (!/[!-~]/.test(character)) return exactly(character);
    return `[${exactly(character)}${exactly(String.fromCharCode(character.charCodeAt(0) + 0xfee0))}]`;
  };

  const between = (left, right) => {
    if (/\d/.test(left) && /\d/.test(right)) return ",?";
    const tolerance = /\d/.test(left) && (right === "%" || CHINESE.test(right)) ? "(?:±[\\d.]+)?" : "";
    return tolerance + (CHINESE.test(left) || CHINESE.test(right) ? " ?" : "");
  };

  const pattern = (term, wholeNumbers) => {
    const characters = [...term].filter((character) => character !== " " || !CHINESE.test(term));
    const source = characters.map((c, i) => (i ? between(characters[i - 1], c) : "") + forms(c)).join("");
    const before = wholeNumbers && /^\d/.test(term) ? "(?<!\\d)(?<!\\d[.,])" : "";
    const after = wholeNumbers && /\d$/.test(term) ? "(?![.,]?\\d)" : "";
    return new RegExp(before + source + after, "giu");
  };

  const count = (expression, text) => text.match(expression)?.length ?? 0;

  /* --- what there is to find */

  const entries = () => {
    const { pages, figures } = globalThis.searchIndex;
    const places = pages.flatMap((page) =>
      page.places.map(([anchor, heading, text]) => ({
        page,
        url: page.url + (anchor && `#${anchor}`),
        head: anchor ? heading : page.title,
        text,
        around: page.title,
      })),
    );
    const rows = figures.map(([url, name, value, english, origin]) => ({
      url,
      head: name,
      value,
      text: [value, english, url.slice(url.indexOf("#") + 1), origin].filter(Boolean).join(" · "),
      around: "",
    }));
    return [...places, ...rows];
  };

  /* --- ways to read a query, from the strictest: the first that finds something holds */

  const allTerms = (query, wholeNumbers) => {
    const terms = query.split(" ").map((term) => pattern(term, wholeNumbers));
    const phrase = pattern(query, wholeNumbers);
    const score = (entry) => {
      let sum = 0;
      for (const term of terms) {
        const own = 10 * Math.min(count(term, entry.head), 1) + Math.min(count(term, entry.text), 5);
        if (!own && !count(term, entry.around)) return 0;
        sum += own;
      }
      const together = terms.length > 1 && count(phrase, `${entry.head}\n${entry.text}`);
      return sum && sum + (together ? 20 : 0);
    };
    return { marks: terms, score };
  };

  const pieces = (query) => {
    const runs = query.toLowerCase().match(/\p{Script=Han}+|[\p{L}\p{N}.]+/gu) ?? [];
    const split = (run) =>
      CHINESE.test(run) && run.length > 2 ? [...run].slice(1).map((c, i) => [...run][i] + c) : [run];
    return [...new Set(runs.flatMap(split))];
  };

  const mostPieces = (query) => {
    const parts = pieces(query);
    const marks = parts.map((piece) => pattern(piece, true));
    // two pieces are enough only if each says something
    const enough = marks.length > 2 || (marks.length === 2 && parts.every((piece) => piece.length > 1));
    const score = (entry) => {
      const found = marks.filter((mark) => count(mark, `${entry.head}\n${entry.text}`)).length;
      return enough && found >= ENOUGH * marks.length ? found : 0;
    };
    return { marks, score, near: true };
  };

  /* Without quotation marks, and English words without the sign of the plural. */
  const simpler = (query) =>
    query
      .replace(/["“”‘’「」]/g, " ")
      .replace(/(\p{Script=Latin}{3,})s\b/gu, "$1")
      .trim() || query;

  const readings = (query) => [
    allTerms(query.replace(/(\d) (?=\p{Script=Han})/gu, "$1"), true), // 126.8 亿元, 2023 年
    allTerms(query, true),
    allTerms(query, false),
    allTerms(simpler(query), false),
    mostPieces(query),
  ];

  const search = (query) => {
    const all = entries();
    for (const reading of readings(query)) {
      const hits = all
        .map((entry) => ({ ...entry, score: reading.score(entry) }))
        .filter((hit) => hit.score)
        .sort((a, b) => b.score - a.score); // stable: equals stay in the order of the book
      if (hits.length) return { hits, ...reading };
    }
    return { hits: [], marks: [] };
  };

  /* --- showing */

  const element = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    Object.assign(made, attributes);
    made.append(...children);
    return made;
  };

  const spans = (text, marks) => {
    const found = marks.flatMap((mark) => [...text.matchAll(mark)].map((m) => [m.index, m.index + m[0].length]));
    const joined = [];
    for (const [start, end] of found.sort((a, b) => a[0] - b[0])) {
      const last = joined.at(-1);
      if (last && start <= last[1]) last[1] = Math.max(last[1], end);
      else joined.push([start, end]);
    }
    return joined;
  };

  const marked = (text, marks) => {
    const parts = [];
    let done = 0;
    for (const [start, end] of spans(text, marks)) {
      parts.push(text.slice(done, start), element("mark", {}, text.slice(start, end)));
      done = end;
    }
    return [...parts, text.slice(done)];
  };

  const excerpt = (text, marks) => {
    const [first] = spans(text, marks);
    const start = Math.max(0, (first?.[0] ?? 0) - CONTEXT);
    const end = Math.min(text.length, (first?.[1] ?? 0) + CONTEXT);
    return [start ? "…" : "", ...marked(text.slice(start, end), marks), end < text.length ? "…" : ""];
  };

  const item = (hit, marks) => {
    const link = element("a", { href: hit.url }, ...marked(hit.head, marks));
    const context = hit.value ? marked(hit.text, marks) : excerpt(hit.text, marks);
    return element("li", {}, link, element("p", {}, ...context));
  };

  const list = (hits, marks, shown, more) => {
    const items = hits.map((hit) => item(hit, marks));
    const parts = [element("ol", {}, ...items.slice(0, shown))];
    if (items.length > shown) {
      const summary = element("summary", {}, say(more, { count: items.length - shown }));
      parts.push(element("details", {}, summary, element("ol", { start: shown + 1 }, ...items.slice(shown))));
    }
    return parts;
  };

  const inText = (hits, marks) => {
    const groups = new Map();
    for (const hit of hits) groups.set(hit.page, [...(groups.get(hit.page) ?? []), hit]);
    const parts = [...groups].map(([page, found]) =>
      element("section", {}, element("h3", {}, page.title), ...list(found, marks, SHOWN.places, "morePlaces")),
    );
    return element("section", { id: "in-text" }, element("h2", {}, say("inText", { count: hits.length })), ...parts);
  };

  const asFigures = (hits, marks) =>
    element(
      "section",
      { id: "as-figures" },
      element("h2", {}, say("asFigures", { count: hits.length })),
      ...list(hits, marks, SHOWN.figures, "moreRows"),
    );

  const announce = (...parts) => {
    const status = document.getElementById("search-status");
    status.replaceChildren(...parts);
    status.focus();
  };

  const show = (asked, query) => {
    const { hits, marks, near } = search(query);
    if (!hits.length) {
      announce(say("nothing", { asked }));
      return;
    }
    const places = hits.filter((hit) => hit.page);
    const figures = hits.filter((hit) => !hit.page);
    const groups = [];
    if (places.length) groups.push([inText(places, marks), "in-text", say("places", { count: places.length })]);
    if (figures.length) groups.push([asFigures(figures, marks), "as-figures", say("rows", { count: figures.length })]);
    if (!CHINESE.test(query)) groups.reverse(); // numbers and names of figures: their rows first
    document.getElementById("search-found").replaceChildren(...groups.map(([part]) => part));
    const counts = groups.flatMap(([, id, words], i) => [i ? say("and") : "", element("a", { href: `#${id}` }, words)]);
    announce(say(near ? "near" : "found", { asked }), ...counts, say("end"));
  };

  const field = document.querySelector(".search-page input");
  const asked = [...(new URLSearchParams(location.search).get("q") ?? "").trim()].slice(0, LONGEST).join("");
  const query = plain(asked);
  field.value = asked;
  if (!query) field.focus();
  else if (!/[\p{L}\p{N}]/u.test(query)) announce(say("empty"));
  else {
    document.title = say("title", { asked, title: document.title });
    show(asked, query);
  }
})();
