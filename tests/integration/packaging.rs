//! What CI and releases do with a program that is built (`.github/packaging`).

use std::path::Path;
use std::process::Command;

use crate::support::{Project, files, root};

crate::harness::tests! {
    alone: [
        sample_reports_do_not_depend_on_when_the_program_was_built,
    ]
}

/// The reports of the shipped ledgers, as CI compares them between systems.
fn sample(program: &Path, folder: &Path) -> Vec<(String, Vec<u8>)> {
    let script = root().join(".github/packaging/sample");
    let done = Command::new("bash").arg(script).args([program, folder]).status();
    assert!(done.is_ok_and(|status| status.success()), "{}", folder.display());
    files(folder)
}

fn sample_reports_do_not_depend_on_when_the_program_was_built() {
    let project = Project::empty();
    let (program, later) = (Path::new(env!("CARGO_BIN_EXE_zicha")), project.path("zicha"));
    std::fs::copy(program, &later).expect("a program");
    let built = |path: &Path| path.metadata().and_then(|metadata| metadata.modified()).expect("a time");
    assert_ne!(built(program), built(&later));
    let (one, other) = (sample(program, &project.path("one")), sample(&later, &project.path("other")));
    for name in ["output/run.json", "output/2019-safety/run.json", "output/教务处党支部/教务处党支部-自查报告.docx"]
    {
        assert!(one.iter().any(|(path, _)| path == name), "{name}");
    }
    let names = |files: &[(String, Vec<u8>)]| files.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&one), names(&other));
    let differ: Vec<_> =
        one.iter().zip(&other).filter(|(one, other)| one != other).map(|((name, _), _)| name).collect();
    assert!(differ.is_empty(), "{differ:?}");
}
