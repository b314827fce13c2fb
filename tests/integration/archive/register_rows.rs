//! Rows of a register that cannot be as the program wrote them, and packages that are not what their rows say.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::register::{LIST, REGISTER, number, put_rows, rows, verify};
use super::{BRANCHES, archive, package, project, rehash, unsigned};
use crate::support::{NOTICE, Project};

crate::harness::tests! {
    alone: [
        a_row_that_names_another_package_hides_no_package_that_is_gone,
        a_file_or_pipe_in_place_of_a_package_is_not_sound,
        numbers_that_are_too_long_or_too_great_are_no_archive_numbers,
        rows_of_two_series_in_the_wrong_order_are_found,
        rows_behind_those_of_a_lost_register_are_no_contradiction,
        many_rows_of_one_number_are_one_finding,
        a_package_that_is_damaged_or_gone_is_said_before_it_is_called_unchanged,
    ]
}

fn a_row_that_names_another_package_hides_no_package_that_is_gone() {
    let mut project = project();
    unsigned(&project, &[]);
    let (original, list) = (rows(&project), project.read(LIST));
    std::fs::rename(package(&project, 2), project.path("taken")).expect("moved");
    let mut changed = original.clone();
    changed[1]["package"] = json!(number(1));
    let without: Vec<&str> = list.lines().filter(|line| !line.contains(&number(2))).collect();
    project = put_rows(project, &changed).file(LIST, format!("{}\n", without.join("\n")).as_bytes());
    let run = verify(&project);
    assert!(run.code == 1 && run.stdout.contains(&format!("[Z430] 登记册里有 {}", number(2))), "{}", run.all());
    std::fs::rename(project.path("taken"), package(&project, 2)).expect("moved");
    // A row of a package that never was.
    for named in [number(1), "登记册.jsonl".to_owned(), ".zicha".to_owned()] {
        let mut invented = original.clone();
        invented.push(original[2].clone());
        invented[3]["reference"] = json!(number(4));
        invented[3]["package"] = json!(named);
        project = put_rows(project, &invented).file(LIST, list.as_bytes());
        let run = verify(&project);
        let said = format!("登记册第4条 {0} 的归档包写成“{named}”，应是 {0} 或 {0}.zip", number(4));
        assert!(run.code == 1 && run.stdout.contains(&said), "{}", run.all());
        assert!(run.stdout.contains(&format!("[Z430] 登记册里有 {}", number(4))), "{}", run.all());
        let run = archive(&project, &["--unsigned"]);
        assert!(run.code == 2 && run.stderr.contains(&said), "{}", run.all());
    }
}

fn a_file_or_pipe_in_place_of_a_package_is_not_sound() {
    let project = project();
    unsigned(&project, &[]);
    let second = package(&project, 2);
    std::fs::remove_dir_all(&second).expect("removed");
    let make: [fn(&std::path::Path); 2] =
        [|path| std::fs::write(path, b"").expect("written"), |path| crate::support::pipe(path)];
    for make in make {
        make(&second);
        let run = verify(&project);
        assert!(run.code == 1 && run.stdout.contains("[Z421]"), "{}", run.all());
        assert!(run.stdout.contains("归档包 3 个，完好 2 个，问题 1 项"), "{}", run.all());
        // Where only the register is named, it is no package beside it.
        let first = package(&project, 1).display().to_string();
        let run = project.zicha(&["verify", &first, REGISTER]);
        let said = format!("[Z430] 登记册里有 {}", number(2));
        assert!(run.code == 1 && run.stdout.contains(&said), "{}", run.all());
        std::fs::remove_file(&second).expect("removed");
    }
}

