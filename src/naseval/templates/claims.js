const body = document.querySelector("#claims tbody");
const rows = [...body.rows];
const field = (name) => document.getElementById(name);

function filter() {
  const text = field("text").value.toLowerCase();
  let shown = 0;
  for (const row of rows) {
    const fits = ["verdict", "kind"].every((name) => {
      const wanted = field(name).value;
      return !wanted || row.dataset[name].split("|").includes(wanted);
    });
    row.hidden = !(fits && row.textContent.toLowerCase().includes(text));
    shown += !row.hidden;
  }
  field("status").textContent = shown + " of " + rows.length + " claims";
}

function compare(a, b) {
  const [x, y] = [a, b].map((cell) => cell.textContent.trim());
  const [p, q] = [x, y].map((text) => parseFloat(text.replace(/^[<>=]+ */, "")));
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

for (const name of ["text", "verdict", "kind"]) field(name).addEventListener("input", filter);
document.querySelector(".filters").addEventListener("submit", (event) => event.preventDefault());
for (const heading of document.querySelectorAll("#claims thead th"))
  heading.firstElementChild.addEventListener("click", () => sort(heading));
