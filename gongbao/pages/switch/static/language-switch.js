// The switch leads to the place that is read: addresses are the same in every language
const EDGE = 120; // where text begins below the head of the page

function isRead(place) {
  const { top, bottom, height } = place.getBoundingClientRect();
  return height > 0 && top < EDGE && bottom > 0;
}

function placeRead() {
  const addressed = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (addressed && isRead(addressed)) return addressed;
  return [...document.querySelectorAll("article :is(section, figure, tr, dt)[id]")].filter(isRead).at(-1);
}

for (const link of document.querySelectorAll("a.language-switch")) {
  link.addEventListener("click", () => {
    const place = window.scrollY > 0 ? placeRead() : null;
    link.hash = place ? encodeURIComponent(place.id) : "";
    link.search = location.search;
  });
}
