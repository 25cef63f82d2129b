/* Copies how a figure is cited, and says so. The button of a card has the citation; those of the rows of the ledger are in one file,
 * asked for when the first is wanted. */
(() => {
  "use strict";

  const SAID_FOR = 2000; // ms that a button says what it did
  const SOURCE = `${document.documentElement.dataset.content_root}_static/figures/citations.js`;
  const { copied, failed } = JSON.parse(document.currentScript.dataset.words);
  const { make, given } = globalThis.shared; // page.js
  const load = () => given(SOURCE, "figureCitations");

  const said = make("p", { class: "said-only", role: "status" }); // heard only where it is on the page before it says something

  async function copy(button) {
    const { citation, form } = button.dataset;
    const name = (button.dataset.name ??= button.textContent); // not what an earlier click made it say
    try {
      await navigator.clipboard.writeText(citation ?? (await load())[button.closest("tr").id][form]);
      button.textContent = said.textContent = copied;
    } catch {
      button.textContent = said.textContent = failed;
    }
    setTimeout(() => {
      button.textContent = name;
      said.textContent = "";
    }, SAID_FOR);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest(".cite");
    if (button) copy(button);
  });

  /* A browser lets a page copy only just after the click: the file should be there by then. */
  for (const sign of ["pointerover", "focusin"]) {
    document.addEventListener(sign, (event) => {
      const button = event.target.closest?.(".cite");
      if (!button) return;
      if (!said.isConnected) document.body.append(said);
      if (!button.dataset.citation) load().catch(() => {});
    });
  }
})();
