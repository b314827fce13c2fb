//! The cache of read files: an unchanged file is not opened again.

use std::path::Path;

use zicha::ingest::{Cache, ReadError, ReadLimits, Readers};
use zicha::store::sha256;

use crate::support::{Project, files};

crate::harness::tests! {
    alone: [
        a_cached_file_is_not_read_again,
        a_file_that_was_compared_is_not_compared_again,
        reports_are_the_same_with_a_cache_without_one_and_with_a_damaged_one,
        a_corrected_ledger_is_read_and_its_old_contents_leave_the_cache,
        an_unwritable_cache_does_not_stop_a_run,
    ]
}

const CACHE: &str = "output/.zicha-cache";
const STUDY: &str = "input/干部在线学习.csv";

fn project() -> Project {
    Project::ready(&["甲党支部", "乙党支部"])
}

fn a_cached_file_is_not_read_again() {
    let limits = ReadLimits { file: 1 << 20, unpacked: 1 << 20, memory: 1 << 30, seconds: 60, cells: 999, text: 9_999 };
    let readers = |program: &str, kept: Vec<u8>| {
        Readers::new(program.into(), limits.clone()).with_cache(Cache::new(kept, String::new()))
    };
    let bytes = std::fs::read(project().path(STUDY)).expect("a ledger");
    let read = |readers: &Readers, bytes: &[u8]| readers.read(bytes, &sha256(bytes));

    let first = readers(env!("CARGO_BIN_EXE_zicha"), Vec::new());
    let sheets = read(&first, &bytes).expect("sheets");
    assert!(read(&first, b"\0\x01\0\x02").is_err(), "no table");
    let kept = first.into_cache().expect("a cache");

    let without_program = readers("/nowhere/zicha", kept);
    assert_eq!(read(&without_program, &bytes), Ok(sheets));
    for unread in [b"\0\x01\0\x02".as_slice(), "党组织,姓名\n甲,赵\n".as_bytes()] {
        assert!(matches!(read(&without_program, unread), Err(ReadError::Crashed(_))), "what was refused is read again");
    }
    assert_eq!(without_program.into_cache(), None, "nothing is new");
}

fn a_file_that_was_compared_is_not_compared_again() {
    let limits = ReadLimits { file: 1 << 20, unpacked: 1 << 20, memory: 1 << 30, seconds: 60, cells: 999, text: 9_999 };
    let readers = |program: &str, kept: Vec<u8>| {
        Readers::new(program.into(), limits.clone()).with_cache(Cache::new(kept, String::new())).reading_twice()
    };
    let bytes = std::fs::read(project().path(STUDY)).expect("a ledger");
    let digest = sha256(&bytes);
    let first = readers(env!("CARGO_BIN_EXE_zicha"), Vec::new());
    let sheets = first.read(&bytes, &digest).expect("sheets");
    let second_reading = first.read_again(&bytes, &digest, &sheets).expect("a second reading");
    assert_eq!((second_reading.sheets.as_slice(), &second_reading.failure), ([vec![]].as_slice(), &None));

    let without_program = readers("/nowhere/zicha", first.into_cache().expect("a cache"));
    let sheets = without_program.read(&bytes, &digest).expect("sheets");
    assert_eq!(without_program.read_again(&bytes, &digest, &sheets), Some(second_reading));
}

fn reports_are_the_same_with_a_cache_without_one_and_with_a_damaged_one() {
    let project = project();
    project.build();
    let (made, kept) = (files(&project.path("output")), std::fs::read(project.path(CACHE)).expect("a cache"));
    let damaged = kept.iter().map(|byte| byte ^ 1).collect::<Vec<u8>>();
    for spoil in [kept.clone(), kept[..kept.len() / 2].to_vec(), damaged, b"no cache".to_vec(), Vec::new()] {
        for report in std::fs::read_dir(project.path("output")).expect("a folder").flatten() {
            let path = report.path();
            if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) }.expect("removed");
        }
        std::fs::write(project.path(CACHE), spoil).expect("written");
        assert_eq!(project.build().code, 0);
        assert!(files(&project.path("output")) == made);
        assert!(std::fs::read(project.path(CACHE)).expect("a cache") == kept, "made whole again");
    }
}

fn a_corrected_ledger_is_read_and_its_old_contents_leave_the_cache() {
    let holds = |project: &Project, text: &str| {
        let kept = std::fs::read(project.path(CACHE)).expect("a cache");
        memchr::memmem::find(&kept, text.as_bytes()).is_some()
    };
    let project = project();
    project.build();
    assert!(holds(&project, "赵") && holds(&project, "先进"));
    let project = project.edit(STUDY, "乙党支部,赵", "乙党支部,钱").edit(STUDY, "甲党支部,赵", "甲党支部,钱");
    std::fs::remove_file(project.path("input/获奖情况.csv")).expect("removed");
    project.build();
    assert!(holds(&project, "钱") && !holds(&project, "赵") && !holds(&project, "先进"));
    assert!(project.read("output/乙党支部/sources.json").contains("干部在线学习"));
}

fn an_unwritable_cache_does_not_stop_a_run() {
    let project = project();
    std::fs::create_dir_all(project.path(CACHE).join("in the way")).expect("a folder");
    let run = project.build();
    assert_eq!(run.code, 0, "{}", run.all());
    assert!(Path::new(&project.path("output/run.json")).exists());
    assert_eq!(project.build().code, 0);
}
