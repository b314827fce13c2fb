//! What a run needs of memory grows by what it has to remember of each branch, and by nothing that waits to be written.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::serve::client::Server;
use crate::support::{NOTICE, Project, files, python};

crate::harness::tests! {
    alone: [
        ledgers_over_the_budget_of_a_run_are_refused_from_the_largest_on,
        a_run_over_its_budget_makes_no_final_report,
        the_budget_holds_for_the_pages_and_for_reports_made_again,
    ]
    with_tools: [
        memory_per_branch_is_below_its_limit,
    ]
}

/// Bytes that a branch with 50 rows may take.
const OF_A_BRANCH: u64 = 25_000;

/// So many branches with 50 rows each.
fn project(branches: usize) -> Project {
    let names: Vec<String> = (0..branches).map(|n| format!("第{n}党支部")).collect();
    let row = |name: &String, at: usize| [name.as_str(), &format!("赵{at}"), "50", "40"].map(str::to_owned).to_vec();
    let rows: Vec<Vec<String>> = names.iter().flat_map(|name| (0..50).map(move |at| row(name, at))).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    Project::ready(&names).ledger("干部在线学习", &["党组织", "姓名", "规定学时", "已完成学时"], &rows)
}

/// The most memory of a run over so many branches.
fn peak(branches: usize) -> u64 {
    let project = project(branches);
    let peak = python(
        "peak.py",
        &[&project.path(""), Path::new(env!("CARGO_BIN_EXE_zicha")), Path::new("build"), Path::new("--quiet")],
    );
    peak.trim().parse().expect("a number")
}

fn memory_per_branch_is_below_its_limit() {
    // Far apart: the allocator takes memory in steps, which weigh little beside so many branches.
    let (few, many) = (100, 3_100);
    let [less, more] = [few, many].map(peak);
    let each = more.saturating_sub(less) / (many - few) as u64;
    assert!(each < OF_A_BRANCH, "{each} bytes a branch: {less} for {few}, {more} for {many}");
}

const BRANCHES: [&str; 2] = ["甲党支部", "乙党支部"];
/// The names of the two large ledgers of [`large`].
const LARGEST: &str = "干部在线学习2.csv";
const SECOND: &str = "干部在线学习3.csv";

/// A project with a budget of 1 MiB for ledgers: one of 400 rows, which takes 0.9 MiB, and one of 380, either of which
/// fits.
fn large() -> Project {
    let rows = |name: &str, count: usize| -> Vec<Vec<String>> {
        (0..count)
            .map(|at| [BRANCHES[at % 2], &format!("{name}{at}"), "50", "40"].map(str::to_owned).to_vec())
            .collect()
    };
    let header = ["党组织", "姓名", "规定学时", "已完成学时"];
    Project::ready(&BRANCHES)
        .edit(&format!("{NOTICE}/notice.toml"), "[roster]", "[limits]\nrun_mib = 1\n\n[roster]")
        .ledger(LARGEST.trim_end_matches(".csv"), &header, &rows("钱", 400))
        .ledger(SECOND.trim_end_matches(".csv"), &header, &rows("孙", 380))
}

fn ledgers_over_the_budget_of_a_run_are_refused_from_the_largest_on() {
    let run = |threads: &str| {
        let project = large();
        let check = project.zicha_with(&["check", "--json"], &[("RAYON_NUM_THREADS", threads)]);
        let found: Vec<Value> = check.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        let build = project.zicha_with(&["build", "--quiet"], &[("RAYON_NUM_THREADS", threads)]);
        assert_eq!(build.code, 0, "{}", build.all());
        assert!(project.report_text(BRANCHES[0], "md").contains("191"), "190 cadres of the second ledger and one more");
        let again = project.zicha_with(&["build", "--quiet"], &[("RAYON_NUM_THREADS", threads)]);
        assert!(again.stdout.contains("2 份没有变化"), "the cache of read files changes nothing: {}", again.stdout);
        (found, files(&project.path("output")))
    };
    let (found, output) = run("1");
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!((&found[0]["code"], &found[0]["file"]), (&json!("Z018"), &json!(LARGEST)));
    let message = found[0]["message"].as_str().expect("a message");
    assert!(
        message.contains("全部台账合起来要占内存 2 MiB，超过 1 MiB") && message.ends_with("要占 1 MiB"),
        "{message}"
    );
    assert!(found[0]["cure"].as_str().is_some_and(|cure| cure.contains("run_mib")), "{found:#?}");
    assert!(run("8") == (found, output), "the same with eight threads");
}

fn a_run_over_its_budget_makes_no_final_report() {
    let project = large();
    let run = project.zicha(&["build", "--final"]);
    assert_eq!(run.code, 1, "{}", run.all());
    assert!(run.stdout.contains("错误[Z018]") && run.stdout.contains(LARGEST), "{}", run.stdout);
    for branch in BRANCHES {
        assert!(!project.report(branch, "docx").exists(), "{branch}: {}", run.stdout);
    }
    std::fs::remove_file(project.path(&format!("input/{LARGEST}"))).expect("removed");
    let run = project.zicha(&["build", "--final"]);
    assert_eq!(run.code, 0, "{}", run.all());
}

fn the_budget_holds_for_the_pages_and_for_reports_made_again() {
    let project = large();
    let server = Server::over(&project);
    let message = "全部台账合起来要占内存 2 MiB，超过 1 MiB";
    let ledgers = server.settled("/ledgers");
    let of_file = ledgers.split("href=\"").find(|link| link.starts_with("/ledger/") && link.contains(LARGEST));
    let address = of_file.and_then(|link| link.split('"').next()).expect("a link");
    let page = server.settled(address);
    assert!(page.contains(message), "the analysis for pages: {page}");
    server.post("/work/build", &[("what", "draft")]);
    let page = server.worked();
    assert!(page.contains("草稿 2 份") && page.contains(message), "the build of the page: {page}");
    drop(server);
    // As `verify --rebuild` starts it: with a request in its pipe, which stays open.
    let mut worker = Command::new(env!("CARGO_BIN_EXE_zicha"));
    worker.current_dir(project.path("")).stdin(Stdio::piped()).stdout(Stdio::piped());
    worker.args(["rebuild-worker", "--final", "--json", "--quiet", "--format", "md", "--branch", BRANCHES[0]]);
    worker.args(["--notice", &format!("{NOTICE}/notice.toml"), "--input", "input", "--output", "again"]);
    let mut child = worker.spawn().expect("a worker");
    let mut requests = child.stdin.take().expect("a pipe");
    requests.write_all(&0_u64.to_le_bytes()).expect("a request");
    let answer = child.wait_with_output().expect("an answer");
    let answer = String::from_utf8_lossy(&answer.stdout);
    assert!(answer.contains("Z018") && answer.contains(LARGEST), "{answer}");
    assert!(!project.path(&format!("again/{}", BRANCHES[0])).exists());
}
