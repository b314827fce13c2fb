//! Annexes that put files in as they are: copied beside the report, listed, archived.

use crate::annexes::{ALL, assert_in_order, project};
use crate::support::NOTICE;

crate::harness::tests! {
    alone: [
        files_are_annexes_and_are_copied_beside_the_report,
        files_that_cannot_be_put_in_are_findings,
        files_that_belong_to_no_branch_are_findings,
        a_final_report_that_was_replaced_is_not_there_for_its_files_alone,
        a_package_holds_the_files_and_is_made_again_with_them,
    ]
}

/// An annex of files.
const FILES: &str = "[[annex]]\ntitle = \"证书\"\nfiles = \"files\"\nwithout_data = \"omit\"\n";
const PDF: &[u8] = b"%PDF-1.4\n%%EOF\n";

fn files_are_annexes_and_are_copied_beside_the_report() {
    let own = format!("{NOTICE}/files/甲党支部");
    let project = project(&[FILES, ALL].concat())
        .file(&format!("{own}/先进_支部.PDF"), PDF)
        .file(&format!("{own}/照片.jpg"), b"\xff\xd8\xff\xe0")
        .file(&format!("{own}/.DS_Store"), b"x")
        .file(&format!("{own}/~$草稿.pdf"), b"x");
    project.build();
    assert_in_order(
        &project.report_text("甲党支部", "md"),
        &[
            "附件：1.证书：先进\\_支部\n\n2\\.证书：照片\n\n3\\.学习明细\n",
            "# 附件1　证书：先进\\_支部\n\n见所附文件：先进\\_支部.PDF\n",
            "# 附件2　证书：照片\n\n见所附文件：照片.jpg\n",
            "# 附件3　学习明细\n",
        ],
    );
    assert!(project.report_text("乙党支部", "md").contains("\n附件：学习明细\n"));
    let copy = |name: &str| std::fs::read(project.path(&format!("output/甲党支部/附件-{name}"))).expect("a copy");
    assert_eq!((copy("先进_支部.PDF").as_slice(), copy("照片.jpg").len()), (PDF, 4));
    let record = project.read("output/run.json");
    assert!(record.contains("附件-先进_支部.PDF") && record.contains("附件-照片.jpg"), "{record}");
    assert!(project.build().all().contains("没有变化"));
    // Another file under the same name.
    let project = project.file(&format!("{own}/照片.jpg"), b"\xff\xd8\xff\xe0 other");
    project.build();
    let copied = std::fs::read(project.path("output/甲党支部/附件-照片.jpg")).expect("a copy");
    assert_eq!(copied, b"\xff\xd8\xff\xe0 other");
    // A file that is an annex no more is named until it is moved away.
    std::fs::remove_file(project.path(&format!("{own}/照片.jpg"))).expect("a removed file");
    for _ in 0..2 {
        let run = project.build();
        assert!(run.all().contains("Z323") && run.all().contains("附件-照片.jpg"), "{}", run.all());
    }
    std::fs::remove_file(project.path("output/甲党支部/附件-照片.jpg")).expect("a removed copy");
    assert!(!project.build().all().contains("Z323"));
}

fn files_that_cannot_be_put_in_are_findings() {
    let own = format!("{NOTICE}/files/甲党支部");
    let project = project(&FILES.replace("omit", "gap"))
        .file(&format!("{own}/一.pdf"), b"")
        .file(&format!("{own}/二.png"), PDF)
        .file(&format!("{own}/三.docx"), b"PK\x03\x04")
        .file(&format!("{own}/四.pdf/x"), PDF)
        .file(&format!("{own}/五.pdf"), PDF);
    std::os::unix::fs::symlink("五.pdf", project.path(&format!("{own}/六.pdf"))).expect("a link");
    let found = |code: &str| -> Vec<(String, String)> {
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let file = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        project.findings_of(code).iter().map(|f| (file(&text(&f["file"])), text(&f["message"]))).collect()
    };
    let broken = found("Z321");
    let names: Vec<&str> = broken.iter().map(|(file, _)| file.as_str()).collect();
    assert_eq!(names, ["一.pdf", "二.png", "六.pdf", "四.pdf"], "{broken:?}");
    assert!(broken[1].1.contains("不是扩展名说的那一种") && broken[2].1.contains("链接"), "{broken:?}");
    assert_eq!(found("Z322").len(), 1);
    assert_eq!(found("Z320"), [("乙党支部".to_owned(), "没有要附的文件".to_owned())]);
    let run = project.zicha(&["build", "--final"]);
    assert_eq!(run.code, 1, "{}", run.all());
    assert!(run.all().contains("“附件　证书”中待填写：证书（没有要附的文件）"), "{}", run.all());
    assert!(!project.report("甲党支部", "md").exists(), "a broken file stops a final report");
}

