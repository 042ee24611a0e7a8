// Code that is wider than the page can be scrolled with the keyboard too.
const watch = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});
for (const box of document.querySelectorAll("pre, .table-wrapper")) watch.observe(box);

// A button on each piece of code, but not on what code has printed, copies it. What is selected can
// be copied anywhere, also from a file; navigator.clipboard is only for pages that came by https.
for (const code of document.querySelectorAll("article .highlight > pre")) {
  if (code.closest(".cell_output")) continue;
  const button = document.createElement("button");
  button.className = "copy";
  button.setAttribute("aria-live", "polite");
  button.textContent = "Copy code";
  button.addEventListener("click", () => {
    getSelection().selectAllChildren(code);
    button.textContent = document.execCommand("copy") ? "Copied" : "Selected";
    setTimeout(() => (button.textContent = "Copy code"), 2000);
  });
  code.before(button);
}
