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

  // Choosing a filter submits the search form.
  for (const select of document.querySelectorAll(".filters select")) {
    select.addEventListener("change", () => select.form.submit());
  }
})();
