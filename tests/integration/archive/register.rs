//! The register and the seal list beside packages: what they say is compared with the packages, and archiving relies on
//! no register that contradicts them.

use serde_json::{Value, json};

use super::{BRANCHES, archive, code, package, project, rehash, unsigned};
use crate::support::{NOTICE, Project, Run};

crate::harness::tests! {
    alone: [
        every_changed_key_of_a_register_row_is_found_and_nothing_is_archived,
        rows_without_codes_and_packages_of_earlier_versions_are_no_contradiction,
        a_package_of_the_department_agrees_with_its_row,
        rows_that_are_repeated_reversed_or_missing_are_found,
        a_package_that_is_gone_is_missed_where_its_folder_is_verified,
        the_seal_list_beside_packages_is_compared_with_its_descriptions,
        a_register_that_cannot_be_read_is_not_called_absent,
        packages_that_the_register_lacks_are_said_when_archiving,
    ]
}

pub(super) const REGISTER: &str = "archive/登记册.jsonl";
pub(super) const LIST: &str = "archive/封存清单.txt";

/// The archive number of a package.
pub(super) fn number(sequence: usize) -> String {
    format!("Z109-WS·2018-D30-ZZB-{sequence:04}")
}

/// The rows of the register.
pub(super) fn rows(project: &Project) -> Vec<Value> {
    project.read(REGISTER).lines().map(|line| serde_json::from_str(line).expect("a row")).collect()
}

/// Writes the register anew.
pub(super) fn put_rows(project: Project, rows: &[Value]) -> Project {
    let text: String = rows.iter().map(|row| format!("{row}\n")).collect();
    project.file(REGISTER, text.as_bytes())
}

pub(super) fn verify(project: &Project) -> Run {
    project.zicha(&["verify", "archive"])
}

/// Asserts that verifying the folder finds one thing, and that archiving refuses because of it.
fn assert_found(project: &Project, said: &str) {
    assert_found_with(project, said, 1);
}

/// Asserts that verifying the folder finds a thing among so many, and that archiving refuses because of them.
fn assert_found_with(project: &Project, said: &str, findings: usize) {
    let run = verify(project);
    let count = format!("问题 {findings} 项");
    assert!(run.code == 1 && run.stdout.contains(said) && run.stdout.contains(&count), "{said}: {}", run.all());
    let run = archive(project, &["--unsigned"]);
    assert!(run.code == 2 && run.stderr.contains("登记册靠不住，没有归档"), "{said}: {}", run.all());
    assert!(!package(project, 4).exists(), "{said}");
}

fn every_changed_key_of_a_register_row_is_found_and_nothing_is_archived() {
    let mut project = project();
    unsigned(&project, &[]);
    assert!(verify(&project).stdout.contains("归档包 3 个，完好 3 个，问题 0 项"), "{}", verify(&project).all());
    let original = rows(&project);
    let other = zicha::store::sha256(b"other").to_string();
    for (key, value, label) in [
        ("payload", json!(other), "内容的校验值"),
        ("subject", json!(BRANCHES[1]), "单位"),
        ("subject", json!("组织人事处"), "单位"),
        ("codes", json!([code(&project, 1)]), "核对码"),
        ("by", json!("李四"), "封装的人"),
        ("at", json!("2018-11-06"), "封装的时间"),
        ("package", json!(format!("{}.zip", number(1))), "归档包的文件名"),
        ("notice", json!("20190101"), "通知"),
        ("replaces", json!(number(3)), "代替"),
    ] {
        let mut changed = original.clone();
        changed[0][key] = value;
        project = put_rows(project, &changed);
        let run = verify(&project);
        let said = format!("登记册里 {} 这一行的{label}与归档包里的不同", number(1));
        assert!(run.code == 1 && run.stdout.matches(&said).count() == 1, "{key}: {}", run.all());
        assert!(run.stdout.contains("用另存的登记册恢复这一行"), "{}", run.all());
        // What a row replaces is compared with the rows before it, too.
        assert_found_with(&project, &said, if key == "replaces" { 2 } else { 1 });
    }
    for (keys, said) in [
        (&["seal"][..], "的封存值与登记册里的不同，封存后改过\n"),
        (&["seal", "payload"], "的封存值与登记册里的不同，封存后改过\n"),
        (&["seal", "by"], "的封存值与登记册里的不同，封存后改过；登记册这一行的封装的人也与归档包里的不同"),
    ] {
        let mut changed = original.clone();
        keys.iter().for_each(|key| changed[0][*key] = json!(other));
        project = put_rows(project, &changed);
        assert_found(&project, said);
    }
    // A row under another number: its package has none.
    let mut changed = original.clone();
    changed[2]["reference"] = json!(number(9));
    project = put_rows(project, &changed);
    let run = verify(&project);
    assert!(run.code == 1 && run.stdout.contains(&format!("登记册里没有 {}", number(3))), "{}", run.all());
    assert_eq!(archive(&project, &["--unsigned"]).code, 2);
    project = put_rows(project, &original);
    assert_eq!(verify(&project).code, 0);
    let run = archive(&project, &["--unsigned"]);
    assert!(run.code == 0 && run.stdout.contains("归档 0 个，没有变化 3 个"), "{}", run.all());
}

