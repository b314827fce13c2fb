//! Every state of a report and every transition between them: what the ledgers, the settings, a build, a signature and
//! an archiving make of each.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::support::{NOTICE, Project, copy};

crate::harness::tests! {
    alone: [
        every_event_leads_from_every_state_to_the_right_one,
        a_signed_report_with_a_doubtful_scan_is_not_called_ready_for_the_archive,
        a_signed_report_is_replaced_only_when_that_is_asked_for,
        the_summary_goes_the_same_way,
        a_summary_is_stale_when_a_branch_changes,
        the_state_in_the_start_page_is_that_of_the_last_run,
        a_line_of_an_older_register_gets_its_codes_from_the_package,
    ]
}

/// The name of the department's report.
const DEPARTMENT: &str = "汇总";
const OTHER: &str = "甲党支部";
/// The branch whose state is looked at; it has rows in every ledger.
const BRANCH: &str = "乙党支部";
const STUDY: &str = "input/干部在线学习.csv";
const ROW: &str = "乙党支部,赵,50,";

/// What can happen to a report.
#[derive(Clone, Copy, Debug)]
enum Event {
    /// The ledger has the number that every state began with.
    Restored,
    /// Another number, as right as the first.
    Changed,
    /// No number.
    Blank,
    /// A text in place of the number.
    Wrong,
    /// No row of the branch.
    Taken,
    /// Another branch's number in the same file.
    OfOther,
    /// A setting that no report prints.
    Unprinted,
    Draft,
    Final,
    /// Final, also where a signature is lost with it.
    FinalAgain,
    Redraft,
    /// A scan with the code of the final report, or with the branch's name when there is none.
    Scan,
    /// All scans are removed.
    Unscan,
    Archive,
}

use Event::{
    Archive, Blank, Changed, Draft, Final, FinalAgain, OfOther, Redraft, Restored, Scan, Taken, Unprinted, Unscan,
    Wrong,
};

const EVENTS: [Event; 14] = [
    Restored, Changed, Blank, Wrong, Taken, OfOther, Unprinted, Draft, Final, FinalAgain, Redraft, Scan, Unscan,
    Archive,
];

/// Each state: how it is reached from a project whose ledgers are right, and the state after each of [`EVENTS`]; a `+`
/// is a stale one.
const TABLE: &[(&str, &[Event], &str)] = &[
    (
        "nothing",
        &[],
        "nothing nothing nothing nothing nothing nothing nothing ready final final ready nothing nothing \
         nothing",
    ),
    (
        "ledgers-missing",
        &[Taken, Draft],
        "ready+ ready+ gaps+ errors+ ledgers-missing ledgers-missing ledgers-missing ledgers-missing \
         ledgers-missing ledgers-missing ledgers-missing ledgers-missing ledgers-missing ledgers-missing",
    ),
    (
        "ledgers-missing+",
        &[Draft, Taken],
        "ready ready+ gaps+ errors+ ledgers-missing+ ledgers-missing+ ledgers-missing+ ledgers-missing \
         ledgers-missing ledgers-missing ledgers-missing ledgers-missing+ ledgers-missing+ ledgers-missing+",
    ),
    (
        "errors",
        &[Wrong, Draft],
        "ready+ ready+ gaps errors ledgers-missing+ errors errors errors errors errors errors errors errors \
         errors",
    ),
    (
        "errors+",
        &[Draft, Wrong],
        "ready ready+ gaps+ errors+ ledgers-missing+ errors+ errors+ errors errors errors errors errors+ \
         errors+ errors+",
    ),
    (
        "gaps",
        &[Blank, Draft],
        "ready+ ready+ gaps errors ledgers-missing+ gaps gaps gaps gaps gaps gaps gaps gaps gaps",
    ),
    (
        "gaps+",
        &[Draft, Blank],
        "ready ready+ gaps+ errors+ ledgers-missing+ gaps+ gaps+ gaps gaps gaps gaps gaps+ gaps+ gaps+",
    ),
    (
        "ready",
        &[Draft],
        "ready ready+ gaps+ errors+ ledgers-missing+ ready ready ready final final ready ready ready ready",
    ),
    (
        "ready+",
        &[Draft, Changed],
        "ready ready+ gaps+ errors+ ledgers-missing+ ready+ ready+ ready final final ready ready+ ready+ \
         ready+",
    ),
    (
        "final",
        &[Draft, Final],
        "final final+ final+ final+ final+ final final final final final ready signed final final",
    ),
    (
        "final+",
        &[Draft, Final, Changed],
        "final final+ final+ final+ final+ final+ final+ final+ final final ready signed+ final+ final+",
    ),
    (
        "final+",
        &[Draft, Final, Blank],
        "final final+ final+ final+ final+ final+ final+ final+ final+ final+ gaps signed+ final+ final+",
    ),
    (
        "signed",
        &[Draft, Final, Scan],
        "signed signed+ signed+ signed+ signed+ signed signed signed signed signed ready signed final \
         archived",
    ),
    (
        "signed+",
        &[Draft, Final, Scan, Changed],
        "signed signed+ signed+ signed+ signed+ signed+ signed+ signed+ signed+ final ready signed+ final+ \
         signed+",
    ),
    (
        "signed+",
        &[Draft, Final, Scan, Blank],
        "signed signed+ signed+ signed+ signed+ signed+ signed+ signed+ signed+ signed+ gaps signed+ final+ \
         signed+",
    ),
    (
        "archived",
        &[Draft, Final, Scan, Archive],
        "archived archived+ archived+ archived+ archived+ archived archived archived archived archived ready \
         archived archived archived",
    ),
    (
        "archived+",
        &[Draft, Final, Scan, Archive, Changed],
        "archived archived+ archived+ archived+ archived+ archived+ archived+ archived+ archived+ final ready \
         archived+ archived+ archived+",
    ),
    (
        "archived+",
        &[Draft, Final, Scan, Archive, Blank],
        "archived archived+ archived+ archived+ archived+ archived+ archived+ archived+ archived+ archived+ \
         gaps archived+ archived+ archived+",
    ),
];

