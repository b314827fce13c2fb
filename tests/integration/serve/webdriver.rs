//! Debian's Chromium, driven over W3C WebDriver.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::tools;

/// The key of element references in WebDriver.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// How long something may take to appear.
const PATIENCE: Duration = Duration::from_secs(60);
/// The Enter key.
pub(crate) const ENTER: &str = "\u{e007}";
/// The space bar.
pub(crate) const SPACE: &str = " ";
/// The Tab key.
pub(crate) const TAB: &str = "\u{e004}";

/// A driver with its output and port; `None` when it found no port.
fn start_driver() -> Option<(Child, BufReader<ChildStdout>, u16)> {
    let mut driver = Command::new("chromedriver")
        .arg("--port=0")
        .env("FONTCONFIG_FILE", tools().join("fonts.conf"))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("chromedriver runs; tests/run installs it");
    let mut out = BufReader::new(driver.stdout.take().expect("an output"));
    let mut said = String::new();
    while out.read_line(&mut said).expect("a line") > 0 {
        if let Some(rest) = said.split("successfully on port ").nth(1) {
            return Some((driver, out, rest.trim().trim_end_matches('.').parse().expect("a port")));
        }
    }
    driver.wait().expect("it ended");
    assert!(said.contains("port not available"), "it ended: {said}");
    None
}

/// A browser, closed when dropped.
pub(crate) struct Browser {
    driver: Child,
    port: u16,
    session: String,
    /// Kept open, since the driver ends when its output is closed.
    _out: BufReader<ChildStdout>,
    _profile: TempDir,
}

impl Browser {
    /// A browser with a window of this size and a new profile.
    pub(crate) fn new(width: u32, height: u32) -> Self {
        let profile = tempfile::tempdir().expect("a temporary folder");
        // The driver picks a free IPv6 port and ends when the same IPv4 port is taken: another pick is free again.
        let (driver, out, port) = (0..5).find_map(|_| start_driver()).expect("a driver with a free port");
        let mut browser = Self { driver, port, session: String::new(), _out: out, _profile: profile };
        let arguments = [
            "--headless",
            // A picture of a whole page has no scrollbar, and would be as wide as its window without one.
            "--hide-scrollbars",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
        ];
        let mut arguments: Vec<String> = arguments.map(str::to_owned).to_vec();
        arguments.push(format!("--user-data-dir={}", browser._profile.path().display()));
        let options = json!({ "args": arguments });
        let asked =
            json!({ "capabilities": { "alwaysMatch": { "browserName": "chrome", "goog:chromeOptions": options } } });
        let made = browser.talk("POST", "/session", &asked).expect("a session");
        browser.session = made["sessionId"].as_str().expect("a session").to_owned();
        // Chromium limits how narrow a window may be, but not the viewport.
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        browser.own(
            "POST",
            "/goog/cdp/execute",
            &json!({ "cmd": "Emulation.setDeviceMetricsOverride", "params": metrics }),
        );
        browser
    }

    /// Opens an address.
    pub(crate) fn open(&self, address: &str) {
        self.own("POST", "/url", &json!({ "url": address }));
    }

    /// The address of the page.
    pub(crate) fn address(&self) -> String {
        self.own("GET", "/url", &Value::Null).as_str().expect("an address").to_owned()
    }

    /// Runs a script in the page and returns its result.
    pub(crate) fn run(&self, script: &str, arguments: &Value) -> Value {
        self.own("POST", "/execute/sync", &json!({ "script": script, "args": arguments }))
    }

    /// Runs a script that calls its last argument when it is done.
    pub(crate) fn run_async(&self, script: &str) -> Value {
        self.own("POST", "/execute/async", &json!({ "script": script, "args": [] }))
    }

