//! Every page in the states that no other test of a browser brings about, in narrow and wide windows, with everything
//! on it unfolded.

use serde_json::json;

use super::browser::assert_fit;
use super::client::Server;
use super::draft_pages::with_fonts;
use super::life::{SCAN, code, finals};
use super::scans::tiff;
use super::webdriver::Browser;
use super::{BRANCHES, key, ready};
use crate::support::{NOTICE, Project, slow_page, wait_for_child};

crate::harness::tests! {
    with_tools: [
        signed_copies_in_every_state_fit,
        settings_and_new_notices_fit,
        packages_in_every_state_fit,
        pages_of_drafts_fit,
        unfinished_reports_and_odd_ledgers_fit,
        faults_and_running_work_fit,
    ]
}

/// Looks at pages in both windows.
fn look(server: &Server, pages: &[(&str, &str)]) {
    for (width, height) in [(360, 780), (1440, 1000)] {
        let browser = Browser::new(width, height);
        for (name, path) in pages {
            browser.open(&format!("http://{}{path}", server.host));
            browser.run("document.querySelectorAll('details').forEach((part) => { part.open = true; })", &json!([]));
            assert_fit(&browser, &format!("every-{name}-{width}"));
        }
    }
}

fn signed_copies_in_every_state_fit() {
    let project = finals();
    let (own, other) = (code(&project, 0), code(&project, 1));
    let pages = [image::GrayImage::from_pixel(300, 400, image::Luma([220])), image::GrayImage::new(300, 400)];
    let project = project
        .file(&format!("signed/甲党支部-{other}.pdf"), SCAN)
        .file("signed/甲党支部 第2页.tif", &tiff(&pages))
        .file("signed/别的单位.pdf", SCAN);
    let server = Server::over(&project);
    for path in ["/scans", "/branch/1"] {
        server.settled(path);
    }
    let fields = [("branch", BRANCHES[0]), ("code", "")];
    let misplaced = server.upload("/branch/1/signed", &fields, &[(&format!("{other}.pdf"), SCAN)]);
    let misplaced = misplaced.header("location").expect("a page").to_owned();
    look(&server, &[("scans", "/scans"), ("scan-by-name", "/branch/1")]);
    // The message goes with the page that shows it: one window sees it.
    let browser = Browser::new(360, 780);
    browser.open(&format!("http://{}{misplaced}", server.host));
    browser.wait("放到“乙党支部”");
    assert_fit(&browser, "every-scan-misplaced-360");
    browser.click("form[action^='/scans/held/'] button");
    browser.wait("签的是“乙党支部”现在这一版");
    assert_fit(&browser, "every-scan-moved-360");
    let _project = project.file(&format!("signed/甲党支部-{own}.pdf"), SCAN);
    server.settled("/branch/1");
    look(&server, &[("scan-signed", "/branch/1")]);
}

fn settings_and_new_notices_fit() {
    let project = ready();
    let server = Server::over(&project);
    let page = server.get("/settings").body;
    let file = page.split("/settings/file/").nth(1).and_then(|rest| rest.split('"').next()).expect("a file").to_owned();
    // A change, for the history.
    let project = project.file("input/学习二.csv", "党组织,姓名,规定的学时,已完成学时\n甲党支部,钱,50,40\n".as_bytes());
    let ledger = format!("/ledger/{}", key(&server.settled("/ledgers"), "学习二.csv"));
    server.settled(&ledger);
    look(&server, &[("ledger-aliases", &ledger)]);
    let fields = [("sheet", "0"), ("ledger", "study"), ("column", "required"), ("header", "规定的学时")];
    assert_eq!(server.post(&format!("{ledger}/accept"), &fields).status, 303);
    let rows = "党组织,姓名,规定学时,已完成学时\n教务处党支部,赵,约五十,40\n教务处党支部,钱,5,40\n";
    let draft = server.upload("/new", &[("name", "2019")], &[("学习.csv", rows.as_bytes())]);
    let draft = draft.header("location").expect("a draft").to_owned();
    let unnamed = server.upload("/new", &[("name", "2020")], &[("学习.csv", "姓名,学时\n赵,50\n".as_bytes())]);
    let unnamed = unnamed.header("location").expect("a draft").to_owned();
    let pages = [
        ("settings", "/settings"),
        ("settings-named", "/settings/named/0"),
        ("settings-sections", "/settings/sections/0"),
        ("settings-ledger", "/settings/ledger/0"),
        ("settings-sheets", "/settings/sheets/0"),
        ("settings-checks", "/settings/checks/0"),
        ("settings-file", &format!("/settings/file/{file}")),
        ("new", "/new"),
        ("new-draft", &draft),
        ("new-unnamed", &unnamed),
        ("notices", "/notices"),
    ];
    look(&server, &pages);
    drop(project);
}

