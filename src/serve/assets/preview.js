// Splits an embedded report into the pages it prints on, side by side, and adds buttons to turn them. Without this
// script the report is one long page. Runs in the surrounding page: the report's own document runs no scripts.
(() => {
  "use strict";

  const append = (parent, tag, className) => {
    const element = parent.ownerDocument.createElement(tag);
    element.className = className;
    return parent.appendChild(element);
  };

  // Groups consecutive blocks of the same orientation into runs; print starts a new page between them as well.
  const runs = (article) => {
    let flow = null;
    for (const block of [...article.children]) {
      const wide = block.classList.contains("landscape");
      // Annexes and the tail begin on pages of their own.
      const begins = block.matches(".annex, .tail-page");
      if (!flow || begins || wide !== flow.parentElement.classList.contains("wide")) {
        flow = append(append(article, "div", wide ? "run wide" : "run"), "div", "flow");
      }
      flow.append(block);
    }
    return [...article.children];
  };

  // Repeats the head of a table on each of its pages: browsers do so in print, but not in columns.
  const repeatHeads = (flow, step) => {
    const left = flow.getBoundingClientRect().left;
    const column = (element) => Math.round((element.getBoundingClientRect().left - left) / step);
    const height = (element) => element.getBoundingClientRect().height;
    const page = flow.clientHeight;
    for (const table of flow.querySelectorAll("table")) {
      const [rows, head] = [[...table.tBodies[0].rows], height(table.tHead)];
      const first = column(table.tHead);
      const next = rows.findIndex((row) => column(row) > first);
      // Measures all rows before inserting any, so that a long table is laid out once instead of once a page.
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

  // Lays each run out in columns of the size of a page's text area and draws a leaf of paper behind each column.
  const leaves = (article) => {
    const all = [];
    for (const run of runs(article)) {
      const flow = run.firstElementChild;
      const { columnGap, columnWidth } = run.ownerDocument.defaultView.getComputedStyle(flow);
      const step = parseFloat(columnWidth) + parseFloat(columnGap);
      if (flow.querySelector(".tail-page") && all.length % 2 === 0) {
        // The tail is on an even page; a blank one before it carries no number.
        const blank = article.insertBefore(run.cloneNode(false), run);
        append(blank, "div", "flow");
        all.push(append(blank, "div", "leaf"));
      }
      repeatHeads(flow, step);
      const count = Math.max(1, Math.round((flow.scrollWidth + parseFloat(columnGap)) / step));
      run.style.width = `${run.getBoundingClientRect().width + (count - 1) * step}px`;
      for (let at = 0; at < count; at += 1) {
        const number = all.length + 1;
        const leaf = append(run, "div", number % 2 === 0 ? "leaf even" : "leaf");
        leaf.style.left = `${at * step}px`;
        leaf.setAttribute("aria-hidden", "true");
        append(leaf, "span", "").textContent = `— ${number} —`;
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
    // Wider than A4, so that the report's styles for narrow windows do not apply.
    frame.style.width = "240mm";
    inner.documentElement.classList.add("pages");
    // Pagination of hundreds of pages takes a moment, so the message is painted first.
    const bar = preview.querySelector("[data-leaf]");
    bar.querySelector("[data-page-status]").textContent = "正在分页……";
    bar.hidden = false;
    setTimeout(() => paginate(frame, article, bar), 0);
  };

  const paginate = (frame, article, bar) => {
    const root = article.ownerDocument.documentElement;
    const status = bar.querySelector("[data-page-status]");
    const [previous, next] = bar.querySelectorAll("button");
    const all = leaves(article);

    const left = (leaf) => leaf.getBoundingClientRect().left + root.scrollLeft;
    const margin = left(all[0]);
    const visible = () => {
      const middle = (leaf) => left(leaf) + leaf.clientWidth / 2 - root.scrollLeft;
      const found = all.map((leaf, at) => at).filter((at) => middle(all[at]) > 0 && middle(all[at]) < root.clientWidth);
      return found.length > 0 ? [found[0], found[found.length - 1]] : [0, 0];
    };
    const updateStatus = () => {
      const [first, last] = visible();
      const numbers = first === last ? `${first + 1}` : `${first + 1}–${last + 1}`;
      const text = `第 ${numbers} 页，共 ${all.length} 页`;
      if (status.textContent !== text) {
        status.textContent = text;
      }
      previous.disabled = first === 0;
      next.disabled = last === all.length - 1;
    };
    const turn = (by) => {
      const [first] = visible();
      const leaf = all[Math.min(Math.max(first + by, 0), all.length - 1)];
      root.scrollLeft = left(leaf) - margin;
      updateStatus();
    };
    previous.addEventListener("click", () => turn(-1));
    next.addEventListener("click", () => turn(1));
    frame.contentWindow.addEventListener("scroll", updateStatus);

    // Scales the frame so that a whole page is visible in any window.
    const fit = () => {
      const [width, height] = [all[0].clientWidth + 2 * margin, all[0].clientHeight + 2 * margin];
      const available = frame.parentElement.clientWidth;
      let shrink = Math.min(1, available / width, Math.max(0.3, (0.85 * window.innerHeight) / height));
      // A page that only just does not fit beside the others is not cut.
      const several = Math.min(all.length, Math.floor((available / shrink - margin) / (all[0].clientWidth + margin) + 0.25));
      shrink = Math.min(shrink, available / (several * (all[0].clientWidth + margin) + margin));
      root.style.setProperty("--shrink", shrink);
      frame.style.width = `${available / shrink}px`;
      // Room for the horizontal scroll bar below the page.
      const scrollBar = frame.contentWindow.innerHeight - root.clientHeight;
      frame.style.height = `${height + scrollBar}px`;
      frame.style.transform = `scale(${shrink})`;
      frame.parentElement.style.height = `${(height + scrollBar) * shrink}px`;
      updateStatus();
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
