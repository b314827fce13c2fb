//! Archiving: killed runs, concurrent runs, a full disk.

use std::collections::BTreeSet;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use zicha::archive::ArchiveNumber;

use super::{BRANCHES, TOLD, archive, code, forget_seals, make_endless, package, project, unsigned, wrong};
use crate::support::{Group, Project, files, mounted};

crate::harness::tests! {
    alone: [
        killing_200_runs_leaves_no_partial_package_no_process_and_no_gap_in_the_numbers,
        a_killed_verification_leaves_no_rebuild_and_the_next_run_removes_its_folder,
        a_seal_list_that_a_killed_run_left_behind_is_said_and_completed,
        concurrent_runs_never_use_a_number_twice,
        a_full_disk_leaves_no_package_and_uses_no_number,
    ]
}

/// Starts archiving without signed copies.
fn start(project: &Project, more: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zicha"));
    command.args(TOLD).arg("--unsigned").args(more).current_dir(project.path(""));
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("zicha runs")
}

/// The numbers of the packages in the folder; each package not in `known` must be complete.
fn numbers(project: &Project, known: &mut BTreeSet<u64>) -> BTreeSet<u64> {
    let mut numbers = BTreeSet::new();
    for entry in std::fs::read_dir(project.path("archive")).into_iter().flatten() {
        let entry = entry.expect("an entry");
        let name = entry.file_name().to_string_lossy().into_owned();
        if [".zicha", "登记册.jsonl", "封存清单.txt"].contains(&name.as_str()) {
            continue;
        }
        let reference = ArchiveNumber::parse(name.trim_end_matches(".zip")).unwrap_or_else(|| panic!("{name}"));
        assert!(numbers.insert(reference.sequence), "{name} stands twice");
        if known.insert(reference.sequence) {
            assert_eq!(wrong(&entry.path()), [""; 0], "{name}");
        }
    }
    numbers
}

/// Scans that change the contents of every report's package.
fn scans(project: Project, round: u32) -> Project {
    let scan = [&b"\xff\xd8\xff"[..], &round.to_le_bytes()].concat();
    let codes: Vec<String> = (0..BRANCHES.len()).map(|branch| code(&project, branch)).collect();
    codes.iter().fold(project, |project, code| project.file(&format!("signed/{code}.jpg"), &scan))
}

fn killing_200_runs_leaves_no_partial_package_no_process_and_no_gap_in_the_numbers() {
    let mut project = project();
    unsigned(&project, &[]);
    project = scans(project, 0);
    let begun = Instant::now();
    assert!(start(&project, &[]).wait().expect("ended").success());
    let whole = begun.elapsed();
    let (mut kills, mut known) = (0, BTreeSet::new());
    for round in 1.. {
        project = scans(project, round);
        let more: &[&str] = if round % 2 == 0 { &["--unsigned", "--zip"] } else { &["--unsigned"] };
        let mut run = Group::start(&project.path(""), &[&TOLD, more].concat());
        // Delays over a whole run.
        std::thread::sleep(whole * (round * 37 % 100) / 100);
        kills += u32::from(run.kill());
        run.assert_gone();
        numbers(&project, &mut known);
        if kills == 200 {
            break;
        }
        assert!(round < 800, "{kills} kills of {round} runs");
    }
    unsigned(&project, &[]);
    let numbers = numbers(&project, &mut known);
    let last = numbers.last().copied().expect("packages");
    assert_eq!(numbers, (1..=last).collect(), "no number is missing");
    assert!(last > 10, "{last} packages");
    assert_eq!(files(&project.path("archive/.zicha")), []);
    let register = project.read("archive/登记册.jsonl");
    assert_eq!(register.lines().count() as u64, last);
}

