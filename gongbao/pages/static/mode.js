// The theme that the reader chose, or else that of the system, before the page is drawn.
{
  const root = document.documentElement;
  let mode = null;
  try {
    mode = localStorage.getItem("mode");
  } catch {
    // a browser that keeps nothing
  }
  if (!["light", "dark"].includes(mode)) mode = "auto";
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  Object.assign(root.dataset, { mode, theme: mode === "auto" ? system : mode });
}
