// Enhancements of the pages; every form and link works without this script.
(() => {
  "use strict";

  // Upload forms: show progress, accept files dropped onto the form.
  for (const form of document.querySelectorAll("form[data-send]")) {
    const input = form.querySelector("input[type=file]");
    const status = form.querySelector("[data-progress]");
    const button = form.querySelector("button");
    const send = () => {
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.setRequestHeader("zicha-script", "1");
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) {
          status.textContent = `正在上传 ${Math.floor((event.loaded * 100) / event.total)}%`;
        }
      });
      let reading = 0;
      const stopTimer = () => clearInterval(reading);
      request.upload.addEventListener("load", () => {
        const uploaded = Date.now();
        const showReading = () => { status.textContent = `已上传，正在读取，已用 ${Math.floor((Date.now() - uploaded) / 1000)} 秒`; };
        showReading();
        reading = setInterval(showReading, 1000);
      });
      request.addEventListener("loadend", stopTimer);
      request.addEventListener("load", () => {
        // Success names a page with the outcome; of an error page, show the message here.
        const next = request.getResponseHeader("zicha-location");
        if (next) {
          location.assign(next);
          return;
        }
        const page = new DOMParser().parseFromString(request.responseText, "text/html");
        const alert = page.querySelector("[role=alert]");
        status.textContent = alert ? alert.textContent : "没有成功，请再试一次";
        button.disabled = false;
      });
      request.addEventListener("error", () => {
        status.textContent = "连接断了，没有传完，请再试一次";
        button.disabled = false;
      });
      const data = new FormData(form);
      button.disabled = true;
      status.textContent = "正在上传……";
      request.send(data);
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send();
    });
    for (const hint of form.querySelectorAll("[data-drop-hint]")) {
      hint.hidden = false;
    }
    form.addEventListener("dragover", (event) => {
      event.preventDefault();
      form.classList.add("over");
    });
    form.addEventListener("dragleave", () => form.classList.remove("over"));
    form.addEventListener("drop", (event) => {
      event.preventDefault();
      form.classList.remove("over");
      if (event.dataTransfer.files.length > 0 && !button.disabled) {
        input.files = event.dataTransfer.files;
        send();
      }
    });
  }

  // A text with a draft beside it: show the draft again some time after the last change.
  for (const control of document.querySelectorAll("[data-look]")) {
    const button = document.getElementById(control.dataset.look);
    let timer = 0;
    if (button) {
      control.addEventListener("input", () => {
        clearTimeout(timer);
        timer = setTimeout(() => control.form.requestSubmit(button), 800);
      });
      if (control.tagName === "TEXTAREA") {
        control.form.requestSubmit(button);
      }
    }
  }

  // A page that the browser kept and shows again tells of what was so when it was left.
  addEventListener("pageshow", (event) => {
    if (event.persisted) {
      location.reload();
    }
  });

  // The running job: show its progress from server-sent events.
  const live = document.querySelector("[data-live]");
  if (live) {
    const text = live.querySelector("[data-live-text]");
    const bar = live.querySelector("[data-live-bar]");
    const events = new EventSource(live.dataset.live);
    events.addEventListener("message", (event) => {
      const progress = JSON.parse(event.data);
      text.textContent = progress.text;
      if (progress.total > 0) {
        bar.max = progress.total;
        bar.value = progress.done;
      }
    });
    events.addEventListener("end", () => {
      events.close();
      location.replace("/work");
    });
  }

  // Pages with data-refresh reload after that many seconds, but not while a form is being filled in or sent.
  if (document.body.dataset.refresh && !live) {
    const reload = () => {
      const busy = document.activeElement && document.activeElement.matches("input, select, textarea");
      if (busy || document.querySelector("button:disabled")) {
        setTimeout(reload, 2000);
      } else {
        location.reload();
      }
    };
    setTimeout(reload, 1000 * Number(document.body.dataset.refresh));
  }

  // A box that ticks all boxes of the table.
  for (const label of document.querySelectorAll("[data-choose-all]")) {
    const all = label.querySelector("input");
    const boxes = [...document.querySelectorAll(`input[form="${label.closest("form").id}"][type=checkbox]`)];
    label.hidden = boxes.length === 0;
    all.addEventListener("change", () => {
      for (const box of boxes) {
        box.checked = all.checked;
      }
    });
  }

  // Choosing a filter by mouse submits the search form; the keyboard passes over choices, so it leaves that to the
  // button.
  for (const select of document.querySelectorAll(".filters select")) {
    let byKeyboard = false;
    select.addEventListener("keydown", () => { byKeyboard = true; });
    select.addEventListener("pointerdown", () => { byKeyboard = false; });
    select.addEventListener("change", () => {
      if (!byKeyboard) {
        select.form.submit();
      }
    });
  }

  // The outcome of an action appears where its button was: at the form that was sent, or at the part of the page that it
  // was in.
  const SENT = "zicha-sent";
  const forms = (action) => [...document.forms].filter((form) => form.getAttribute("action") === action);
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const action = form.getAttribute("action");
    const part = form.closest("main [id]");
    const sent = { page: location.pathname, action, at: forms(action).indexOf(form), part: part ? part.id : "" };
    sessionStorage.setItem(SENT, JSON.stringify(sent));
  }, true);
  const notes = [...document.querySelectorAll("main > .note[data-outcome]")];
  const sent = JSON.parse(sessionStorage.getItem(SENT) || "null");
  // A page that asked for a confirmation names in the address what was confirmed.
  const named = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (notes.length > 0 && sent && (named || sent.page === location.pathname)) {
    const form = forms(sent.action)[sent.at];
    const place = named && (named.closest(".field") || named) ||
      form && form.closest("li, td, .panel, form") || document.getElementById(sent.part);
    if (place && place.id !== "main") {
      for (let part = place; part; part = part.parentElement) {
        if (part.tagName === "DETAILS") {
          part.open = true;
        }
      }
      const inside = place.matches("li, td, section, details");
      for (const note of notes.reverse()) {
        if (inside) {
          place.append(note);
        } else {
          place.before(note);
        }
      }
      // A page that waits for a value reloads itself: that moves nobody's view again.
      if (!sent.seen) {
        notes[0].tabIndex = -1;
        notes[0].focus({ preventScroll: true });
        notes[0].scrollIntoView({ block: "center" });
        sessionStorage.setItem(SENT, JSON.stringify({ ...sent, seen: true }));
      }
    }
  }
  if (!document.body.dataset.refresh) {
    sessionStorage.removeItem(SENT);
  }

  // The board keeps its search, filter and order: links back to it lead to what was shown last in this tab.
  const BOARD = "zicha-board";
  if (location.pathname === "/") {
    const shown = new URLSearchParams(location.search);
    shown.delete("flash");
    sessionStorage.setItem(BOARD, shown.size > 0 ? `?${shown}` : "");
  } else {
    for (const link of document.querySelectorAll("a[href='/']")) {
      link.setAttribute("href", `/${sessionStorage.getItem(BOARD) || ""}`);
    }
  }
})();
