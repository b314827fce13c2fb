//! Archive packages made by an attacker.

use std::io::{Cursor, Write};
use std::path::Path;

use zicha::archive::verify::verify;
use zicha::pipeline::rebuild::rebuild;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::{BRANCHES, archive, forget_seals, make_endless, package, project, rehash, unsigned, wrong};
use crate::support::{Project, files, pipe};

crate::harness::tests! {
    alone: [
        paths_outside_of_the_package_are_refused,
        duplicate_entries_are_refused,
        links_are_refused,
        pipes_and_devices_are_refused_without_being_opened,
        a_zip_bomb_is_not_unpacked,
        files_that_are_no_package_are_reported_as_such,
        settings_in_a_package_cannot_read_templates_outside,
        templates_in_a_package_are_stopped_by_their_guard_or_after_a_timeout,
        reports_that_the_metadata_do_not_list_or_list_twice_are_found,
    ]
}

/// A sealed package's files.
fn sealed() -> (Project, Vec<(String, Vec<u8>)>) {
    let project = project();
    unsigned(&project, &["--branch", BRANCHES[0]]);
    let files = files(&package(&project, 1));
    (project, files)
}

/// A zip of the files, then whatever `more` adds.
fn zipped(files: &[(String, Vec<u8>)], more: impl FnOnce(&mut ZipWriter<Cursor<Vec<u8>>>)) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(format!("bag/{name}"), SimpleFileOptions::default()).expect("an entry");
        zip.write_all(bytes).expect("its bytes");
    }
    more(&mut zip);
    zip.finish().expect("a zip").into_inner()
}

fn paths_outside_of_the_package_are_refused() {
    let (project, files) = sealed();
    let target = project.path("evil.zip");
    // Names of equal length are patched in, since no library writes such names.
    for evil in ["bag/../../evil", "/tmp//evil/evil", "bag\\..\\..\\evil", "C:/tmp/../evil", "bag/./../..//x"] {
        let stand_in = "Q".repeat(evil.len());
        let bytes = zipped(&files, |zip| {
            zip.start_file(&stand_in, SimpleFileOptions::default()).expect("an entry");
        });
        let mut bytes = bytes;
        let places: Vec<usize> =
            (0..bytes.len() - evil.len()).filter(|at| bytes[*at..].starts_with(stand_in.as_bytes())).collect();
        assert_eq!(places.len(), 2);
        places.iter().for_each(|at| bytes[*at..at + evil.len()].copy_from_slice(evil.as_bytes()));
        std::fs::write(&target, bytes).expect("a zip");
        assert_eq!(wrong(&target), ["Z421"], "{evil}");
        let run = project.zicha(&["verify", "--rebuild", "evil.zip"]);
        assert_eq!(run.code, 1, "{}", run.all());
    }
    assert!(!std::path::Path::new("/tmp/evil").exists());
    let bag = package(&project, 1);
    let manifest = bag.join("manifest-sha256.txt");
    let text = std::fs::read_to_string(&manifest).expect("a manifest");
    std::fs::write(&manifest, format!("{text}{}  data/../../../secret\n", "0".repeat(64))).expect("a manifest");
    assert!(wrong(&bag).contains(&"Z421"));
}

fn duplicate_entries_are_refused() {
    let (project, files) = sealed();
    let mut bytes = zipped(&files, |zip| {
        for name in ["bag/data/QQ1", "bag/data/QQ2"] {
            zip.start_file(name, SimpleFileOptions::default()).expect("an entry");
        }
    });
    for at in 0..bytes.len() - 4 {
        if bytes[at..].starts_with(b"QQ2") {
            bytes[at + 2] = b'1';
        }
    }
    std::fs::write(project.path("twice.zip"), bytes).expect("a zip");
    assert_eq!(wrong(&project.path("twice.zip")), ["Z421"]);
}

