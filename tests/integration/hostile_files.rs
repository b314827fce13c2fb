//! Hostile files: each is left out with one clear finding, and the others are read as without it.

use std::io::{Cursor, Read, Write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::process::Command;
use std::sync::OnceLock;

use serde_json::{Value, json};
use zicha::ingest::{ReadError, ReadLimits, Readers};
use zicha::store::sha256;

use crate::support::{Project, Run, files, pipe, workbook};

crate::harness::tests! {
    alone: [
        a_text_larger_than_the_memory_is_stopped_by_the_memory_limit,
        a_file_that_is_not_read_in_time_is_refused,
        columns_refuses_hostile_files_with_a_reason,
        a_password_protected_ods_is_reported,
        files_that_are_no_workbook_are_reported,
        empty_files_and_lock_files_are_skipped,
        a_file_above_the_size_limit_is_not_opened,
        what_cannot_be_reached_in_the_input_folder_is_one_finding_each,
        a_folder_whose_links_lead_to_endless_files_is_refused,
        folders_of_the_program_are_never_links_that_lead_elsewhere,
        a_cell_that_a_sheet_has_twice_is_an_error_at_its_address,
        parts_that_differ_only_in_case_or_slashes_are_refused,
    ]
    with_tools: [
        a_string_count_of_4_000_000_000_allocates_nothing,
        a_string_index_out_of_range_is_reported,
        a_cell_in_the_last_row_and_column_allocates_nothing,
        a_cell_in_the_last_row_of_an_xls_xlsb_or_ods_is_read,
        a_declared_size_of_a_million_rows_allocates_nothing,
        a_zip_bomb_is_refused_by_its_directory,
        more_text_than_allowed_is_refused_before_it_fills_the_memory,
        truncated_workbooks_of_every_kind_are_reported,
        mutated_xlsb_files_are_read_or_one_finding,
        an_ods_that_ends_after_a_row_is_damaged,
        a_password_protected_xlsx_is_reported,
        a_password_protected_xls_is_reported,
        a_duplicate_part_is_refused,
        a_workbook_above_the_cell_limit_is_refused,
        a_missing_sheet_part_is_reported,
    ]
}

/// What is in the program's own folders it replaces and removes without asking.
fn folders_of_the_program_are_never_links_that_lead_elsewhere() {
    let project = Project::ready(&["甲党支部"]);
    std::fs::create_dir_all(project.path("elsewhere/input")).expect("a folder");
    let project =
        project.file("elsewhere/whole-journal", b"x").file("elsewhere/Z1", b"x").file("elsewhere/input/a", b"x");
    let kept = files(&project.path("elsewhere"));
    let final_build = ["build", "--final", "--quiet"];
    let archive = ["archive", "--by", "张三", "--at", "2018-11-05", "--unsigned"];
    let serve = ["serve", "--port", "0"];
    let linked: [(&str, &[&str]); 4] = [
        ("output/.zicha", &final_build),
        ("archive/.zicha", &archive),
        (".zicha-history", &serve),
        (".zicha-history/input", &serve),
    ];
    for (folder, arguments) in linked {
        let own = project.path(folder);
        std::fs::create_dir_all(own.parent().expect("a folder")).expect("a folder");
        let _ = std::fs::remove_dir_all(&own);
        symlink(project.path("elsewhere"), &own).expect("a link");
        let run = project.zicha(arguments);
        let name = own.file_name().expect("a name").to_string_lossy().into_owned();
        let said = format!("程序自己用的文件夹 {name} 是一个链接，不往那里写，请把它移开");
        assert!(run.code == 2 && run.stderr.contains(&said), "{folder}: {}", run.all());
        assert_eq!(files(&project.path("elsewhere")), kept, "{folder}");
        std::fs::remove_file(&own).expect("the link");
        if arguments != serve {
            assert_eq!(project.zicha(arguments).code, 0, "{folder}");
        }
    }
    // Nor is the file of the lock.
    let lock = project.path("output/.zicha/lock");
    std::fs::remove_file(&lock).and_then(|()| symlink(project.path("elsewhere/lock"), &lock)).expect("a link");
    let run = project.zicha(&["build", "--quiet"]);
    assert!(run.code == 2 && run.stderr.contains("lock 是链接或别的东西"), "{}", run.all());
    assert_eq!(files(&project.path("elsewhere")), kept);
}

/// A small ledger to be damaged.
fn ledger() -> Value {
    let mut rows = vec![json!(["党组织", "姓名", "规定学时", "已完成学时"])];
    rows.extend((0..40).map(|n| json!(["教务处党支部", format!("第{n}人"), 50, 38.5])));
    json!({ "sheets": [{ "name": "在线学习", "rows": rows }] })
}

fn with(key: &str, value: Value) -> Value {
    let mut spec = ledger();
    spec[key] = value;
    spec
}

/// Runs on the shipped ledgers and one bad file, which must be the only finding.
fn costs_one_file(name: &str, spec: &Value, expected: &str) {
    let project = Project::sample()
        .edit("templates/2018-grassroots/notice.toml", "seconds      = 20", "seconds      = 4")
        .foreign_workbook(&format!("坏/{name}"), spec);
    assert_one_finding(&project, name, expected);
}

fn assert_one_finding(project: &Project, name: &str, expected: &str) {
    let findings = project.findings();
    assert_eq!(findings.len(), 1, "{findings:#?}");
    assert_eq!((&findings[0]["code"], &findings[0]["file"]), (&json!("Z001"), &json!(format!("坏/{name}"))));
    let message = findings[0]["message"].as_str().expect("a message");
    assert!(message.contains(expected), "{message}");
    assert!(findings[0]["cure"].as_str().is_some_and(|cure| !cure.is_empty()));
    let run = project.zicha(&["build", "--format", "md"]);
    assert_eq!(run.code, 0, "{}", run.all());
    let expected = without_a_bad_file().replace("错误 0 项", "错误 1 项");
    assert!(expected.contains("错误 1 项") && run.stdout.contains(&expected), "{expected}: {}", run.stdout);
}

/// The counts of a run on the shipped ledgers alone: “报告 … 份，汇总 … 份；待填写 … 处；错误 … 项”.
fn without_a_bad_file() -> &'static str {
    static COUNTS: OnceLock<String> = OnceLock::new();
    COUNTS.get_or_init(|| {
        let run = Project::sample().zicha(&["build", "--format", "md"]);
        let line = run.stdout.lines().last().expect("a last line");
        line[..line.find("错误 0 项").expect("no error") + "错误 0 项".len()].to_owned()
    })
}