/// What `bag-info.txt` says since 0.2 of the notice and of whose package it is, is in earlier packages elsewhere.
fn rows_without_codes_and_packages_of_earlier_versions_are_no_contradiction() {
    let project = project();
    unsigned(&project, &[]);
    let mut changed = rows(&project);
    let mut list = project.read(LIST);
    for (at, row) in changed.iter_mut().enumerate() {
        row.as_object_mut().expect("an object").remove("codes");
        let bag = package(&project, at + 1);
        let info = std::fs::read_to_string(bag.join("bag-info.txt")).expect("text");
        let is_earlier = |line: &&str| !line.starts_with("Bag-Group") && !line.starts_with("Internal-Sender");
        let earlier: String = info.lines().filter(is_earlier).map(|line| format!("{line}\n")).collect();
        assert_eq!(info.lines().count(), earlier.lines().count() + 2, "{info}");
        std::fs::write(bag.join("bag-info.txt"), earlier).expect("text");
        rehash(&bag);
        let seal = zicha::store::sha256(&std::fs::read(bag.join("tagmanifest-sha256.txt")).expect("a manifest"));
        list = list.replace(row["seal"].as_str().expect("a seal"), &seal.to_string());
        row["seal"] = json!(seal.to_string());
    }
    let mut project = put_rows(project, &changed).file(LIST, list.as_bytes());
    assert_eq!(verify(&project).code, 0, "{}", verify(&project).all());
    let run = archive(&project, &["--unsigned"]);
    assert!(run.code == 0 && run.stdout.contains("归档 0 个，没有变化 3 个"), "{}", run.all());
    for (key, value, label) in [("subject", BRANCHES[1], "单位"), ("notice", "20190101", "通知")] {
        let mut other = changed.clone();
        other[0][key] = json!(value);
        project = put_rows(project, &other);
        assert_found(&project, &format!("登记册里 {} 这一行的{label}与归档包里的不同", number(1)));
    }
}

fn a_package_of_the_department_agrees_with_its_row() {
    let settings = format!("{NOTICE}/notice.toml");
    let project = Project::ready(&BRANCHES).edit(&settings, "scope      = \"branch\"", "scope      = \"department\"");
    assert_eq!(project.zicha(&["build", "--final", "--quiet"]).code, 0);
    unsigned(&project, &["--zip"]);
    assert_eq!(verify(&project).code, 0, "{}", verify(&project).all());
    let mut changed = rows(&project);
    changed[0]["subject"] = json!(BRANCHES[0]);
    let project = put_rows(project, &changed);
    assert_found(&project, &format!("登记册里 {} 这一行的单位与归档包里的不同", number(1)));
}

