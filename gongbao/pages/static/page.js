// The buttons of a page: printing, the switch for the code, the way up, and that to the same place in another language. Then tables:
// names for those that scroll, heads for cells that stand alone on a phone, a filter for the evidence of a chapter.
{
  const words = JSON.parse(document.currentScript.dataset.words);
  const make = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  };

  for (const button of document.querySelectorAll("[data-action=print]")) button.addEventListener("click", () => print());

  // A glyph is no part of the name of a button or link: what it stands for is said in words.
  for (const icon of document.querySelectorAll(".fa-solid, .fas")) icon.setAttribute("aria-hidden", "true");

  // All blocks of code open, or none there, as at first. What the reader chose holds for all pages.
  const blocks = [...document.querySelectorAll("details.section-code")];
  const place = document.querySelector(".article-header-buttons");
  if (blocks.length && place) {
    const button = make("button", { type: "button", class: "btn btn-sm code-switch", "aria-label": words.show }, make("span", { "aria-hidden": true }, "</>"));
    const say = (shown) => {
      button.title = shown ? words.hide : words.show;
      button.setAttribute("aria-pressed", String(shown));  // of what the button is called, whatever it would do next
    };
    const set = (shown) => {
      document.documentElement.dataset.code = shown ? "shown" : "hidden";  // the style sheet does the rest
      for (const block of blocks) block.open = shown;
      say(shown);
      try { localStorage.setItem("code", shown ? "shown" : "hidden"); } catch { /* a browser that keeps nothing */ }
    };
    button.addEventListener("click", () => set(document.documentElement.dataset.code !== "shown"));
    say(false);
    place.prepend(button);
    let kept = null;
    try { kept = localStorage.getItem("code"); } catch { /* the same */ }
    if (kept === "shown") set(true);
  }

  // A drawer is called as the button that opens it, and gives the focus back.
  for (const side of ["primary", "secondary"]) {
    const [drawer, toggle] = [document.getElementById(`pst-${side}-sidebar-modal`), document.querySelector(`.${side}-toggle`)];
    if (!drawer || !toggle) continue;
    drawer.setAttribute("aria-label", toggle.title);
    drawer.addEventListener("close", () => setTimeout(() => toggle.focus()));
  }

  // The theme has a button that leads back to the top, but nothing that shows it.
  const up = document.getElementById("pst-back-to-top");
  if (up) {
    const far = () => up.classList.toggle("far", scrollY > 1.5 * innerHeight);
    addEventListener("scroll", far, { passive: true });
    requestAnimationFrame(far);
    up.addEventListener("click", () => {
      scrollTo(0, 0);
      document.getElementById("main-content")?.focus({ preventScroll: true });
    });
  }

  // The other language leads to the place that is read: addresses are the same in every language.
  const EDGE = 120; // where text begins below the head of the page

  const isRead = (place) => {
    const { top, bottom, height } = place.getBoundingClientRect();
    return height > 0 && top < EDGE && bottom > 0;
  };

  // The id that the address names; what someone cut short may be none.
  const named = () => {
    try { return decodeURIComponent(location.hash.slice(1)); } catch { return ""; }
  };

  const placeRead = () => {
    const addressed = document.getElementById(named());
    // a row near the end of a page never comes to the top
    if (addressed && (addressed.matches("tr") || isRead(addressed))) return addressed;
    if (!window.scrollY) return null;
    return [...document.querySelectorAll("article :is(section, figure, tr, dt)[id]")].filter(isRead).at(-1);
  };

  for (const link of document.querySelectorAll("a.language-switch")) {
    link.addEventListener("click", () => {
      const place = placeRead();
      link.hash = place ? encodeURIComponent(place.id) : "";
      link.search = location.search;
    });
  }

  // What people type, and what pages print, in one form: half width, small letters, one kind of minus.
  const folded = (text) => text.normalize("NFKC").replace(/[−–]/g, "-").toLowerCase();
  const matcher = (query) => {
    const terms = folded(query).split(/\s+/);
    return (text) => terms.every((term) => text.includes(term));
  };
  // An input method is at work until what it composes is chosen.
  const whenTyped = (input, act) => {
    input.addEventListener("input", (event) => event.isComposing || act());
    input.addEventListener("compositionend", act);
  };
  // What a file gives that was asked for: as a script, because a page read from disk may fetch nothing; again if it did not come.
  const files = new Map();
  const given = (source, name) => {
    if (!files.has(source)) files.set(source, new Promise((resolve, reject) => {
      const script = make("script", { src: source });
      script.onload = () => resolve(globalThis[name]);
      script.onerror = () => { files.delete(source); reject(); };
      document.head.append(script);
    }));
    return files.get(source);
  };
  globalThis.shared = { make, named, folded, matcher, whenTyped, given };

  // What is wider than its place fades at the edge behind which there is more.
  const fading = (box, update) => {
    new ResizeObserver(update).observe(box);
    box.addEventListener("scroll", update, { passive: true });
  };
  const fade = (box) => box.classList.toggle("has-more", box.scrollWidth - box.clientWidth - box.scrollLeft > 1);
  for (const formula of document.querySelectorAll("div.formula")) fading(formula, () => fade(formula));

  for (const box of document.querySelectorAll(".pst-scrollable-table-container")) {
    const caption = box.querySelector(".caption-text") ?? box.closest("section")?.querySelector("h1, h2, h3, h4");
    const name = [...(caption?.childNodes ?? [])].filter((node) => !node.matches?.(".headerlink")).map((node) => node.textContent);
    fading(box, () => {
      fade(box);
      if (box.scrollWidth - box.clientWidth > 1) Object.assign(box, { role: "region", ariaLabel: name.join("").trim(), tabIndex: 0 });
      else for (const attribute of ["role", "aria-label", "tabindex"]) box.removeAttribute(attribute);
    });
  }

  for (const table of document.querySelectorAll(".bd-article table:not(.ledger):has(> thead)")) {
    const heads = [...(table.tHead?.rows[0].cells ?? [])].map((head) => head.textContent.trim());
    for (const row of table.tBodies[0].rows) {
      for (const [n, cell] of [...row.cells].entries()) cell.dataset.head = heads[n] ?? "";
      if (row.cells.length > 1) row.cells[0].setAttribute("role", "rowheader");
    }
    if (!table.caption) table.ariaLabel = (table.closest("figure")?.querySelector(".caption-text") ?? table.closest("details")?.querySelector("summary"))?.textContent.trim() ?? null;
  }

  for (const evidence of document.querySelectorAll("details.evidence")) {
    const rows = [...evidence.querySelectorAll("tbody tr")];
    const input = make("input", { type: "search", placeholder: words.filter, "aria-label": words.filter });
    const told = make("output");
    whenTyped(input, () => {
      const fits = matcher(input.value);
      for (const row of rows) row.hidden = !fits(folded(row.textContent));
      told.value = `${rows.filter((row) => !row.hidden).length} / ${rows.length}`;
    });
    evidence.querySelector("summary").after(make("p", {}, input, " ", told));
  }
}
