// A switch for the code of a page: all blocks open, or none there, as at first. What the reader chose holds for all pages.
{
  const words = JSON.parse(document.currentScript.dataset.words);
  const blocks = [...document.querySelectorAll("details.section-code")];
  const place = document.querySelector(".article-header-buttons");
  if (blocks.length && place) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm code-switch" });
    const say = (shown) => {
      button.title = shown ? words.hide : words.show;
      button.setAttribute("aria-label", button.title);
      button.setAttribute("aria-pressed", String(shown));
    };
    const set = (shown) => {
      document.documentElement.dataset.code = shown ? "shown" : "hidden";  // the style sheet does the rest
      for (const block of blocks) block.open = shown;
      say(shown);
      try { localStorage.setItem("code", shown ? "shown" : "hidden"); } catch { /* a browser that keeps nothing */ }
    };
    button.innerHTML = '<span aria-hidden="true">&lt;/&gt;</span>';
    button.addEventListener("click", () => set(document.documentElement.dataset.code !== "shown"));
    say(false);
    place.prepend(button);
    let kept = null;
    try { kept = localStorage.getItem("code"); } catch { /* the same */ }
    if (kept === "shown") set(true);
  }
}