/// A part of shared strings.
fn strings(count: &str, strings: &str) -> Value {
    let spaces = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    json!(format!("<sst xmlns=\"{spaces}\" uniqueCount=\"{count}\">{strings}</sst>"))
}

fn a_string_count_of_4_000_000_000_allocates_nothing() {
    let spec = with("strings", strings("4000000000", "<si><t>党组织</t></si>"));
    let project = Project::with_branches(&[("教务处党支部", "机关党支部")]).foreign_workbook("字符串.xlsx", &spec);
    assert_eq!(project.findings_of("Z001"), [json!(null); 0]);
    assert_eq!(project.rows("教务处党支部", "study").len(), 40);
}

fn a_string_index_out_of_range_is_reported() {
    let mut spec = with("strings", strings("1", "<si><t>党组织</t></si>"));
    spec["replace"] =
        json!([["xl/worksheets/sheet1.xml", "<c r=\"C2\" t=\"n\"><v>50</v>", "<c r=\"C2\" t=\"s\"><v>99999</v>"]]);
    costs_one_file("序号.xlsx", &spec, "已损坏");
}

fn a_cell_in_the_last_row_and_column_allocates_nothing() {
    let spec = with(
        "replace",
        json!([[
            "xl/worksheets/sheet1.xml",
            "</sheetData>",
            "<row r=\"1048576\"><c r=\"XFD1048576\"><v>7</v></c></row></sheetData>"
        ]]),
    );
    let project = Project::with_branches(&[("教务处党支部", "机关党支部")]).foreign_workbook("角.xlsx", &spec);
    assert_eq!(project.rows("教务处党支部", "study").len(), 40);
}

