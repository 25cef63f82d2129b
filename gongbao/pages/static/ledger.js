/* Makes one table of the tables of the ledger: to search, filter and sort, with every row still at its address.
 *
 * The page is complete without this script. DataTables shows the rows by parts, so that many of them stay quick.
 */
(() => {
  "use strict";

  const ROWS = 50;
  const WORDS = JSON.parse(document.currentScript.dataset.words);

  /* What the rows can be filtered by: the values that a row has of it. */
  const FACETS = {
    topic: (row) => [row.dataset.topic],
    claim: (row) => [row.dataset.claim],
    report: (row) => listed(row.dataset.reports),
    page: (row) => listed(row.dataset.pages),
    unit: (row) => (row.dataset.unit ? [row.dataset.unit] : []), // an English one may be of several words
  };

  const listed = (words) => (words ? words.split(" ") : []);
  const collator = new Intl.Collator("zh");
  const first = document.querySelector("table.ledger");
  const sections = topics();
  const table = merged();
  const choices = {};
  const filters = form();
  const data = enhanced();

  /* The sections with a table, by id; what holds sections only is none. */
  function topics() {
    const found = new Map();
    for (const part of document.querySelectorAll("table.ledger")) {
      const section = part.closest("section");
      const heading = section.querySelector("h1, h2, h3, h4").cloneNode(true);
      for (const other of heading.querySelectorAll(".headerlink, .section-number")) other.remove();
      for (const row of part.tBodies[0].rows) row.dataset.topic = heading.textContent.trim();
      found.set(section.id, heading.textContent.trim());
    }
    return found;
  }

  /* One table with all rows, in place of the sections with a table each. */
  function merged() {
    const all = first.cloneNode(false);
    all.append(first.tHead, document.createElement("tbody"));
    const page = document.querySelector("table.ledger").closest("article, .body, body").querySelector("section");
    for (const part of document.querySelectorAll("table.ledger")) {
      all.tBodies[0].append(...part.tBodies[0].rows);
      part.remove();
    }
    for (const section of page.querySelectorAll("section")) section.hidden = true;
    all.hidden = true; // until only some of its rows are left to lay out
    page.append(all);
    return all;
  }

  function form() {
    const made = document.createElement("form");
    made.className = "ledger-filters";
    made.setAttribute("role", "search");
    made.setAttribute("aria-label", WORDS.filter);
    const rows = [...table.tBodies[0].rows];
    for (const [key, valuesOf] of Object.entries(FACETS)) {
      const values = new Set(rows.flatMap(valuesOf));
      const order = key === "page" ? [...values].sort((a, b) => a - b) : [...values];
      const choice = document.createElement("select");
      choice.append(new Option(WORDS.all, ""), ...order.map((value) => new Option(value, value)));
      const label = document.createElement("label");
      label.append(WORDS.facets[key], choice);
      choices[key] = choice;
      made.append(label);
    }
    const reset = document.createElement("button");
    reset.type = "reset";
    reset.textContent = WORDS.reset;
    made.append(reset);
    table.before(made);
    return made;
  }

  function fits(row) {
    return Object.entries(FACETS).every(
      ([key, valuesOf]) => !choices[key].value || valuesOf(row).includes(choices[key].value),
    );
  }

  function enhanced() {
    const rank = {
      value: (row) => (row.dataset.value ? Number(row.dataset.value) : NaN),
      page: (row) => Number(listed(row.dataset.pages)[0] ?? Infinity),
      uses: (row) => row.cells[3].querySelectorAll("a").length,
    };
    for (const [name, of] of Object.entries(rank)) {
      DataTable.ext.order[name] = function (settings, column) {
        return this.api()
          .column(column, { order: "index" })
          .nodes()
          .map((cell) => of(cell.parentNode));
      };
    }
    // what is stated in words has no value to sort by, and comes last in either order
    const last = (a, b) => Number.isNaN(a) - Number.isNaN(b);
    DataTable.ext.type.order["measured-asc"] = (a, b) => last(a, b) || a - b;
    DataTable.ext.type.order["measured-desc"] = (a, b) => last(a, b) || b - a;
    DataTable.ext.type.order["chinese-asc"] = collator.compare;
    DataTable.ext.type.order["chinese-desc"] = (a, b) => collator.compare(b, a);
    const made = new DataTable(table, {
      pageLength: ROWS,
      lengthMenu: [25, ROWS, 100, 500, { label: WORDS.all, value: -1 }],
      order: [],
      autoWidth: false,
      language: WORDS.table,
      layout: { topStart: "search", topEnd: "info", bottomStart: "pageLength", bottomEnd: "paging" },
      columns: [
        { type: "chinese" },
        { orderDataType: "value", type: "measured" },
        { orderDataType: "page", type: "num" },
        { orderDataType: "uses", type: "num" },
      ],
    });
    table.hidden = false;
    // DataTables has no setting for this name
    made.table().container().querySelector(".dt-paging nav").setAttribute("aria-label", WORDS.pages);
    const nodes = made.rows().nodes().toArray();
    made.search.fixed("facets", (words, values, index) => fits(nodes[index]));
    return made;
  }

  /* What the address names is on the screen: a row, whatever hides it, or the rows of a topic. */
  function follow() {
    const id = decodeURIComponent(location.hash.slice(1));
    if (sections.has(id)) return choose({ topic: sections.get(id) });
    const index = id ? data.rows((i, values, row) => row.id === id).indexes()[0] : undefined;
    if (index === undefined) return;
    const place = () => data.rows({ search: "applied", order: "applied" }).indexes().indexOf(index);
    if (place() < 0) choose({});
    const length = data.page.len();
    if (length > 0) data.page(Math.floor(place() / length)).draw("page");
    location.replace(location.hash); // the row was not in the page when the browser looked for it
  }

  function choose(values) {
    data.search("");
    for (const key of Object.keys(FACETS)) choices[key].value = values[key] ?? "";
    data.draw();
  }

  filters.addEventListener("change", () => data.draw());
  filters.addEventListener("submit", (event) => event.preventDefault());
  filters.addEventListener("reset", (event) => {
    event.preventDefault();
    choose({});
  });
  window.addEventListener("hashchange", follow);
  document.documentElement.classList.add("ledger-ready");
  follow();
})();
