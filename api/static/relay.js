// After a part of the page was swapped, reading goes on where the news is: at the refusal, else at the heading.
// Everything works without this file; it only saves a reload.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target.id !== "main" && event.detail.elt.id !== "main") return;
  const main = document.getElementById("main");
  const news = main.querySelector("[role=alert], [role=status]") ?? main.querySelector("h1");
  if (news === null) return;
  news.tabIndex = -1;
  news.focus({ preventScroll: true });
  window.scrollTo({ top: 0 });
});