fn packages_in_every_state_fit() {
    let settings = format!("{NOTICE}/notice.toml");
    let lacking = ready().edit(&settings, "fonds      = \"Z109\"\n", "");
    look(&Server::over(&lacking), &[("archive-lacking", "/archive"), ("work-lacking", "/work")]);
    let project = finals();
    let archive = ["archive", "--by", "张三", "--at", "2018-11-05", "--unsigned"];
    assert_eq!(project.zicha(&archive).code, 0);
    let project = project.edit("archive/Z109-WS·2018-D30-ZZB-0002/metadata.xml", "乙党支部", "丙党支部");
    let packages = [1, 2].map(|number| format!("archive/Z109-WS·2018-D30-ZZB-000{number}"));
    project.zicha(&["verify", &packages[0], &packages[1]]);
    let server = Server::over(&project);
    ["/", "/branch/1", "/department"].iter().for_each(|path| drop(server.settled(path)));
    look(
        &server,
        &[
            ("archive-packages", "/archive"),
            ("board-archived", "/"),
            ("branch-archived", "/branch/1"),
            ("department-archived", "/department"),
        ],
    );
}

fn pages_of_drafts_fit() {
    let project = with_fonts(Project::with_a_gap(&BRANCHES, BRANCHES[0]));
    project.build();
    let server = Server::over(&project);
    ["/branch/1", "/department"].iter().for_each(|path| drop(server.settled(path)));
    look(&server, &[("branch-pages", "/branch/1"), ("department-pages", "/department")]);
}

fn unfinished_reports_and_odd_ledgers_fit() {
    let project = Project::with_a_gap(&BRANCHES, BRANCHES[0])
        .file("input/通讯录.csv", "姓名,电话\n赵,1\n".as_bytes())
        .file("input/照片.xlsx", b"\x89PNG\r\n\x1a\n")
        .file("input/学习补报.csv", "党组织,姓名,规定学时,已完成学时\n甲党支部,钱,约五十,40\n".as_bytes());
    project.build();
    let server = Server::over(&project);
    let list = server.settled("/ledgers");
    let odd = ["通讯录.csv", "照片.xlsx", "学习补报.csv"].map(|name| format!("/ledger/{}", key(&list, name)));
    let other = "党组织,姓名,规定学时,已完成学时\n甲党支部,钱,50,40\n";
    server.upload("/ledgers", &[], &[("学习补报.csv", other.as_bytes()), ("学习又一份.csv", other.as_bytes())]);
    odd.iter().map(String::as_str).chain(["/", "/branch/1", "/department", "/matrix", "/ledgers"]).for_each(|path| {
        server.settled(path);
    });
    // The message goes with the page that shows it: one window sees it.
    let refused = server.post("/work/build", &[("what", "final")]);
    let refused = refused.header("location").expect("a page").to_owned();
    let browser = Browser::new(360, 780);
    browser.open(&format!("http://{}{refused}", server.host));
    browser.wait("不能定稿");
    assert_fit(&browser, "every-final-refused-360");
    look(
        &server,
        &[
            ("board-gaps", "/"),
            ("branch-gaps", "/branch/1"),
            ("department-waiting", "/department"),
            ("matrix-gaps", "/matrix"),
            ("ledgers-history", "/ledgers"),
            ("ledger-unknown", &odd[0]),
            ("ledger-unreadable", &odd[1]),
            ("ledger-corrected", &odd[2]),
            ("work-changed", "/work"),
        ],
    );
}

fn faults_and_running_work_fit() {
    let empty = Project::empty();
    let pages =
        [("empty-board", "/"), ("empty-settings", "/settings"), ("empty-notices", "/notices"), ("empty-new", "/new")];
    look(&Server::over(&empty), &pages);
    let broken = ready().edit(&format!("{NOTICE}/notice.toml"), "[roster]", "[rooster]");
    let server = Server::over(&broken);
    look(&server, &[("broken-board", "/"), ("broken-settings", "/settings"), ("not-found", "/nowhere")]);
    let project = ready()
        .edit(&format!("{NOTICE}/notice.toml"), "[roster]", "[limits]\nseconds = 3600\n[roster]")
        .file("input/慢.xls", &slow_page(12));
    let server = Server::over(&project);
    assert_eq!(server.post("/work/build", &[]).status, 303);
    wait_for_child(server.id(), "build-worker");
    look(&server, &[("work-running", "/work"), ("board-waiting", "/"), ("ledgers-waiting", "/ledgers")]);
    let again = server.post("/work/build", &[]);
    assert!(again.status == 409 && again.body.contains("正在生成报告"), "{}", again.body);
    server.post("/work/cancel", &[]);
}
