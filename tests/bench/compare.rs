//! Times whole builds from outside and holds them to limits; exits 1 when one is exceeded.
//!
//! A document is a branch's report: for zicha its three formats, `metrics.json` and `sources.json` together, from
//! reading the ledgers to the last file. Everything is measured in memory (tmpfs), in turn on the same cores, and
//! compared round by round (see `rounds`); one line at the end says what the same build takes on the disk.
//!
//! - Without arguments: zicha against a lower bound (`floor`), against docxtpl and docxtemplater (set up by
//!   `tests/bench/run`, left out without `ZICHA_BENCH_TOOLS`), against a run with nothing to do, against ten times as
//!   many branches (`ZICHA_GROWTH=0` leaves this out), peak memory, and a department whose branches hand in
//!   workbooks of their own.
//! - `--against BINARY [--notice FILE]`: only the two binaries side by side. `FILE` is the `notice.toml` for `BINARY`
//!   when it does not read the current one. Exits 1 when zicha takes more than 1.1 times as long.
//!
//! `ZICHA` names another binary to measure, `ZICHA_BRANCHES` another size.

#![allow(clippy::print_stdout, reason = "a bench prints its results")]

mod floor;
mod ledgers;
mod limits;
mod machine;
mod peers;
mod program;
mod rounds;
mod walk;

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use floor::Floor;
use ledgers::Ledger;
use limits::Limits;
use peers::Peer;
use program::Program;
use rounds::{Series, Space, Workload};

/// What a step returns, or why it failed.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

const BRANCHES: usize = 1_000;
const ROUNDS: usize = 7;
/// Enough rounds for two equal binaries to come out within 1 % of each other.
const ROUNDS_OF_TWO: usize = 21;
const ROUNDS_OF_GROWTH: usize = 3;

/// The most that zicha may take for a document, relative to these.
const OF_PEERS: [(&str, f64); 2] = [("docxtpl", 1.0 / 60.0), ("docxtemplater", 1.0 / 25.0)];
/// The most that zicha may take, relative to the lower bound.
const OF_FLOOR: f64 = 3.0;
/// The most that a branch may take among ten times as many, relative to itself.
const OF_TENFOLD: f64 = 1.05;
/// The most that a run with nothing to do may take, relative to a whole one.
const OF_WHOLE: f64 = 1.0 / 3.0;
/// The most that zicha may take relative to the binary it is compared with.
const OF_OTHER: f64 = 1.1;

fn main() -> Outcome<ExitCode> {
    let arguments = Arguments::parse()?;
    println!("{}", machine::sentence());
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/2018-grassroots/notice.toml");
    let zicha = Program { path: program_path(), notice: own.clone() };
    let memory = tempfile::tempdir_in(machine::memory_folder())?;
    let mut limits = Limits::default();
    let folder = department(memory.path(), arguments.branches)?;
    if let Some(against) = arguments.against {
        let other = Program { path: against, notice: arguments.notice.unwrap_or(own) };
        two_binaries(&zicha, &other, &folder, arguments.branches, &mut limits)?;
        return Ok(limits.exit_code());
    }
    let tools = std::env::var_os("ZICHA_BENCH_TOOLS").map(PathBuf::from);
    side_by_side(&zicha, tools.as_deref(), &folder, arguments.branches, &mut limits)?;
    by_branch(&zicha, memory.path(), (arguments.branches / 5).max(1))?;
    if arguments.growth {
        growth(&zicha, &folder, memory.path(), arguments.branches, &mut limits)?;
    }
    on_disk(&zicha, &folder, arguments.branches)?;
    Ok(limits.exit_code())
}

/// What the command line and the environment say.
struct Arguments {
    against: Option<PathBuf>,
    notice: Option<PathBuf>,
    branches: usize,
    growth: bool,
}

impl Arguments {
    fn parse() -> Outcome<Self> {
        let number = |name: &str| std::env::var(name).ok().and_then(|number| number.parse::<usize>().ok());
        let mut parsed = Self {
            against: None,
            notice: None,
            branches: number("ZICHA_BRANCHES").unwrap_or(BRANCHES),
            growth: number("ZICHA_GROWTH") != Some(0),
        };
        let mut arguments = std::env::args_os().skip(1);
        while let Some(argument) = arguments.next() {
            match argument.to_str() {
                Some("--against") => parsed.against = Some(arguments.next().ok_or("--against 后面要写程序")?.into()),
                Some("--notice") => parsed.notice = Some(arguments.next().ok_or("--notice 后面要写文件")?.into()),
                // Added by `cargo bench`.
                Some("--bench") => {}
                _ => return Err(format!("不认识的选项：{}", argument.display()).into()),
            }
        }
        Ok(parsed)
    }
}