fn a_cell_in_the_last_row_of_an_xls_xlsb_or_ods_is_read() {
    for kind in ["ods", "xls", "xlsb"] {
        let mut spec = ledger();
        spec["sheets"][0]["rows"] =
            json!([["党组织", "姓名", "规定学时", "已完成学时"], ["教务处党支部", "赵", 50, 38]]);
        spec["sheets"].as_array_mut().expect("sheets").push(json!({ "name": "角", "at": "IV65536", "rows": [["远"]] }));
        spec["convert"] = json!(kind);
        let project =
            Project::with_branches(&[("教务处党支部", "机关党支部")]).foreign_workbook(&format!("角.{kind}"), &spec);
        assert_eq!(project.findings_of("Z001"), [Value::Null; 0], "{kind}");
        assert_eq!(project.rows("教务处党支部", "study").len(), 1, "{kind}");
        // The sheet of the far cell is no ledger: its only text is listed.
        let unread = project.findings_of("Z002");
        assert!(unread.iter().any(|finding| finding["found"] == "远"), "{kind}: {unread:#?}");
    }
}

fn a_declared_size_of_a_million_rows_allocates_nothing() {
    let spec = with(
        "replace",
        json!([["xl/worksheets/sheet1.xml", "<dimension ref=\"A1:D41\"", "<dimension ref=\"A1:XFD1048576\""]]),
    );
    let project = Project::with_branches(&[("教务处党支部", "机关党支部")]).foreign_workbook("高.xlsx", &spec);
    assert_eq!(project.rows("教务处党支部", "study").len(), 40);
}

fn a_zip_bomb_is_refused_by_its_directory() {
    costs_one_file(
        "炸弹.xlsx",
        &with("bomb", json!(["xl/media/image1.bin", 600])),
        "文件太大（解压后有 600 MiB，超过 512 MiB）",
    );
}

/// A project without a limit on the unpacked size and with 128 MiB for the worker.
fn little_memory() -> Project {
    Project::sample()
        .edit("templates/2018-grassroots/notice.toml", "memory_mib   = 512", "memory_mib   = 128")
        .edit("templates/2018-grassroots/notice.toml", "unpacked_mib = 512", "unpacked_mib = 100000")
        .edit("templates/2018-grassroots/notice.toml", "seconds      = 20", "seconds      = 15")
}

fn more_text_than_allowed_is_refused_before_it_fills_the_memory() {
    let long = format!("<si><t>{}</t></si>", "甲".repeat(1000)).repeat(80_000);
    let spec = json!({ "sheets": [{ "name": "在线学习", "rows": [["党组织"]] }], "strings": strings("80000", &long) });
    assert_one_finding(&little_memory().foreign_workbook("坏/长.xlsx", &spec), "长.xlsx", "内容太多");
}

fn a_text_larger_than_the_memory_is_stopped_by_the_memory_limit() {
    let content = format!("<office:document-content>{}</office:document-content>", "甲".repeat(80_000_000));
    let bytes = package(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", content.as_bytes()),
        ("META-INF/manifest.xml", b"<manifest:manifest/>"),
    ]);
    assert!(bytes.len() < 1 << 20, "{} bytes", bytes.len());
    assert_one_finding(&little_memory().file("input/坏/长.ods", &bytes), "长.ods", "文件太大（");
}

fn columns_refuses_hostile_files_with_a_reason() {
    let book = workbook(&ledger());
    let slow = [&b"<html><table><tr><td>"[..], &b"<!-- -->".repeat(12 << 20)].concat();
    let bomb = package(&[("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", &b" ".repeat(80 << 20))]);
    let project = Project::new()
        .edit("templates/2018-grassroots/notice.toml", "seconds      = 20", "seconds      = 1")
        .edit("templates/2018-grassroots/notice.toml", "unpacked_mib = 512", "unpacked_mib = 64")
        .file("半截.xlsx", &book[..book.len() / 2])
        .file("慢.xls", &slow)
        .file("炸弹.xlsx", &bomb)
        .file("引号.csv", "党组织,姓名\n甲,\"赵\n".as_bytes())
        .file("图片.xlsx", b"\x89PNG\r\n\x1a\n");
    pipe(&project.path("管道.xlsx"));
    symlink("没有", project.path("断.xlsx")).expect("a link");
    for (file, expected) in [
        ("半截.xlsx", "文件已损坏"),
        ("慢.xls", "1 秒内没有读完"),
        ("炸弹.xlsx", "文件太大"),
        ("引号.csv", "引号"),
        ("图片.xlsx", "不是表格文件"),
        ("管道.xlsx", "是管道、套接字或设备"),
        ("断.xlsx", "文件或文件夹不存在"),
    ] {
        let run = project.zicha(&["columns", file]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{file}: {}", run.all());
        assert!(run.stderr.contains(file) && run.stderr.contains(expected), "{file}: {}", run.stderr);
    }
}

/// A package of these parts.
fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
    use std::io::Write;
    let mut package = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        package.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a part");
        package.write_all(bytes).expect("bytes");
    }
    package.finish().expect("a package").into_inner()
}

