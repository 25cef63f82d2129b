/* The card of a number: what it says, how it is known, and where it is stated; and that of a term, which explains it.
 *
 * Each number is a link to its row, and remains one without this script. With it, the card opens when the pointer comes
 * to a number, when a finger taps it, and at Enter; the Tab key alone goes from number to number, since a card would add
 * stops to each. The contents of all cards of a page are in one file, which is asked for when the first is opened, and
 * with them those of the terms that the page explains.
 */
(() => {
  "use strict";

  const NUMBER = "a:has(> .figure-value), a:has(> .glossary-term)";
  const DELAY = 200; // ms before a card opens, or closes when it is left
  const GAP = 6; // px between a number and its card
  const HEAD = 56; // px that the head of the page covers
  const LEAST = 120; // px that a card has at least

  const { cards } = document.currentScript.dataset;
  const ROOT = document.documentElement.dataset.content_root;
  const { make, given } = globalThis.shared; // page.js
  if (!HTMLElement.prototype.showPopover) return;

  const spoken = { role: "dialog", "aria-labelledby": "figure-card-name" };
  const card = make("div", { class: "figure-card", popover: "auto", tabindex: -1, ...spoken });
  const summary = make("p", { id: "figure-card-summary", hidden: "" });
  document.body.append(summary);

  let number = null; // the one whose card is open, or about to be
  let closing = null; // the one that gets the focus back from its card
  let touched = null; // the one that a finger came down on, and whether its card was open
  let timer = 0;

  const isOpen = () => card.matches(":popover-open");
  const numberAt = (node) => (node instanceof Element ? node.closest(NUMBER) : null);
  const idOf = (link) => decodeURIComponent(link.hash.slice(1));

  /* A term is explained on the page that it leads to. */
  function cardsOf(link) {
    if (!link.querySelector(".glossary-term")) return cards;
    const page = link.pathname.slice(new URL(ROOT, location.href).pathname.length);
    return `${ROOT}_static/figures/${page.replace(/\.html$/, ".js")}`;
  }

  async function contentOf(link) {
    return (await given(cardsOf(link), "figureCards").catch(() => ({})))[idOf(link)];
  }

  /* The text over the number would lie over the card; read aloud, it is the description of the number. */
  function describe(link) {
    if (link === number) return;
    if (number) restore(number);
    number = link;
    summary.textContent = link.title;
    if (link.title) link.setAttribute("aria-describedby", summary.id); // the name of a figure in a formula has none
    link.removeAttribute("title");
  }

  /* The text of a term comes from its card. */
  async function explain(link) {
    const explained = new DOMParser().parseFromString(await contentOf(link) ?? "", "text/html");
    if (link !== number) return;
    summary.textContent = explained.querySelector(".definition")?.textContent;
    link.setAttribute("aria-describedby", summary.id);
  }

  function restore(link) {
    if (summary.textContent && !link.querySelector(".glossary-term")) link.title = summary.textContent;
    link.removeAttribute("aria-describedby");
    number = null;
  }

  /* From the card of one number to that of another; it must be closed to be moved. */
  function turnTo(link) {
    if (isOpen()) card.hidePopover();
    describe(link);
  }

  async function open(link, focus = false) {
    turnTo(link);
    const content = await contentOf(link);
    if (!content && focus) location.assign(link.href); // what has no card is still a link
    if (link !== number || !content) return;
    card.innerHTML = content;
    for (const entry of card.querySelectorAll(".entry")) entry.href = link.href;
    link.after(card); // where the next press of Tab leads
    card.showPopover();
    place(link);
    if (focus) card.focus({ preventScroll: true });
  }

  /* Below the number, or above it where there is more room, and no higher than that; on narrow screens the style sheet decides. */
  function place(link) {
    card.style.removeProperty("--free");
    const line = link.getClientRects()[0];
    const { offsetWidth: width, offsetHeight: height } = card;
    const room = document.documentElement.clientWidth - width - GAP;
    const under = window.innerHeight - line.bottom - 2 * GAP;
    const over = line.top - HEAD - 2 * GAP;
    const above = height > under && over > under;
    const free = Math.max(LEAST, above ? over : under);
    const top = above ? line.top - GAP - Math.min(height, free) : line.bottom + GAP;
    card.style.setProperty("--free", `${free}px`);
    card.style.setProperty("--left", `${Math.max(GAP, Math.min(line.left, room)) + window.scrollX}px`);
    card.style.setProperty("--top", `${top + window.scrollY}px`);
  }

  function soon(action) {
    clearTimeout(timer);
    timer = setTimeout(action, DELAY);
  }

  function come(link) {
    contentOf(link);
    if (link === number && isOpen()) return clearTimeout(timer);
    soon(() => open(link));
  }

  function leave() {
    soon(() => {
      const here = document.activeElement;
      const wanted = card.contains(here) || (here === number && here?.matches(":focus-visible"));
      if (wanted || card.matches(":hover")) return;
      if (isOpen()) card.hidePopover();
      else if (number) restore(number);
    });
  }

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    const link = numberAt(event.target);
    if (link) come(link);
    else if (card.contains(event.target)) clearTimeout(timer);
  });

  document.addEventListener("pointerout", (event) => {
    if (event.pointerType !== "touch" && (numberAt(event.target) || card.contains(event.target))) leave();
  });

  document.addEventListener("focusin", (event) => {
    const link = numberAt(event.target);
    if (!link || link === closing || card.contains(link) || !link.matches(":focus-visible")) return;
    if (link !== number) turnTo(link); // for what is read aloud as the focus comes
    if (link.querySelector(".glossary-term")) explain(link);
  });

  document.addEventListener("focusout", (event) => {
    if (numberAt(event.target) || card.contains(event.target)) leave();
  });

  document.addEventListener("pointerdown", (event) => {
    const link = event.pointerType === "mouse" ? null : numberAt(event.target);
    touched = link && { link, wasOpen: isOpen() && link === number };
  });

  /* A finger cannot hover: the first tap opens the card, which has the link to the row. */
  document.addEventListener("click", (event) => {
    const link = numberAt(event.target);
    if (!link || !event.detail || touched?.link !== link || card.contains(link)) return;
    event.preventDefault();
    if (touched.wasOpen) return;
    open(link, true);
  });

  /* Chromium itself closes only what was opened by a click or a key. */
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isOpen()) card.hidePopover();
    const link = event.key === "Enter" && !event.ctrlKey && !event.metaKey && !event.shiftKey && numberAt(event.target);
    if (!link || card.contains(link)) return;
    event.preventDefault(); // the card has the link to the row
    open(link, true);
  });

  card.addEventListener("click", (event) => {
    if (event.target.closest(".close")) card.hidePopover();
  });

  card.addEventListener("beforetoggle", (event) => {
    if (event.newState === "closed") closing = number;
  });

  card.addEventListener("toggle", (event) => {
    if (event.newState === "closed" && number === closing && number) restore(number);
    closing = null;
  });
})();
