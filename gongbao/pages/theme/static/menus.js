/* What the buttons of a page do besides what the theme's script does: menus that close, and printing. */
(() => {
  "use strict";
  const menus = [...document.querySelectorAll("details.menu")];

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-action=print]")) window.print();
    for (const menu of menus) if (!menu.contains(event.target) || event.target.closest("li")) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    const open = menus.find((menu) => menu.open);
    if (event.key !== "Escape" || !open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });
})();
