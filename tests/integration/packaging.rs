//! What CI and releases do with a program that is built (`.github/packaging`).

use std::path::Path;
use std::process::Command;

use crate::support::{Project, files, parts, root};

crate::harness::tests! {
    alone: [
        sample_reports_do_not_depend_on_when_the_program_was_built,
        sums_without_a_key_keep_no_signature_of_an_earlier_try,
        the_list_of_crates_is_one_for_each_system_and_names_no_folder,
        an_error_after_a_double_click_is_shown_until_a_key_is_pressed,
    ]
    with_tools: [the_archive_for_windows_is_a_zip_of_the_same_bytes_everywhere]
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

fn sums_without_a_key_keep_no_signature_of_an_earlier_try() {
    let release = std::fs::read(root().join(".github/packaging/release")).expect("a script");
    let project = Project::empty()
        .file(".github/packaging/release", &release)
        .file("Cargo.toml", b"version = \"0.2.0\"\n")
        .file("CHANGELOG.md", "## 0.2.0\n\n改动\n\n## 0.1.0\n\n原有\n".as_bytes())
        .file("dist/zicha-0.2.0.zip", b"1")
        .file("dist/zicha.pub", b"2")
        .file("dist/SHA256SUMS.minisig", b"3");
    let mut command = Command::new("bash");
    command.args([".github/packaging/release", "sums"]).current_dir(project.path(""));
    let done = command.env("SOURCE_DATE_EPOCH", "0").env_remove("MINISIGN_KEY").status();
    assert!(done.is_ok_and(|status| status.success()));
    let names: Vec<_> = files(&project.path("dist")).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["NOTES.md", "SHA256SUMS", "zicha-0.2.0.zip"]);
    let sum = "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b";
    assert_eq!(project.read("dist/SHA256SUMS"), format!("{sum}  zicha-0.2.0.zip\n"));
    assert_eq!(project.read("dist/NOTES.md"), "\n改动\n\n");
}

fn the_list_of_crates_is_one_for_each_system_and_names_no_folder() {
    use std::os::unix::fs::PermissionsExt;
    let release = std::fs::read(root().join(".github/packaging/release")).expect("a script");
    // In place of cargo-cyclonedx: writes its arguments and the folder, as the real one does.
    let cargo = "#!/bin/sh\nfor last; do :; done\nprintf '%s path+file://%s#zicha' \"$*\" \"$PWD\" >\"$last.json\"\n";
    let project = Project::empty()
        .file(".github/packaging/release", &release)
        .file("Cargo.toml", b"version = \"0.2.0\"\n")
        .file("bin/cargo", cargo.as_bytes());
    std::fs::set_permissions(project.path("bin/cargo"), PermissionsExt::from_mode(0o755)).expect("a mode");
    let path = format!("{}:{}", project.path("bin").display(), std::env::var("PATH").unwrap_or_default());
    let mut command = Command::new("bash");
    command.args([".github/packaging/release", "sbom"]).current_dir(project.path(""));
    let done = command.env("SOURCE_DATE_EPOCH", "0").env("PATH", path).status();
    assert!(done.is_ok_and(|status| status.success()));
    let lists: Vec<_> = files(&project.path("dist")).into_iter().map(|(name, _)| name).collect();
    assert_eq!(lists, ["zicha-0.2.0-x86_64-linux.cdx.json", "zicha-0.2.0-x86_64-windows.cdx.json"]);
    for (list, target) in lists.iter().zip(["x86_64-unknown-linux-musl", "x86_64-pc-windows-msvc"]) {
        let text = project.read(&format!("dist/{list}"));
        assert!(text.contains(&format!("--target {target} ")) && text.ends_with(" path+file:///zicha#zicha"), "{text}");
    }
}

/// What a desktop file's command prints, and what it leaves of two lines of input, when the program ends with `code`.
fn double_click(desktop_file: &str, program: &str, code: u8) -> (String, String) {
    use std::os::unix::fs::PermissionsExt;
    let project = Project::empty()
        .file(program, format!("#!/bin/sh\necho $*\nexit {code}\n").as_bytes())
        .file("keys", "\n其余\n".as_bytes());
    std::fs::set_permissions(project.path(program), PermissionsExt::from_mode(0o755)).expect("a mode");
    let text = std::fs::read_to_string(root().join(".github/packaging").join(desktop_file)).expect("a desktop file");
    let command = text.lines().find_map(|line| line.strip_prefix("Exec=")).expect("a command");
    // Without the escapes of the file's own, its quotes mean the same to a shell.
    let command = command.replace("\\\\", "\\").replace("%k", "\"$PWD/自查.desktop\"");
    let path = format!("{}:{}", project.path("bin").display(), std::env::var("PATH").unwrap_or_default());
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("{command}; cat >rest")]).current_dir(project.path("")).env("PATH", path);
    let keys = std::fs::File::open(project.path("keys")).expect("a file");
    let done = shell.stdin(keys).output().expect("a shell");
    (String::from_utf8_lossy(&done.stdout).into_owned(), project.read("rest"))
}

fn an_error_after_a_double_click_is_shown_until_a_key_is_pressed() {
    for (desktop_file, program, arguments) in
        [("zicha.desktop", "bin/zicha", "start 自查\n"), ("portable.desktop", "zicha", "start\n")]
    {
        let wanted = (format!("{arguments}按回车键关闭。\n"), "其余\n".to_owned());
        assert_eq!(double_click(desktop_file, program, 2), wanted, "{desktop_file}");
        let wanted = (arguments.to_owned(), "\n其余\n".to_owned());
        assert_eq!(double_click(desktop_file, program, 0), wanted, "{desktop_file}");
    }
}

fn the_archive_for_windows_is_a_zip_of_the_same_bytes_everywhere() {
    let release = std::fs::read(root().join(".github/packaging/release")).expect("a script");
    let packed = |zone: &str| {
        let project = Project::empty()
            .file(".github/packaging/release", &release)
            .file("Cargo.toml", b"version = \"0.2.0\"\n")
            .file("LICENSE", b"1\n")
            .file("built/zicha.exe", b"2\n");
        let mut command = Command::new("bash");
        command.args([".github/packaging/release", "windows", "built/zicha.exe"]).current_dir(project.path(""));
        let done = command.env("SOURCE_DATE_EPOCH", "1600000000").env("TZ", zone).status();
        assert!(done.is_ok_and(|status| status.success()));
        std::fs::read(project.path("dist/zicha-0.2.0-x86_64-windows.zip")).expect("an archive")
    };
    let archive = packed("Asia/Shanghai");
    assert!(archive == packed("UTC"), "the bytes depend on the time zone");
    let parts = parts(&archive);
    let wanted = [("LICENSE", "1\n"), ("zicha.exe", "2\n")];
    for (name, content) in wanted {
        let name = format!("zicha-0.2.0-x86_64-windows/{name}");
        assert!(parts.contains(&(name, content.to_owned())), "{parts:?}");
    }
}
