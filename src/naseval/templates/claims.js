const body = document.querySelector("#claims tbody");
const rows = [...body.rows];
const field = (name) => document.getElementById(name);
const FIELDS = ["text", "verdict", "judged", "kind"];
const ADDRESS = "#claims?"; // the state of the filters, e.g. #claims?verdict=mismatch&kind=data

function fits(row) {
  const judged = field("judged").value;
  const verdicts = judged ? [row.dataset[judged]] : [row.dataset.recomputed, row.dataset.reproduced];
  const [verdict, kind] = ["verdict", "kind"].map((name) => field(name).value);
  const text = field("text").value.toLowerCase();
  return (
    (!verdict || verdicts.includes(verdict)) &&
    (!kind || row.dataset.kind === kind) &&
    row.textContent.toLowerCase().includes(text)
  );
}

function filter() {
  for (const row of rows) row.hidden = !fits(row);
  const shown = rows.filter((row) => !row.hidden).length;
  field("status").textContent = shown + " of " + rows.length + " claims";
  dispatchEvent(new Event("resize")); // the box may scroll no longer
}

function remember() {
  const set = FIELDS.filter((name) => field(name).value).map((name) => [name, field(name).value]);
  history.replaceState(null, "", set.length ? ADDRESS + new URLSearchParams(set) : "#claims");
}

function recall() {
  if (!location.hash.startsWith(ADDRESS)) return;
  const set = new URLSearchParams(location.hash.slice(ADDRESS.length));
  for (const name of FIELDS) field(name).value = set.get(name) ?? "";
  filter();
  document.querySelector(".filters").scrollIntoView();
}

function number(text) {
  return parseFloat(text.replace(/^[<>≤≥]+ */, "").replace(/^−/, "-"));
}

function compare(a, b) {
  const [x, y] = [a, b].map((cell) => cell.textContent.trim());
  const [p, q] = [number(x), number(y)];
  if (Number.isNaN(p) || Number.isNaN(q)) return x.localeCompare(y, "en", { numeric: true });
  return p - q;
}

function sort(heading) {
  const descending = heading.ariaSort === "ascending";
  for (const other of heading.parentNode.cells) other.ariaSort = "none";
  heading.ariaSort = descending ? "descending" : "ascending";
  const sign = descending ? -1 : 1;
  const at = heading.cellIndex;
  rows.sort((a, b) => sign * compare(a.cells[at], b.cells[at]));
  body.append(...rows);
}

for (const name of FIELDS) {
  field(name).addEventListener("input", filter);
  field(name).addEventListener("change", remember);
}
document.querySelector(".filters").addEventListener("submit", (event) => event.preventDefault());
document.querySelector(".filters").addEventListener("reset", () => setTimeout(() => { filter(); remember(); }));
for (const heading of document.querySelectorAll("#claims thead th"))
  heading.firstElementChild.addEventListener("click", () => sort(heading));
addEventListener("hashchange", recall);
recall();