fn truncated_workbooks_of_every_kind_are_reported() {
    for (kind, bytes) in [("xlsx", 3000), ("xls", 7000), ("xlsb", 1500), ("ods", 4000)] {
        let mut spec = with("truncate", json!(bytes));
        if kind != "xlsx" {
            spec["convert"] = json!(kind);
        }
        costs_one_file(&format!("半截.{kind}"), &spec, "文件已损坏");
    }
}

/// The parts of a package with bytes changed in one of its binary parts: `seed` decides which, and how.
fn mutated(book: &[u8], seed: u64) -> Vec<u8> {
    let mut book = zip::ZipArchive::new(Cursor::new(book)).expect("a package");
    let mut parts = Vec::new();
    for at in 0..book.len() {
        let mut part = book.by_index(at).expect("a part");
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).expect("its bytes");
        parts.push((part.name().expect("a name").into_owned(), bytes));
    }
    let mut state = seed;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).expect("31 bits") % below.max(1)
    };
    let binary: Vec<usize> = (0..parts.len()).filter(|at| parts[*at].0.ends_with(".bin")).collect();
    let part = &mut parts[binary[random(binary.len())]].1;
    for _ in 0..1 + random(4) {
        let at = random(part.len());
        match random(3) {
            0 => part[at] = [0, 0x7f, 0x80, 0xff][random(4)],
            1 => part[at] ^= 1 << random(8),
            _ => part.truncate(at.max(1)),
        }
    }
    let parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    package(&parts)
}

fn mutated_xlsb_files_are_read_or_one_finding() {
    let mut spec = ledger();
    spec["convert"] = json!("xlsb");
    let mut project = Project::with_branches(&[("教务处党支部", "机关党支部")]).foreign_workbook("好.xlsb", &spec);
    let book = std::fs::read(project.path("input/好.xlsb")).expect("a workbook");
    let names: Vec<String> = (0..120).map(|seed| format!("变{seed}.xlsb")).collect();
    for (seed, name) in (0..).zip(&names) {
        project = project.file(&format!("input/{name}"), &mutated(&book, seed));
    }
    let findings = project.findings();
    let refusals = |name: &str| findings.iter().filter(|f| f["code"] == "Z001" && f["file"] == name).count();
    assert!(names.iter().all(|name| refusals(name) <= 1) && refusals("好.xlsb") == 0, "{findings:#?}");
    let refused = names.iter().filter(|name| refusals(name) == 1).count();
    assert!((1..names.len()).contains(&refused), "{refused} of {} refused", names.len());
    assert!(project.rows("教务处党支部", "study").len() >= 40, "the sound workbook's");
}

fn an_ods_that_ends_after_a_row_is_damaged() {
    let mut spec = ledger();
    spec["convert"] = json!("ods");
    let project = Project::sample().foreign_workbook("坏/断.ods", &spec);
    let path = project.path("input/坏/断.ods");
    let bytes = std::fs::read(&path).expect("a file");
    std::fs::write(&path, cut_content(&bytes)).expect("a written file");
    let findings = project.findings_of("Z001");
    assert_eq!(findings.len(), 1);
    let message = findings[0]["message"].as_str().expect("a message");
    assert!(message.contains("文件已损坏（工作表不完整）"), "{message}");
}