/// The binary that cargo built for this bench, or the one that the environment names.
fn program_path() -> PathBuf {
    std::env::var_os("ZICHA").map_or_else(|| env!("CARGO_BIN_EXE_zicha").into(), PathBuf::from)
}

fn two_binaries(zicha: &Program, other: &Program, folder: &Path, branches: usize, limits: &mut Limits) -> Outcome<()> {
    let workloads = [
        Workload::new("zicha", branches, |output| zicha.build(folder, output)),
        Workload::new(other.path.display().to_string(), branches, |output| other.build(folder, output)),
    ];
    println!("{branches} 个党组织，每个 {} 行，在内存中，{ROUNDS_OF_TWO} 轮", rows());
    let measured = Space::in_memory(folder).measure(&workloads, ROUNDS_OF_TWO)?;
    measured.iter().for_each(Series::print);
    let ratio = measured[0].ratio(&measured[1]);
    println!("每轮用时之比 {ratio}");
    limits.at_most("用时之比的中位数", ratio.median, OF_OTHER);
    Ok(())
}

/// zicha beside the lower bound, a run with nothing to do, and the peers.
fn side_by_side(
    zicha: &Program,
    tools: Option<&Path>,
    folder: &Path,
    branches: usize,
    limits: &mut Limits,
) -> Outcome<()> {
    let made = fresh(folder)?;
    let peak = zicha.peak(folder, &made)?;
    let floor = Floor::new(&made)?;
    let peers = tools.map(|tools| Peer::both(&made, folder, tools)).transpose()?;
    let mut workloads = vec![
        Workload::new("zicha", branches, |output| zicha.build(folder, output)),
        Workload::new("下限", branches, |output| floor.run(folder, output)),
        Workload::new("没有要做的", branches, |_| zicha.build(folder, &made)),
    ];
    // The peers use one core; a process for each core is what their users would have to set up.
    let cores = std::thread::available_parallelism()?.get();
    for (peer, processes) in peers.iter().flatten().flat_map(|peer| [(peer, cores), (peer, 1)]) {
        let name = format!("{}（{processes} 个进程）", peer.name);
        workloads.push(Workload::new(name, peers::DOCUMENTS, move |output| peer.run(output, processes)));
    }
    let measured = Space::in_memory(folder).measure(&workloads, ROUNDS)?;
    let (files, bytes) = floor.size();
    println!(
        "{branches} 个党组织，每个 {} 行；zicha 写出 {files} 个文件、{:.1} MB（三种格式连同指标和来源，算作一份）；\
         下限：calamine 走一遍全部单元格，压缩同样的 DOCX 内容，写出同样的文件；在内存中，{ROUNDS} 轮，比值逐轮计算取中位数",
        rows(),
        bytes as f64 / 1e6,
    );
    measured.iter().for_each(Series::print);
    let ratios = [measured[0].ratio(&measured[1]), measured[2].ratio(&measured[0])];
    println!("zicha 与下限之比 {}；没有要做的与全部生成之比 {}", ratios[0], ratios[1]);
    limits.at_most("zicha 用时与下限之比", ratios[0].median, OF_FLOOR);
    limits.at_most("没有要做的用时与全部生成之比", ratios[1].median, OF_WHOLE);
    for peer in &measured[3..] {
        let limit = OF_PEERS.iter().find(|(name, _)| peer.name.starts_with(name)).map_or(1.0, |(_, limit)| *limit);
        limits.at_most(&format!("zicha 每份用时与{}之比", peer.name), measured[0].ratio(peer).median, limit);
    }
    if peers.is_none() {
        println!("未与 docxtpl、docxtemplater 比较；tests/bench/run 会装好");
    }
    hold_peak(branches, peak, limits);
    Ok(())
}