    /// The visible text.
    pub(crate) fn text(&self) -> String {
        self.run("return document.body.innerText", &json!([])).as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the page contains a text.
    pub(crate) fn wait(&self, said: &str) {
        let until = Instant::now() + PATIENCE;
        while !self.text().contains(said) {
            assert!(Instant::now() < until, "{said} never came: {} {}", self.address(), self.text());
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Waits for the element that a CSS selector finds.
    fn element(&self, selector: &str) -> String {
        let until = Instant::now() + PATIENCE;
        loop {
            let found = self.own_or_error("POST", "/element", &json!({ "using": "css selector", "value": selector }));
            if let Ok(found) = found {
                return found[ELEMENT].as_str().expect("an element").to_owned();
            }
            assert!(Instant::now() < until, "no {selector}: {}", self.text());
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Waits until the page is complete: content that is still loading moves the layout, and a click would miss.
    pub(super) fn settle(&self) {
        let until = Instant::now() + PATIENCE;
        while self.run("return document.readyState", &json!([])) != "complete" {
            assert!(Instant::now() < until, "the page never came: {}", self.address());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Clicks the element that a CSS selector finds.
    pub(crate) fn click(&self, selector: &str) {
        self.element(selector);
        self.settle();
        let element = self.element(selector);
        self.own("POST", &format!("/element/{element}/click"), &json!({}));
    }

    /// Runs a function inside a frame of the page.
    pub(crate) fn within_frame(&self, selector: &str, work: impl FnOnce(&Self)) {
        let element = self.element(selector);
        self.own("POST", "/frame", &json!({ "id": { ELEMENT: element } }));
        work(self);
        self.own("POST", "/frame", &json!({ "id": null }));
    }

    /// Clicks a point of the window, given from the left and the top.
    pub(crate) fn click_at(&self, place: &Value) {
        let to = |at: usize| place[at].as_f64().expect("a place").round();
        let actions = json!([
            { "type": "pointerMove", "x": to(0), "y": to(1) },
            { "type": "pointerDown", "button": 0 },
            { "type": "pointerUp", "button": 0 },
        ]);
        self.own("POST", "/actions", &json!({ "actions": [{ "type": "pointer", "id": "mouse", "actions": actions }] }));
    }

    /// Types into the element that a CSS selector finds; for a file input, paths.
    pub(crate) fn fill(&self, selector: &str, text: &str) {
        let element = self.element(selector);
        self.own("POST", &format!("/element/{element}/value"), &json!({ "text": text }));
    }

    /// Chooses files.
    pub(crate) fn choose(&self, selector: &str, files: &[&Path]) {
        let paths: Vec<String> = files.iter().map(|path| path.display().to_string()).collect();
        self.fill(selector, &paths.join("\n"));
    }

    /// Presses keys in the focused element.
    pub(crate) fn press(&self, keys: &str) {
        let each = keys.chars().flat_map(|key| {
            [
                json!({ "type": "keyDown", "value": key.to_string() }),
                json!({ "type": "keyUp", "value": key.to_string() }),
            ]
        });
        let actions = each.collect::<Vec<_>>();
        self.own("POST", "/actions", &json!({ "actions": [{ "type": "key", "id": "keys", "actions": actions }] }));
    }

    /// The focused element: its tag, and its text or name.
    pub(crate) fn focus(&self) -> String {
        let script = "const e = document.activeElement; \
                      return e.tagName + ' ' + (e.innerText || e.name || e.title || '').trim()";
        self.run(script, &json!([])).as_str().unwrap_or_default().to_owned()
    }

    /// Presses Tab until an element has the focus, with a visible focus ring.
    pub(crate) fn tab_to(&self, wanted: &str) {
        for _ in 0..80 {
            self.press(TAB);
            if self.focus() == wanted {
                let ring = self.run("return getComputedStyle(document.activeElement).outlineStyle", &json!([]));
                assert_ne!(ring, "none", "{wanted} shows no focus");
                return;
            }
        }
        panic!("no key leads to {wanted}: {}", self.text());
    }

    /// A picture of the whole page.
    pub(crate) fn picture(&self) -> Vec<u8> {
        let asked =
            json!({ "cmd": "Page.captureScreenshot", "params": { "format": "png", "captureBeyondViewport": true } });
        let made = self.own("POST", "/goog/cdp/execute", &asked);
        unbase64(made["data"].as_str().expect("a picture"))
    }

    fn own(&self, method: &str, path: &str, body: &Value) -> Value {
        self.own_or_error(method, path, body).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    fn own_or_error(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        let value = self.talk(method, &format!("/session/{}{path}", self.session), body)?;
        match value.get("error").and_then(Value::as_str) {
            Some(error) => Err(format!("{error}: {}", value["message"].as_str().unwrap_or_default())),
            None => Ok(value),
        }
    }

    fn talk(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        let lost = |error: std::io::Error| format!("the driver is gone: {error}");
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).map_err(lost)?;
        stream.set_read_timeout(Some(Duration::from_secs(90))).map_err(lost)?;
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n",
            self.port,
            body.len()
        );
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).map_err(lost)?;
        // The driver keeps connections open, so the length comes from the header.
        let mut answer = BufReader::new(stream);
        let mut length = 0;
        loop {
            let mut line = String::new();
            answer.read_line(&mut line).map_err(lost)?;
            match line.trim().to_lowercase().strip_prefix("content-length:") {
                Some(text) => length = text.trim().parse().unwrap_or_default(),
                None if line.trim().is_empty() => break,
                None => {}
            }
        }
        let mut said = vec![0; length];
        answer.read_exact(&mut said).map_err(lost)?;
        let answer: Value = serde_json::from_slice(&said).map_err(|error| format!("no answer: {error}"))?;
        Ok(answer["value"].clone())
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Killing the driver alone would leave the browser running.
        let _ = self.own_or_error("DELETE", "", &Value::Null);
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

fn unbase64(text: &str) -> Vec<u8> {
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let sixes: Vec<u32> = text.bytes().filter_map(value).map(u32::from).collect();
    let mut out = Vec::with_capacity(sixes.len() * 3 / 4);
    for four in sixes.chunks(4) {
        let all = four.iter().fold(0, |all, six| all << 6 | six) << (6 * (4 - four.len()));
        out.extend_from_slice(&all.to_be_bytes()[1..four.len()]);
    }
    out
}
