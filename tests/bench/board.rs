//! Times the start page of `zicha serve` with 1,000 and 10,000 branches, in milliseconds: the first response, which
//! reads the manifest, and the median of later ones. Exits 1 when the median of a page takes over 100 ms.
//!
//! `cargo bench --profile dist --bench board`.

#![allow(clippy::print_stdout, reason = "a bench prints its results")]

mod ledgers;
mod limits;
mod machine;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Instant;

use limits::Limits;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Branches.
const SIZES: [usize; 2] = [1_000, 10_000];
/// The most that the median of a page may take, in milliseconds.
const LIMIT: f64 = 100.0;
/// Responses after the first.
const RESPONSES: usize = 41;
/// The pages requested: the whole board, its last page, searches by characters and by pinyin; the branches by ledgers.
const PAGES: [&str; 6] =
    ["/", "/?page=10", "/?q=%E7%AC%AC7", "/?q=dzb&sort=name", "/matrix", "/matrix?show=missing&sort=error"];

fn main() -> Outcome<ExitCode> {
    println!("{}", machine::sentence());
    let program = std::env::var_os("ZICHA").map_or_else(|| env!("CARGO_BIN_EXE_zicha").into(), PathBuf::from);
    let program = program.canonicalize()?;
    let mut limits = Limits::default();
    for branches in SIZES {
        let space = tempfile::tempdir_in(machine::memory_folder())?;
        department(space.path(), branches)?;
        let notice = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/2018-grassroots/notice.toml");
        let mut build = command(&program, space.path(), &["build", "--quiet", "--format", "md"], &notice);
        if !build.stdout(Stdio::null()).status()?.success() {
            return Err("zicha build did not succeed".into());
        }
        let mut server = command(&program, space.path(), &["serve", "--port", "0"], &notice);
        let mut server = Server(server.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?);
        measure(&mut server.0, branches, &mut limits)?;
    }
    Ok(limits.exit_code())
}

/// A server process, killed when dropped.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn command(program: &Path, folder: &Path, arguments: &[&str], notice: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).arg("--notice").arg(notice).current_dir(folder);
    command
}

/// Writes a department's ledgers into `folder/input`.
fn department(folder: &Path, branches: usize) -> Outcome<()> {
    let input = folder.join("input");
    std::fs::create_dir(&input)?;
    for ledger in ledgers::DEPARTMENT {
        std::fs::write(input.join(format!("{}.xlsx", ledger.name)), ledger.workbook(0..branches)?)?;
    }
    Ok(())
}

/// Requests pages from a server that has just started and prints the times.
fn measure(server: &mut Child, branches: usize, limits: &mut Limits) -> Outcome<()> {
    let mut line = String::new();
    BufReader::new(server.stdout.take().ok_or("no output")?).read_line(&mut line)?;
    let host = line.split("//").nth(1).and_then(|rest| rest.split('/').next()).ok_or("no address")?.to_owned();
    println!("{branches} 个党组织，第一次：{:.0} 毫秒", request(&host, PAGES[0])?);
    // Lets the background inspection of scans finish.
    std::thread::sleep(std::time::Duration::from_secs(2));
    for page in PAGES {
        let mut times = (0..RESPONSES).map(|_| request(&host, page)).collect::<Outcome<Vec<f64>>>()?;
        times.sort_by(f64::total_cmp);
        let (median, longest) = (times[RESPONSES / 2], times[RESPONSES - 1]);
        println!("{branches} 个党组织，{page}：中位数 {median:.1} 毫秒，最慢 {longest:.1} 毫秒");
        limits.at_most(&format!("{branches} 个党组织，{page}，中位数毫秒"), median, LIMIT);
    }
    Ok(())
}

/// The milliseconds from connecting to the end of the response, on a new connection.
fn request(host: &str, page: &str) -> Outcome<f64> {
    let started = Instant::now();
    let mut stream = TcpStream::connect(host)?;
    write!(stream, "GET {page} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
    let mut response = Vec::new();
    stream.read_to_end(&mut response)?;
    let millis = started.elapsed().as_secs_f64() * 1e3;
    let is_board = response.starts_with(b"HTTP/1.1 200") && response.ends_with(b"</html>\n");
    if is_board { Ok(millis) } else { Err(String::from_utf8_lossy(&response[..response.len().min(400)]).into()) }
}
