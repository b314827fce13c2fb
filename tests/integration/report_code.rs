//! Report codes and the scans of signed reports.

use std::io::Read;

use zicha::report_code::ReportCode;

use crate::support::{NOTICE, Project, SCAN, audit, parts};

crate::harness::tests! {
    alone: [
        drafts_have_no_code_and_all_formats_of_a_final_report_have_one,
        equal_content_has_an_equal_code_and_changed_content_another,
        invalid_archive_settings_are_refused_with_their_line,
        status_shows_which_version_was_signed,
        a_scan_of_enormous_size_is_not_decoded,
    ]
    with_tools: [
        the_qr_code_holds_the_report_code,
        a_scan_is_recognized_by_its_qr_code,
    ]
}

const BRANCH: &str = "甲党支部";

/// Two branches whose reports can be final.
pub(crate) fn final_project() -> Project {
    Project::ready(&[BRANCH, "乙党支部"])
}

/// The code on a branch's reports.
fn code_of(project: &Project, branch: &str) -> ReportCode {
    let text = project.report_text(branch, "md");
    let last = text.lines().rfind(|line| !line.is_empty()).expect("a last line");
    let code = last.split("核对码 ").nth(1).unwrap_or_else(|| panic!("no code: {last}"));
    ReportCode::parse(code).unwrap_or_else(|| panic!("{code}"))
}

fn build_final(project: &Project) {
    let run = project.zicha(&["build", "--final"]);
    assert_eq!(run.code, 0, "{}", run.all());
}

fn drafts_have_no_code_and_all_formats_of_a_final_report_have_one() {
    let project = final_project();
    project.build();
    assert!(!project.report_text(BRANCH, "html").contains("核对码"));
    build_final(&project);
    let code = code_of(&project, BRANCH);
    assert!(code.as_str().starts_with("20181102-01-"), "{code}");
    assert!(code_of(&project, "乙党支部").as_str().starts_with("20181102-02-"));
    assert!(project.report_text(BRANCH, "html").contains(&format!("<span class=\"stamp\">核对码 {code}</span></p>")));
    let docx = std::fs::read(project.report(BRANCH, "docx")).expect("a report");
    let document = parts(&docx).into_iter().find(|(name, _)| name == "word/document.xml").expect("a document");
    assert!(document.1.contains(&format!("核对码 {code}")));
    let summary = project.read("output/汇总/汇总-学习情况汇总.md");
    assert!(summary.contains("核对码 20181102-00-"), "{summary}");
    let record: serde_json::Value = serde_json::from_str(&project.read("output/run.json")).expect("JSON");
    assert_eq!(record["branches"][0]["issued"]["code"], code.as_str());
}

fn equal_content_has_an_equal_code_and_changed_content_another() {
    let project = final_project();
    build_final(&project);
    let code = code_of(&project, BRANCH);
    let project = project.edit("input/干部在线学习.csv", "乙党支部,赵,50,40", "乙党支部,赵,50,45");
    build_final(&project);
    assert_eq!(code_of(&project, BRANCH), code);
    let project = project.edit("input/干部在线学习.csv", "甲党支部,赵,50,40", "甲党支部,赵,50,45");
    build_final(&project);
    assert_ne!(code_of(&project, BRANCH).content(), code.content());
    // Another position in the roster does not change the content, but the printed number.
    let project = project.edit("input/干部在线学习.csv", "甲党支部,赵,50,45", "甲党支部,赵,50,40").edit(
        "input/党组织名册.csv",
        "甲党支部,",
        "丙党支部,机关党支部,袁联系\n甲党支部,",
    );
    let run = project.zicha(&["build", "--final", "--branch", BRANCH]);
    assert_eq!(run.code, 0, "{}", run.all());
    let moved = code_of(&project, BRANCH);
    assert!(moved.has_same_content(&code) && moved.as_str().starts_with("20181102-02-"), "{moved}");
}

fn the_qr_code_holds_the_report_code() {
    let project = final_project().edit(&format!("{NOTICE}/notice.toml"), "qr         = false", "qr         = true");
    build_final(&project);
    let code = code_of(&project, BRANCH);
    assert!(project.report_text(BRANCH, "html").contains(&format!("role=\"img\" aria-label=\"核对码 {code}\"")));
    audit(&project.report(BRANCH, "docx"));
    let file = std::fs::File::open(project.report(BRANCH, "docx")).expect("a report");
    let mut package = zip::ZipArchive::new(file).expect("a package");
    let mut picture = Vec::new();
    package.by_name("word/media/qr.png").expect("a picture").read_to_end(&mut picture).expect("a whole picture");
    assert_eq!(zicha::scans::inspect(&picture).codes, [code]);
}