fn a_file_that_is_not_read_in_time_is_refused() {
    let limits = ReadLimits { file: 1 << 20, unpacked: 1 << 20, memory: 1 << 30, seconds: 0, cells: 999, text: 9_999 };
    let bytes = "党组织,姓名\n甲,赵\n".as_bytes();
    let read = Readers::new(env!("CARGO_BIN_EXE_zicha").into(), limits).read(bytes, &sha256(bytes));
    assert_eq!(read, Err(ReadError::TooSlow(0)));
}

/// The package with its content cut after the tenth row.
fn cut_content(ods: &[u8]) -> Vec<u8> {
    let mut source = zip::ZipArchive::new(std::io::Cursor::new(ods)).expect("a package");
    let mut parts = Vec::new();
    for at in 0..source.len() {
        let mut part = source.by_index(at).expect("a part");
        let name = part.name().expect("a name").into_owned();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut part, &mut bytes).expect("bytes");
        if name == "content.xml" {
            let text = String::from_utf8(bytes).expect("text");
            let end = text.match_indices("</table:table-row>").nth(9).expect("ten rows").0;
            bytes = text.as_bytes()[..end + "</table:table-row>".len()].to_vec();
        }
        parts.push((name, bytes));
    }
    package(&parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect::<Vec<_>>())
}

fn a_password_protected_xlsx_is_reported() {
    costs_one_file("密码.xlsx", &with("password", json!("1234")), "设有打开密码");
}

/// One manifest as LibreOffice wrote it until 24.2, and one as it has written it since: a package in a package.
fn a_password_protected_ods_is_reported() {
    for (name, content) in [("旧.ods", "content.xml"), ("新.ods", "encrypted-package")] {
        let entry = |path: &str, inside: &str| {
            format!("<manifest:file-entry manifest:full-path=\"{path}\">{inside}</manifest:file-entry>")
        };
        let locked = "<manifest:encryption-data manifest:checksum-type=\"SHA256\" manifest:checksum=\"AAAA\"/>";
        let spaces = "xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"";
        let manifest =
            format!("<manifest:manifest {spaces}>{}{}</manifest:manifest>", entry("/", ""), entry(content, locked));
        let kind: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";
        let bytes =
            package(&[("mimetype", kind), (content, &[0x5a; 400]), ("META-INF/manifest.xml", manifest.as_bytes())]);
        assert_one_finding(&Project::sample().file(&format!("input/坏/{name}"), &bytes), name, "设有打开密码");
    }
}

/// An .xls is locked by XOR (kind 0) or by RC4 (kind 1); calamine knows of the second only.
fn a_password_protected_xls_is_reported() {
    let mut spec = ledger();
    spec["convert"] = json!("xls");
    for kind in [0_u8, 1] {
        // The code page's record becomes the one that says how what follows is encrypted.
        spec["patch"] = json!([[[0x42, 0, 2, 0, 0xb0, 4], [0x2f, 0, 2, 0, kind, 0]]]);
        costs_one_file("密码.xls", &spec, "设有打开密码");
    }
}

fn a_duplicate_part_is_refused() {
    costs_one_file("重名.xlsx", &with("repeat_part", json!("xl/worksheets/sheet1.xml")), "重名的部件");
}

