//! The contents of archive packages.

use std::path::Path;

use super::{BRANCHES, archive, code, package, project, unsigned, wrong};
use crate::support::{NOTICE, Project, SCAN, bagit, chromium, files, minisign, python_json};

crate::harness::tests! {
    alone: [
        missing_archive_settings_are_reported_with_the_line_to_add,
        only_unmodified_final_reports_are_archived,
        a_scan_matched_by_its_name_alone_is_archived_only_when_it_is_confirmed,
        an_empty_or_broken_file_is_not_sealed_as_the_signed_copy,
        a_signed_copy_that_could_not_be_looked_at_is_stated_as_such,
        a_file_name_that_bagit_forbids_is_reported_with_its_cure,
        file_names_that_windows_does_not_hold_are_reported_with_their_cure,
        files_that_windows_takes_for_one_are_not_archived_together,
        a_correction_makes_a_new_package_and_unchanged_contents_make_none,
        zipped_packages_are_reproducible,
        head_and_tail_are_in_the_metadata,
    ]
    with_tools: [
        a_package_holds_the_report_the_scan_the_ledgers_and_the_settings,
        a_package_of_all_reports_holds_each_with_its_metadata,
        minisign_accepts_the_signature_and_only_with_its_key,
    ]
}

fn a_package_holds_the_report_the_scan_the_ledgers_and_the_settings() {
    let project = project();
    let scan = project.path(&format!("signed/{}.pdf", code(&project, 0)));
    std::fs::create_dir_all(project.path("signed")).expect("a folder");
    chromium(&project.report(BRANCHES[0], "html"), &scan);
    let project = project
        .file("output/甲党支部/甲党支部-自查报告.ofd", b"fixed")
        .file(&format!("{NOTICE}/notes/别的.md"), "{{ nosuch }}".as_bytes());
    let more =
        ["--branch", BRANCHES[0], "--event", "定稿=李四@2018-11-02", "--event", "收到签字件=王五@2018-11-03T09:30"];
    let run = archive(&project, &more);
    assert_eq!(run.code, 0, "{}", run.all());
    let bag = package(&project, 1);
    assert_eq!(wrong(&bag), [""; 0]);
    bagit(&["--validate"], &bag);
    let held = |name: &str| std::fs::read(bag.join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
    for ledger in ["党组织名册.csv", "干部在线学习.csv", "获奖情况.csv"] {
        let own = std::fs::read(project.path(&format!("input/{ledger}"))).expect("a ledger");
        assert_eq!(held(&format!("data/ledgers/{ledger}")), own, "{ledger}");
    }
    assert_eq!(held(&format!("data/signed/{}.pdf", code(&project, 0))), std::fs::read(&scan).expect("the scan"));
    for name in [
        "metrics.json",
        "sources.json",
        "甲党支部-自查报告.docx",
        "甲党支部-自查报告.html",
        "甲党支部-自查报告.md",
        "甲党支部-自查报告.ofd",
    ] {
        held(&format!("data/reports/甲党支部/{name}"));
    }
    assert!(!bag.join("data/notice/notes").exists(), "no setting names it");
    assert_eq!(held("data/notice/notice.toml"), project.read(&format!("{NOTICE}/notice.toml")).into_bytes());
    let metadata = String::from_utf8(held("metadata.xml")).expect("text");
    for line in [
        "<档号>Z109-WS·2018-D30-ZZB-0001</档号>",
        "<责任者>甲党支部</责任者>",
        "<页数>1</页数>",
        "<文种>报告</文种>",
        "<签字件>有（核对码相符）</签字件>",
        "<份号 著录=\"未著录\"/>",
        "<发布层次 著录=\"未著录\"/>",
        "<主送机关>组织人事处</主送机关>",
        "<附注>联系人：袁联系</附注>",
        &format!("<公文标识>{}</公文标识>", code(&project, 0)),
        &format!("<程序版本>{}</程序版本>", env!("CARGO_PKG_VERSION")),
    ] {
        assert!(metadata.contains(line), "{line}: {metadata}");
    }
    let events = String::from_utf8(held("事件日志.xml")).expect("text");
    assert!(
        events.contains("类型=\"生成\" 著录=\"未著录\"")
            && events.contains("责任人=\"王五\" 时间=\"2018-11-03T09:30\""),
        "{events}"
    );
    let table = &python_json("sheet.py", &[&bag.join("归档文件目录.xlsx")])[0]["rows"];
    assert_eq!(table[1], serde_json::json!(["序号", "档号", "文号", "责任者", "题名", "日期", "密级", "页数", "备注"]));
    assert_eq!((&table[2][1], &table[2][5]), (&"Z109-WS·2018-D30-ZZB-0001".into(), &"20181102".into()));
    // Unknown metadata is marked as such.
    let run = archive(&project, &["--branch", BRANCHES[1], "--unsigned"]);
    assert!(run.stdout.contains("[Z413]") && run.code == 0, "{}", run.all());
    let metadata = project.read("archive/Z109-WS·2018-D30-ZZB-0002/metadata.xml");
    assert!(metadata.contains("<页数 著录=\"未著录\"/>") && metadata.contains("<签字件>无</签字件>"), "{metadata}");
}

fn missing_archive_settings_are_reported_with_the_line_to_add() {
    for (line, said) in [
        ("fonds      = \"Z109\"\n", "没有全宗号：请加一行 fonds = "),
        ("retention  = \"D30\"\n", "没有保管期限：请加一行 retention = "),
    ] {
        let project = Project::ready(&BRANCHES).edit(&format!("{NOTICE}/notice.toml"), line, "");
        assert_eq!(project.zicha(&["build", "--final"]).code, 0);
        let run = archive(&project, &["--unsigned"]);
        assert!(run.code == 2 && run.stderr.contains(said), "{}", run.all());
    }
    let project = Project::ready(&BRANCHES);
    let text = project.read(&format!("{NOTICE}/notice.toml"));
    let (from, to) = (text.find("[archive]").expect("a table"), text.find("[ledger.roster]").expect("a table"));
    let project =
        project.file(&format!("{NOTICE}/notice.toml"), format!("{}{}", &text[..from], &text[to..]).as_bytes());
    assert_eq!(project.zicha(&["build", "--final"]).code, 0);
    let run = archive(&project, &["--unsigned"]);
    assert!(
        run.code == 2 && run.stderr.contains("请加上 [archive]") && !project.path("archive").exists(),
        "{}",
        run.all()
    );
    let run = project.zicha(&["archive", "--at", "2018-11-05"]);
    assert!(run.code == 2 && run.stderr.contains("缺少“--by"), "nobody is made up: {}", run.stderr);
    assert_eq!(project.zicha(&["archive", "--by", "张三", "--at", "昨天"]).code, 2);
    let told = ["--by", "张三", "--at", "2018-11-05"];
    for nobody in [&["archive", "--by", " ", "--at", "2018-11-05"][..], &["archive", "--event", "生成=@2018-11-05"]] {
        let run = project.zicha(&[nobody, if nobody.len() == 3 { &told } else { &[] }].concat());
        assert!(run.code == 2 && run.stderr.contains("应写明是谁"), "{}", run.all());
    }
}

fn only_unmodified_final_reports_are_archived() {
    let refused = |project: &Project, said: &str| {
        let run = archive(project, &["--unsigned", "--branch", BRANCHES[0]]);
        assert!(run.code == 1 && run.stdout.contains(said), "{said}: {}", run.all());
        assert!(!package(project, 1).exists());
    };
    let run = archive(&project(), &[]);
    assert!(run.code == 1 && run.stdout.contains("[Z412]"), "{}", run.all());
    let draft = Project::ready(&BRANCHES);
    draft.build();
    refused(&draft, "报告是“草稿”");
    refused(&project().edit("input/干部在线学习.csv", "甲党支部,赵,50,40", "甲党支部,赵,50,41"), "与报告所据的不同");
    refused(&project().edit("output/甲党支部/甲党支部-自查报告.md", "特此报告", "特此汇报"), "生成报告之后改过");
    refused(&project().edit(&format!("{NOTICE}/closing.md"), "特此报告", "请审阅"), "设置或模板在生成报告之后改过");
    let old = project().file("signed/20181102-01-AAAAAAAA0.pdf", b"");
    let run = archive(&old, &["--branch", BRANCHES[0]]);
    assert_eq!(run.code, 1, "{}", run.all());
    let nobody = archive(&project(), &["--branch", "丁党支部"]);
    assert!(nobody.code == 2 && nobody.stderr.contains("没有“丁党支部”"), "{}", nobody.all());
}

fn a_scan_matched_by_its_name_alone_is_archived_only_when_it_is_confirmed() {
    let project = project().file("signed/甲党支部.jpg", b"\xff\xd8\xff");
    let code = code(&project, 0);
    // Neither packed, nor left out of a package without signed copies.
    for more in [&["--branch", BRANCHES[0]][..], &["--branch", BRANCHES[0], "--unsigned"]] {
        let run = archive(&project, more);
        let said = format!("甲党支部.jpg\n  错误[Z414] 没有看到核对码 {code}，不知道签的是不是这一版，没有归档");
        assert!(run.code == 1 && run.stdout.contains(&said), "{}", run.all());
        assert!(!package(&project, 1).exists());
    }
    // The code in the file's name confirms it, as the page does.
    let confirmed = format!("甲党支部-{code}.jpg");
    std::fs::rename(project.path("signed/甲党支部.jpg"), project.path(&format!("signed/{confirmed}")))
        .expect("renamed");
    let run = archive(&project, &["--branch", BRANCHES[0]]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert!(package(&project, 1).join("data/signed").join(confirmed).exists());
    let metadata = std::fs::read_to_string(package(&project, 1).join("metadata.xml")).expect("metadata");
    assert!(metadata.contains("有（只看了文件名里的核对码，没有看内容）"), "a broken picture: {metadata}");
}

fn an_empty_or_broken_file_is_not_sealed_as_the_signed_copy() {
    let project = project();
    let code = code(&project, 0);
    let only = ["--branch", BRANCHES[0]];
    let mut project = project;
    for (extension, bytes, cause) in [
        ("pdf", &b""[..], "是空的"),
        ("pdf", b"hello", "内容不是扩展名说的那一种"),
        ("pdf", b"<script>alert(1)</script>", "内容不是扩展名说的那一种"),
        ("png", SCAN, "内容不是扩展名说的那一种"),
    ] {
        let name = format!("signed/{code}.{extension}");
        project = project.file(&name, bytes);
        let run = archive(&project, &only);
        let said = format!("{code}.{extension} {cause}，不算签字件");
        assert!(run.code == 1 && run.stdout.contains("没有这一版的签字件，没有归档："), "{}", run.all());
        assert!(run.stdout.contains(&said) && run.stdout.contains("[Z405]"), "{said}: {}", run.all());
        assert!(!package(&project, 1).exists());
        let status = project.zicha(&["status"]);
        assert!(!status.stdout.contains("已签字 1"), "{}", status.all());
        std::fs::remove_file(project.path(&name)).expect("removed");
    }
    // What is no file is named.
    let name = project.path(&format!("signed/{code}.pdf"));
    project = project.file("扫描.pdf", SCAN);
    std::os::unix::fs::symlink("../扫描.pdf", &name).expect("a link");
    let run = archive(&project, &only);
    assert!(run.code == 1 && run.stdout.contains(&format!("{code}.pdf\n")), "{}", run.all());
    assert!(run.stdout.contains("是链接，不是文件，不算签字件") && !package(&project, 1).exists(), "{}", run.all());
    std::fs::remove_file(&name).expect("removed");
    // Without signed copies, the package says that there is none.
    let project = project.file(&format!("signed/{code}.pdf"), b"");
    unsigned(&project, &only);
    let metadata = std::fs::read_to_string(package(&project, 1).join("metadata.xml")).expect("metadata");
    assert!(
        metadata.contains("<签字件>无</签字件>") && !package(&project, 1).join("data/signed").exists(),
        "{metadata}"
    );
}

fn a_signed_copy_that_could_not_be_looked_at_is_stated_as_such() {
    for (bytes, said) in
        [(&b"%PDF-1.4\nbroken"[..], "有（只看了文件名里的核对码，没有看内容）"), (SCAN, "有（核对码相符）")]
    {
        let project = project();
        let name = format!("signed/{}.pdf", code(&project, 0));
        let project = project.file(&name, bytes);
        let run = archive(&project, &["--branch", BRANCHES[0]]);
        assert_eq!(run.code, 0, "{}", run.all());
        let metadata = std::fs::read_to_string(package(&project, 1).join("metadata.xml")).expect("metadata");
        assert!(metadata.contains(&format!("<签字件>{said}</签字件>")), "{metadata}");
        let run = project.zicha(&["verify", "archive"]);
        assert_eq!(run.code, 0, "{}", run.all());
    }
}

fn a_file_name_that_bagit_forbids_is_reported_with_its_cure() {
    let project = Project::ready(&BRANCHES);
    let from = project.path("input/获奖情况.csv");
    std::fs::rename(from, project.path("input/获奖情况 10:30.csv")).expect("renamed");
    assert_eq!(project.zicha(&["build", "--final"]).code, 0);
    let run = archive(&project, &["--unsigned"]);
    assert!(run.code == 1 && run.stdout.contains("获奖情况 10:30.csv\n  错误[Z411] 名称中有冒号"), "{}", run.all());
    assert!(!package(&project, 1).exists());
}

fn file_names_that_windows_does_not_hold_are_reported_with_their_cure() {
    let project = Project::ready(&BRANCHES);
    let renamed = |from: &str, to: &str| std::fs::rename(project.path(from), project.path(to)).expect("renamed");
    renamed("input/获奖情况.csv", "input/NUL.csv");
    assert_eq!(project.zicha(&["build", "--final"]).code, 0);
    let run = archive(&project, &["--unsigned"]);
    assert!(run.code == 1 && run.stdout.contains("NUL.csv\n  错误[Z411] Windows 上不能有这个名称"), "{}", run.all());
    assert!(run.stdout.contains("归档 0 个，没有变化 0 个，没有归档 3 个"), "{}", run.all());
    // The cure.
    renamed("input/NUL.csv", "input/获奖.csv");
    assert_eq!(project.zicha(&["build", "--final"]).code, 0);
    let scan = format!("signed/{}？?.jpg", code(&project, 0));
    let project = project.file(&scan, b"\xff\xd8\xff");
    let run = archive(&project, &["--unsigned"]);
    assert!(run.stdout.contains("？?.jpg\n  错误[Z411] Windows 上不能有这个名称"), "{}", run.all());
    assert!(run.stdout.contains("归档 2 个，没有变化 0 个，没有归档 1 个"), "{}", run.all());
}

fn files_that_windows_takes_for_one_are_not_archived_together() {
    let project = Project::ready(&BRANCHES).file("input/获奖情况 b.csv", "党组织,奖项\n".as_bytes());
    let from = project.path("input/获奖情况.csv");
    std::fs::rename(from, project.path("input/获奖情况 B.csv")).expect("renamed");
    assert_eq!(project.zicha(&["build", "--final"]).code, 0);
    let run = archive(&project, &["--unsigned", "--branch", BRANCHES[0]]);
    let said = "获奖情况 B.csv”的名称只差大小写，在 Windows 上是同一个文件";
    assert!(run.code == 1 && run.stdout.contains(said), "{}", run.all());
    assert!(run.stdout.contains("归档 0 个，没有变化 0 个，没有归档 1 个"), "{}", run.all());
}

fn a_correction_makes_a_new_package_and_unchanged_contents_make_none() {
    let project = project();
    unsigned(&project, &[]);
    let before = files(&package(&project, 1));
    let run = archive(&project, &["--unsigned"]);
    assert!(run.code == 0 && run.stdout.contains("归档 0 个，没有变化 3 个"), "{}", run.all());
    let scan = format!("signed/{}.jpg", code(&project, 0));
    let project = project.file(&scan, b"\xff\xd8\xff");
    let run = archive(&project, &["--unsigned"]);
    assert!(
        run.stdout.contains("归档 1 个，没有变化 2 个") && run.stdout.contains("代替 Z109-WS·2018-D30-ZZB-0001"),
        "{}",
        run.all()
    );
    let metadata = project.read("archive/Z109-WS·2018-D30-ZZB-0004/metadata.xml");
    assert!(metadata.contains("<代替>Z109-WS·2018-D30-ZZB-0001</代替>"), "{metadata}");
    assert_eq!(files(&package(&project, 1)), before, "what is sealed stays");
    // The number of a removed package is not used again.
    std::fs::remove_dir_all(package(&project, 4)).expect("taken away");
    let project = project.file(&scan, b"\xff\xd8\xff\xff");
    unsigned(&project, &["--branch", BRANCHES[0]]);
    assert!(package(&project, 5).exists() && !package(&project, 4).exists());
}

fn zipped_packages_are_reproducible() {
    let zipped = || {
        let project = project();
        unsigned(&project, &["--zip"]);
        let bytes = std::fs::read(package(&project, 1).with_extension("zip"));
        assert_eq!(wrong(&project.path("archive/Z109-WS·2018-D30-ZZB-0001.zip")), [""; 0]);
        bytes.unwrap_or_else(|_| std::fs::read(project.path("archive/Z109-WS·2018-D30-ZZB-0001.zip")).expect("a zip"))
    };
    let (one, other) = (zipped(), zipped());
    assert!(one == other && one.starts_with(b"PK"));
}

fn a_package_of_all_reports_holds_each_with_its_metadata() {
    let project = Project::ready(&BRANCHES)
        .edit(&format!("{NOTICE}/notice.toml"), "scope      = \"branch\"", "scope      = \"department\"")
        .edit(&format!("{NOTICE}/notice.toml"), "sm3        = false", "sm3        = true");
    assert_eq!(project.zicha(&["build", "--final"]).code, 0);
    let run = archive(&project, &["--unsigned", "--branch", BRANCHES[0]]);
    assert!(run.code == 2 && run.stderr.contains("不能用 --branch"), "{}", run.all());
    unsigned(&project, &["--pages", "甲党支部=1", "--pages", "乙党支部=1", "--pages", "汇总=2"]);
    let bag = package(&project, 1);
    bagit(&["--validate"], &bag);
    let run = project.zicha(&["verify", "--rebuild", &bag.display().to_string()]);
    assert_eq!(run.code, 0, "{}", run.all());
    let metadata = project.read("archive/Z109-WS·2018-D30-ZZB-0001/metadata.xml");
    assert_eq!(metadata.matches("<公文 ").count(), 3);
    assert!(
        metadata.contains("<页数>4</页数>") && metadata.contains("<签字件>无：甲党支部、乙党支部、汇总</签字件>"),
        "{metadata}"
    );
    assert!(bag.join("manifest-sm3.txt").exists() && bag.join("tagmanifest-sm3.txt").exists());
    assert!(!package(&project, 2).exists());
}

fn minisign_accepts_the_signature_and_only_with_its_key() {
    let project = project();
    let keys = project.path("keys");
    std::fs::create_dir_all(&keys).expect("a folder");
    minisign(&["-G", "-W", "-p", "a.pub", "-s", "a.key"], &keys);
    minisign(&["-G", "-W", "-p", "b.pub", "-s", "b.key"], &keys);
    unsigned(&project, &["--branch", BRANCHES[0], "--sign", "keys/a.key"]);
    let bag = package(&project, 1);
    let check = |key: &str| {
        ["-V".to_owned(), "-p".to_owned(), key.to_owned(), "-m".to_owned(), "tagmanifest-sha256.txt".to_owned()]
    };
    let own = keys.join("a.pub").display().to_string();
    let said = minisign(&check(&own).each_ref().map(String::as_str), &bag);
    assert!(
        said.contains("Signature and comment signature verified")
            && said.contains("Z109-WS·2018-D30-ZZB-0001 2018-11-05"),
        "{said}"
    );
    bagit(&["--validate"], &bag);
    let path = bag.display().to_string();
    assert_eq!(project.zicha(&["verify", &path, "--key", "keys/a.pub"]).code, 0);
    let run = project.zicha(&["verify", &path, "--key", "keys/b.pub"]);
    assert!(run.code == 1 && run.stdout.contains("[Z427]"), "{}", run.all());
    // Signed again with another key.
    std::fs::copy(keys.join("b.pub"), bag.join("minisign.pub")).expect("a key");
    assert!(wrong(&bag).contains(&"Z427"));
    encrypted(&project, &keys);
}

/// A key with a password, given in the environment.
fn encrypted(project: &Project, keys: &Path) {
    let pair = ::minisign::KeyPair::generate_encrypted_keypair(Some("口令".to_owned())).expect("a pair");
    std::fs::write(keys.join("c.key"), pair.sk.to_box(None).expect("a box").into_string()).expect("a key");
    let more = [
        "archive",
        "--by",
        "张三",
        "--at",
        "2018-11-05",
        "--unsigned",
        "--branch",
        BRANCHES[1],
        "--sign",
        "keys/c.key",
    ];
    let wrong_password = project.zicha_with(&more, &[("ZICHA_KEY_PASSWORD", "错")]);
    assert!(wrong_password.code == 2 && wrong_password.stderr.contains("密码不对"), "{}", wrong_password.all());
    let run = project.zicha_with(&more, &[("ZICHA_KEY_PASSWORD", "口令")]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert_eq!(wrong(&package(project, 2)), [""; 0]);
}

fn head_and_tail_are_in_the_metadata() {
    let file_name = "file_name    = \"自查报告\"\n";
    let elements = "[letter.head]\ncopy_number = \"000012\"\nsecrecy = \"机密★1年\"\nurgency = \"特急\"\n\
                    mark = [\"{{ notice.issuer }}\"]\ndocument = true\nnumber = \"校组字〔2018〕12号\"\nsigners = [\"张三\", \"李四\"]\n\
                    [letter.tail]\ncopy_to = \"学院党委\"\nprinter = \"{{ notice.issuer }}\"\nprinted = 2018-11-05\n";
    let project = Project::ready(&BRANCHES).edit(
        &format!("{NOTICE}/notice.toml"),
        file_name,
        &format!("{file_name}\n{elements}"),
    );
    assert_eq!(project.zicha(&["build", "--final"]).code, 0);
    let run = archive(&project, &["--branch", BRANCHES[0], "--unsigned"]);
    assert_eq!(run.code, 0, "{}", run.all());
    let bag = package(&project, 1);
    assert_eq!(wrong(&bag), [""; 0]);
    let metadata = std::fs::read_to_string(bag.join("metadata.xml")).expect("text");
    for line in [
        "<份号>000012</份号>",
        "<密级和保密期限>机密★1年</密级和保密期限>",
        "<紧急程度>特急</紧急程度>",
        "<发文机关标志>组织人事处文件</发文机关标志>",
        "<发文字号>校组字〔2018〕12号</发文字号>",
        "<签发人>张三、李四</签发人>",
        "<抄送机关>学院党委</抄送机关>",
        "<印发机关>组织人事处</印发机关>",
        "<印发日期>2018-11-05</印发日期>",
        "<密级>机密</密级>",
    ] {
        assert!(metadata.contains(line), "{line}: {metadata}");
    }
    let catalogue = std::fs::read_to_string(bag.join("归档文件目录.xml")).expect("text");
    assert!(
        catalogue.contains("<文号>校组字〔2018〕12号</文号>") && catalogue.contains("<密级>机密</密级>"),
        "{catalogue}"
    );
}
