"use strict";
/* Looks for the words of the address (?q=…) in the text of the book (search-index.js) and shows where they stand. */
(() => {
  const LONGEST = 100; // characters of a query
  const CONTEXT = 60; // characters at most on either side of the first word in an excerpt
  const SHOWN = { places: 3, figures: 10, names: 8 }; // before the rest is folded, or left out
  const FEW = 8; // places and rows below which other words for the same thing are looked for, too
  const CHAPTER = 5; // what a place gains by standing in a chapter: it comes after headings, and before other text
  const EXACT = 10; // what a place gains by having the very words, where others count, too
  const ENOUGH = 0.75; // share of the pairs of characters that a place has in common with a query found nowhere

  const WORDS = JSON.parse(document.currentScript.dataset.words);
  const { make } = globalThis.shared; // page.js

  /* A message with what it is about put in place of its {names}. */
  const say = (message, values = {}) => WORDS[message].replace(/\{(\w+)\}/g, (_, name) => values[name]);

  const CHINESE = /[\p{Script=Han}\u3000-\u303f]/u;

  /* A query as the book would print it: half width, simplified, no commas between thousands, no blank before a unit. */
  const plain = (query) =>
    query
      .replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
      .replace(/\p{Script=Han}/gu, (character) => globalThis.searchIndex.simplified[character] ?? character)
      .replace(/(\d),(?=\d{3}(?!\d))/g, "$1")
      .replace(/(\d)\s+(?=[%‰])/g, "$1")
      .replace(/["“”\s]+/g, " ") // all words have to be there anyhow
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
        name: anchor ? heading : page.title,
        gain: page.chapter ? CHAPTER : 0,
        text,
        around: page.title,
      })),
    );
    const rows = figures.map(([url, name, value, english, origin], order) => ({
      order, // what is stated stands before what is computed
      url,
      head: name,
      name: [name, english, url.slice(url.indexOf("#") + 1)].join(" · "), // by which it is asked for
      gain: 0,
      value,
      text: [value, english, url.slice(url.indexOf("#") + 1), origin].filter(Boolean).join(" · "),
      around: "",
    }));
    return [...places, ...rows];
  };

  const weight = (mark, entry) => 10 * Math.min(count(mark, entry.name), 1) + Math.min(count(mark, entry.text), 5);

  /* --- ways to read a query, from the strictest: the first that finds something holds */

  const allTerms = (query, wholeNumbers) => {
    const terms = query.split(" ").map((term) => pattern(term, wholeNumbers));
    const phrase = pattern(query, wholeNumbers);
    const score = (entry) => {
      let sum = 0;
      for (const term of terms) {
        const own = weight(term, entry);
        if (!own && !count(term, entry.around)) return 0;
        sum += own;
      }
      const together = terms.length > 1 && count(phrase, `${entry.head}\n${entry.text}`);
      return sum && sum + entry.gain + (together ? 20 * terms.length : 0); // the words as they are asked for outweigh those here and there
    };
    return { marks: terms, score };
  };

  const pieces = (query) => {
    const runs = query.toLowerCase().match(/\p{Script=Han}+|(?:(?!\p{Script=Han})[\p{L}\p{N}.])+/gu) ?? [];
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
    return { marks, score, near: "near" };
  };

  /* Without quotation marks, and English words without the sign of the plural. */
  const simpler = (query) => plain(query.replace(/["“”‘’「」]/g, " ").replace(/(\p{Script=Latin}{3,})s\b/gu, "$1")) || query;

  /* Other words for the same things: debt ceiling, 债务上限 */
  const group = (asked) =>
    globalThis.searchIndex.synonyms.find((words) => words.some((word) => word.toLowerCase() === asked.toLowerCase())) ?? [];

  /* Of each group of marks one has to be there. */
  const oneOfEach = (groups) => {
    const score = (entry) => {
      const own = groups.map((marks) => Math.max(0, ...marks.map((mark) => weight(mark, entry))));
      return Math.min(...own) && own.reduce((sum, one) => sum + one, entry.gain);
    };
    return { marks: groups.flat(), score, near: "like" };
  };

  const otherWords = (terms) => {
    const known = terms.some((term) => group(term).length);
    const found = oneOfEach(terms.map((term) => [term, ...group(term)].map((word) => pattern(word, false))));
    return { ...found, score: (entry) => known && found.score(entry) };
  };

  /* For the query as a whole; for each of its words only where that finds nothing: gearing of enterprises */
  const synonyms = (query) => otherWords([query]);

  /* How a character is read; one that no name has is not read at all. */
  const sounds = (character) => globalThis.searchIndex.spelling[character]?.split(" ").filter(Boolean) ?? [];

  /* Names that are spelt in pinyin: zhaiwu */
  const byPinyin = (query) => {
    const letters = query.toLowerCase().replace(/[ ']/g, "").replace(/ü/g, "v");
    // where in the text the letters are spelt to their end, from a character on; -1 if they are not
    const end = (text, at, rest) => {
      if (!rest) return at;
      for (const reading of sounds(text[at])) {
        const found = rest.startsWith(reading) ? end(text, at + 1, rest.slice(reading.length)) : -1;
        if (found >= 0) return found;
      }
      return -1;
    };
    const spelt = (text) => {
      const starts = [...text].keys();
      for (const start of starts) {
        const found = end(text, start, letters);
        if (found > start + 1) return text.slice(start, found);
      }
      return "";
    };
    const readable = /^[a-z]{4,}$/.test(letters);
    const found = new Set(readable ? entries().map((entry) => spelt(entry.head)).filter(Boolean) : []);
    const marks = [...found].map((name) => pattern(name, false));
    return { marks, score: (entry) => (marks.some((mark) => count(mark, entry.head)) ? 1 : 0), near: "like" };
  };

  /* Names with characters that sound like those of the query: 债务律 */
  const bySound = (query) => {
    const alike = (character) => {
      const own = sounds(character);
      const others = Object.keys(globalThis.searchIndex.spelling).filter((other) => sounds(other).some((sound) => own.includes(sound)));
      return `[${[character, ...others].map(exactly).join("")}]`;
    };
    const chinese = /^\p{Script=Han}{2,}$/u.test(query);
    const marks = chinese ? [new RegExp([...query].map(alike).join(""), "gu")] : [];
    return { marks, score: (entry) => (marks.some((mark) => count(mark, entry.head)) ? 1 : 0), near: "like" };
  };

  /* In how many places two words differ: a letter more, less or another, or two neighbours exchanged. */
  const differences = (a, b) => {
    const rows = [[...Array(b.length + 1).keys()]];
    for (let i = 1; i <= a.length; i++) {
      rows[i] = [i];
      for (let j = 1; j <= b.length; j++) {
        rows[i][j] = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (a[i - 1] !== b[j - 1]));
        const exchanged = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
        if (exchanged) rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1);
      }
    }
    return rows[a.length][b.length];
  };

  /* English words that are misspelt: govenment, assests, debt limt */
  const bySpelling = (query) => {
    const known = [...new Set(entries().flatMap((entry) => entry.name.toLowerCase().match(/[a-z]{4,}/g) ?? []))];
    const like = (term) => {
      if (known.includes(term) || !/^[a-z]{4,}$/.test(term)) return [term];
      const most = term.length < 8 ? 1 : 2;
      return known.filter((word) => word[0] === term[0] && Math.abs(word.length - term.length) <= most && differences(term, word) <= most);
    };
    return oneOfEach(query.toLowerCase().split(" ").map((term) => like(term).map((word) => pattern(word, false))));
  };

  const READINGS = [
    (query) => allTerms(query.replace(/(\d) (?=\p{Script=Han})/gu, "$1"), true), // 126.8 亿元, 2023 年
    (query) => allTerms(query, true),
    (query) => allTerms(query, false),
    (query) => allTerms(simpler(query), false),
    synonyms,
    (query) => otherWords(query.split(" ")),
    byPinyin,
    bySound,
    bySpelling,
    mostPieces,
  ];

  /* Rows by where the words stand and then as listed, text by how much there is; equals stay in the order of the book. */
  const inOrder = (a, b) => {
    const rows = a.order !== undefined && b.order !== undefined;
    return rows ? Math.floor(b.score / 10) - Math.floor(a.score / 10) || a.order - b.order : b.score - a.score;
  };

  /* A page of the gazette: p93, 第93页; 0 if none is asked for, or there is no such page */
  const pageOf = (query) => {
    const number = Number(/^(?:p{1,2}\.? ?|page |第 ?)(\d{1,3}) ?页?$/i.exec(query)?.[1] ?? 0);
    return number <= globalThis.searchIndex.lastPage ? number : 0;
  };

  const search = (query) => {
    const all = entries();
    const found = (score, where) =>
      where
        .map((entry) => ({ ...entry, score: score(entry) }))
        .filter((hit) => hit.score)
        .sort(inOrder);
    for (const read of READINGS) {
      const { marks, near, score } = read(query);
      const hits = found(score, all);
      if (!hits.length) continue;
      if (near || (hits.length >= FEW && hits.some((hit) => hit.page))) return { hits, marks, near };
      // Letters may stand in ids alone: as pinyin they are words of the text
      const [others, spelt] = [synonyms(query), byPinyin(query)];
      const rest = found((entry) => others.score(entry) + spelt.score(entry), all.filter((entry) => !score(entry)));
      const exact = hits.map((hit) => ({ ...hit, score: hit.score + EXACT }));
      return { hits: [...exact, ...rest].sort(inOrder), marks: [...marks, ...others.marks, ...spelt.marks] };
    }
    return { hits: [], marks: [] };
  };

  /* --- showing */

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
      parts.push(text.slice(done, start), make("mark", {}, text.slice(start, end)));
      done = end;
    }
    return [...parts, text.slice(done)];
  };

  /* Where an excerpt may be cut, from the best: after a clause, at a blank, before a character that is no unit of a number. */
  const CUTS = [/[，。；：！？]|[,;:!?] |\.\s(?!\d)/gu, /\s/gu, /(?<![\d.,±～−])(?<!\d[十百千万亿])(?=\p{Script=Han})/gu];

  /* The best cut soon after a place: where it begins, and where it ends. */
  const cut = (text, place) => {
    for (const kind of CUTS) {
      kind.lastIndex = place;
      const found = kind.exec(text);
      if (found && found.index < place + CONTEXT / 2) return [found.index, kind.lastIndex];
    }
    return [place, place];
  };

  const excerpt = (text, marks) => {
    const [[from, to] = [0, 0]] = spans(text, marks);
    const start = from > CONTEXT ? cut(text, from - CONTEXT)[1] : 0;
    const [end] = to + CONTEXT < text.length ? cut(text, to + CONTEXT / 2) : [text.length];
    return [start ? "…" : "", ...marked(text.slice(start, end), marks), end < text.length ? "…" : ""];
  };

  const item = (hit, marks) => {
    const link = make("a", { href: hit.url }, ...marked(hit.head, marks));
    const context = hit.value ? marked(hit.text, marks) : excerpt(hit.text, marks);
    return make("li", {}, link, make("p", {}, ...context));
  };

  const list = (hits, marks, shown, more) => {
    const items = hits.map((hit) => item(hit, marks));
    const parts = [make("ol", {}, ...items.slice(0, shown))];
    if (items.length > shown) {
      const summary = make("summary", {}, say(more, { count: items.length - shown }));
      parts.push(make("details", {}, summary, make("ol", { start: shown + 1 }, ...items.slice(shown))));
    }
    return parts;
  };

  const inText = (hits, marks) => {
    const groups = new Map();
    for (const hit of hits) groups.set(hit.page, [...(groups.get(hit.page) ?? []), hit]);
    const parts = [...groups].map(([page, found]) =>
      make("section", {}, make("h3", {}, page.title), ...list(found, marks, SHOWN.places, "morePlaces")),
    );
    return make("section", { id: "in-text" }, make("h2", {}, say("inText", { count: hits.length })), ...parts);
  };

  const asFigures = (hits, marks) =>
    make(
      "section",
      { id: "as-figures" },
      make("h2", {}, say("asFigures", { count: hits.length })),
      ...list(hits, marks, SHOWN.figures, "moreRows"),
    );

  const announce = (...parts) => {
    const status = document.getElementById("search-status");
    status.replaceChildren(...parts);
    status.focus();
  };

  const show = (asked, query) => {
    const page = pageOf(query);
    const { hits, marks, near } = search(page ? say("page", { page }) : query);
    if (page) {
      const url = `${globalThis.searchIndex.gazette}#p${page}`;
      hits.unshift({ url, head: say("gazettePage", { page }), text: "", value: " ", order: -1 });
    }
    if (!hits.length) {
      announce(say("nothing", { asked }));
      return;
    }
    const places = hits.filter((hit) => hit.page);
    const figures = hits.filter((hit) => !hit.page);
    const groups = [];
    if (places.length) groups.push([inText(places, marks), "in-text", say("places", { count: places.length })]);
    if (figures.length) groups.push([asFigures(figures, marks), "as-figures", say("rows", { count: figures.length })]);
    if (page || /\d|[@_]|\w\.\w/.test(query)) groups.reverse(); // numbers and ids: their rows first
    document.getElementById("search-found").replaceChildren(...groups.map(([part]) => part));
    const counts = groups.flatMap(([, id, words], i) => [i ? say("and") : "", make("a", { href: `#${id}` }, words)]);
    announce(say(near ?? "found", { asked }), ...counts, say("end"));
  };

  /* --- while a query is typed: names that it is the beginning of, or a part of */

  const suggest = (field) => {
    const names = [...new Set(entries().map((entry) => entry.head.replace(/^[\d.]+ |（[^（）]*）$| \([^()]*\)$/g, "")))];
    const offered = make("datalist", { id: "search-names" });
    field.after(offered);
    field.setAttribute("list", offered.id);
    field.addEventListener("input", (event) => {
      const typed = plain(field.value).toLowerCase();
      if (event.isComposing || typed.length < 2) return;
      const fitting = names.filter((name) => name.toLowerCase().includes(typed));
      fitting.sort((a, b) => a.toLowerCase().indexOf(typed) - b.toLowerCase().indexOf(typed) || a.length - b.length);
      offered.replaceChildren(...fitting.slice(0, SHOWN.names).map((value) => make("option", { value })));
    });
  };

  const field = document.querySelector(".search-page input");
  suggest(field);
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
