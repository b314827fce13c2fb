//! A whole build, timed from outside and compared: with the floor, with docxtpl and docxtemplater, with a run that has
//! nothing to do, and with ten times as many branches; its memory too. Then a department whose branches hand in
//! workbooks of their own. All run in turn on the same cores; medians count. A document is a branch: for zicha its
//! three formats, `metrics.json` and `sources.json` together, from reading the ledgers to the last file.
//!
//! `tests/bench/run` sets up the peers and runs this; without them (`ZICHA_BENCH_TOOLS`) they are left out.
//! `ZICHA` is another binary to measure, `ZICHA_BASELINE` one to compare it with (`ZICHA_BASELINE_NOTICE` for one that
//! does not know these settings), `ZICHA_BRANCHES` another size, `ZICHA_GROWTH=0` leaves out the tenfold.

mod floor;
mod ledgers;
mod machine;
mod peers;
mod program;
mod walk;

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::process::Command;

use floor::Floor;
use ledgers::Ledger;
use peers::Peer;
use program::{Peak, Program};

/// What a step gives, or why it failed.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Rounds that count, after one for warming up; for the tenfold, fewer.
const ROUNDS: usize = 7;
const ROUNDS_OF_GROWTH: usize = 3;
/// Branches, unless the environment says otherwise.
const BRANCHES: usize = 1_000;
/// How many times as fast as the peers zicha is to be.
const FASTER: [(&str, f64); 2] = [("docxtpl", 60.0), ("docxtemplater", 25.0)];
/// How many times the floor's time it may take, and for ten times the branches how many times its own.
const OF_FLOOR: f64 = 3.0;
const OF_TENFOLD: f64 = 10.5;
/// A run that finds everything there already, and what part of a whole run's time it may take.
const IDLE: &str = "没有要做的";
const OF_WHOLE: f64 = 1.0 / 3.0;

/// What runs in turn: its name, its documents, and the run that gives the seconds it took.
struct Contestant<'a> {
    name: String,
    documents: usize,
    run: Box<dyn Fn() -> Outcome<f64> + 'a>,
}

/// The median of a contestant's times, and the range.
struct Measured {
    name: String,
    documents: usize,
    seconds: f64,
    range: (f64, f64),
}

impl Measured {
    fn speed(&self) -> f64 {
        self.documents as f64 / self.seconds
    }
}

fn main() -> Outcome<()> {
    let number = |name: &str| std::env::var(name).ok().and_then(|number| number.parse::<usize>().ok());
    let branches = number("ZICHA_BRANCHES").unwrap_or(BRANCHES);
    let space = tempfile::tempdir()?;
    println!("{}", machine::sentence());
    let path = |name| std::env::var_os(name).map(PathBuf::from);
    let notice = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/2018-grassroots/notice.toml");
    let ours = Program { path: path("ZICHA").unwrap_or_else(|| "target/release/zicha".into()), notice: notice.clone() };
    let baseline = path("ZICHA_BASELINE")
        .map(|path| Program { path, notice: std::env::var_os("ZICHA_BASELINE_NOTICE").map_or(notice, PathBuf::from) });
    let tools = path("ZICHA_BENCH_TOOLS").unwrap_or_else(|| "target/bench-tools".into());
    side_by_side(&ours, baseline.as_ref(), &tools, &department(space.path(), branches)?, branches)?;
    apart(&ours, space.path(), (branches / 5).max(1))?;
    if number("ZICHA_GROWTH") != Some(0) {
        growth(&ours, space.path(), branches)?;
    }
    Ok(())
}