fn invalid_archive_settings_are_refused_with_their_line() {
    for (from, to, said) in [
        ("digits     = 4", "digits = 40", "件号应是 3 至 8 位"),
        ("department = \"ZZB\"", "category = \"W-S\"", "category 不能是“W-S”"),
        ("retention  = \"D30\"", "retention = \"D20\"", "不认识“D20”"),
        ("# code     = \"20181102\"", "code = \"OIL\"", "不用 I、L、O、U"),
        ("# year     = 2018", "year = 18", "应是四位年份"),
        ("scope      = \"branch\"", "scope = \"all\"", "branch、department"),
        ("fonds      = \"Z109\"", "fonds = \"0·1\"", "fonds 不能是“0·1”"),
    ] {
        let project = final_project().edit(&format!("{NOTICE}/notice.toml"), from, to);
        let run = project.zicha(&["build"]);
        assert!(run.code == 2 && run.stderr.contains(said), "{to}: {}", run.all());
        let text = project.read(&format!("{NOTICE}/notice.toml"));
        let line = text.lines().position(|line| line.contains(to)).expect("the line") + 1;
        assert!(run.stderr.contains(&format!("第{line}行")), "{to}: {}", run.stderr);
    }
}

fn status_shows_which_version_was_signed() {
    let project = final_project();
    project.build();
    let state = |project: &Project, at: usize| {
        let printed = project.zicha(&["status", "--json"]);
        let printed: serde_json::Value =
            serde_json::from_str(&printed.stdout).unwrap_or_else(|_| panic!("{}", printed.all()));
        let named = |branch: &&serde_json::Value| branch["branch"] == ["甲党支部", "乙党支部"][at];
        let branch = printed["branches"].as_array().expect("branches").iter().find(named).expect("a branch").clone();
        format!("{} {}", branch["state"].as_str().expect("a state"), branch["signed"])
    };
    assert_eq!(state(&project, 0), "draft null");
    build_final(&project);
    assert_eq!(state(&project, 0), "final null");
    let (code, other) = (code_of(&project, BRANCH), code_of(&project, "乙党支部"));
    let project = project.file(&format!("signed/{code}.pdf"), SCAN);
    assert_eq!(state(&project, 0), "final \"current\"");
    let printed = project.zicha(&["status"]);
    assert!(printed.stdout.contains("单位 2 个：已定稿 1，已签字 1；") && printed.code == 0, "{}", printed.all());
    let project = project
        .edit("input/干部在线学习.csv", "甲党支部,赵,50,40", "甲党支部,赵,50,45")
        .file(&format!("signed/{}X.png", &other.as_str()[..20]), b"")
        .file("signed/乙党支部.pdf", SCAN)
        .file("signed/扫描.tif", b"II*\0");
    assert_eq!(project.zicha(&["build", "--final", "--replace-signed"]).code, 0);
    assert_eq!((state(&project, 0), state(&project, 1)), ("final \"old\"".to_owned(), "final \"by-name\"".to_owned()));
    let printed = project.zicha(&["status"]);
    assert!(printed.code == 1 && printed.stdout.contains("  甲党支部：已定稿，签的是旧版"), "{}", printed.all());
    for code in ["[Z401]", "[Z402]", "[Z403]", "[Z404]"] {
        assert!(printed.stderr.contains(code), "{code}: {}", printed.stderr);
    }
}

fn a_scan_is_recognized_by_its_qr_code() {
    let project = final_project().edit(&format!("{NOTICE}/notice.toml"), "qr         = false", "qr         = true");
    build_final(&project);
    let page = project.report(BRANCH, "html");
    let shot = project.path("signed/IMG_0001.png");
    std::fs::create_dir_all(project.path("signed")).expect("a folder");
    crate::support::screenshot(&page, &shot);
    let printed: serde_json::Value = serde_json::from_str(&project.zicha(&["status", "--json"]).stdout).expect("JSON");
    let branch = printed["branches"].as_array().expect("branches").iter().find(|b| b["branch"] == BRANCH).expect("it");
    assert_eq!(branch["signed"], "current");
    // In every format, turned, scaled and gray.
    let code = code_of(&project, BRANCH);
    let picture = image::open(&shot).expect("a picture");
    for (format, turned) in [
        (image::ImageFormat::Jpeg, picture.rotate90()),
        (image::ImageFormat::Tiff, picture.rotate180()),
        (image::ImageFormat::Png, picture.resize(1500, 2000, image::imageops::FilterType::Triangle).grayscale()),
    ] {
        let mut scan = std::io::Cursor::new(Vec::new());
        turned.into_rgb8().write_to(&mut scan, format).expect("a scan");
        let inspected = zicha::scans::inspect(scan.get_ref());
        assert_eq!((inspected.codes, inspected.pages), (vec![code.clone()], Some(1)), "{format:?}");
    }
}

fn a_scan_of_enormous_size_is_not_decoded() {
    let mut bomb = Vec::new();
    let mut encoder = png::Encoder::new(&mut bomb, 100_000, 100_000);
    encoder.set_depth(png::BitDepth::One);
    // Memory for the declared size must not be allocated.
    drop(encoder.write_header().expect("a header"));
    assert_eq!(zicha::scans::inspect(&bomb).pages, None);
    for damaged in [&b"%PDF-1.7\n%%EOF"[..], b"\xff\xd8\xff\xe0", b"II*\0\x08\0\0\0", b""] {
        assert_eq!(zicha::scans::inspect(damaged).pages, None);
    }
}
