//! A whole build, timed from outside: a department of branches with 50 ledger rows each, all three formats, findings,
//! figures and sources. Prints medians; with `ZICHA_BASELINE=<another zicha>` runs both in turn and prints the ratio
//! (`ZICHA_BASELINE_NOTICE` for one that does not know these settings).
//!
//! `cargo bench --bench build`, after `cargo build --release`; `ZICHA_BRANCHES=10000` for another size.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rust_xlsxwriter::{Workbook, Worksheet, XlsxError};

/// Runs of each program, in turn.
const RUNS: usize = 7;
/// Branches, unless the environment says otherwise.
const BRANCHES: usize = 1_000;
/// Rows of each ledger for each branch; 50 in all.
const ROWS: [(Ledger, usize); 8] = [
    (
        Ledger::new(
            "整改台账",
            &["党组织", "党支部", "问题类别", "问题表现", "整改措施", "责任人", "整改时限", "完成情况", "完成日期"],
        ),
        12,
    ),
    (
        Ledger::new(
            "突破项目",
            &["党组织", "项目名称", "负责人", "年度目标", "进展情况", "完成率", "存在差距", "下步措施", "计划完成时间"],
        ),
        3,
    ),
    (
        Ledger::new(
            "党建特色团队",
            &["党组织", "团队名称", "类型", "带头人", "成员数", "重点任务", "阶段性成果", "完成率", "建设成效"],
        ),
        6,
    ),
    (Ledger::new("主题党日", &["党组织", "活动日期", "活动主题", "应到人数", "实到人数", "是否上传", "上传日期"]), 10),
    (Ledger::new("干部在线学习", &["党组织", "姓名", "职务", "规定学时", "已完成学时"]), 9),
    (Ledger::new("党员议事会", &["党组织", "召开日期", "议题", "参会人数", "会议反响"]), 2),
    (Ledger::new("任务分解", &["党组织", "任务名称", "责任人", "时间节点", "进度", "状态"]), 6),
    (Ledger::new("文字材料", &["党组织", "栏目", "内容"]), 2),
];

struct Ledger {
    name: &'static str,
    head: &'static [&'static str],
}

impl Ledger {
    const fn new(name: &'static str, head: &'static [&'static str]) -> Self {
        Self { name, head }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let branches = std::env::var("ZICHA_BRANCHES").ok().and_then(|n| n.parse().ok()).unwrap_or(BRANCHES);
    let folder = tempfile::tempdir()?;
    ledgers(folder.path(), branches)?;
    let path = |name| std::env::var_os(name).map(PathBuf::from);
    let notice = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/2018-grassroots/notice.toml");
    let ours = (path("ZICHA").unwrap_or_else(|| "target/release/zicha".into()), notice.clone());
    let baseline = path("ZICHA_BASELINE").map(|program| (program, path("ZICHA_BASELINE_NOTICE").unwrap_or(notice)));
    let programs: Vec<(PathBuf, PathBuf)> = [ours].into_iter().chain(baseline).collect();
    let mut times = vec![Vec::new(); programs.len()];
    for run in 0..=RUNS {
        for ((program, notice), times) in programs.iter().zip(&mut times) {
            let time = build(program, notice, folder.path())?;
            // The first run of each warms the machine up.
            if run > 0 {
                times.push(time);
            }
        }
    }
    println!("{branches} 个党组织，每个 50 行，三种格式，{RUNS} 次的中位数");
    let medians: Vec<f64> = times.into_iter().map(median).collect();
    for ((program, _), seconds) in programs.iter().zip(&medians) {
        println!("{}：{seconds:.3} 秒，每秒 {:.0} 份", program.display(), branches as f64 / seconds);
    }
    if let [ours, baseline] = medians[..] {
        println!("比值 {:.3}", ours / baseline);
    }
    Ok(())
}

fn build(program: &Path, notice: &Path, folder: &Path) -> Result<Duration, Box<dyn std::error::Error>> {
    // A new folder each time, none removed before the end: ext4 is slow to use inodes again that were freed just now.
    let output = tempfile::Builder::new().disable_cleanup(true).tempdir_in(folder)?;
    let started = Instant::now();
    let status = Command::new(std::path::absolute(program)?)
        .args(["build".as_ref(), "--output".as_ref(), output.path(), "--notice".as_ref(), notice])
        .current_dir(folder)
        .stdout(Stdio::null())
        .status()?;
    let time = started.elapsed();
    if status.success() { Ok(time) } else { Err(format!("{}: {status}", program.display()).into()) }
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64()
}

/// Writes the roster and a workbook a ledger.
fn ledgers(folder: &Path, branches: usize) -> Result<(), Box<dyn std::error::Error>> {
    let input = folder.join("input");
    std::fs::create_dir_all(&input)?;
    let roster = Ledger::new("党组织名册", &["党组织名称", "类别", "书记", "党员人数", "联系人", "电子邮箱"]);
    for (ledger, rows) in std::iter::once((&roster, 1)).chain(ROWS.iter().map(|(ledger, rows)| (ledger, *rows))) {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        for (col, head) in (0..).zip(ledger.head) {
            sheet.write(0, col, *head)?;
        }
        for at in 0..branches * rows {
            for (col, head) in (0..).zip(ledger.head) {
                cell(sheet, at, col, head, at / rows)?;
            }
        }
        book.save(input.join(format!("{}.xlsx", ledger.name)))?;
    }
    Ok(())
}

/// What a ledger's row number `at` says under `head`.
fn cell(sheet: &mut Worksheet, at: usize, col: u16, head: &str, branch: usize) -> Result<(), XlsxError> {
    let row = at as u32 + 1;
    let pick = |choices: &[&str]| choices[at % choices.len()].to_owned();
    let text = match head {
        "党组织" | "党组织名称" => format!("第{branch}学院{}", ["党总支", "党支部"][branch % 2]),
        "类别" => ["党总支", "机关党支部"][branch % 2].to_owned(),
        "问题类别" => pick(&["组织生活严肃性不高", "档案材料规范化程度低", "党员教育形式化"]),
        "类型" => pick(&["科研攻关", "技术服务", "管理服务"]),
        "建设成效" => pick(&["成效突出", "正常推进", "正常推进", "成效不明显"]),
        "完成情况" | "状态" => pick(&["已完成", "推进中", "已完成", "未启动"]),
        "栏目" => pick(&["下一步打算", "规范化建设总结"]),
        "是否上传" => pick(&["是", "否", "是"]),
        "整改时限" | "活动日期" | "召开日期" | "时间节点" | "计划完成时间" => {
            format!("2018-{:02}-{:02}", at % 7 + 4, at % 28 + 1)
        }
        "上传日期" | "完成日期" => "2018-10-22".to_owned(),
        "电子邮箱" => format!("b{branch}@example.edu.cn"),
        "完成率" | "进度" => return sheet.write(row, col, (at % 101) as f64 / 100.0).map(|_| ()),
        "党员人数" | "成员数" | "参会人数" | "应到人数" | "规定学时" => {
            return sheet.write(row, col, 30 + (at % 20) as u32).map(|_| ());
        }
        "实到人数" | "已完成学时" => return sheet.write(row, col, 20 + (at % 20) as u32).map(|_| ()),
        other => format!("{other}第{at}项，按照台账记录逐项落实并按时报送"),
    };
    sheet.write(row, col, text).map(|_| ())
}
