//! What a run needs of memory grows by what it has to remember of each branch, and by nothing that waits to be written.

use std::path::Path;

use crate::support::{Project, python};

crate::harness::tests! {
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
