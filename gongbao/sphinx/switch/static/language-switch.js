// The switch leads to the place that is read: addresses are the same in every language
for (const link of document.querySelectorAll("a.language-switch")) {
  link.addEventListener("click", () => {
    const places = [...document.querySelectorAll("article :is(section, figure, tr, dt)[id]")];
    const read = window.scrollY > 0 && places.filter((place) => {
      const { top, bottom, height } = place.getBoundingClientRect();
      return height > 0 && top < 120 && bottom > 0;
    }).at(-1);
    link.hash = read ? read.id : "";
    link.search = location.search;
  });
}