fn files_that_are_no_workbook_are_reported() {
    for (name, bytes, expected) in [
        ("图片.xlsx", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01".to_vec(), "不是表格文件"),
        ("空.xls", b"\xd0\xcf\x11\xe0".to_vec(), "已损坏"),
        ("压缩包.xlsx", b"PK\x03\x04\x14\0\0\0".to_vec(), "已损坏"),
        ("零.csv", vec![0; 100], "不是表格文件"),
    ] {
        let project = Project::sample().file(&format!("input/坏/{name}"), &bytes);
        assert_one_finding(&project, name, expected);
    }
}

fn empty_files_and_lock_files_are_skipped() {
    let project = Project::sample()
        .file("input/空.csv", b"")
        .file("input/~$主题党日.xlsx", b"\x05user")
        .file("input/说明.docx", b"PK");
    let codes: Vec<_> = project.findings().iter().map(|f| (f["code"].clone(), f["file"].clone())).collect();
    let skipped = |name: &str| (json!("Z004"), json!(name));
    assert_eq!(codes, [skipped("~$主题党日.xlsx"), skipped("说明.docx"), skipped("空.csv")]);
}

fn a_file_above_the_size_limit_is_not_opened() {
    let project =
        Project::sample().edit("templates/2018-grassroots/notice.toml", "file_mib     = 100", "file_mib     = 1");
    let project = project.file("input/坏/大.csv", &b"a,b\n".repeat(600_000));
    assert_one_finding(&project, "大.csv", "文件太大（2 MiB，超过 1 MiB）");
}

/// Runs zicha in the project as a user with no rights of its own, also when the tests run as root.
fn unprivileged(project: &Project, arguments: &[&str]) -> Run {
    let program = env!("CARGO_BIN_EXE_zicha");
    let id = Command::new("id").arg("-u").output().expect("id runs");
    if id.stdout != b"0\n" {
        return project.zicha(arguments);
    }
    let (folder, own) = (project.path(""), project.path("zicha"));
    if !own.exists() {
        // The folder of the build may be closed to others.
        std::fs::copy(program, &own).expect("a program");
    }
    let is_open = Command::new("chmod").arg("755").args([&folder, &own]).status();
    assert!(is_open.is_ok_and(|status| status.success()));
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&own).args(arguments).current_dir(&folder);
    Run::new(command.output().expect("setpriv runs"))
}

fn what_cannot_be_reached_in_the_input_folder_is_one_finding_each() {
    let project = Project::ready(&["甲党支部", "乙党支部"])
        .file("input/不让读的文件夹/a.csv", b"1")
        .file("input/不让读.csv", b"1");
    let input = project.path("input");
    let link = |to: &str, name: &str| symlink(to, input.join(name)).expect("a link");
    link("没有.csv", "断.csv");
    link("自己.csv", "自己.csv");
    link(".", "圈");
    link("/dev/zero", "设备.csv");
    pipe(&input.join("管道.csv"));
    let _socket = UnixListener::bind(input.join("套接字.csv")).expect("a socket");
    std::fs::create_dir(input.join("lost+found")).expect("a folder");
    for (name, mode) in [("lost+found", 0), ("不让读的文件夹", 0), ("不让读.csv", 0)] {
        std::fs::set_permissions(input.join(name), std::fs::Permissions::from_mode(mode)).expect("a mode");
    }
    let run = unprivileged(&project, &["check", "--json"]);
    let findings = run.stdout.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON lines"));
    let told: Vec<[String; 3]> = findings
        .map(|finding| {
            let cure = finding["cure"].as_str().unwrap_or_default();
            assert!(finding["code"] == "Z004" || !cure.is_empty(), "{finding}");
            ["file", "code", "message"].map(|key| finding[key].as_str().unwrap_or_default().to_owned())
        })
        .collect();
    let no_file = "没有读取：是管道、套接字或设备，不是文件";
    let mut expected = [
        ["lost+found", "Z004", "是磁盘自带的文件夹，未读"],
        ["不让读.csv", "Z001", "没有读取：读不到（没有权限）"],
        ["不让读的文件夹", "Z015", "没有读取：读不到（没有权限）"],
        ["圈", "Z015", "没有读取：是链接，绕回了它上级的文件夹"],
        ["套接字.csv", "Z015", no_file],
        ["断.csv", "Z015", "没有读取：是链接，它指向的文件读不到（文件或文件夹不存在）"],
        ["管道.csv", "Z015", no_file],
        ["自己.csv", "Z015", "没有读取：是链接，它指向的文件读不到（链接绕成了圈）"],
        ["设备.csv", "Z015", no_file],
    ]
    .map(|finding| finding.map(str::to_owned))
    .to_vec();
    let mut told = told;
    told.sort();
    expected.sort();
    assert_eq!(told, expected, "{}", run.stderr);
    let run = project.zicha(&["build", "--format", "md"]);
    assert!(run.stdout.contains("报告 2 份"), "nothing else stops: {}", run.all());
    std::fs::set_permissions(input.join("不让读的文件夹"), std::fs::Permissions::from_mode(0o755)).expect("a mode");
}

