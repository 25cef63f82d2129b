/* Makes one table of the tables of the ledger: to search, filter, sort and take away, with every row still at its address.
 *
 * The page is complete without this script. What is shown follows from the address alone: its query is the view (in terms
 * that are the same in every language), its hash a row. Controls only change the address.
 */
(() => {
  "use strict";

  const { says, names } = JSON.parse(document.currentScript.dataset.words);
  const { make, named, folded, matcher, whenTyped } = globalThis.shared; // page.js
  const SIZES = [25, 50, 100, 500];
  const DEFAULTS = { q: "", topic: "", claim: "", report: "", page: "", unit: "", sort: "", rows: "50", part: "1" };
  const FILTERS = ["q", "topic", "claim", "report", "page", "unit"];

  const tables = [...document.querySelectorAll("table.ledger")];
  const rows = tables.flatMap((table) => [...table.tBodies[0].rows]);
  const listed = (words) => (words ? words.split(" ") : []);
  const units = new Map(names.units.map(([symbol, word, measure, factor]) => [symbol, { word, measure, factor }]));

  /* --- what a row has */

  const topics = new Map(); // id of a section with tables, or with such sections → its heading
  const topicsOf = new Map();
  for (const table of tables) {
    const within = [];
    for (let section = table.closest("section"); section?.parentElement.closest("section"); section = section.parentElement.closest("section"))
      within.unshift(section);
    for (const [depth, section] of within.entries()) {
      const heading = section.querySelector("h1, h2, h3, h4").cloneNode(true);
      for (const other of heading.querySelectorAll(".headerlink, .section-number")) other.remove();
      topics.set(section.id, "\u2003".repeat(depth) + heading.textContent.trim());
    }
    for (const row of table.tBodies[0].rows) topicsOf.set(row, within.map((section) => section.id));
  }

  /* The topic that an id names: assets.land, external.xuhui.assets. */
  const subjectOf = (row) => {
    const [first, , third] = row.id.split(/[.@]/);
    return first === "external" ? third : first;
  };

  /* What the rows can be filtered by: the values that a row has of it. */
  const FACETS = {
    topic: (row) => [...topicsOf.get(row), subjectOf(row)],
    claim: (row) => [row.dataset.claim],
    report: (row) => listed(row.dataset.reports),
    page: (row) => listed(row.dataset.pages),
    unit: (row) => (row.dataset.unit ? [row.dataset.unit] : []),
  };

  /* What they can be sorted by, a column each: a group, whose order stays, and the place within it. */
  const SORTS = {
    name: (row) => [0, textOf(row)],
    value: (row) => {
      const { measure, factor } = units.get(row.dataset.unit) ?? { measure: -1, factor: 1 };
      return row.dataset.value ? [measure, row.dataset.value * factor] : [Number.MAX_VALUE, 0];
    },
    source: (row) => (row.dataset.pages ? [0, Number(listed(row.dataset.pages)[0])] : [1, 0]),
    uses: (row) => [0, row.cells[3].querySelectorAll("a").length],
  };

  const texts = new Map();
  const textOf = (row) => texts.get(row) ?? texts.set(row, folded(row.textContent)).get(row);

  /* --- one table, and its controls */

  const say = (message, values) => message.replace(/\{(\w+)\}/g, (_, name) => Number(values[name]).toLocaleString(document.documentElement.lang));

  const table = tables[0];
  const sections = [...table.closest("article, .body, body").querySelector("section").querySelectorAll("section")];
  const place = sections.length ? sections[0].parentElement : table.closest("section");
  for (const section of sections) section.hidden = true;

  const controls = {
    q: make("input", { type: "search", placeholder: says.example }),
    ...Object.fromEntries(Object.keys(FACETS).map((key) => [key, choice(key)])),
  };
  const form = make("form", { class: "ledger-filters", role: "search", "aria-label": says.filter, autocomplete: "off" });
  for (const [key, control] of Object.entries(controls)) form.append(make("label", {}, says.facets[key], control));
  const download = make("button", { type: "button" }, says.download);
  form.append(make("button", { type: "reset" }, says.reset), download);

  const told = make("p", { role: "status" });
  const sizes = make("select", {}, ...SIZES.map((size) => new Option(size, size)), new Option(says.all, "0"));
  const steps = Object.entries({ first: "«", previous: "‹", next: "›", last: "»" }).map(([step, sign]) =>
    make("button", { type: "button", "aria-label": says.steps[step], "data-step": step }, sign),
  );
  const partTold = make("span");
  const pager = make("nav", { "aria-label": says.pages }, ...steps.slice(0, 2), partTold, ...steps.slice(2));
  place.append(form, told, table, make("div", { class: "ledger-parts" }, make("label", {}, says.rows, sizes), pager));
  for (const empty of tables.slice(1)) empty.remove();

  const heads = Object.keys(SORTS).map((key, column) => {
    const head = table.tHead.rows[0].cells[column];
    const button = make("button", { type: "button", class: "sort", title: says.sort }, head.textContent.trim());
    button.addEventListener("click", () => {
      const next = { [key]: `-${key}`, [`-${key}`]: "" };
      change({ sort: next[view.sort] ?? key });
    });
    head.replaceChildren(button);
    return [key, head];
  });

  /* What only scripts make of a row, when it is shown first: its citation, and the heads of its cells for a phone. */
  function complete(row) {
    if (row.querySelector(".row-actions")) return;
    textOf(row); // without the words of the buttons
    for (const [column, [, head]] of heads.entries()) row.cells[column].dataset.head = head.textContent;
    const forms = Object.entries({ words: says.cite, bibtex: "BibTeX" });
    const buttons = forms.map(([form, name]) => make("button", { type: "button", class: "cite", "data-form": form }, name));
    row.cells[0].append(make("p", { class: "row-actions" }, buttons[0], " ", buttons[1]));
  }

  function choice(key) {
    const made = make("select", {}, new Option(says.all, ""));
    const used = new Set(rows.flatMap(FACETS[key]));
    if (key === "page") for (const page of [...used].sort((a, b) => a - b)) made.append(new Option(page, page));
    else {
      const words = { topic: [...topics], unit: names.units, claim: names.claims, report: names.reports }[key];
      made.append(...words.filter(([value]) => used.has(value)).map(([value, word]) => new Option(word, value)));
    }
    return made;
  }

  /* --- the view and its address */

  let view = DEFAULTS;
  let address = null;
  let typing = false;

  /* The view that a query asks for; what there is not is left out. */
  function asked() {
    const wanted = { ...DEFAULTS };
    for (const [key, value] of new URLSearchParams(location.search)) if (key in wanted) wanted[key] = value;
    for (const key of Object.keys(FACETS))
      if (![...controls[key].options].some((option) => option.value === wanted[key])) wanted[key] = "";
    if (!(wanted.sort.replace(/^-/, "") in SORTS)) wanted.sort = "";
    if (![...sizes.options].some((option) => option.value === wanted.rows)) wanted.rows = DEFAULTS.rows;
    return wanted;
  }

  function addressOf(wanted, hash = "") {
    const changed = Object.entries(wanted).filter(([key, value]) => value !== DEFAULTS[key]);
    const query = new URLSearchParams(changed).toString();
    return location.pathname + (query && `?${query}`) + hash;
  }

  function found() {
    const fits = matcher(view.q);
    const chosen = Object.entries(FACETS).filter(([key]) => view[key]);
    const kept = rows.filter((row) => chosen.every(([key, of]) => of(row).includes(view[key])) && (!view.q || fits(textOf(row))));
    const key = SORTS[view.sort.replace(/^-/, "")];
    if (!key) return kept;
    const sign = view.sort.startsWith("-") ? -1 : 1;
    const { compare } = new Intl.Collator(document.documentElement.lang);
    const within = (a, b) => (typeof a === "string" ? compare(a, b) : a - b);
    const keyed = kept.map((row) => [key(row), row]);
    return keyed.sort(([a], [b]) => a[0] - b[0] || sign * within(a[1], b[1])).map(([, row]) => row);
  }

  function draw(shown) {
    const size = Number(view.rows) || Math.max(shown.length, 1);
    const parts = Math.max(1, Math.ceil(shown.length / size));
    const part = Math.min(Math.max(1, Math.trunc(Number(view.part)) || 1), parts);
    view.part = String(part);
    const first = (part - 1) * size;
    const drawn = shown.slice(first, first + size);
    drawn.forEach(complete);
    table.tBodies[0].replaceChildren(...drawn);
    const counts = { first: first + 1, last: first + drawn.length, count: shown.length, all: rows.length };
    told.textContent = shown.length ? say(says.info, counts) : says.none;
    if (shown.length < rows.length) told.append(say(says.filtered, counts));
    partTold.textContent = say(says.part, { part, parts });
    const leads = { first: 1, previous: part - 1, next: part + 1, last: parts };
    for (const step of steps) {
      step.value = leads[step.dataset.step];
      step.disabled = Number(step.value) === part || step.value < 1 || step.value > parts;
    }
    for (const [key, control] of Object.entries(controls)) if (control.value !== view[key]) control.value = view[key];
    sizes.value = view.rows;
    for (const [key, head] of heads) {
      const order = { [key]: "ascending", [`-${key}`]: "descending" }[view.sort];
      if (order) head.setAttribute("aria-sort", order);
      else head.removeAttribute("aria-sort");
    }
    download.disabled = !shown.length;
  }

  /* What the address says is on the screen: a view, a row whatever hides it, or the rows of a topic. */
  function follow() {
    if (location.href === address) return;
    typing = false;
    const id = named();
    const row = rows.find((one) => one.id === id);
    view = topics.has(id) ? { ...DEFAULTS, topic: id } : asked();
    let shown = found();
    if (row && !shown.includes(row)) {
      for (const key of FILTERS) view[key] = "";
      shown = found();
    }
    if (row && Number(view.rows)) view.part = String(Math.floor(shown.indexOf(row) / view.rows) + 1);
    draw(shown);
    history.replaceState(null, "", addressOf(view, topics.has(id) ? "" : location.hash));
    address = location.href;
    if (row) location.replace(location.hash); // it was not in the page when the browser looked for it
    else if (topics.has(id)) form.scrollIntoView();
  }

  /* Another view, from its beginning; a word that is being typed is one step back. */
  function change(values, typed = false) {
    view = { ...view, part: "1", ...values };
    draw(found());
    history[typed && typing ? "replaceState" : "pushState"](null, "", addressOf(view));
    address = location.href;
    typing = typed;
  }

  for (const key of Object.keys(FACETS)) controls[key].addEventListener("change", () => change({ [key]: controls[key].value }));
  whenTyped(controls.q, () => change({ q: controls.q.value }, true));
  sizes.addEventListener("change", () => change({ rows: sizes.value }));
  pager.addEventListener("click", ({ target }) => {
    if (!target.value) return;
    change({ part: target.value });
    form.scrollIntoView();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    change(Object.fromEntries(FILTERS.map((key) => [key, ""])));
  });
  addEventListener("popstate", follow);
  addEventListener("hashchange", follow);

  /* --- what is shown, to take away */

  const text = (node) => node?.textContent.replace(/\s+/g, " ").trim() ?? "";
  const COLUMNS = {
    id: (row) => row.id,
    name: (row) => text(row.cells[0].querySelector(".figure-name")),
    claim: (row) => names.claims.find(([key]) => key === row.dataset.claim)[1],
    printed: (row) => text(row.cells[1].querySelector(".figure-printed")),
    value: (row) => row.dataset.value ?? "",
    low: (row) => row.dataset.low ?? row.dataset.value ?? "",
    high: (row) => row.dataset.high ?? row.dataset.value ?? "",
    unit: (row) => units.get(row.dataset.unit)?.word ?? "",
    page: (row) => row.dataset.pages ?? "",
    source: (row) => text(row.cells[2]),
    address: (row) => `${location.href.split(/[?#]/)[0]}#${row.id}`,
  };

  download.addEventListener("click", () => {
    const lines = [Object.keys(COLUMNS), ...found().map((row) => Object.values(COLUMNS).map((of) => of(row)))];
    const quoted = lines.map((line) => line.map((value) => `"${value.replaceAll('"', '""')}"`).join(",")).join("\r\n");
    // spreadsheets take a file for UTF-8 by its first character
    const url = URL.createObjectURL(new Blob([`\ufeff${quoted}\r\n`], { type: "text/csv" }));
    make("a", { href: url, download: "ledger.csv" }).click();
    setTimeout(() => URL.revokeObjectURL(url));
  });

  document.documentElement.classList.add("ledger-ready");
  follow();
})();