/// zicha beside the floor and the peers.
fn side_by_side(
    ours: &Program,
    baseline: Option<&Program>,
    tools: &Path,
    folder: &Path,
    branches: usize,
) -> Outcome<()> {
    let (made, peak) = ours.watched(folder)?;
    let floor = Floor::new(&made)?;
    let peers = tools.exists().then(|| Peer::both(&made, folder, tools)).transpose()?;
    let build = |name: &str, program| Contestant {
        name: name.to_owned(),
        documents: branches,
        run: Box::new(move || Program::build(program, folder)),
    };
    let floor_runs = || floor.run(folder);
    let mut contestants = vec![build("zicha", ours)];
    contestants.push(Contestant { name: "下限".to_owned(), documents: branches, run: Box::new(floor_runs) });
    let again = || ours.build_into(folder, &made);
    contestants.push(Contestant { name: IDLE.to_owned(), documents: branches, run: Box::new(again) });
    contestants.extend(baseline.map(|baseline| build("基准", baseline)));
    // They know of one core; a process for each is what somebody who has more would have to build.
    let cores = std::thread::available_parallelism()?.get();
    for (peer, processes) in peers.iter().flatten().flat_map(|peer| [(peer, cores), (peer, 1)]) {
        contestants.push(Contestant {
            name: format!("{}（{processes} 个进程）", peer.name),
            documents: peers::DOCUMENTS,
            run: Box::new(move || peer.run(folder, processes)),
        });
    }
    let measured = rounds(&contestants, ROUNDS)?;
    let (files, bytes) = floor.size();
    println!(
        "{branches} 个党组织，每个 {} 行；zicha 写出 {files} 个文件、{:.1} MB（三种格式连同指标和来源，算作一份）；\
         下限：calamine 走一遍全部单元格，压缩同样的 DOCX 内容，写出同样的文件；{ROUNDS} 轮的中位数",
        rows(),
        bytes as f64 / 1e6,
    );
    measured.iter().for_each(print);
    for other in measured.iter().skip(1) {
        let faster = measured[0].speed() / other.speed();
        match FASTER.iter().find(|(name, _)| other.name.starts_with(name)) {
            Some((_, least)) => println!("zicha 每秒的份数是 {} 的 {faster:.1} 倍（要求至少 {least} 倍）", other.name),
            None if other.name == "下限" => {
                println!("zicha 用时是下限的 {:.2} 倍（要求至多 {OF_FLOOR:.1} 倍）", 1.0 / faster);
            }
            None if other.name == IDLE => {
                println!("{IDLE}用时是全部生成的 {faster:.2}（要求小于 {OF_WHOLE:.2}）");
            }
            None => println!("zicha 用时是{}的 {:.3} 倍", other.name, 1.0 / faster),
        }
    }
    if peers.is_none() {
        println!("没有 {}，未与 docxtpl、docxtemplater 比较；tests/bench/run 会装好", tools.display());
    }
    print_peak(branches, peak);
    Ok(())
}

/// zicha where every branch hands in workbooks of its own: all, nothing to do, and one of them corrected.
fn apart(ours: &Program, space: &Path, branches: usize) -> Outcome<()> {
    let folder = department_apart(space, branches)?;
    let (made, _) = ours.watched(&folder)?;
    let tasks = ledgers::DEPARTMENT.iter().find(|ledger| ledger.name == "任务分解").ok_or("没有任务分解")?;
    let corrected = folder.join("input/0").join(format!("{}.xlsx", tasks.name));
    let versions = [tasks.rows + 1, tasks.rows].map(|rows| Ledger { rows, ..*tasks }.workbook(0..1));
    let [one, other] = versions;
    let (versions, round) = ([one?, other?], Cell::new(0));
    let contestant = |name: &str, run| Contestant { name: name.to_owned(), documents: branches, run };
    let contestants = [
        contestant("zicha", Box::new(|| ours.build(&folder)) as Box<dyn Fn() -> Outcome<f64>>),
        contestant(IDLE, Box::new(|| ours.build_into(&folder, &made))),
        contestant(
            "改了一个文件",
            Box::new(|| {
                std::fs::write(&corrected, &versions[round.replace(round.get() + 1) % 2])?;
                ours.build_into(&folder, &made)
            }),
        ),
    ];
    let measured = rounds(&contestants, ROUNDS)?;
    let files = 1 + branches * (ledgers::DEPARTMENT.len() - 1);
    println!("{branches} 个党组织各自报送，共 {files} 个文件；{ROUNDS} 轮的中位数");
    measured.iter().for_each(print);
    for other in &measured[1..] {
        println!("{}用时是全部生成的 {:.2}", other.name, other.seconds / measured[0].seconds);
    }
    Ok(())
}