fn a_workbook_above_the_cell_limit_is_refused() {
    let project = Project::sample().edit(
        "templates/2018-grassroots/notice.toml",
        "cells        = 2000000",
        "cells        = 2000",
    );
    let project = project.foreign_workbook("坏/多.xlsx", &json!({ "sheets": [{ "rows": vec![vec![1; 60]; 60] }] }));
    assert_one_finding(&project, "多.xlsx", "内容太多");
}

fn a_missing_sheet_part_is_reported() {
    for (part, from, to, expected) in [
        (
            "xl/_rels/workbook.xml.rels",
            "worksheets/sheet1.xml",
            "worksheets/sheet9.xml",
            "缺少 xl/worksheets/sheet9.xml",
        ),
        ("xl/workbook.xml", "r:id=\"rId1\"", "r:id=\"rId77\"", "找不到工作表“在线学习”的内容"),
        ("xl/workbook.xml", "</workbook>", "", "工作表清单不完整"),
        ("xl/_rels/workbook.xml.rels", "</Relationships>", "", "部件清单不完整"),
        ("xl/worksheets/sheet1.xml", "&#31532;0&#20154;", "&x;0", "不认识的符号 &x;"),
    ] {
        costs_one_file("缺.xlsx", &with("replace", json!([[part, from, to]])), expected);
    }
}

fn a_cell_that_a_sheet_has_twice_is_an_error_at_its_address() {
    let rows = json!([
        ["党组织", "姓名", "规定学时", "已完成学时"],
        ["教务处党支部", "赵", 50, 38],
        ["教务处党支部", "钱", 50, 39]
    ]);
    let spec = json!({ "sheets": [{ "name": "在线学习", "rows": rows }] });
    let project = || Project::with_branches(&[("教务处党支部", "机关党支部")]);
    assert_eq!(project().workbook("学习.xlsx", &spec).findings_of("Z017"), [Value::Null; 0]);
    let project = project().patched_workbook("学习.xlsx", &spec, "r=\"D3\"", "r=\"D2\"");
    let findings = project.findings_of("Z017");
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!((&findings[0]["sheet"], &findings[0]["cell"]), (&json!("在线学习"), &json!("D2")), "{findings:?}");
}

fn parts_that_differ_only_in_case_or_slashes_are_refused() {
    let package = workbook(&ledger());
    let mut parts = zip::ZipArchive::new(Cursor::new(&package)).expect("a package");
    for other in ["xl/worksheets/SHEET1.xml", "xl\\worksheets\\sheet1.xml", "/xl/worksheets/sheet1.xml"] {
        let mut copy = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for index in 0..parts.len() {
            copy.raw_copy_file(parts.by_index_raw(index).expect("a part")).expect("a copy");
        }
        copy.start_file(other, zip::write::SimpleFileOptions::default()).expect("a part");
        copy.write_all(b"<worksheet/>").expect("bytes");
        let project = Project::with_branches(&[("教务处党支部", "机关党支部")])
            .file("input/学习.xlsx", &copy.finish().expect("a package").into_inner());
        let findings = project.findings_of("Z001");
        assert!(
            findings.len() == 1 && findings[0]["message"].to_string().contains("重名的部件"),
            "{other}: {findings:?}"
        );
    }
}

fn a_folder_whose_links_lead_to_endless_files_is_refused() {
    let project = Project::ready(&["甲党支部"]);
    // 13 links to the next level in each of five: 402,233 paths, none of which leads back.
    for level in 0..5 {
        let folder = project.path(&format!("levels/{level}"));
        std::fs::create_dir_all(&folder).expect("a folder");
        for link in 0..13 {
            symlink(format!("../{}", level + 1), folder.join(format!("{link:02}"))).expect("a link");
        }
    }
    std::fs::create_dir_all(project.path("levels/5")).expect("a folder");
    let run = project.zicha(&["check", "--input", "levels/0"]);
    let said = "错误：读不到台账文件夹 levels/0，请核对 --input：里面的文件和文件夹多于 100000 个，链接通向的也算\n";
    assert_eq!((run.code, run.stderr.as_str()), (2, said));
}
