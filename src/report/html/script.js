// Sorting and filtering of the table of practices, and opening what a link points at. All texts are in the page.
(() => {
  "use strict";
  const table = document.getElementById("practices");
  const form = document.getElementById("filter");

  function open() {
    const id = decodeURIComponent(location.hash.slice(1));
    const target = id && document.getElementById(id);
    if (target && target.tagName === "DETAILS") target.open = true;
  }
  addEventListener("hashchange", open);
  open();

  // Browsers that print closed parts as closed.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll(".printed details:not([open])")];
    for (const own of opened) own.open = true;
  });
  addEventListener("afterprint", () => {
    for (const own of opened) own.open = false;
    opened = [];
  });

  if (!table || !form) return;
  const body = table.tBodies[0];
  const original = [...body.rows];
  const total = original.length;
  const status = form.querySelector("[role=status]");
  const heads = [...table.tHead.rows[table.tHead.rows.length - 1].cells];
  const column = (name) => heads.findIndex((head) => head.classList.contains(name));
  const firstElement = column("e");
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true, sensitivity: "base" });
  const badness = { g: 0, p: 1, o: 2, m: 3, x: 4 };

  const verdict = (row, index) => row.cells[index].classList[1];
  const key = {
    text: (row, index) => row.cells[index].textContent,
    verdict: (row, index) => badness[verdict(row, index)],
    rank: (row, index) => Number(row.cells[index].dataset.r),
  };

  function put(rows) {
    const all = document.createDocumentFragment();
    for (const row of rows) all.append(row);
    body.append(all);
  }

  function sort(head, index) {
    const descending = head.getAttribute("aria-sort") === "ascending";
    for (const other of heads) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", descending ? "descending" : "ascending");
    const kind = head.dataset.sort;
    const keyed = original.map((row, number) => ({ row, number, key: key[kind](row, index) }));
    const compare = kind === "text" ? (a, b) => collator.compare(a.key, b.key) : (a, b) => a.key - b.key;
    keyed.sort((a, b) => (descending ? compare(b, a) : compare(a, b)) || a.number - b.number);
    put(keyed.map((own) => own.row));
  }

  heads.forEach((head, index) => {
    if (!head.dataset.sort) return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => sort(head, index));
  });

  const words = document.getElementById("words");
  const element = document.getElementById("element");
  const wanted = document.getElementById("verdict");
  const picks = [...form.querySelectorAll("select[data-column]")];
  const texts = original.map((row) => {
    const named = row.querySelector("a");
    const place = named && document.querySelector(named.getAttribute("href") + " .facts dd");
    const cells = [...row.cells].slice(0, firstElement).map((cell) => cell.textContent);
    return [...cells, place ? place.textContent : ""].join(" ").toLocaleLowerCase();
  });

  function filter() {
    const asked = words.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    const tests = picks
      .filter((pick) => pick.value)
      .map((pick) => [column(pick.dataset.column), pick.value]);
    let shown = 0;
    original.forEach((row, number) => {
      const fits =
        asked.every((word) => texts[number].includes(word)) &&
        tests.every(([index, value]) => row.cells[index].textContent.trim() === value) &&
        (!wanted.value || verdict(row, firstElement + Number(element.value)) === wanted.value);
      if (row.hidden === fits) row.hidden = !fits;
      const full = document.getElementById("p" + (number + 1));
      if (full && full.hidden === fits) full.hidden = !fits;
      shown += fits;
    });
    status.textContent = form.dataset.shown.replace("{shown}", shown).replace("{all}", total);
  }

  let waiting;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, total > 2000 ? 250 : 50);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => {
    for (const head of heads) head.removeAttribute("aria-sort");
    put(original);
    setTimeout(filter);
  });
  form.hidden = false;
  filter();
})();