fn links_are_refused() {
    let (project, files) = sealed();
    let bytes = zipped(&files, |zip| {
        zip.add_symlink("bag/data/link", "/etc/passwd", SimpleFileOptions::default()).expect("a link")
    });
    std::fs::write(project.path("link.zip"), bytes).expect("a zip");
    assert_eq!(wrong(&project.path("link.zip")), ["Z421"]);
    let bag = package(&project, 1);
    let report = bag.join("data/ledgers/获奖情况.csv");
    let elsewhere = project.path("elsewhere.csv");
    std::fs::rename(&report, &elsewhere).expect("moved");
    // The same bytes behind a link.
    std::os::unix::fs::symlink(&elsewhere, &report).expect("a link");
    assert_eq!(wrong(&bag), ["Z421"]);
    let whole = project.path("archive/link");
    std::os::unix::fs::symlink(&bag, &whole).expect("a link");
    assert_eq!(wrong(&whole), ["Z421"]);
}

fn pipes_and_devices_are_refused_without_being_opened() {
    let (project, _) = sealed();
    let bag = package(&project, 1);
    let ledger = bag.join("data/ledgers/获奖情况.csv");
    let bytes = std::fs::read(&ledger).expect("a ledger");
    std::fs::remove_file(&ledger).expect("removed");
    pipe(&ledger);
    assert_eq!(wrong(&bag), ["Z421"]);
    std::fs::remove_file(&ledger).and_then(|()| std::fs::write(&ledger, bytes)).expect("restored");
    assert_eq!(wrong(&bag), [""; 0]);
    let whole = project.path("archive/pipe.zip");
    pipe(&whole);
    let run = project.zicha(&["verify", "archive/pipe.zip", "/dev/zero"]);
    assert!(run.code == 1 && run.stdout.matches("打不开：不是文件夹，也不是普通文件").count() == 2, "{}", run.all());
    let folder = bag.display().to_string();
    let run = project.zicha(&["verify", &folder, "--seals", "archive/pipe.zip"]);
    assert!(run.code == 2 && run.stderr.contains("是管道、套接字或设备，不是文件"), "{}", run.all());
    let register = project.path("archive/登记册.jsonl");
    let lines = std::fs::read(&register).expect("a register");
    std::fs::remove_file(&register).expect("removed");
    pipe(&register);
    let run = project.zicha(&["verify", &folder]);
    assert!(run.code == 1 && run.stdout.contains("登记册不能用，没有与它对照"), "{}", run.all());
    std::fs::remove_file(&register).and_then(|()| std::fs::write(&register, lines)).expect("restored");
    // A report in whose place a pipe is, too.
    let report = project.path("output/乙党支部/乙党支部-自查报告.md");
    std::fs::remove_file(&report).expect("removed");
    pipe(&report);
    let run = archive(&project, &["--unsigned"]);
    assert!(run.code == 1 && run.stdout.contains("读不到：是管道、套接字或设备，不是文件"), "{}", run.all());
}

fn a_zip_bomb_is_not_unpacked() {
    let (project, files) = sealed();
    let bytes = zipped(&files, |zip| {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        zip.start_file("bag/data/bomb", options).expect("an entry");
        let zeros = vec![0; 1 << 20];
        (0..200).for_each(|_| zip.write_all(&zeros).expect("zeros"));
    });
    assert!(bytes.len() < 2 << 20, "{}", bytes.len());
    std::fs::write(project.path("bomb.zip"), bytes).expect("a zip");
    assert_eq!(wrong(&project.path("bomb.zip")), ["Z421"]);
}

fn files_that_are_no_package_are_reported_as_such() {
    let project = Project::new()
        .file("a.zip", b"PK\x03\x04")
        .file("b.zip", b"")
        .file("folder/bagit.txt", b"BagIt-Version: 1.0\n");
    for name in ["a.zip", "b.zip", "folder", "input"] {
        let run = project.zicha(&["verify", name]);
        assert!(run.code == 1 && run.stdout.contains("[Z421]"), "{name}: {}", run.all());
        assert!(!run.stdout.contains("invalid") && !run.stdout.contains("archive:"), "in Chinese: {}", run.stdout);
    }
}

