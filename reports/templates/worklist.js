// The worklist: queues, search, filters and order, remembered in the address; what they leave is counted, shown as cards, and saved as CSV.
// DataTables searches, sorts and turns pages. Without a script the whole list is there, in the order in which it was written.
(() => {
  const form = document.getElementById("worklist-controls");
  if (!form) return;
  const byId = (id) => document.getElementById(id);
  const PREFIX = "#worklist?", ROWS_A_PAGE = 50;
  const element = byId("worklist-table"), search = byId("worklist-search"), order = byId("worklist-order");
  const headings = [...element.tHead.rows[0].cells].map((cell) => ({ name: cell.dataset.name, text: cell.textContent.trim() }));
  const rows = [...element.tBodies[0].rows];
  const told = rows.map((row) => ({
    ...row.dataset,
    queues: row.dataset.queues.split(" "),
    facilities: row.dataset.facility.split("\n"),
    low: Number(row.dataset.low),
    high: Number(row.dataset.high),
    card: byId(row.dataset.episode),
  }));
  const money = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });
  const dollars = (cents) => money.format(cents / 100);
  let asked = {};

  const fits = (one) =>
    (!asked.queue || one.queues.includes(asked.queue)) &&
    (!asked.business || one.business === asked.business) &&
    (!asked.facility || one.facilities.includes(asked.facility)) &&
    (!asked.determination || one.determination === asked.determination) &&
    (!asked.action || one.action === asked.action) &&
    (!asked.least || one.high >= Math.round(Number(asked.least) * 100));

  const scroll = element.closest(".scroll");
  // Rows come in after the table is made, so that a browser need not lay out thousands while it measures headings.
  element.tBodies[0].replaceChildren(rows[0]);
  const table = new DataTable(element, {
    autoWidth: false,
    columns: headings.map(({ name }) => ({ type: name === "days" || name === "risk" ? "num" : "string" })),
    order: [],
    orderClasses: false,
    pageLength: ROWS_A_PAGE,
    layout: { topStart: null, topEnd: null, bottomStart: null, bottomEnd: { paging: { firstLast: false } } },
    language: { emptyTable: "No episodes.", zeroRecords: "No episode fits.", paginate: { previous: "Previous", next: "Next" } },
  });
  table.rows.add(rows.slice(1));
  table.search.fixed("filters", (text, data, index) => fits(told[index]));
  const pages = scroll.querySelector(".dt-paging");
  scroll.after(pages);

  const left = () => table.rows({ search: "applied" }).indexes().toArray();

  const count = () => {
    const kept = left(), inside = new Set(kept);
    const low = kept.reduce((sum, index) => sum + told[index].low, 0), high = kept.reduce((sum, index) => sum + told[index].high, 0);
    const risk = low === high ? dollars(low) : `${dollars(low)} – ${dollars(high)}`;
    byId("worklist-status").textContent = `${kept.length.toLocaleString("en-US")} of ${rows.length.toLocaleString("en-US")} episodes, ${risk} at risk`;
    told.forEach(({ card }, index) => {
      if (card && card.hidden === inside.has(index)) card.hidden = !inside.has(index);
    });
    pages.hidden = table.page.info().pages < 2;
  };

  // What paper says of the filters, where the controls themselves are of no use.
  const describe = () => {
    const used = [...form.elements].filter((field) => field.name && field.value && (field.type !== "radio" || field.checked));
    const said = ({ type, labels, value, selectedOptions }) =>
      type === "radio" ? `Queue: ${labels[0].textContent.trim()}` : `${labels[0].textContent}: ${selectedOptions?.[0].textContent ?? value}`;
    byId("worklist-asked").textContent = used.map(said).join("; ");
  };

  const sorted = () => table.order().filter(([, way]) => way).map(([column, way]) => `${headings[column].name}.${way}`)[0] ?? "";

  const usual = element.caption.textContent;
  const entitle = () => {
    const heading = headings.find(({ name }) => name === sorted().split(".")[0]);
    element.caption.textContent = heading ? `Episodes, by ${heading.text.toLowerCase()}` : usual;
  };

  const remember = () => {
    const said = new URLSearchParams(Object.entries({ ...asked, order: sorted() }).filter(([, value]) => value));
    const address = said.size ? `${PREFIX}${said}` : "#worklist";
    const before = location.hash;
    if (address !== before && (said.size || before.startsWith(PREFIX))) history.replaceState(null, "", address);
  };

  const apply = () => {
    asked = Object.fromEntries(new FormData(form));
    table.search(asked.words).draw();
    count();
    describe();
    remember();
  };

  const sortBy = (said) => {
    const [name, way] = said.split(".");
    const column = headings.findIndex((heading) => heading.name === name);
    table.order(column < 0 ? [] : [[column, way === "desc" ? "desc" : "asc"]]);
  };

  const recall = (address) => {
    const said = new URLSearchParams(address);
    form.reset();
    for (const [name, value] of said) {
      const field = form.elements[name];
      const known = field && (field.options ? [...field.options].some((option) => option.value === value) : true);
      if (known) field.value = value;
    }
    sortBy(said.get("order") ?? "");
    apply();
  };

  const follow = () => {
    if (location.hash.startsWith(PREFIX)) {
      recall(location.hash.slice(PREFIX.length));
      byId("worklist").scrollIntoView();
      return;
    }
    // Back to before anything was asked asks nothing; a link to the list leaves it as it is, and its address says how.
    if (!location.hash) return recall("");
    if (location.hash === "#worklist") return remember();
    const card = document.querySelector(".card[hidden]:target");
    if (!card) return;
    card.hidden = false;
    card.scrollIntoView();
  };

  const save = () => {
    const field = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    const defuse = (text) => (/^[\s\p{Cf}]*[=+@＝＋＠﹦﹢﹫－﹣-]/u.test(text) ? `'${text}` : text);
    const plain = (cents) => (cents / 100).toFixed(2);
    const cells = (index) =>
      headings.flatMap(({ name }, column) => {
        const cell = rows[index].cells[column];
        if (name === "risk") return [plain(told[index].low), plain(told[index].high)];
        return [defuse((name === "determination" ? cell.querySelector(".badge").lastChild : cell).textContent.trim())];
      });
    const head = ["Episode", ...headings.flatMap(({ name, text }) => (name === "risk" ? ["At risk, low", "At risk, high"] : [text])), "Queues"];
    const body = left().map((index) => [told[index].episode, ...cells(index), told[index].queues.join("; ")]);
    const text = [head, ...body].map((line) => line.map(field).join(",") + "\n").join("");
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv" }));
    link.download = byId("worklist-save").dataset.file;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", (event) => {
    if (event.target === order) sortBy(order.value);
    apply();
  });
  byId("worklist-clear").addEventListener("click", () => recall(""));
  byId("worklist-save").addEventListener("click", save);
  table.on("order", () => {
    order.value = sorted();
    entitle();
    remember();
  });
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    search.value = "";
    apply();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.target.matches("input, textarea, select")) return;
    event.preventDefault();
    search.focus();
  });
  for (const link of document.querySelectorAll("a[data-narrow]"))
    link.addEventListener("click", (event) => {
      event.preventDefault();
      location.hash = PREFIX + link.dataset.narrow;
    });
  addEventListener("hashchange", follow);
  addEventListener("beforeprint", () => table.page.len(-1).draw());
  addEventListener("afterprint", () => table.page.len(ROWS_A_PAGE).draw());
  form.hidden = false;
  if (!location.hash.startsWith(PREFIX)) apply();
  follow();
})();
