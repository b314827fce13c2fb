// Parts a report into the pages it prints on and leafs through them. Without this the report is one long sheet.
(() => {
  "use strict";

  const made = (inside, tag, name) => {
    const element = inside.ownerDocument.createElement(tag);
    element.className = name;
    return inside.appendChild(element);
  };

  // Pages on their side are runs of their own, as they are in print.
  const runs = (article) => {
    let flow = null;
    for (const block of [...article.children]) {
      const wide = block.classList.contains("landscape");
      if (!flow || wide !== flow.parentElement.classList.contains("wide")) {
        flow = made(made(article, "div", wide ? "run wide" : "run"), "div", "flow");
      }
      flow.append(block);
    }
    return [...article.children];
  };

  // In print a table's head stands on each of its pages; in columns browsers set it once.
  const repeatHeads = (flow, step) => {
    const left = flow.getBoundingClientRect().left;
    const column = (element) => Math.round((element.getBoundingClientRect().left - left) / step);
    const height = (element) => element.getBoundingClientRect().height;
    const page = flow.clientHeight;
    for (const table of flow.querySelectorAll("table")) {
      const [rows, head] = [[...table.tBodies[0].rows], height(table.tHead)];
      const first = column(table.tHead);
      const next = rows.findIndex((row) => column(row) > first);
      // All are measured before anything moves: the browser lays a long table out once, not once a page.
      const heights = next < 0 ? [] : rows.map(height);
      let filled = page;
      for (let at = next; at >= 0 && at < rows.length; at += 1) {
        if (filled + heights[at] > page && filled > head) {
          for (const line of table.tHead.rows) {
            const again = rows[at].parentElement.insertBefore(line.cloneNode(true), rows[at]);
            again.className = "again";
            again.setAttribute("aria-hidden", "true");
          }
          filled = head;
        }
        filled += heights[at];
      }
    }
  };

  // The browser parts a run into columns as it parts print into pages; each column gets its leaf of paper.
  const leaves = (article) => {
    const all = [];
    for (const run of runs(article)) {
      const flow = run.firstElementChild;
      const { columnGap, columnWidth } = run.ownerDocument.defaultView.getComputedStyle(flow);
      const step = parseFloat(columnWidth) + parseFloat(columnGap);
      repeatHeads(flow, step);
      const count = Math.max(1, Math.round((flow.scrollWidth + parseFloat(columnGap)) / step));
      run.style.width = `${run.getBoundingClientRect().width + (count - 1) * step}px`;
      for (let at = 0; at < count; at += 1) {
        const number = all.length + 1;
        const leaf = made(run, "div", number % 2 === 0 ? "leaf even" : "leaf");
        leaf.style.left = `${at * step}px`;
        leaf.setAttribute("aria-hidden", "true");
        made(leaf, "span", "").textContent = `— ${number} —`;
        all.push(leaf);
      }
    }
    return all;
  };

  const show = (preview, frame) => {
    const inner = frame.contentDocument;
    const article = inner && inner.querySelector("article");
    if (!article || inner.documentElement.classList.contains("pages")) {
      return;
    }
    // As wide as paper, or the report would be set for a narrow window.
    frame.style.width = "240mm";
    inner.documentElement.classList.add("pages");
    // Hundreds of pages take a moment: that it goes on is said first.
    const bar = preview.querySelector("[data-leaf]");
    bar.querySelector("[data-told]").textContent = "正在分页……";
    bar.hidden = false;
    setTimeout(() => leafThrough(frame, article, bar), 0);
  };

  const leafThrough = (frame, article, bar) => {
    const root = article.ownerDocument.documentElement;
    const told = bar.querySelector("[data-told]");
    const [back, on] = bar.querySelectorAll("button");
    const all = leaves(article);

    const left = (leaf) => leaf.getBoundingClientRect().left + root.scrollLeft;
    const margin = left(all[0]);
    const seen = () => {
      const middle = (leaf) => left(leaf) + leaf.clientWidth / 2 - root.scrollLeft;
      const found = all.map((leaf, at) => at).filter((at) => middle(all[at]) > 0 && middle(all[at]) < root.clientWidth);
      return found.length > 0 ? [found[0], found[found.length - 1]] : [0, 0];
    };
    const tell = () => {
      const [first, last] = seen();
      const numbers = first === last ? `${first + 1}` : `${first + 1}–${last + 1}`;
      const text = `第 ${numbers} 页，共 ${all.length} 页`;
      if (told.textContent !== text) {
        told.textContent = text;
      }
      back.disabled = first === 0;
      on.disabled = last === all.length - 1;
    };
    const turn = (by) => {
      const [first] = seen();
      const leaf = all[Math.min(Math.max(first + by, 0), all.length - 1)];
      root.scrollLeft = left(leaf) - margin;
      tell();
    };
    back.addEventListener("click", () => turn(-1));
    on.addEventListener("click", () => turn(1));
    frame.contentWindow.addEventListener("scroll", tell);

    // A whole page is seen at once, in any window.
    const fit = () => {
      const [width, height] = [all[0].clientWidth + 2 * margin, all[0].clientHeight + 2 * margin];
      const room = frame.parentElement.clientWidth;
      const shrink = Math.min(1, room / width, Math.max(0.3, (0.85 * window.innerHeight) / height));
      root.style.setProperty("--shrink", shrink);
      frame.style.width = `${room / shrink}px`;
      // The bar that scrolls stands below the page.
      const below = frame.contentWindow.innerHeight - root.clientHeight;
      frame.style.height = `${height + below}px`;
      frame.style.transform = `scale(${shrink})`;
      frame.parentElement.style.height = `${(height + below) * shrink}px`;
      tell();
    };
    window.addEventListener("resize", fit);
    fit();
  };

  for (const preview of document.querySelectorAll("[data-preview]")) {
    const frame = preview.querySelector("iframe");
    frame.addEventListener("load", () => show(preview, frame));
    if (frame.contentDocument && frame.contentDocument.readyState === "complete") {
      show(preview, frame);
    }
  }
})();