fn rows_that_are_repeated_reversed_or_missing_are_found() {
    let mut project = project();
    unsigned(&project, &[]);
    let original = rows(&project);
    let [first, second, third] = &original[..] else { panic!("{original:?}") };
    let with_number = |row: &Value, number: &str| {
        let mut row = row.clone();
        row["reference"] = json!(number);
        row["package"] = json!(number);
        row
    };
    for (rows, said) in [
        (vec![first, second, third, second], format!("登记册第2条和第4条是同一条，写了两遍：{}", number(2))),
        (vec![first, third, second], format!("登记册第3条 {} 在第2条 {} 后面，次序颠倒了", number(2), number(3))),
    ] {
        let rows: Vec<Value> = rows.into_iter().cloned().collect();
        project = put_rows(project, &rows);
        assert_found(&project, &said);
    }
    for (added, said) in [
        (with_number(second, &number(2).replace("-0002", "-002")), "登记册第2条和第4条的件号相同".to_owned()),
        (with_number(second, "Z109"), "登记册第4条的档号“Z109”不成档号".to_owned()),
        (with_number(second, &number(12)), "登记册里 Z109-WS·2018-D30-ZZB 缺件号 4—11".to_owned()),
    ] {
        let mut rows = original.clone();
        rows.push(added);
        project = put_rows(project, &rows);
        let run = verify(&project);
        assert!(run.code == 1 && run.stdout.contains(&said), "{said}: {}", run.all());
        let run = archive(&project, &["--unsigned"]);
        assert!(run.code == 2 && run.stderr.contains(&said), "{said}: {}", run.all());
    }
    // A row and its package taken away together.
    std::fs::rename(package(&project, 2), project.path("taken")).expect("moved");
    project = put_rows(project, &[first.clone(), third.clone()]);
    std::fs::remove_file(project.path(LIST)).expect("removed");
    // The list is missed, too.
    assert_found_with(&project, "登记册里 Z109-WS·2018-D30-ZZB 缺件号 2：件号从 1 起，一个不跳", 2);
}

fn a_package_that_is_gone_is_missed_where_its_folder_is_verified() {
    let project = project();
    unsigned(&project, &[]);
    let [one, two, three] = [1, 2, 3].map(|sequence| format!("archive/{}", number(sequence)));
    let moved = format!("elsewhere/{}", number(2));
    std::fs::create_dir(project.path("elsewhere")).expect("a folder");
    std::fs::rename(project.path(&two), project.path(&moved)).expect("moved");
    let said = format!("[Z430] 登记册里有 {}，文件夹里没有它的归档包", number(2));
    let whole: [&[&str]; 3] = [&["archive"], &[&one, &three, REGISTER, LIST], &[&one, REGISTER]];
    for named in whole {
        let run = project.zicha(&[&["verify"], named].concat());
        assert!(run.code == 1 && run.stdout.matches(&said).count() == 1, "{named:?}: {}", run.all());
        assert!(run.stdout.contains("问题 1 项"), "{}", run.all());
    }
    // It is given from where it is; one package alone does not complain of the others.
    for named in [&["archive", &moved][..], &[&one]] {
        assert_eq!(project.zicha(&[&["verify"], named].concat()).code, 0, "{named:?}");
    }
    let register = project.read(REGISTER);
    let project = project.file("safe/登记册.jsonl", register.as_bytes());
    let run = project.zicha(&["verify", &moved, "safe/登记册.jsonl"]);
    assert_eq!(run.code, 0, "a copy that is kept alone: {}", run.all());
    // Without a register, the list has it.
    std::fs::remove_file(project.path(REGISTER)).expect("removed");
    let run = verify(&project);
    let said = format!("[Z430] 封存清单上有 {}，文件夹里没有它的归档包", number(2));
    assert!(run.code == 1 && run.stdout.contains(&said) && run.stdout.contains("问题 2 项"), "{}", run.all());
    assert!(run.stdout.contains("封存清单旁边没有登记册"), "{}", run.all());
    assert_eq!(project.zicha(&["verify", &one]).code, 0);
    // All gone.
    let project = project.file(REGISTER, register.as_bytes());
    [one, three].iter().for_each(|package| std::fs::remove_dir_all(project.path(package)).expect("removed"));
    for named in [&["archive"][..], &[REGISTER, LIST]] {
        let run = project.zicha(&[&["verify"], named].concat());
        assert!(run.code == 1 && run.stdout.contains("归档包 0 个，完好 0 个，问题 3 项"), "{}", run.all());
    }
}