/// Replaces the branch's row of the ledger.
fn with_row(project: Project, row: &str) -> Project {
    let text = project.read(STUDY);
    let lines = text.lines().filter(|line| !line.starts_with(BRANCH));
    let text: String = lines.map(|line| format!("{line}\n")).collect::<String>() + row;
    project.file(STUDY, text.as_bytes())
}

fn code(project: &Project) -> Option<String> {
    let run: serde_json::Value = serde_json::from_str(&project.read("output/run.json")).expect("JSON");
    let branches = run["branches"].as_array().expect("branches");
    let record = branches.iter().find(|record| record["name"] == BRANCH)?;
    let issued = [&record["issued"], &record["standing_final"]["issued"]];
    issued.iter().find_map(|issued| issued["code"].as_str().map(str::to_owned))
}

/// Lets an event happen.
fn after(project: Project, event: Event) -> Project {
    let row = |rest: &str| format!("{ROW}{rest}\n");
    match event {
        Restored => with_row(project, &row("40")),
        Changed => with_row(project, &row("41")),
        Blank => with_row(project, &row("")),
        Wrong => with_row(project, &row("约四十")),
        Taken => with_row(project, ""),
        OfOther => project.edit(STUDY, "甲党支部,赵,50,40", "甲党支部,赵,50,47"),
        Unprinted => project.edit(&format!("{NOTICE}/notice.toml"), "fonds      = \"Z109\"", "fonds      = \"Z110\""),
        Draft => run(project, &["build", "--branch", BRANCH]),
        Final => run(project, &["build", "--final", "--branch", BRANCH]),
        FinalAgain => run(project, &["build", "--final", "--replace-signed", "--branch", BRANCH]),
        Redraft => run(project, &["build", "--redraft", "--branch", BRANCH]),
        Scan => {
            let name = code(&project).unwrap_or_else(|| BRANCH.to_owned());
            project.file(&format!("signed/{name}.pdf"), b"%PDF-1.4 scan")
        }
        Unscan => {
            // There may be none.
            let _ = std::fs::remove_dir_all(project.path("signed"));
            project
        }
        Archive => run(project, &["archive", "--by", "张三", "--at", "2018-11-05", "--branch", BRANCH]),
    }
}

fn run(project: Project, arguments: &[&str]) -> Project {
    let run = project.zicha(arguments);
    assert_ne!(run.code, 2, "{arguments:?}: {}", run.all());
    project
}

