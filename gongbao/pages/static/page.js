// The buttons of a page: printing, the switch for the code, the way up, and that to the same place in another language.
{
  const words = JSON.parse(document.currentScript.dataset.words);

  for (const button of document.querySelectorAll("[data-action=print]")) button.addEventListener("click", () => print());

  // A glyph is no part of the name of a button or link: what it stands for is said in words.
  for (const icon of document.querySelectorAll(".fa-solid, .fas")) icon.setAttribute("aria-hidden", "true");

  // All blocks of code open, or none there, as at first. What the reader chose holds for all pages.
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

  // The theme has a button that leads back to the top, but nothing that shows it.
  const up = document.getElementById("pst-back-to-top");
  if (up) {
    const far = () => up.classList.toggle("far", scrollY > 1.5 * innerHeight);
    addEventListener("scroll", far, { passive: true });
    far();
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

  const placeRead = () => {
    const addressed = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (addressed && isRead(addressed)) return addressed;
    return [...document.querySelectorAll("article :is(section, figure, tr, dt)[id]")].filter(isRead).at(-1);
  };

  for (const link of document.querySelectorAll("a.language-switch")) {
    link.addEventListener("click", () => {
      const place = window.scrollY > 0 ? placeRead() : null;
      link.hash = place ? encodeURIComponent(place.id) : "";
      link.search = location.search;
    });
  }
}