fn the_seal_list_beside_packages_is_compared_with_its_descriptions() {
    let project = project();
    unsigned(&project, &[]);
    let (list, first) = (project.read(LIST), format!("archive/{}", number(1)));
    let seal = rows(&project)[0]["seal"].as_str().expect("a seal").to_owned();
    let other = zicha::store::sha256(b"other").to_string();
    let mut project = project;
    for (from, to, said) in [
        (seal.as_str(), other.as_str(), "的封存值与封存清单上的不同，封存后改过"),
        ("甲党支部，张三 2018-11-05", "丁党支部，张三 2018-11-05", "的说明与归档包里的不同"),
        ("# 甲党支部，张三", "# 甲党支部，李四", "应为：甲党支部，张三 2018-11-05 封装"),
        ("# 甲党支部，张三 2018-11-05", "# 甲党支部，张三 2019-11-05", "的说明与归档包里的不同"),
    ] {
        project = project.file(LIST, list.replacen(from, to, 1).as_bytes());
        for named in [&["archive"][..], &[first.as_str()]] {
            let run = project.zicha(&[&["verify"], named].concat());
            assert!(run.code == 1 && run.stdout.contains(said), "{to}: {}", run.all());
            assert!(run.stdout.contains("问题 1 项"), "{to}: {}", run.all());
        }
    }
    let run = project.zicha(&["verify", &first, "--seals", LIST]);
    assert!(run.code == 1 && run.stdout.matches("的说明与归档包里的不同").count() == 1, "{}", run.all());
    // Archiving does not write over a list that says otherwise.
    for (from, to, said) in [
        (seal.as_str(), other.as_str(), format!("{} 的封存值，封存清单上的与登记册里的不同", number(1))),
        (&number(3), &number(4), format!("封存清单上有 {}，登记册里没有", number(4))),
    ] {
        let changed = list.replacen(from, to, 1);
        project = project.file(LIST, changed.as_bytes());
        let run = archive(&project, &["--unsigned"]);
        assert!(run.code == 2 && run.stderr.contains(&said), "{}", run.all());
        assert_eq!(project.read(LIST), changed);
    }
    // A malformed one is a finding, also where it is the only record.
    project = project.file(LIST, b"x\n");
    let run = verify(&project);
    assert!(
        run.code == 1 && run.stdout.contains("封存清单不能用，没有与它对照：archive/封存清单.txt 第1行"),
        "{}",
        run.all()
    );
    std::fs::remove_file(project.path(REGISTER)).expect("removed");
    let run = verify(&project);
    assert!(run.code == 1 && run.stdout.contains("登记册、封存清单不能用，没有对照"), "{}", run.all());
    // Without a register, the list finds what changed.
    let project = project.file(LIST, list.replacen(&seal, &other, 1).as_bytes());
    let run = project.zicha(&["verify", &first]);
    assert!(run.code == 1 && run.stdout.contains("的封存值与封存清单上的不同，封存后改过"), "{}", run.all());
}

fn a_register_that_cannot_be_read_is_not_called_absent() {
    let project = project();
    unsigned(&project, &[]);
    let register = project.read(REGISTER);
    let project = project.file(REGISTER, format!("{register}{{}}\n").as_bytes());
    for has_list in [true, false] {
        if !has_list {
            std::fs::remove_file(project.path(LIST)).expect("removed");
        }
        for named in ["archive".to_owned(), format!("archive/{}", number(1))] {
            let run = project.zicha(&["verify", &named]);
            assert!(run.code == 1 && run.stdout.contains("登记册.jsonl 第4行不是登记的内容"), "{}", run.all());
            assert!(!run.stdout.contains("没有登记册"), "{}", run.all());
            assert_eq!(run.stdout.contains("登记册、封存清单不能用，没有对照"), !has_list, "{}", run.all());
        }
    }
}

/// A lost register: numbers go on behind the packages that are there, and it is said.
fn packages_that_the_register_lacks_are_said_when_archiving() {
    let project = project();
    unsigned(&project, &[]);
    std::fs::remove_file(project.path(REGISTER)).expect("removed");
    let run = archive(&project, &["--unsigned"]);
    assert!(
        run.code == 2 && run.stderr.contains(&format!("封存清单上有 {}，登记册里没有", number(1))),
        "{}",
        run.all()
    );
    std::fs::remove_file(project.path(LIST)).expect("removed");
    let run = archive(&project, &["--unsigned"]);
    let said = format!("登记册里没有文件夹里的归档包 {}、{}、{}：登记册丢过内容的", number(1), number(2), number(3));
    assert!(run.code == 0 && run.stdout.contains(&said) && package(&project, 6).exists(), "{}", run.all());
}
