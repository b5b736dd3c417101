// Narrows the worklist by queue and by words. Without a script the whole list is there.
(() => {
  const controls = document.getElementById("worklist-controls");
  if (!controls) return;
  const search = document.getElementById("worklist-search");
  const status = document.getElementById("worklist-status");
  const rows = [...document.querySelectorAll("#worklist-table tbody tr")].map((row) => ({
    row,
    queues: row.dataset.queues.split(" "),
    text: row.textContent.toLowerCase(),
  }));

  const narrow = () => {
    const queue = controls.elements.queue.value;
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { row, queues, text } of rows) {
      const fits = (!queue || queues.includes(queue)) && words.every((word) => text.includes(word));
      row.hidden = !fits;
      shown += fits;
    }
    status.textContent = `${shown} of ${rows.length} shown`;
  };

  controls.addEventListener("submit", (event) => event.preventDefault());
  controls.addEventListener("input", narrow);
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    search.value = "";
    narrow();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target.matches("input, textarea")) return;
    event.preventDefault();
    search.focus();
  });
  controls.hidden = false;
  narrow();
})();