/// zicha where every branch hands in workbooks of its own: a whole run, a run with nothing to do, and one in which one
/// workbook was corrected.
fn by_branch(zicha: &Program, space: &Path, branches: usize) -> Outcome<()> {
    let folder = department_by_branch(space, branches)?;
    let made = fresh(&folder)?;
    zicha.build(&folder, &made)?;
    let tasks = ledgers::DEPARTMENT.iter().find(|ledger| ledger.name == "任务分解").ok_or("没有任务分解")?;
    let corrected = folder.join("input/0").join(format!("{}.xlsx", tasks.name));
    let longer = Ledger { rows: tasks.rows + 1, ..*tasks }.workbook(0..1)?;
    let (versions, round) = ([longer, tasks.workbook(0..1)?], Cell::new(0));
    let workloads = [
        Workload::new("zicha", branches, |output| zicha.build(&folder, output)),
        Workload::new("没有要做的", branches, |_| zicha.build(&folder, &made)),
        Workload::new("改了一个文件", branches, |_| {
            std::fs::write(&corrected, &versions[round.replace(round.get() + 1) % 2])?;
            zicha.build(&folder, &made)
        }),
    ];
    let measured = Space::in_memory(&folder).measure(&workloads, ROUNDS)?;
    let files = 1 + branches * (ledgers::DEPARTMENT.len() - 1);
    println!("{branches} 个党组织各自报送，共 {files} 个文件；在内存中，{ROUNDS} 轮");
    measured.iter().for_each(Series::print);
    for other in &measured[1..] {
        println!("{}与全部生成之比 {}", other.name, other.ratio(&measured[0]));
    }
    Ok(())
}

/// zicha with ten times the branches.
fn growth(zicha: &Program, small: &Path, space: &Path, branches: usize, limits: &mut Limits) -> Outcome<()> {
    let large = department(space, branches * 10)?;
    let peak_output = fresh(&large)?;
    let peak = zicha.peak(&large, &peak_output)?;
    std::fs::remove_dir_all(peak_output)?;
    let workloads = [
        Workload::new(format!("zicha，{} 个党组织", branches * 10), branches * 10, |output| {
            zicha.build(&large, output)
        }),
        Workload::new(format!("zicha，{branches} 个党组织"), branches, |output| zicha.build(small, output)),
    ];
    let measured = Space::in_memory(&large).measure(&workloads, ROUNDS_OF_GROWTH)?;
    measured.iter().for_each(Series::print);
    limits.at_most("十倍的党组织，每份用时之比", measured[0].ratio(&measured[1]).median, OF_TENFOLD);
    hold_peak(branches * 10, peak, limits);
    Ok(())
}

/// zicha on the disk of the temporary folder. No limit: a disk's mood is not the program's.
fn on_disk(zicha: &Program, folder: &Path, branches: usize) -> Outcome<()> {
    let disk = tempfile::tempdir()?;
    let workload = Workload::new("zicha，写到磁盘", branches, |output| zicha.build(folder, output));
    Space::on_disk(disk.path()).measure(&[workload], ROUNDS)?.iter().for_each(Series::print);
    Ok(())
}

/// The limit is 60 MB and 25 kB a branch for the main process.
fn hold_peak(branches: usize, peak: program::Peak, limits: &mut Limits) {
    limits.at_most(&format!("{branches} 个党组织，内存最多 MB"), peak.main, 60.0 + 0.025 * branches as f64);
    println!("读取进程另有 {:.1} MB", peak.workers);
}

/// Writes the ledgers of so many branches into the input of a new folder and returns the folder.
fn department(space: &Path, branches: usize) -> Outcome<PathBuf> {
    let folder = fresh(space)?;
    let input = folder.join("input");
    std::fs::create_dir(&input)?;
    for ledger in ledgers::DEPARTMENT {
        std::fs::write(input.join(format!("{}.xlsx", ledger.name)), ledger.workbook(0..branches)?)?;
    }
    Ok(folder)
}

/// The rows of a branch, not counting the roster's.
fn rows() -> usize {
    ledgers::DEPARTMENT.iter().skip(1).map(|ledger| ledger.rows).sum()
}

/// Likewise, with a folder of workbooks for each branch; the roster is the department's.
fn department_by_branch(space: &Path, branches: usize) -> Outcome<PathBuf> {
    let folder = fresh(space)?;
    let [roster, others @ ..] = &ledgers::DEPARTMENT;
    for branch in 0..branches {
        let own = folder.join("input").join(branch.to_string());
        std::fs::create_dir_all(&own)?;
        for ledger in others {
            std::fs::write(own.join(format!("{}.xlsx", ledger.name)), ledger.workbook(branch..branch + 1)?)?;
        }
    }
    std::fs::write(folder.join("input").join(format!("{}.xlsx", roster.name)), roster.workbook(0..branches)?)?;
    Ok(folder)
}

/// A new folder that is removed with `folder`.
pub fn fresh(folder: &Path) -> Outcome<PathBuf> {
    Ok(tempfile::Builder::new().disable_cleanup(true).tempdir_in(folder)?.keep())
}
