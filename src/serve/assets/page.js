// Makes pages livelier; everything works without it.
(() => {
  "use strict";

  // Files are sent with a word about how far they are, and may be dropped onto their form.
  for (const form of document.querySelectorAll("form[data-send]")) {
    const input = form.querySelector("input[type=file]");
    const told = form.querySelector("[data-progress]");
    const button = form.querySelector("button");
    const send = () => {
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) {
          told.textContent = `正在上传 ${Math.floor((event.loaded * 100) / event.total)}%`;
        }
      });
      let reading = 0;
      const end = () => clearInterval(reading);
      request.upload.addEventListener("load", () => {
        const since = Date.now();
        const tell = () => { told.textContent = `已上传，正在读取，已用 ${Math.floor((Date.now() - since) / 1000)} 秒`; };
        tell();
        reading = setInterval(tell, 1000);
      });
      request.addEventListener("loadend", end);
      request.addEventListener("load", () => {
        // A deed done leads to a page of its own; what was refused is shown as the server says it.
        if (request.status < 400 && request.responseURL) {
          location.assign(request.responseURL);
          return;
        }
        const page = new DOMParser().parseFromString(request.responseText, "text/html");
        const said = page.querySelector("[role=alert]");
        told.textContent = said ? said.textContent : "没有成功，请再试一次";
        button.disabled = false;
      });
      request.addEventListener("error", () => {
        told.textContent = "连接断了，没有传完，请再试一次";
        button.disabled = false;
      });
      const data = new FormData(form);
      button.disabled = true;
      told.textContent = "正在上传……";
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

  // Work that goes on is shown as it goes.
  const live = document.querySelector("[data-live]");
  if (live) {
    const text = live.querySelector("[data-live-text]");
    const bar = live.querySelector("[data-live-bar]");
    const events = new EventSource(live.dataset.live);
    events.addEventListener("message", (event) => {
      const told = JSON.parse(event.data);
      text.textContent = told.text;
      if (told.total > 0) {
        bar.max = told.total;
        bar.value = told.done;
      }
    });
    events.addEventListener("end", () => {
      events.close();
      location.replace("/work");
    });
  }

  // A page that waits for something asks again, unless somebody is in the middle of a form.
  if (document.body.dataset.refresh && !live) {
    const again = () => {
      const busy = document.activeElement && document.activeElement.matches("input, select, textarea");
      if (busy || document.querySelector("button:disabled")) {
        setTimeout(again, 2000);
      } else {
        location.reload();
      }
    };
    setTimeout(again, 1000 * Number(document.body.dataset.refresh));
  }

  // A choice among filters is a search at once.
  for (const select of document.querySelectorAll(".filters select")) {
    select.addEventListener("change", () => select.form.submit());
  }
})();
