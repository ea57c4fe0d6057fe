// Sorting and filtering of the table of practices, and opening what a link points at. All texts are in the page.
(() => {
  "use strict";
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

  const tables = [...document.querySelectorAll("table.heat")];
  if (!tables.length || !form) return;
  const original = tables.flatMap((table) => [...table.tBodies[0].rows]);
  const size = tables[0].tBodies[0].rows.length;
  const total = original.length;
  const status = form.querySelector("[role=status]");
  const heads = tables.map((table) => [...table.tHead.rows[table.tHead.rows.length - 1].cells]);
  const column = (name) => heads[0].findIndex((head) => head.classList.contains(name));
  const firstElement = column("e");
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true, sensitivity: "base" });
  const badness = { g: 0, p: 1, o: 2, m: 3, x: 4 };
  let order = original.map((row, number) => number);
  let fits = original.map(() => true);

  const verdict = (row, index) => row.cells[index].classList[1];
  const key = {
    text: (row, index) => row.cells[index].textContent,
    verdict: (row, index) => badness[verdict(row, index)],
    rank: (row, index) => Number(row.cells[index].dataset.r),
  };

  // The rows that fit, in order, over the parts of the table; parts that stay empty are hidden.
  function show() {
    const shown = order.filter((number) => fits[number]);
    tables.forEach((table, page) => {
      const numbers = shown.slice(page * size, (page + 1) * size);
      table.tBodies[0].replaceChildren(...numbers.map((number) => original[number]));
      const part = table.closest("details");
      if (!part) return;
      part.hidden = page > 0 && !numbers.length;
      part.querySelector("summary").textContent = form.dataset.page
        .replace("{first}", Math.min(page * size + 1, shown.length))
        .replace("{last}", page * size + numbers.length);
    });
    tell(shown.length);
  }

  function tell(count) {
    status.textContent = form.dataset.shown.replace("{shown}", count).replace("{all}", total);
  }

  function sort(head, index) {
    const direction = head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
    for (const row of heads) {
      for (const other of row) other.removeAttribute("aria-sort");
      row[index].setAttribute("aria-sort", direction);
    }
    const kind = head.dataset.sort;
    const keys = original.map((row) => key[kind](row, index));
    const compare = kind === "text" ? collator.compare : (a, b) => a - b;
    const sign = direction === "ascending" ? 1 : -1;
    order.sort((a, b) => sign * compare(keys[a], keys[b]) || a - b);
    show();
  }

  for (const row of heads) {
    row.forEach((head, index) => {
      if (!head.dataset.sort) return;
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => sort(head, index));
    });
  }

  const words = document.getElementById("words");
  const element = document.getElementById("element");
  const wanted = document.getElementById("verdict");
  const topic = document.getElementById("topic");
  const polarity = document.getElementById("polarity");
  const remarks = original.map((row) => (row.dataset.o || "").split(" ").filter(Boolean));
  const picks = [...form.querySelectorAll("select[data-column]")];
  const inFull = original.map((row, number) => document.getElementById("p" + (number + 1)));
  const texts = original.map((row, number) => {
    const place = inFull[number] && inFull[number].querySelector(".facts dd");
    const cells = [...row.cells].slice(0, firstElement).map((cell) => cell.textContent);
    return [...cells, place ? place.textContent : ""].join(" ").toLocaleLowerCase();
  });

  // Topic and polarity are asked of one and the same observation.
  function observed(number) {
    if (!topic || (!topic.value && !polarity.value)) return true;
    const about = (own) => !topic.value || own.slice(0, -1) === topic.value;
    return remarks[number].some((own) => about(own) && own.endsWith(polarity.value));
  }

  function filter() {
    const asked = words.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    const tests = picks.filter((pick) => pick.value).map((pick) => [column(pick.dataset.column), pick.value]);
    fits = original.map(
      (row, number) =>
        asked.every((word) => texts[number].includes(word)) &&
        observed(number) &&
        tests.every(([index, value]) => row.cells[index].textContent.trim() === value) &&
        (!wanted.value || verdict(row, firstElement + Number(element.value)) === wanted.value),
    );
    inFull.forEach((own, number) => {
      if (own) own.hidden = !fits[number];
    });
    show();
  }

  let waiting;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 100);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => {
    for (const head of heads.flat()) head.removeAttribute("aria-sort");
    order = original.map((row, number) => number);
    setTimeout(filter);
  });
  form.hidden = false;
  tell(total);
})();