fn files_that_belong_to_no_branch_are_findings() {
    let own = format!("{NOTICE}/files");
    let project = project(FILES)
        .file(&format!("{own}/甲党支部/一.pdf"), PDF)
        .file(&format!("{own}/甲支部/二.pdf"), PDF)
        .file(&format!("{own}/三.pdf"), PDF)
        .file(&format!("{own}/乙党支部"), b"x")
        .file(&format!("{own}/.DS_Store"), b"x");
    std::os::unix::fs::symlink("甲党支部", project.path(&format!("{own}/丁党支部"))).expect("a link");
    let found: Vec<(String, String)> = project
        .findings_of("Z324")
        .iter()
        .map(|finding| {
            let text = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
            (text("file").rsplit('/').next().unwrap_or_default().to_owned(), text("message"))
        })
        .collect();
    let unknown = "文件夹的名称不是名册里的单位，里面的文件没有附上";
    let expected = [
        ("丁党支部", unknown),
        ("三.pdf", "不在单位的文件夹里，没有附上"),
        ("乙党支部", "不是文件夹，没有附上"),
        ("甲支部", unknown),
    ];
    assert_eq!(found, expected.map(|(file, message)| (file.to_owned(), message.to_owned())));
    for command in [&["check"][..], &["build"], &["build", "--final"]] {
        let run = project.zicha(command);
        assert_eq!(run.all().matches("[Z324]").count(), 4, "{}", run.all());
    }
}

fn a_final_report_that_was_replaced_is_not_there_for_its_files_alone() {
    let project = project(FILES).file(&format!("{NOTICE}/files/甲党支部/先进.pdf"), PDF);
    assert_eq!(project.zicha(&["build", "--final"]).code, 0);
    for format in ["docx", "html", "md"] {
        std::fs::remove_file(project.report("甲党支部", format)).expect("a removed document");
    }
    let run = project.build();
    assert!(project.report("甲党支部", "docx").exists(), "{}", run.all());
    assert!(!project.report_text("甲党支部", "md").contains("核对码"), "a draft");
    assert!(project.report_text("乙党支部", "md").contains("核对码"), "the other final report was kept");
}

fn a_package_holds_the_files_and_is_made_again_with_them() {
    let project = project(FILES).file(&format!("{NOTICE}/files/甲党支部/先进.pdf"), PDF);
    assert_eq!(project.zicha(&["build", "--final"]).code, 0);
    let run = project.zicha(&["archive", "--by", "张三", "--at", "2018-11-05", "--unsigned", "--branch", "甲党支部"]);
    assert_eq!(run.code, 0, "{}", run.all());
    let package = "archive/Z109-WS·2018-D30-ZZB-0001";
    for path in ["data/reports/甲党支部/附件-先进.pdf", "data/notice/files/甲党支部/先进.pdf"] {
        assert_eq!(std::fs::read(project.path(&format!("{package}/{path}"))).expect(path), PDF);
    }
    assert!(project.read(&format!("{package}/metadata.xml")).contains("<附件说明>证书：先进</附件说明>"));
    let verified = project.zicha(&["verify", "--rebuild", package]);
    assert_eq!(verified.code, 0, "{}", verified.all());
    // A file that was exchanged since.
    let project = project.file(&format!("{NOTICE}/files/甲党支部/先进.pdf"), b"%PDF-other");
    let run = project.zicha(&["archive", "--by", "张三", "--at", "2018-11-06", "--unsigned", "--branch", "甲党支部"]);
    assert!(run.code == 1 && run.all().contains("Z411"), "{}", run.all());
}
