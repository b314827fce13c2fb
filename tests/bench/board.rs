//! The first page of `zicha serve` over 1,000 and over 10,000 branches: the first answer, which reads the record, and
//! the median of those after it. Prints milliseconds.
//!
//! `cargo bench --bench board`, after `cargo build --release`.

mod ledgers;
mod machine;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Branches.
const SIZES: [usize; 2] = [1_000, 10_000];
/// Answers after the first.
const ANSWERS: usize = 41;
/// What is asked for: the whole board, its last page, a search.
const PAGES: [&str; 3] = ["/", "/?page=10", "/?q=%E7%AC%AC7"];

fn main() -> Outcome<()> {
    println!("{}", machine::sentence());
    let program = std::env::var_os("ZICHA").map_or_else(|| "target/release/zicha".into(), PathBuf::from);
    let program = program.canonicalize()?;
    for branches in SIZES {
        let space = tempfile::tempdir()?;
        department(space.path(), branches)?;
        let notice = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/2018-grassroots/notice.toml");
        let mut build = command(&program, space.path(), &["build", "--quiet", "--format", "md"], &notice);
        if !build.stdout(Stdio::null()).status()?.success() {
            return Err("zicha build did not succeed".into());
        }
        let mut server = command(&program, space.path(), &["serve", "--port", "0"], &notice);
        let mut server = Running(server.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?);
        measure(&mut server.0, branches)?;
    }
    Ok(())
}

/// A server that ends with the measurement.
struct Running(Child);

impl Drop for Running {
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

/// A department's ledgers.
fn department(folder: &Path, branches: usize) -> Outcome<()> {
    let input = folder.join("input");
    std::fs::create_dir(&input)?;
    for ledger in ledgers::DEPARTMENT {
        std::fs::write(input.join(format!("{}.xlsx", ledger.name)), ledger.workbook(0..branches)?)?;
    }
    Ok(())
}

/// Asks a server that has just been started and prints how long it took.
fn measure(server: &mut Child, branches: usize) -> Outcome<()> {
    let mut line = String::new();
    BufReader::new(server.stdout.take().ok_or("no output")?).read_line(&mut line)?;
    let host = line.split("//").nth(1).and_then(|rest| rest.split('/').next()).ok_or("no address")?.to_owned();
    let first = ask(&host, PAGES[0])?;
    // The pages of scans that are looked through may come a moment later.
    std::thread::sleep(Duration::from_secs(2));
    println!("{branches} 个党组织，第一次：{:.0} 毫秒", millis(first));
    for page in PAGES {
        let mut times = (0..ANSWERS).map(|_| ask(&host, page)).collect::<Outcome<Vec<Duration>>>()?;
        times.sort();
        let (median, longest) = (times[ANSWERS / 2], times[ANSWERS - 1]);
        println!(
            "{branches} 个党组织，{page}：中位数 {:.1} 毫秒，最慢 {:.1} 毫秒（1000 个要求至多 100 毫秒）",
            millis(median),
            millis(longest)
        );
    }
    Ok(())
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// How long the answer to one request takes, on a connection of its own.
fn ask(host: &str, page: &str) -> Outcome<Duration> {
    let started = Instant::now();
    let mut stream = TcpStream::connect(host)?;
    write!(stream, "GET {page} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let took = started.elapsed();
    let is_board = answer.starts_with(b"HTTP/1.1 200") && answer.ends_with(b"</html>\n");
    if is_board { Ok(took) } else { Err(String::from_utf8_lossy(&answer[..answer.len().min(400)]).into()) }
}