fn settings_in_a_package_cannot_read_templates_outside() {
    let (project, _) = sealed();
    let bag = package(&project, 1);
    // With its seal at hand, the package is not rebuilt.
    forget_seals(&project);
    let project = project.file("secret.md", "{{ nosuch }} 机密".as_bytes());
    let settings = bag.join("data/notice/notice.toml");
    let text = std::fs::read_to_string(&settings).expect("settings");
    let outside = project.path("secret.md").display().to_string();
    std::fs::write(&settings, text.replacen("\"study.md\"", &format!("\"{outside}\""), 1)).expect("settings");
    let info = bag.join("bag-info.txt");
    std::fs::write(&info, std::fs::read_to_string(&info).expect("text").replace("Payload-Oxum", "X")).expect("text");
    rehash(&bag);
    let run = project.zicha(&["verify", "--rebuild", &bag.display().to_string()]);
    let said = "不能重新生成：通知设置或模板不能使用：data/notice/notice.toml 第";
    assert!(run.code == 1 && run.stdout.contains(said), "{}", run.all());
    assert!(run.stdout.contains("不在设置的文件夹里") && !run.all().contains("nosuch"), "{}", run.all());
}

fn templates_in_a_package_are_stopped_by_their_guard_or_after_a_timeout() {
    let looping = "模板写法不对：循环的次数太多";
    for (body, guard_says) in [("", looping), ("{{ branch.name }}", "报告排出来的文字超过 8 MiB")] {
        let (project, _) = sealed();
        let bag = package(&project, 1);
        make_endless(&bag, body);
        let verified = verify(&bag);
        assert_eq!(wrong(&bag), [""; 0], "{:?}", verified.findings);
        let metadata = verified.metadata.expect("metadata");
        for (seconds, says) in [(600, guard_says), (0, "超过 0 秒没有完成")] {
            let findings =
                rebuild(&bag, &metadata, Path::new(env!("CARGO_BIN_EXE_zicha")), seconds, &[]).expect("a look");
            let said: Vec<&str> = findings.iter().map(|finding| finding.message.as_str()).collect();
            assert!(said.len() == 1 && said[0].contains(&format!("不能重新生成：{says}")), "{said:?}");
        }
    }
}

/// What the metadata do not list is neither checked nor made again.
fn reports_that_the_metadata_do_not_list_or_list_twice_are_found() {
    let (project, _) = sealed();
    let bag = package(&project, 1);
    let info = bag.join("bag-info.txt");
    let text = std::fs::read_to_string(&info).expect("text");
    std::fs::write(&info, text.replace("Payload-Oxum", "X")).expect("text");
    rehash(&bag);
    assert_eq!(wrong(&bag), [""; 0]);
    let metadata = std::fs::read_to_string(bag.join("metadata.xml")).expect("metadata");
    let (before, rest) = metadata.split_once("  <公文 ").expect("a report");
    let (report, after) = rest.split_once("</公文>\n").expect("its end");
    let report = format!("  <公文 {report}</公文>\n");
    std::fs::write(bag.join("metadata.xml"), format!("{before}{report}{report}{after}")).expect("metadata");
    rehash(&bag);
    let said: Vec<String> = verify(&bag).findings.into_iter().map(|finding| finding.message).collect();
    assert_eq!(said, ["元数据把“甲党支部”的报告列了两次"]);
    std::fs::write(bag.join("metadata.xml"), metadata).expect("metadata");
    std::fs::create_dir(bag.join("data/reports/丁党支部")).expect("a folder");
    std::fs::write(bag.join("data/reports/丁党支部/丁党支部-自查报告.md"), "假的").expect("a report");
    rehash(&bag);
    let said: Vec<String> = verify(&bag).findings.into_iter().map(|finding| finding.message).collect();
    assert_eq!(said, ["元数据没有列 data/reports/丁党支部 里的报告"]);
}
