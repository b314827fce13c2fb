//! A running `zicha serve` and a minimal HTTP client that sends exactly the given bytes.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream, ToSocketAddrs};
use std::ops::Deref;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::support::{Project, assert_group_gone};

/// A server process, killed when dropped.
pub(crate) struct Server {
    child: Child,
    /// The client at 127.0.0.1.
    client: Client,
    out: BufReader<std::process::ChildStdout>,
}

impl Server {
    /// Serves a project on a free port. It finds no fonts but those of the settings.
    pub(crate) fn over(project: &Project) -> Self {
        Self::with(project, &[])
    }

    /// Serves a project with more options.
    pub(crate) fn with(project: &Project, options: &[&str]) -> Self {
        let log = std::fs::File::create(project.path("serve.log")).expect("a log");
        Self::start(project, options, log.into())
    }

    fn start(project: &Project, options: &[&str], log: Stdio) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_zicha"))
            .args(["serve", "--port", "0"])
            .args(options)
            .current_dir(project.path(""))
            .env("ZICHA_FONTS", "")
            .process_group(0)
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("zicha runs");
        let mut out = BufReader::new(child.stdout.take().expect("an output"));
        let mut line = String::new();
        out.read_line(&mut line).expect("a line");
        let host = line.split("//").nth(1).and_then(|rest| rest.split('/').next());
        let Some(host) = host.map(str::to_owned) else {
            panic!("it did not start: {line}");
        };
        Self { child, client: Client::of(host), out }
    }

    /// Another client, at 127.0.0.2.
    pub(crate) fn other_client(&self) -> Client {
        Client { address: Ipv4Addr::new(127, 0, 0, 2), host: self.host.clone() }
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Serves a project with its log in a pipe that is not read.
    pub(crate) fn with_unread_log(project: &Project) -> Self {
        Self::start(project, &[], Stdio::piped())
    }

    /// Sends SIGINT, as Ctrl-C does; returns the rest of its output and its exit code.
    pub(crate) fn end(mut self) -> (String, i32) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().expect("kill runs").success());
        let mut said = String::new();
        self.out.read_to_string(&mut said).expect("text");
        (said, self.child.wait().expect("ended").code().unwrap_or(-1))
    }

    /// Kills it at once; no process that it started is left.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("ended");
        assert_group_gone(self.child.id());
    }
}

/// A client of a server.
pub(crate) struct Client {
    /// The client's own address, by which the server tells clients apart.
    address: Ipv4Addr,
    /// Host and port of the server.
    pub host: String,
}

impl Client {
    /// The client at 127.0.0.1 of the server at that host and port.
    pub(crate) fn of(host: String) -> Self {
        Self { address: Ipv4Addr::LOCALHOST, host }
    }

    /// Opens a connection.
    pub(crate) fn connect(&self) -> TcpStream {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().expect("a runtime");
        let stream = runtime.block_on(async {
            let socket = tokio::net::TcpSocket::new_v4()?;
            socket.bind((self.address, 0).into())?;
            let to = self.host.to_socket_addrs()?.find(SocketAddr::is_ipv4);
            socket.connect(to.expect("an IPv4 address")).await?.into_std()
        });
        let stream = stream.expect("a connection");
        stream.set_nonblocking(false).expect("a stream that waits");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a timeout");
        stream
    }

    /// Sends bytes and reads the response until the server closes.
    pub(crate) fn raw(&self, request: &[u8]) -> Reply {
        let mut stream = self.connect();
        // The server may respond and close before it has read everything.
        let _ = stream.write_all(request);
        Reply::of(stream)
    }