/// The state of a branch, or of the department, with a `+` when it is stale.
fn state_of(project: &Project, name: &str) -> String {
    let run = project.zicha(&["status", "--json"]);
    let board: serde_json::Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.all()));
    let mut branches = board["branches"].as_array().expect("branches").iter();
    let of_branch = branches.find(|status| status["branch"] == name);
    let found = if name == DEPARTMENT { &board["department"] } else { of_branch.expect("a branch of this name") };
    let stale = if found["stale"] == true { "+" } else { "" };
    assert!(!found["reason"].as_str().unwrap_or_default().is_empty(), "{found}");
    format!("{}{stale}", found["stage"].as_str().expect("a stage"))
}

fn every_event_leads_from_every_state_to_the_right_one() {
    let wrong: BTreeMap<String, String> = TABLE.par_iter().filter_map(reached_otherwise).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What the events lead to from the state of a row of the table, where that is not what the row has.
fn reached_otherwise((start, way, expected): &(&str, &[Event], &str)) -> Option<(String, String)> {
    // The other branch has a report, so that there is a run.
    let project = run(Project::ready(&[OTHER, BRANCH]), &["build", "--branch", OTHER]);
    let project = way.iter().fold(project, |project, event| after(project, *event));
    assert_eq!(state_of(&project, BRANCH), *start, "{way:?}");
    let reached = EVENTS.map(|event| {
        let copied = Project::empty();
        copy(&project.path(""), &copied.path(""));
        state_of(&after(copied, event), BRANCH)
    });
    let reached = reached.join(" ");
    (reached != *expected).then(|| (format!("{start} {way:?}"), reached))
}

fn a_signed_report_with_a_doubtful_scan_is_not_called_ready_for_the_archive() {
    let project = signed().file(&format!("signed/{BRANCH}.pdf"), b"%PDF-1.4 scan");
    let next = |project: &Project| {
        let board = project.zicha(&["status", "--json"]).stdout;
        let board: serde_json::Value = serde_json::from_str(&board).expect("JSON");
        let mut branches = board["branches"].as_array().expect("branches").iter();
        branches.find(|status| status["branch"] == BRANCH).expect("the branch")["next"].as_str().map(str::to_owned)
    };
    assert_eq!(state_of(&project, BRANCH), "signed");
    let said = format!("看一下签字件 {BRANCH}.pdf，确认或者移走，再归档");
    assert_eq!(next(&project), Some(said));
    // As archiving has it.
    let archive = ["archive", "--by", "张三", "--at", "2018-11-05", "--branch", BRANCH];
    let refused = project.zicha(&archive);
    assert!(refused.code == 1 && refused.all().contains("Z414"), "{}", refused.all());
    std::fs::remove_file(project.path(&format!("signed/{BRANCH}.pdf"))).expect("removed");
    assert_eq!(next(&project).as_deref(), Some("归档"));
    assert_eq!(project.zicha(&archive).code, 0);
}

/// A project whose reports are all final, with a signed copy of the branch's.
fn signed() -> Project {
    let project = Project::ready(&[OTHER, BRANCH]);
    let project = run(project, &["build", "--final"]);
    after(project, Scan)
}

fn a_signed_report_is_replaced_only_when_that_is_asked_for() {
    let project = signed();
    let signed_code = code(&project).expect("a code");
    let before = std::fs::read(project.report(BRANCH, "docx")).expect("a report");
    // What it shows stays: nothing is lost, nothing is asked.
    let project = after(after(project, Unprinted), OfOther);
    let built = project.zicha(&["build", "--final"]);
    assert_eq!((built.code, code(&project)), (0, Some(signed_code.clone())), "{}", built.all());
    let project = after(project, Changed);
    let built = project.zicha(&["build", "--final"]);
    assert!(built.code == 1 && built.stdout.contains("警告[Z311]"), "{}", built.all());
    let lost = format!("（核对码 {signed_code}，签字件 {signed_code}.pdf）已经签字或归档，没有换成新的");
    assert!(built.stdout.contains(&lost) && built.stdout.contains("--replace-signed"), "{}", built.all());
    assert!(built.stdout.contains("汇总：有的单位还没有正式报告，或者定稿之后有改动"), "{}", built.all());
    assert_eq!(std::fs::read(project.report(BRANCH, "docx")).expect("a report"), before);
    assert_eq!((code(&project), state_of(&project, BRANCH)), (Some(signed_code.clone()), "signed+".to_owned()));
    let built = project.zicha(&["build", "--final", "--replace-signed"]);
    assert_eq!(built.code, 0, "{}", built.all());
    assert!(code(&project).is_some_and(|code| code != signed_code));
    assert_eq!(state_of(&project, BRANCH), "final");
    assert_eq!(project.zicha(&["build", "--replace-signed"]).code, 2, "only of final reports");
}

fn the_summary_goes_the_same_way() {
    let project = Project::ready(&[OTHER, BRANCH]);
    let summary = DEPARTMENT;
    project.build();
    assert_eq!(state_of(&project, summary), "waiting");
    let project = run(project, &["build", "--final", "--branch", OTHER]);
    let refused = project.zicha(&["build", "--final", "--branch", summary]);
    assert!(refused.code == 1 && refused.stdout.contains("有的单位还没有正式报告"), "{}", refused.all());
    let project = run(project, &["build", "--final", "--branch", BRANCH]);
    let project = run(project, &["build", "--branch", summary]);
    assert_eq!(state_of(&project, summary), "ready");
    // By its name alone; the branches' reports are as they were.
    let built = project.zicha(&["build", "--final", "--branch", summary]);
    assert!(built.code == 0 && built.stdout.contains("正式报告 0 份，汇总 1 份"), "{}", built.all());
    assert_eq!((state_of(&project, summary), state_of(&project, OTHER)), ("final".to_owned(), "final".to_owned()));
    let run_record: serde_json::Value = serde_json::from_str(&project.read("output/run.json")).expect("JSON");
    let code = run_record["department"]["issued"]["code"].as_str().expect("a code").to_owned();
    let project = project.file(&format!("signed/{code}.pdf"), b"%PDF-1.4 scan");
    assert_eq!(state_of(&project, summary), "signed");
    let project = run(project, &["archive", "--by", "张三", "--at", "2018-11-05", "--branch", summary]);
    assert_eq!(state_of(&project, summary), "archived");
    let project = run(project, &["build", "--redraft", "--branch", summary]);
    assert_eq!((state_of(&project, summary), state_of(&project, OTHER)), ("ready".to_owned(), "final".to_owned()));
}

fn a_summary_is_stale_when_a_branch_changes() {
    let project = after(run(Project::ready(&[OTHER, BRANCH]), &["build", "--final"]), Changed);
    assert_eq!((state_of(&project, "汇总"), state_of(&project, OTHER)), ("final+".to_owned(), "final".to_owned()));
    let project = after(run(Project::ready(&[OTHER, BRANCH]), &["build", "--final"]), Unprinted);
    assert_eq!((state_of(&project, "汇总"), state_of(&project, BRANCH)), ("final".to_owned(), "final".to_owned()));
}

/// `index.html` tells of a final report that a build of drafts left as it is and that would be another one.
fn the_state_in_the_start_page_is_that_of_the_last_run() {
    let project = after(run(Project::ready(&[OTHER, BRANCH]), &["build", "--final"]), Changed);
    project.build();
    let page = project.read("output/index.html");
    let row = page.split("<tr ").find(|row| row.contains(&format!("data-folder=\"{BRANCH}\""))).expect("a row");
    assert!(row.contains("已定稿，之后有改动") && row.contains("data-marks=\"open\""), "{row}");
    assert!(page.contains("<td data-label=\"报告\">已定稿</td>"), "{page}");
}

/// Earlier versions wrote no codes into the register.
fn a_line_of_an_older_register_gets_its_codes_from_the_package() {
    let project = after(signed(), Archive);
    let text = project.read("archive/登记册.jsonl");
    let mut entry: serde_json::Value = serde_json::from_str(text.trim()).expect("a line");
    assert!(entry.as_object_mut().expect("an object").remove("codes").is_some());
    let project = project.file("archive/登记册.jsonl", format!("{entry}\n").as_bytes());
    assert_eq!(state_of(&project, BRANCH), "archived");
    // It is asked for, too, before the report is replaced.
    std::fs::remove_dir_all(project.path("signed")).expect("removed");
    let project = after(project, Changed);
    let built = project.zicha(&["build", "--final"]);
    assert!(built.code == 1 && built.stdout.contains("档号 Z109-WS·2018-D30-ZZB-0001"), "{}", built.all());
    // Of a package that is gone nothing is known.
    std::fs::remove_dir_all(project.path("archive/Z109-WS·2018-D30-ZZB-0001")).expect("removed");
    assert_eq!(state_of(&project, BRANCH), "final+");
}