fn a_killed_verification_leaves_no_rebuild_and_the_next_run_removes_its_folder() {
    let project = project();
    unsigned(&project, &["--branch", BRANCHES[0]]);
    let bag = package(&project, 1);
    make_endless(&bag, "");
    // With its seal at hand, a changed package is not rebuilt.
    forget_seals(&project);
    let mut run = Group::start(&project.path(""), &["verify", "--rebuild", &bag.display().to_string()]);
    run.wait_for("rebuild-worker");
    assert_eq!(run.temporary().len(), 1, "{:?}", run.temporary());
    assert!(run.kill());
    run.assert_gone();
    assert_eq!(run.temporary().len(), 1);
    let temporary = project.path("tmp").display().to_string();
    project.zicha_with(&["status"], &[("TMPDIR", &temporary)]);
    assert_eq!(run.temporary(), [""; 0]);
}

fn concurrent_runs_never_use_a_number_twice() {
    let mut project = project();
    for round in 0..8 {
        project = scans(project, round);
        let mut both = [start(&project, &["--branch", BRANCHES[0]]), start(&project, &["--branch", BRANCHES[1]])];
        let codes = both.each_mut().map(|child| child.wait().expect("ended").code());
        assert!(codes.iter().all(|code| matches!(code, Some(0 | 2))) && codes.contains(&Some(0)), "{codes:?}");
    }
    unsigned(&project, &[]);
    let numbers = numbers(&project, &mut BTreeSet::new());
    assert_eq!(numbers, (1..=numbers.len() as u64).collect());
    assert!(numbers.len() >= 10, "{numbers:?}");
}

fn a_full_disk_leaves_no_package_and_uses_no_number() {
    let project = project();
    let disk = project.path("archive");
    std::fs::create_dir_all(&disk).expect("a folder");
    let own = mounted(&disk, "size=200k");
    // Without the right to mount, a limit on the file size takes the disk's place.
    let limit = if own { "" } else { "trap '' XFSZ; ulimit -f 8;" };
    let mut command = Command::new("sh");
    let zicha = env!("CARGO_BIN_EXE_zicha");
    let line = format!("{limit} exec {zicha} archive --by 张三 --at 2018-11-05 --unsigned");
    let output = command.args(["-c", &line]).current_dir(project.path("")).output().expect("sh runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(2) && said.contains("写不进"), "{said}");
    let before = numbers(&project, &mut BTreeSet::new()).len();
    assert!(!own || mounted(&disk, "remount,size=50m"));
    let again = archive(&project, &["--unsigned"]);
    let after = numbers(&project, &mut BTreeSet::new());
    let first = package(&project, 1).exists();
    assert!(!own || Command::new("umount").arg(&disk).status().is_ok_and(|status| status.success()));
    assert_eq!(again.code, 0, "{}", again.all());
    assert!(before < 3 && first, "{before}");
    assert_eq!(after, (1..=3).collect());
}

/// A run that dies between the register and the seal list leaves packages that only the register has.
fn a_seal_list_that_a_killed_run_left_behind_is_said_and_completed() {
    let project = project();
    unsigned(&project, &["--branch", BRANCHES[0]]);
    let list = project.read("archive/封存清单.txt");
    unsigned(&project, &["--branch", BRANCHES[1]]);
    let whole = project.read("archive/封存清单.txt");
    let project = project.file("archive/封存清单.txt", list.as_bytes());
    let second = package(&project, 2).display().to_string();
    let verify = ["verify", "--seals", "archive/封存清单.txt", &package(&project, 1).display().to_string(), &second];
    let run = project.zicha(&verify);
    let reason = "登记册里有，封存值相符：清单是封装它以前的，或归档时写清单前中断了";
    assert!(run.code == 1 && run.all().contains(reason) && run.all().contains("再归档一次"), "{}", run.all());
    let again = archive(&project, &["--unsigned", "--branch", BRANCHES[0]]);
    let said = "封存清单原来缺 1 个已登记的归档包（写清单前中断过），已补上；请把新的清单另存别处";
    assert!(again.code == 0 && again.all().contains(said), "{}", again.all());
    assert_eq!(project.read("archive/封存清单.txt"), whole);
    assert_eq!(project.zicha(&verify).code, 0);
    let quiet = archive(&project, &["--unsigned", "--branch", BRANCHES[0]]);
    assert!(!quiet.all().contains("封存清单原来缺"), "{}", quiet.all());
}
