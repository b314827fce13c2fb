//! What is changed in a seal list, or taken away with it, and the lists and registers of several folders.

use super::register::{LIST, REGISTER, number, rows, verify};
use super::{archive, package, project, unsigned};
use crate::support::copy;

crate::harness::tests! {
    alone: [
        lines_added_to_the_seal_list_for_paths_that_are_no_packages_are_malformed,
        what_is_changed_for_people_in_the_seal_list_beside_a_register_is_found,
        a_register_or_seal_list_that_is_taken_away_is_missed,
        two_folders_of_packages_are_compared_each_with_its_own_records,
        a_long_list_of_absent_packages_is_shortened_on_the_screen,
    ]
}

fn lines_added_to_the_seal_list_for_paths_that_are_no_packages_are_malformed() {
    let mut project = project();
    unsigned(&project, &[]);
    let list = project.read(LIST);
    let zeros = "0".repeat(64);
    let inside = [format!("{}/data", number(1)), format!("./{}", number(1))];
    for path in [".", "..", "/etc", ".zicha", "登记册.jsonl"].into_iter().chain(inside.iter().map(String::as_str)) {
        let changed = format!("{list}{zeros}  {path}/tagmanifest-sha256.txt\n");
        project = project.file(LIST, changed.as_bytes());
        let run = verify(&project);
        let line = list.lines().count() + 1;
        let said = format!("封存清单不能用，没有与它对照：archive/封存清单.txt 第{line}行不是封存清单的内容");
        assert!(run.code == 1 && run.stdout.contains(&said), "{path}: {}", run.all());
        let run = archive(&project, &["--unsigned"]);
        assert!(run.code == 2 && run.stderr.contains(&format!("封存清单第{line}行不是")), "{path}: {}", run.all());
        assert_eq!(project.read(LIST), changed);
    }
}

fn what_is_changed_for_people_in_the_seal_list_beside_a_register_is_found() {
    let mut project = project();
    unsigned(&project, &[]);
    let list = project.read(LIST);
    let lines: Vec<&str> = list.lines().collect();
    let last = lines.last().expect("lines");
    let joined = |lines: &[&str]| format!("{}\n", lines.join("\n"));
    let described: Vec<&str> = lines.iter().copied().filter(|line| !line.ends_with("封装")).collect();
    let (head, packages) = lines.split_at(3);
    let (first, others) = packages.split_at(3);
    for (what, changed) in [
        ("a comment above", list.replacen("# 甲党支部", "# 本包作废\n# 甲党支部", 1)),
        ("no descriptions", joined(&described)),
        ("another order", joined(&[head, others, first].concat())),
        ("a line twice", format!("{list}{last}\n")),
        ("a comment at the end", format!("{list}# 全部作废\n")),
        ("a byte order mark", format!("\u{feff}{list}")),
        ("line ends of Windows", list.replace('\n', "\r\n")),
        ("an empty line", format!("{list}\n")),
        ("no last line end", list.trim_end().to_owned()),
    ] {
        project = project.file(LIST, changed.as_bytes());
        let run = verify(&project);
        let is_said = run.stdout.contains("[Z429] 封存清单从第 ") && run.stdout.contains("封存值以外改过");
        assert!(run.code == 1 && is_said && run.stdout.contains("问题 1 项"), "{what}: {}", run.all());
    }
    // A list from before the last package says less, and nothing else.
    let seal = rows(&project)[2]["seal"].as_str().expect("a seal").to_owned();
    let shorter = joined(&lines[..lines.len() - 3]);
    assert!(!shorter.contains(&seal), "{shorter}");
    project = project.file(LIST, shorter.as_bytes());
    let run = verify(&project);
    assert!(run.code == 1 && run.stdout.contains("登记册里有，封存值相符"), "{}", run.all());
    assert!(run.stdout.contains("问题 1 项"), "{}", run.all());
    // Half a row at the end of the register.
    let register = project.read(REGISTER);
    project = project.file(LIST, list.as_bytes()).file(REGISTER, format!("{register}{{").as_bytes());
    let run = verify(&project);
    assert!(run.code == 1 && run.stdout.contains("登记册末尾有没写完的一行"), "{}", run.all());
    assert!(run.stdout.contains("问题 1 项"), "{}", run.all());
}

fn a_register_or_seal_list_that_is_taken_away_is_missed() {
    let project = project();
    unsigned(&project, &["--zip"]);
    for (file, said) in [(REGISTER, "[Z429] 封存清单旁边没有登记册"), (LIST, "[Z429] 登记册旁边没有封存清单")]
    {
        std::fs::rename(project.path(file), project.path("archive/x.txt")).expect("renamed");
        let run = verify(&project);
        assert!(run.code == 1 && run.stdout.contains(said) && run.stdout.contains("问题 1 项"), "{}", run.all());
        std::fs::rename(project.path("archive/x.txt"), project.path(file)).expect("renamed");
        assert_eq!(verify(&project).code, 0, "{}", verify(&project).all());
    }
    // A list that is kept elsewhere takes the place of the one in the folder.
    std::fs::rename(project.path(LIST), project.path("kept.txt")).expect("renamed");
    let run = project.zicha(&["verify", "archive", "--seals", "kept.txt"]);
    assert_eq!(run.code, 0, "{}", run.all());
}

fn two_folders_of_packages_are_compared_each_with_its_own_records() {
    let project = project();
    unsigned(&project, &[]);
    copy(&project.path("archive"), &project.path("first"));
    std::fs::remove_dir_all(project.path("archive")).expect("removed");
    let run = project.zicha(&["archive", "--by", "李四", "--at", "2018-11-06", "--unsigned"]);
    assert_eq!(run.code, 0, "{}", run.all());
    let run = project.zicha(&["verify", "first", "archive"]);
    assert!(run.code == 1 && run.stdout.contains("归档包 6 个，完好 6 个，问题 3 项"), "{}", run.all());
    assert_eq!(run.stdout.matches("[Z426]").count(), 3, "{}", run.all());
    // A package of one folder is none of the other.
    std::fs::remove_dir_all(package(&project, 2)).expect("removed");
    let run = project.zicha(&["verify", "first", "archive"]);
    let said = format!("[Z430] 登记册里有 {}，文件夹里没有它的归档包", number(2));
    assert!(run.code == 1 && run.stdout.matches(&said).count() == 1, "{}", run.all());
    assert!(run.stdout.contains("归档包 5 个，完好 5 个，问题 3 项"), "{}", run.all());
}

fn a_long_list_of_absent_packages_is_shortened_on_the_screen() {
    let project = project();
    unsigned(&project, &[]);
    let line = |at: usize| format!("{}  {}/tagmanifest-sha256.txt\n", "0".repeat(64), number(at));
    let foreign: String = (101..=140).map(line).collect();
    let list = project.read(LIST);
    let project = project.file("kept.txt", format!("{list}{foreign}").as_bytes());
    let run = project.zicha(&["verify", "archive", "--seals", "kept.txt"]);
    assert!(run.code == 1 && run.stdout.contains("问题 40 项"), "{}", run.all());
    assert_eq!(run.stdout.matches("没有给出 ").count(), 10, "{}", run.all());
    assert!(run.stdout.contains("另有 30 项"), "{}", run.all());
    let run = project.zicha(&["verify", "archive", "--seals", "kept.txt", "--all"]);
    assert_eq!(run.stdout.matches("没有给出 ").count(), 40, "{}", run.all());
}