/// zicha with ten times the branches, beside itself.
fn growth(ours: &Program, space: &Path, branches: usize) -> Outcome<()> {
    let sizes = [branches * 10, branches];
    let folders = sizes.map(|branches| department(space, branches));
    let [large, small] = folders;
    let folders = [large?, small?];
    let (_, peak) = ours.watched(&folders[0])?;
    let contestants = sizes.iter().zip(&folders).map(|(branches, folder)| Contestant {
        name: format!("zicha，{branches} 个党组织"),
        documents: *branches,
        run: Box::new(|| ours.build(folder)),
    });
    let measured = rounds(&contestants.collect::<Vec<_>>(), ROUNDS_OF_GROWTH)?;
    println!("{} 个和 {} 个党组织，{ROUNDS_OF_GROWTH} 轮的中位数", sizes[0], sizes[1]);
    measured.iter().for_each(print);
    println!("用时之比 {:.2}（要求至多 {OF_TENFOLD}）", measured[0].seconds / measured[1].seconds);
    print_peak(sizes[0], peak);
    Ok(())
}

/// Runs all in turn: a round for warming up, then those that count.
fn rounds(contestants: &[Contestant], count: usize) -> Outcome<Vec<Measured>> {
    let mut times = vec![Vec::new(); contestants.len()];
    for round in 0..=count {
        for (contestant, times) in contestants.iter().zip(&mut times) {
            // What others wrote is on the disk first: zicha syncs at its end, and shall wait for its own files alone.
            Command::new("sync").status()?;
            let seconds = (contestant.run)()?;
            if round > 0 {
                times.push(seconds);
            }
        }
    }
    let measured = contestants.iter().zip(times).map(|(contestant, mut times)| {
        times.sort_by(f64::total_cmp);
        Measured {
            name: contestant.name.clone(),
            documents: contestant.documents,
            seconds: times[times.len() / 2],
            range: (times[0], times[times.len() - 1]),
        }
    });
    Ok(measured.collect())
}

fn print(measured: &Measured) {
    let Measured { name, documents, seconds, range: (least, most) } = measured;
    println!("{name}：{documents} 份，{seconds:.3} 秒（{least:.3}–{most:.3}），每秒 {:.1} 份", measured.speed());
}

/// The limit is 60 MB and 25 kB a branch.
fn print_peak(branches: usize, peak: Peak) {
    let limit = 60.0 + 0.025 * branches as f64;
    println!(
        "{branches} 个党组织，内存最多 {:.1} MB（要求至多 {limit:.0} MB），读取进程另有 {:.1} MB",
        peak.main, peak.readers
    );
}

/// Writes the ledgers of so many branches into the input of a folder, which it gives.
fn department(space: &Path, branches: usize) -> Outcome<PathBuf> {
    let folder = fresh(space)?;
    let input = folder.join("input");
    std::fs::create_dir(&input)?;
    for ledger in ledgers::DEPARTMENT {
        std::fs::write(input.join(format!("{}.xlsx", ledger.name)), ledger.workbook(0..branches)?)?;
    }
    Ok(folder)
}

/// A branch's rows, the roster's not counted.
fn rows() -> usize {
    ledgers::DEPARTMENT.iter().skip(1).map(|ledger| ledger.rows).sum()
}

/// The same, where each branch has a folder with workbooks of its own; the roster is the department's.
fn department_apart(space: &Path, branches: usize) -> Outcome<PathBuf> {
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

/// A new folder each time, none removed before the end: ext4 is slow to use inodes again that were freed just now.
pub fn fresh(folder: &Path) -> Outcome<PathBuf> {
    Ok(tempfile::Builder::new().disable_cleanup(true).tempdir_in(folder)?.keep())
}
