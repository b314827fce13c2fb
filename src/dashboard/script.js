(() => {
  const rows = [...document.querySelectorAll("tbody tr")];
  const search = document.getElementById("search");
  const filter = document.getElementById("filter");
  const shown = document.getElementById("shown");
  const choose = () => {
    const words = search.value.trim().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of rows) {
      const marks = row.dataset.marks.split(" ");
      const fits = words.every((word) => row.textContent.includes(word)) && (!filter.value || marks.includes(filter.value));
      row.hidden = !fits;
      count += fits ? 1 : 0;
    }
    shown.textContent = `${count} / ${rows.length} 个`;
  };
  const cell = (row, label) => row.querySelector(`[data-label="${label}"]`);
  // What the scripts beside this page say; without them the page tells less.
  const changed = window.zichaChanged ?? {};
  const signed = window.zichaSigned ?? {};
  let signatures = 0;
  for (const row of rows) {
    cell(row, "最近变化").textContent = changed[row.dataset.folder] ?? "";
    const copy = signed[row.dataset.folder];
    if (!copy) continue;
    const report = cell(row, "报告");
    const current = copy.code && copy.code === row.dataset.code;
    report.textContent = current ? copy.label : `${report.textContent}，${copy.unsure ? "签字件没有核对过" : "签的是旧版"}`;
    signatures += current ? 1 : 0;
    if (!current && !copy.unsure) row.dataset.marks = row.dataset.marks.replace("clear", "open");
  }
  if (signatures) {
    const finals = document.querySelector(".counts [data-stage=final]");
    const rest = Number(finals.querySelector("b").textContent) - signatures;
    const count = document.createElement("li");
    count.innerHTML = `已签字 <b>${signatures}</b>`;
    finals.after("\n", count);
    finals.querySelector("b").textContent = rest;
    if (!rest) finals.remove();
  }
  search.addEventListener("input", choose);
  filter.addEventListener("change", choose);
  document.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  const [year, month, day] = document.querySelector("time").dateTime.split("-").map(Number);
  const now = new Date();
  const left = Math.round((Date.UTC(year, month - 1, day) - Date.UTC(now.getFullYear(), now.getMonth(), now.getDate())) / 86400000);
  const said = left > 0 ? `，还有 ${left} 天` : left === 0 ? "，就是今天" : `，已过 ${-left} 天`;
  document.getElementById("left").textContent = Number.isFinite(left) ? said : "";
  choose();
})();