    /// Sends a request with further header lines.
    pub(crate) fn ask(&self, method: &str, path: &str, head: &str, body: &[u8]) -> Reply {
        let host =
            if head.to_lowercase().contains("host:") { String::new() } else { format!("Host: {}\r\n", self.host) };
        let head = format!(
            "{method} {path} HTTP/1.1\r\n{host}{head}Content-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        self.raw(&[head.as_bytes(), body].concat())
    }

    /// Gets a page.
    pub(crate) fn get(&self, path: &str) -> Reply {
        self.ask("GET", path, "", b"")
    }

    /// The ticket that the server requires in every form.
    pub(crate) fn ticket(&self) -> String {
        let page = self.get("/work").body;
        let rest = page.split("name=\"csrf_token\" value=\"").nth(1).unwrap_or_else(|| panic!("no form: {page}"));
        rest.split('"').next().expect("a value").to_owned()
    }

    /// Posts a form without files.
    pub(crate) fn post(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let ticket = self.ticket();
        let pairs = std::iter::once(("csrf_token", ticket.as_str())).chain(fields.iter().copied());
        let body: Vec<String> = pairs.map(|(name, text)| format!("{name}={}", percent(text))).collect();
        let head = format!("Content-Type: application/x-www-form-urlencoded\r\nOrigin: http://{}\r\n", self.host);
        self.ask("POST", path, &head, body.join("&").as_bytes())
    }

    /// Posts a form with files.
    pub(crate) fn upload(&self, path: &str, fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Reply {
        let body = multipart(&self.ticket(), fields, files);
        self.ask("POST", path, &format!("{MULTIPART}Sec-Fetch-Site: same-origin\r\n"), &body)
    }

    /// The page that a response redirects to, with the cookie that it sets.
    pub(crate) fn follow(&self, reply: &Reply) -> String {
        assert_eq!(reply.status, 303, "{}", reply.body);
        // What is behind # stays with the browser.
        let address = reply.header("location").expect("an address").split('#').next().unwrap_or_default();
        let pair = reply.header("set-cookie").and_then(|cookie| cookie.split(';').next());
        let cookie = pair.map_or_else(String::new, |pair| format!("Cookie: {pair}\r\n"));
        self.ask("GET", address, &cookie, b"").body
    }

    /// Waits until no job runs; returns the page with its result.
    pub(crate) fn worked(&self) -> String {
        for _ in 0..600 {
            let page = self.get("/work").body;
            if !page.contains("data-live=") {
                return page;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("it works on and on");
    }

    /// A page, requested until it no longer refreshes itself.
    pub(crate) fn settled(&self, path: &str) -> String {
        for _ in 0..300 {
            let page = self.get(path).body;
            if !page.contains("data-refresh") {
                return page;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("{path} waits on and on");
    }
}

impl Deref for Server {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A failed test leaves no process behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The header line of a form with files.
pub(crate) const MULTIPART: &str = "Content-Type: multipart/form-data; boundary=zzz\r\n";

/// The body of a form with files.
pub(crate) fn multipart(ticket: &str, fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, text) in std::iter::once(("csrf_token", ticket)).chain(fields.iter().copied()) {
        body.extend(format!("--zzz\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n").bytes());
    }
    for (name, bytes) in files {
        let head = format!("--zzz\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\r\n");
        body.extend([head.as_bytes(), bytes, b"\r\n"].concat());
    }
    body.extend(b"--zzz--\r\n");
    body
}

/// A text in percent-encoding.
fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// A response.
#[derive(Debug)]
pub(crate) struct Reply {
    /// The status; 0 when the server sent nothing.
    pub status: u16,
    head: Vec<(String, String)>,
    /// The body as text.
    pub body: String,
    /// The body.
    pub bytes: Vec<u8>,
}

impl Reply {
    /// Reads until the server closes.
    pub(crate) fn of(mut stream: TcpStream) -> Self {
        let mut bytes = Vec::new();
        // Bytes received before a connection broke count.
        let _ = stream.read_to_end(&mut bytes);
        let at = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap_or(bytes.len());
        let text = String::from_utf8_lossy(&bytes[..at]).into_owned();
        let mut lines = text.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).unwrap_or_default();
        let head: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(": ").map(|(name, text)| (name.to_lowercase(), text.to_owned())))
            .collect();
        let mut body = bytes.get(at + 4..).unwrap_or_default().to_vec();
        if head.iter().any(|(name, text)| name == "transfer-encoding" && text == "chunked") {
            body = unchunked(&body);
        }
        Self { status, head, body: String::from_utf8_lossy(&body).into_owned(), bytes: body }
    }

    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_str())
    }
}

fn unchunked(mut bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    while let Some(at) = bytes.windows(2).position(|window| window == b"\r\n") {
        let length = usize::from_str_radix(&String::from_utf8_lossy(&bytes[..at]), 16).unwrap_or_default();
        let Some(chunk) = bytes.get(at + 2..at + 2 + length).filter(|chunk| !chunk.is_empty()) else { break };
        out.extend_from_slice(chunk);
        bytes = bytes.get(at + 4 + length..).unwrap_or_default();
    }
    out
}