fn numbers_that_are_too_long_or_too_great_are_no_archive_numbers() {
    let mut project = project();
    unsigned(&project, &[]);
    let original = rows(&project);
    let long = format!("{}5", "0".repeat(70_000));
    for sequence in ["18446744073709551615", long.as_str()] {
        let mut changed = original.clone();
        changed.push(original[2].clone());
        changed[3]["reference"] = json!(number(1).replace("0001", sequence));
        project = put_rows(project, &changed);
        let run = verify(&project);
        assert!(run.code == 1 && run.stdout.contains("登记册第4条的档号"), "{}", run.all());
        assert!(run.stdout.contains("归档包 3 个，完好 3 个，问题 1 项") && run.stdout.len() < 2000, "{}", run.all());
        assert_eq!(archive(&project, &["--unsigned"]).code, 2);
    }
    project = put_rows(project, &original);
    let folder = |sequence: &str| project.path(&format!("archive/{}", number(1).replace("0001", sequence)));
    std::fs::create_dir(folder("18446744073709551615")).expect("a folder");
    let run = archive(&project, &["--unsigned"]);
    assert!(run.code == 0 && run.stdout.contains("归档 0 个，没有变化 3 个"), "{}", run.all());
    std::fs::remove_dir(folder("18446744073709551615")).expect("removed");
    std::fs::create_dir(folder("999999999")).expect("a folder");
    let run = archive(&project, &["--unsigned"]);
    assert!(run.code == 2 && run.stderr.contains("后面没有件号可用"), "{}", run.all());
    std::fs::remove_dir(folder("999999999")).expect("removed");
    // In the metadata of a package, with its hashes made right.
    let bag = package(&project, 1);
    for file in ["metadata.xml", "bag-info.txt", "归档文件目录.xml"] {
        let text = std::fs::read_to_string(bag.join(file)).expect("text");
        let text = text.replace("ZZB-0001", &format!("ZZB-{long}")).replace(">0001<", &format!(">{long}<"));
        std::fs::write(bag.join(file), text).expect("written");
    }
    rehash(&bag);
    let run = verify(&project);
    assert!(run.code == 1 && run.stdout.contains("归档包 3 个，完好 2 个"), "{}", run.all());
    assert!(run.stdout.len() < 4000, "{}", run.stdout.len());
}

fn rows_of_two_series_in_the_wrong_order_are_found() {
    let project = project();
    unsigned(&project, &[]);
    let project = project.edit(&format!("{NOTICE}/notice.toml"), "retention  = \"D30\"", "retention  = \"D10\"");
    let run = project.zicha(&["build", "--final", "--replace-signed", "--quiet"]);
    assert_eq!(run.code, 0, "{}", run.all());
    unsigned(&project, &[]);
    assert!(verify(&project).stdout.contains("归档包 6 个，完好 6 个，问题 0 项"), "{}", verify(&project).all());
    let original = rows(&project);
    let (old, new) = original.split_at(3);
    let project = put_rows(project, &[new, old].concat());
    let run = verify(&project);
    let short = number(1).replace("D30", "D10");
    let said = format!("登记册第1条 {short} 代替 {}，它前面却没有这个单位的归档包", number(1));
    assert!(run.code == 1 && run.stdout.contains(&said), "{}", run.all());
    let said_of_old = format!("登记册第4条 {} 代替的应是这个单位的上一个 {short}，写的是 无", number(1));
    assert!(run.stdout.contains(&said_of_old), "{}", run.all());
    let again = archive(&project, &["--unsigned"]);
    assert!(again.code == 2 && again.stderr.contains(&said), "{}", again.all());
    assert!(!project.path(&format!("archive/{}", number(4).replace("D30", "D10"))).exists());
    // A row is replaced once, by the next of its subject.
    let mut twice = original.clone();
    twice[4]["replaces"] = json!(number(1));
    let project = put_rows(project, &twice);
    let run = verify(&project);
    let said = format!("代替的应是这个单位的上一个 {}，写的是 {}", number(2), number(1));
    assert!(run.code == 1 && run.stdout.contains(&said), "{}", run.all());
    assert_eq!(archive(&put_rows(project, &original), &["--unsigned"]).code, 0);
}

