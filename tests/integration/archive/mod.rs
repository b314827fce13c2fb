//! Archiving and verifying.

mod crashes;
mod damage;
mod hostile;
mod packages;
mod rebuilding;
mod register;
mod register_rows;
mod seal_list;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256, Sha512};
use zicha::archive::verify::verify;

use crate::support::{Project, Run, files};

/// The tests of all modules here.
pub(crate) fn tests() -> Vec<libtest_mimic::Trial> {
    let modules = [
        crashes::tests(),
        damage::tests(),
        hostile::tests(),
        packages::tests(),
        rebuilding::tests(),
        register::tests(),
        register_rows::tests(),
        seal_list::tests(),
    ];
    modules.into_iter().flatten().collect()
}

/// The branches of the tests' projects.
const BRANCHES: [&str; 2] = ["甲党支部", "乙党支部"];
/// The options that archiving requires.
const TOLD: [&str; 5] = ["archive", "--by", "张三", "--at", "2018-11-05"];

/// A project with final reports.
fn project() -> Project {
    let project = Project::ready(&BRANCHES);
    let run = project.zicha(&["build", "--final", "--quiet"]);
    assert_eq!(run.code, 0, "{}", run.all());
    project
}

/// The report code of a branch's final report.
fn code(project: &Project, branch: usize) -> String {
    let record: serde_json::Value = serde_json::from_str(&project.read("output/run.json")).expect("JSON");
    record["branches"][branch]["issued"]["code"].as_str().expect("a code").to_owned()
}

/// Archives with more options.
fn archive(project: &Project, more: &[&str]) -> Run {
    project.zicha(&[&TOLD, more].concat())
}

/// Archives without signed copies, which must succeed.
pub(crate) fn unsigned(project: &Project, more: &[&str]) {
    let run = archive(project, &[&["--unsigned"], more].concat());
    assert_eq!(run.code, 0, "{}", run.all());
}

/// The path of a package.
pub(crate) fn package(project: &Project, number: usize) -> PathBuf {
    project.path(&format!("archive/Z109-WS·2018-D30-ZZB-{number:04}"))
}

/// Removes what is on record beside packages, with which a changed one is not made again.
fn forget_seals(project: &Project) {
    for record in ["登记册.jsonl", "封存清单.txt"] {
        std::fs::remove_file(project.path("archive").join(record)).expect("removed");
    }
}

/// Makes a template of a package loop for ever over `body`, and its hashes right.
fn make_endless(bag: &Path, body: &str) {
    let template = bag.join("data/notice/study.md");
    let text = std::fs::read_to_string(&template).expect("a template");
    let add_loop = |inner: String, at| format!("{{% for i{at} in range(end=90000) %}}{inner}{{% endfor %}}");
    std::fs::write(&template, text + &(0..4).fold(body.to_owned(), add_loop)).expect("a template");
    let info = bag.join("bag-info.txt");
    let text = std::fs::read_to_string(&info).expect("text");
    std::fs::write(&info, text.replace("Payload-Oxum", "X")).expect("text");
    rehash(bag);
}

/// The codes of what is wrong with a package, each once.
fn wrong(package: &Path) -> Vec<&'static str> {
    let mut codes: Vec<&str> = verify(package).findings.iter().map(|finding| finding.code.id).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// Recomputes a bag's manifests, as someone would who hides a change.
fn rehash(bag: &Path) {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let hash = |algorithm: &str, bytes: &[u8]| match algorithm {
        "sha256" => hex(&Sha256::digest(bytes)),
        _ => hex(&Sha512::digest(bytes)),
    };
    for kind in ["manifest", "tagmanifest"] {
        let mut made = BTreeMap::new();
        for algorithm in ["sha256", "sha512"] {
            let mut text = String::new();
            let mut all = files(bag);
            all.sort();
            for (name, bytes) in &all {
                let listed = if kind == "manifest" {
                    name.starts_with("data/")
                } else {
                    !name.starts_with("data/") && !name.starts_with("tagmanifest-")
                };
                if listed {
                    let _ = writeln!(text, "{}  {name}", hash(algorithm, bytes));
                }
            }
            made.insert(format!("{kind}-{algorithm}.txt"), text);
        }
        for (name, text) in made {
            std::fs::write(bag.join(name), text).expect("a manifest");
        }
    }
}
