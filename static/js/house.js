/* Our own few lines: say what happened, show that a button is at work, put the focus where the reader is. */
(() => {
  "use strict";
  const said = () => document.getElementById("said");

  const work = (form, busy) => {
    for (const button of form.querySelectorAll("button:not([type=button])")) {
      if (busy) button.setAttribute("aria-busy", "true");
      else button.removeAttribute("aria-busy");
    }
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) event.preventDefault(); /* a second click on a slow line */
    else if (!form.hasAttribute("hx-post")) form.dataset.sent = "1";
    work(form, true);
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      work(form, false);
    }
  });

  /* a button that prints is there only where a script can do it */
  for (const place of document.querySelectorAll("[data-print], [data-back]")) place.hidden = false;
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
    if (event.target.closest("[data-back]")) window.history.back();
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.target.closest) work(event.target.closest("form") || event.target, false);
  });
  /* when the button that was pressed is swapped away, the focus goes on to what happened, not back to the top */
  let held = false;
  document.addEventListener("htmx:beforeSwap", (event) => {
    held = event.detail.target.contains(document.activeElement);
  });
  const hold = (place) => {
    if (!place.matches("a, button, input, select, textarea, [tabindex]")) place.tabIndex = -1;
    place.focus({ preventScroll: true });
  };
  document.addEventListener("htmx:afterSettle", (event) => {
    const box = event.detail.elt;
    const words = box.querySelector && (box.matches("[data-said]") ? box : box.querySelector("[data-said]"));
    if (words && said()) said().textContent = words.textContent.trim();
    const wrong = box.querySelector && box.querySelector("[aria-invalid=true]");
    if (wrong) wrong.focus();
    else if (box.id === "notice") box.focus();
    else if (held && box.focus && document.activeElement === document.body) hold(words || box);
  });
  document.addEventListener("htmx:sendError", () => {
    if (said()) said().textContent = document.documentElement.lang === "en"
      ? "No connection. Nothing was sent; please try again."
      : "网络不通，还没有发出去，请再试一次。";
  });
})();
