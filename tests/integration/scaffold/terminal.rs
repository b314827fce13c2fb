//! `zicha new` on a terminal, which util-linux's `script` makes: what is asked, refused and taken.

use std::io::Write;
use std::process::{Command, Stdio};

use super::{CUTOFF, HAZARDS, TRAINING, assert_holds, settings};
use crate::support::{Project, Run};

crate::harness::tests! {
    with_tools: [
        questions_are_asked_until_they_have_an_answer,
        the_return_key_takes_the_guesses,
        the_rest_of_the_guesses_is_taken_at_once,
    ]
}

/// Makes the notice 三季度 on a terminal on which a person types these lines.
fn typed(project: &Project, lines: &[&str]) -> Run {
    let program = env!("CARGO_BIN_EXE_zicha");
    let line = format!("'{program}' new templates/三季度 隐患台账.csv 培训记录.csv --answer {CUTOFF}");
    let mut command = Command::new("script");
    command.args(["--quiet", "--return", "--command", &line, "/dev/null"]).current_dir(project.path(""));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("script runs");
    let mut input = child.stdin.take().expect("an input");
    // The end of the input does not reach the terminal: more lines than there are questions.
    for line in lines.iter().chain(&[""; 40]) {
        writeln!(input, "{line}").expect("a line");
    }
    drop(input);
    Run::new(child.wait_with_output().expect("it ends"))
}

fn hospital() -> Project {
    Project::empty().file("隐患台账.csv", HAZARDS.as_bytes()).file("培训记录.csv", TRAINING.as_bytes())
}

fn questions_are_asked_until_they_have_an_answer() {
    let project = hospital();
    // The roster, the deadline with a day that does not exist, whether all report in the one ledger and the other, what
    // is done, title, issuer, signer, then the first column.
    let typed = typed(&project, &["", "2026.10.40", "2026.10.20", "", "", "", "", "医务处", "科主任", "1"]);
    assert_eq!(typed.code, 0, "{}", typed.all());
    let said = typed.stdout.replace('\r', "");
    assert_holds(
        &said,
        &[
            "哪一种台账是名册：一行一个，有名称和类别\n  1 都不是，按台账里的名称另造",
            "回车就用它，或写编号：",
            "“报送截止日期”不能是“2026.10.40”：应是有这一天的日期（2026年10月只有31天，没有40日）",
            "写好 templates/三季度",
        ],
    );
    assert_eq!(said.matches("报送截止到哪一天").count(), 2, "{said}");
    assert_holds(
        &settings(&project),
        &[
            "deadline = 2026-10-20  # 照您说的",
            "issuer = \"医务处\"  # 照您说的",
            "signer = \"科主任\"  # 照您说的",
            "级别 = { header = [\"级别\"], type = \"text\"",
        ],
    );
}

fn the_return_key_takes_the_guesses() {
    let project = hospital();
    let typed = typed(&project, &[]);
    assert_eq!(typed.code, 0, "{}", typed.all());
    assert_holds(&settings(&project), &["deadline = 2026-10-15"]);
}

fn the_rest_of_the_guesses_is_taken_at_once() {
    let project = hospital();
    let typed = typed(&project, &["", "2026.10.20", "都照猜"]);
    assert_eq!(typed.code, 0, "{}", typed.all());
    assert_eq!(typed.stdout.matches("回车就用它").count(), 3, "{}", typed.stdout);
    assert_holds(
        &settings(&project),
        &["deadline = 2026-10-20  # 照您说的", "级别 = { header = [\"级别\"], type = \"choice\""],
    );
}