/// A run that had lost the register replaces nothing; then the older rows were found again.
fn rows_behind_those_of_a_lost_register_are_no_contradiction() {
    let project = project();
    unsigned(&project, &[]);
    let before = rows(&project);
    [REGISTER, LIST].iter().for_each(|file| std::fs::remove_file(project.path(file)).expect("removed"));
    unsigned(&project, &[]);
    let all = [before, rows(&project)].concat();
    let project = put_rows(project, &all);
    std::fs::remove_file(project.path(LIST)).expect("removed");
    let run = archive(&project, &["--unsigned"]);
    assert!(run.code == 0 && run.stdout.contains("归档 0 个，没有变化 3 个"), "{}", run.all());
    assert!(verify(&project).stdout.contains("归档包 6 个，完好 6 个，问题 0 项"), "{}", verify(&project).all());
}

fn many_rows_of_one_number_are_one_finding() {
    let project = project();
    unsigned(&project, &[]);
    let mut text = project.read(REGISTER);
    let first = rows(&project).swap_remove(0);
    for at in 0..3000 {
        let mut row = first.clone();
        row["by"] = json!(format!("甲{at}"));
        let _ = writeln!(text, "{row}");
    }
    let project = project.file(REGISTER, text.as_bytes());
    let run = verify(&project);
    let said = format!("第4条、第5条、第6条和第7条等共 3001 条的件号相同：{}", number(1));
    assert!(run.code == 1 && run.stdout.contains(&said), "{}", run.all());
    assert!(run.stdout.contains("归档包 3 个，完好 3 个，问题 1 项"), "{}", run.all());
    assert_eq!(archive(&project, &["--unsigned"]).code, 2);
}

fn a_package_that_is_damaged_or_gone_is_said_before_it_is_called_unchanged() {
    let project = project();
    unsigned(&project, &[]);
    let second = package(&project, 2);
    let state = |project: &Project| -> Value {
        let run = project.zicha(&["status", "--json"]);
        let board: Value = serde_json::from_str(&run.stdout).expect("JSON");
        let branches = board["branches"].as_array().expect("branches").clone();
        let branch = branches.into_iter().find(|branch| branch["branch"] == BRANCHES[1]).expect("the branch");
        json!([branch["stage"], branch["reason"], run.code])
    };
    assert!(state(&project)[0] == "archived", "{}", state(&project));
    let study = second.join("data/notice/study.md");
    let original = std::fs::read(&study).expect("a template");
    std::fs::write(&study, [&original[..], b"x"].concat()).expect("written");
    let assert_damaged = |reason: &str| {
        let run = archive(&project, &["--unsigned"]);
        let said = format!("[Z421] “{}”已归档为 {}，内容没有变化，这个归档包却坏了：{reason}", BRANCHES[1], number(2));
        assert!(run.code == 1 && run.stdout.contains(&said), "{}", run.all());
        assert!(run.stdout.contains("归档 0 个，没有变化 2 个，没有归档 1 个"), "{}", run.all());
        assert!(!run.stdout.contains(&format!("仍是 {}", number(2))), "{}", run.all());
        let state = state(&project);
        assert!(state[0] == "final" && state[2] == 1, "{state}");
        assert!(state[1].as_str().is_some_and(|text| text.contains(&format!("归档包 {} 坏了", number(2)))), "{state}");
    };
    assert_damaged("文件多了、少了或者改过，大小与封存时的不同");
    std::fs::write(&study, &original).expect("written");
    assert!(state(&project)[0] == "archived", "{}", state(&project));
    std::fs::rename(&second, project.path("taken")).expect("moved");
    std::fs::create_dir(&second).expect("a folder");
    assert_damaged("元数据、清单缺了或者读不出");
    std::fs::remove_dir(&second).expect("removed");
    // Handed over.
    let run = archive(&project, &["--unsigned"]);
    let remark = "文件夹里没有这个归档包：移交了的不用管，没有移交的，用另存的放回来";
    let said = format!("{}：内容没有变化，仍是 {}；{remark}", BRANCHES[1], number(2));
    assert!(run.code == 0 && run.stdout.contains(&said), "{}", run.all());
    let state = state(&project);
    assert!(state[0] == "archived" && state[1].as_str().is_some_and(|text| text.contains(remark)), "{state}");
}
