//! The department's board: branches by ledgers, order and search, the next branch, findings by rule, sheets as tabs,
//! the first visit, and a folder without a notice.

use serde_json::json;

use super::browser::assert_fit;
use super::client::Server;
use super::webdriver::{Browser, ENTER};
use super::{BRANCHES, key, ready};
use crate::support::{NOTICE, Project, copy};

crate::harness::tests! {
    alone: [
        the_matrix_shows_what_is_in_what_is_missing_and_what_was_found,
        the_matrix_of_300_branches_has_pages_filters_and_orders,
        the_board_is_ordered_and_searched_by_pinyin,
        the_branch_page_names_the_next_branch_to_deal_with,
        findings_are_grouped_by_rule_with_counts,
        sheets_are_tabs_and_places_lead_to_their_cells,
        the_first_visit_says_what_is_needed_first,
        a_folder_without_a_notice_leads_to_a_new_one_or_the_sample,
        a_changed_file_of_the_previous_period_is_seen,
        errors_of_no_report_are_shown_on_the_board,
        the_board_shows_the_state_of_the_departments_report,
        a_refused_final_is_counted_as_on_the_command_line,
    ]
    with_tools: [
        the_board_keeps_its_filter_when_one_comes_back,
        a_target_cell_is_in_view_beside_its_finding,
        pages_of_the_board_fit_and_are_accessible,
    ]
}

/// Three branches, of which the second lacks a ledger and the third has an error.
fn three() -> Project {
    Project::ready(&["甲党支部", "乙党支部", "丙党支部"])
        .edit("input/干部在线学习.csv", "乙党支部,赵,50,40\n", "")
        .edit("input/干部在线学习.csv", "丙党支部,赵,50,40", "丙党支部,赵,约五十,40")
}

/// The row of a branch in a table.
fn row<'p>(page: &'p str, branch: &str) -> &'p str {
    let mut rows = page.split("<tr><th scope=\"row\">").skip(1);
    let row = rows.find(|row| row.split("</th>").next().is_some_and(|head| head.contains(branch)));
    row.and_then(|row| row.split("</tr>").next()).unwrap_or_else(|| panic!("no {branch}: {page}"))
}

fn the_matrix_shows_what_is_in_what_is_missing_and_what_was_found() {
    let project = three();
    let server = Server::over(&project);
    // Before any build there are no pages of branches to lead to.
    let page = server.settled("/matrix");
    assert!(page.contains("3 / 3 个单位") && !page.contains("/branch/"), "{page}");
    let handed_in = "data-label=\"干部在线学习\"><span class=\"whole\"><span class=\"good\">✓</span> 1 行</span></td>";
    assert!(row(&page, "甲党支部").contains(handed_in), "{page}");
    assert!(row(&page, "乙党支部").contains("class=\"bad\" data-label=\"干部在线学习\">✗ 缺</td>"), "{page}");
    assert!(row(&page, "丙党支部").contains("1 行</span> <span class=\"bad whole\">错 1</span>"), "{page}");
    let only = |filter: &str| server.settled(&format!("/matrix?show={filter}"));
    assert!(only("missing").contains("1 / 3 个单位") && row(&only("missing"), "乙党支部").contains("缺"));
    assert!(row(&only("error"), "丙党支部").contains("错 1"));
    project.build();
    assert!(row(&server.settled("/matrix"), "乙党支部").contains("<a href=\"/branch/2\">"));
}

fn the_matrix_of_300_branches_has_pages_filters_and_orders() {
    let names: Vec<String> = (1..=300).map(|n| format!("第{n}党支部")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let project = Project::ready(&names).edit("input/干部在线学习.csv", "第290党支部,赵,50,40\n", "");
    let server = Server::over(&project);
    let page = server.settled("/matrix");
    assert_eq!(page.matches("<tr><th scope=\"row\">").count(), 100);
    assert!(page.contains("第 1 页，共 3 页") && page.contains("/matrix?q=&amp;show=&amp;sort=&amp;page=2"), "{page}");
    let page = server.settled("/matrix?sort=missing");
    let first = page.split("<tr><th scope=\"row\">").nth(1).expect("a row");
    assert!(first.contains("第290党支部"), "{first}");
    assert!(server.settled("/matrix?q=290").contains("1 / 300 个单位"));
    assert!(server.settled("/matrix?page=99").contains("第 3 页，共 3 页"));
}

fn the_board_is_ordered_and_searched_by_pinyin() {
    let project = Project::ready(&["图书馆党支部", "教务处党支部", "财务处党支部"]);
    let project = project.edit("input/干部在线学习.csv", "教务处党支部,赵,50,40", "教务处党支部,赵,50,");
    project.build();
    let server = Server::over(&project);
    let order = |path: &str| {
        let page = server.settled(path);
        let names = page.split("<tr><th scope=\"row\"><a href=\"/branch/").skip(1);
        names.filter_map(|row| Some(row.split('>').nth(1)?.split('<').next()?.to_owned())).collect::<Vec<_>>()
    };
    assert_eq!(order("/?sort=name"), ["财务处党支部", "教务处党支部", "图书馆党支部"]);
    assert_eq!(order("/?sort=gaps")[0], "教务处党支部");
    assert_eq!(order("/?q=jwc"), ["教务处党支部"]);
    assert_eq!(order("/?q=caiwu"), ["财务处党支部"]);
    assert_eq!(order("/?q=cwc%20dzb"), ["财务处党支部"]);
    assert_eq!(server.settled("/?q=xyz").matches("没有符合的单位").count(), 1);
    let page = server.settled("/?sort=name&show=open");
    assert!(page.contains("aria-sort=\"ascending\"") && page.contains("/?q=&amp;show=open&amp;sort=gaps"), "{page}");
    // A state is shown by a sign and a word.
    let page = server.settled("/");
    assert!(row(&page, "教务处党支部").contains("aria-hidden=\"true\">△</span> 有待填写"), "{page}");
    assert!(row(&page, "图书馆党支部").contains("◇</span> 可以定稿"), "{page}");
}

fn the_branch_page_names_the_next_branch_to_deal_with() {
    let project = three();
    project.build();
    let server = Server::over(&project);
    let next = |number: usize| {
        let page = server.settled(&format!("/branch/{number}"));
        let rest = page.split("下一个要处理的：<a href=\"").nth(1).unwrap_or_else(|| panic!("none: {page}"));
        rest.split('"').next().expect("an address").to_owned()
    };
    // Of the first the most urgent one, of that one the other one, and back.
    let one = next(1);
    let other = next(one.rsplit('/').next().and_then(|number| number.parse().ok()).expect("a number"));
    assert_ne!(one, other);
    assert!(
        [&one, &other].iter().all(|address| ["/branch/2", "/branch/3"].contains(&address.as_str())),
        "{one} {other}"
    );
    assert_eq!(next(other.rsplit('/').next().and_then(|number| number.parse().ok()).expect("a number")), one);
}

fn findings_are_grouped_by_rule_with_counts() {
    let rows: String = (0..3).map(|n| format!("甲党支部,赵{n},约五十,4{n}\n乙党支部,钱{n},五十{n},40\n")).collect();
    let project = ready().file("input/学习.csv", format!("党组织,姓名,规定学时,已完成学时\n{rows}").as_bytes());
    let server = Server::over(&project);
    let page = server.settled(&format!("/ledger/{}", key(&server.settled("/ledgers"), "学习.csv")));
    assert!(page.contains("<details class=\"rule error\" open"), "{page}");
    assert!(page.contains("：4 项，共 6 处 <small>Z102</small>"), "{page}");
    assert!(page.contains("（3 处）"), "{page}");
}

fn sheets_are_tabs_and_places_lead_to_their_cells() {
    let head = ["党组织", "姓名", "规定学时", "已完成学时"];
    let spec = json!({ "sheets": [
        { "name": "说明", "rows": [["填报说明"]] },
        { "name": "一月", "rows": [head, ["甲党支部", "赵", "50", "40"]] },
        { "name": "二 月", "rows": [head, ["甲党支部", "钱", "约五十", "40"]] },
    ] });
    let project = ready().workbook("学习.xlsx", &spec);
    let server = Server::over(&project);
    project.build();
    let address = format!("/ledger/{}", key(&server.settled("/ledgers"), "学习.xlsx"));
    // The first sheet with findings is shown, the others are a tab away.
    let page = server.settled(&address);
    assert!(page.contains("aria-current=\"true\">二 月（"), "{page}");
    assert!(page.contains("<td id=\"cell-C2\"") && !page.contains("<td>赵</td>"), "{page}");
    let january = server.settled(&format!("{address}?sheet=%E4%B8%80%E6%9C%88"));
    assert!(january.contains(">赵</td>") && january.contains("aria-current=\"true\">一月</a>"), "{january}");
    assert!(server.settled(&format!("{address}?sheet=none")).contains("<td id=\"cell-C2\""));
    // A branch's page leads to the cell.
    let page = server.settled("/branch/1");
    let link =
        page.split(&format!("href=\"{address}?sheet=")).nth(1).expect("a place").split('"').next().expect("a link");
    assert!(link.ends_with("#cell-C2"), "{link}");
    let sheet = link.split('#').next().expect("a sheet");
    assert!(server.settled(&format!("{address}?sheet={sheet}")).contains("<td id=\"cell-C2\""));
}

fn the_first_visit_says_what_is_needed_first() {
    let project = ready();
    let moved = project.path("mail");
    std::fs::rename(project.path("input"), &moved).expect("moved");
    let server = Server::over(&project);
    let page = server.settled("/");
    for said in [
        "关于报送学习情况的通知",
        "截止 <time datetime=\"2018-11-02\">",
        "一共三步",
        "✗ 错误：还没有单位名册，不知道有哪些单位",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    // Blank forms are there before the roster is.
    let form = server.get("/department/forms");
    assert!(
        form.body.starts_with("PK") && form.header("content-disposition").is_some_and(|name| name.contains("xlsx"))
    );
    let general = server.settled("/ledgers");
    assert!(general.contains("错误") && !general.contains("没有找到《党组织名册》"), "{general}");
    std::fs::copy(moved.join("党组织名册.csv"), project.path("input/党组织名册.csv")).expect("a roster");
    let page = server.settled("/");
    assert!(page.contains("✓ 名册里有 2 个单位。") && page.contains("还缺台账 2 种，2 个单位没有交齐"), "{page}");
    for ledger in ["干部在线学习.csv", "获奖情况.csv"] {
        std::fs::copy(moved.join(ledger), project.path(&format!("input/{ledger}"))).expect("a ledger");
    }
    assert!(server.settled("/").contains("现在错误 0 项，台账齐了："));
    // A ledger is there, and a branch is not in it.
    let project = project.edit("input/干部在线学习.csv", "甲党支部,赵,50,40\n", "");
    assert!(server.settled("/").contains("现在错误 0 项，各种台账都有了，1 个单位没有交齐："));
    drop(project);
}

fn a_folder_without_a_notice_leads_to_a_new_one_or_the_sample() {
    let project = Project::empty();
    let server = Server::over(&project);
    let page = server.settled("/");
    assert!(page.contains("这个文件夹里还没有通知") && page.contains("href=\"/new\""), "{page}");
    assert!(page.contains("action=\"/sample\"") && !page.contains("notice.toml"), "{page}");
    let without_notice = ["/ledgers", "/work", "/archive", "/department", "/settings", "/matrix", "/scans"];
    for path in without_notice.into_iter().chain(["/notices", "/new"]) {
        let page = server.get(path).body;
        assert!(page.contains("主菜单") && !page.contains("notice.toml"), "{path}: {page}");
        let leads_to_start = page.contains("这个文件夹里还没有通知。<a href=\"/\">从这里开始</a>");
        assert_eq!(leads_to_start, without_notice.contains(&path), "{path}: {page}");
        assert!(!page.contains("从现在这份通知开始"), "{path}: {page}");
        // Nothing is offered that cannot be done.
        assert!(!leads_to_start || !page.contains("<form"), "{path}: {page}");
    }
    // To look at pages makes no folder that the sample would take for a project.
    assert!(!project.path("templates").exists());
    // The first notice needs no settings.
    let ledger = "单位,姓名,学时\n甲科,赵,3\n";
    let ticket = server.get("/new").body;
    let ticket = ticket.split("name=\"csrf_token\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let ticket = ticket.expect("a ticket").to_owned();
    let body = super::client::multipart(
        &ticket,
        &[("name", "2027-x"), ("headings", "学习情况")],
        &[("学习.csv", ledger.as_bytes())],
    );
    let head = format!("{}Sec-Fetch-Site: same-origin\r\n", super::client::MULTIPART);
    let reply = server.ask("POST", "/new", &head, &body);
    assert!(reply.header("location").is_some_and(|to| to.starts_with("/new/")), "{}", reply.body);
    // The sample.
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    let reply = server.ask("POST", "/sample", form, format!("csrf_token={ticket}").as_bytes());
    let page = server.follow(&reply);
    assert!(page.contains("示例已放入"), "{page}");
    assert!(server.settled("/").contains("✓ 名册里有 18 个党组织"));
    assert_eq!(server.post("/work/build", &[("what", "draft")]).status, 303);
    assert!(server.worked().contains("草稿 18 份"));
}

fn a_changed_file_of_the_previous_period_is_seen() {
    let project = ready();
    project.build();
    let settings = format!("{NOTICE}/notice.toml");
    let project = project.edit(&settings, "[notice]\n", "[notice]\nprevious = \"../../last\"\n");
    let server = Server::over(&project);
    let page = server.settled("/ledgers");
    assert!(page.contains("上一期的结果"), "{page}");
    copy(&project.path("output"), &project.path("last"));
    let page = server.settled("/ledgers");
    assert!(!page.contains("上一期的结果"), "{page}");
}

/// The board said “有错误” beside an empty column of errors.
fn errors_of_no_report_are_shown_on_the_board() {
    let project = ready();
    project.build();
    let server = Server::over(&project);
    let page = server.settled("/");
    assert!(row(&page, BRANCHES[0]).contains("可以定稿") && !page.contains("不属于哪一份报告"), "{page}");
    let project = project.file("input/照片.xlsx", b"\x89PNG\r\n\x1a\n");
    let page = server.settled("/?show=error");
    assert!(page.contains("2 / 2 个单位"), "{page}");
    let sentence = "有 1 项错误不属于哪一份报告，改正之前哪一份都不能定稿。<a href=\"/ledgers\">";
    assert!(page.contains(sentence) && row(&page, BRANCHES[0]).contains("有错误，不属于哪一份报告"), "{page}");
    project.build();
    let status = project.zicha(&["status"]).stdout;
    assert!(status.contains("甲党支部：有错误，不属于哪一份报告") && !status.contains("错误 1"), "{status}");
    let index = project.read("output/index.html");
    assert!(index.contains("data-marks=\"open error\"") && index.contains("有错误，不属于哪一份报告"), "{index}");
}

/// An error of the department alone was shown on its own page and no other.
fn the_board_shows_the_state_of_the_departments_report() {
    let check = "[[check]]\nscope = \"department\"\nwhen = 'cadres_all == 2'\nseverity = \"错误\"\n\
                 message = \"全部应学人数不对\"\n\n[[section]]";
    let settings = format!("{NOTICE}/notice.toml");
    let project = ready().edit(&settings, "[[section]]", check);
    project.build();
    let server = Server::over(&project);
    let summary_line = |page: &str| {
        let line = page.split("<p class=\"department\">").nth(1).and_then(|rest| rest.split("</p>").next());
        line.unwrap_or_else(|| panic!("no line: {page}")).to_owned()
    };
    let page = server.settled("/");
    assert!(
        summary_line(&page).contains("<a href=\"/department\">汇总</a>：") && summary_line(&page).contains("有错误"),
        "{page}"
    );
    assert!(row(&page, BRANCHES[0]).contains("可以定稿") && !page.contains("不属于哪一份报告"), "{page}");
    let page = server.settled("/department");
    assert!(page.contains("<strong>有错误</strong>：有错误 1 项") && page.contains("全部应学人数不对"), "{page}");
    // What could not be made final stays the draft that it was, and is named.
    server.post("/work/build", &[("what", "final")]);
    let page = server.worked();
    assert!(page.contains("正式报告 2 份") && page.contains("还不能定稿：汇总"), "{page}");
    assert!(!page.contains("汇总 1 份") && summary_line(&server.settled("/")).contains("有错误"), "{page}");
    let project = project.edit(&settings, "cadres_all == 2", "cadres_all == 3");
    assert!(summary_line(&server.settled("/")).contains("可以定稿"));
    server.post("/work/build", &[("what", "final")]);
    let page = server.worked();
    assert!(page.contains("汇总 1 份") && summary_line(&server.settled("/")).contains("已定稿"), "{page}");
    drop(project);
}

fn the_board_keeps_its_filter_when_one_comes_back() {
    let project = three();
    project.build();
    let server = Server::over(&project);
    server.settled("/");
    let browser = Browser::new(1440, 1000);
    // By mouse.
    browser.open(&format!("http://{}/?show=open&sort=name", server.host));
    browser.wait("2 / 3 个单位");
    browser.click("tbody a");
    browser.wait("定稿和签字");
    browser.click("nav a[href^='/?']");
    browser.wait("2 / 3 个单位");
    assert!(
        browser.address().contains("show=open") && browser.address().contains("sort=name"),
        "{}",
        browser.address()
    );
    // By keyboard, after an action.
    browser.open(&format!("http://{}/?q=bing", server.host));
    browser.wait("1 / 3 个单位");
    browser.tab_to("A 丙党支部");
    browser.press(ENTER);
    browser.wait("定稿和签字");
    browser.tab_to("A 所有单位");
    browser.press(ENTER);
    browser.wait("1 / 3 个单位");
    // Another tab has its own.
    let other = Browser::new(1440, 1000);
    other.open(&format!("http://{}/ledgers", server.host));
    other.click("nav a");
    other.wait("3 / 3 个单位");
}

fn a_target_cell_is_in_view_beside_its_finding() {
    let mut rows: Vec<Vec<String>> =
        vec![["党组织", "姓名", "规定学时", "已完成学时", "完成日期"].map(str::to_owned).to_vec()];
    for n in 0..200 {
        let hours = if n % 5 == 4 { format!("约五十{n}") } else { "50".to_owned() };
        rows.push(vec!["甲党支部".to_owned(), format!("赵{n}"), hours, "40".to_owned(), "2018-10-25".to_owned()]);
    }
    let project = ready().workbook("学习.xlsx", &json!({ "sheets": [{ "name": "学习", "rows": rows }] }));
    let server = Server::over(&project);
    let address = format!("/ledger/{}", key(&server.settled("/ledgers"), "学习.xlsx"));
    server.settled(&address);
    for (width, height) in [(360, 780), (1440, 1000)] {
        let browser = Browser::new(width, height);
        browser.open(&format!("http://{}{address}", server.host));
        for cell in ["C6", "C151", "C61"] {
            browser.click(&format!("a[href='#cell-{cell}']"));
            // Nothing covers the cell: it is what is drawn at its own middle, and whole in the window.
            let script = format!(
                "const cell = document.getElementById('cell-{cell}'); const box = cell.getBoundingClientRect(); \
                 const drawn = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2); \
                 return [cell.contains(drawn), box.top >= 0, box.bottom <= window.innerHeight]"
            );
            assert_eq!(browser.run(&script, &json!([])), json!([true, true, true]), "{cell} in {width}");
        }
        // A date is on one line.
        let lines = "const cells = [...document.querySelectorAll('.sheet td')].filter((c) => c.textContent === '2018-10-25'); \
                     return Math.max(...cells.map((c) => { const range = document.createRange(); \
                     range.selectNodeContents(c); return range.getClientRects().length; }))";
        assert_eq!(browser.run(lines, &json!([])), 1, "a date is broken in {width}");
        if width == 1440 {
            let beside = "const list = document.querySelector('.beside > div').getBoundingClientRect(); \
                          const sheet = document.querySelector('.sheet').getBoundingClientRect(); \
                          return sheet.left >= list.right";
            assert_eq!(browser.run(beside, &json!([])), true);
        }
    }
}

fn pages_of_the_board_fit_and_are_accessible() {
    let rows = "党组织,姓名,规定学时,已完成学时\n教务处党支部,赵,约五十,40\n";
    let sample = Project::sample().file("input/在线学习补报.csv", rows.as_bytes());
    let fresh = Server::over(&sample);
    let empty = Project::empty();
    let welcome = Server::over(&empty);
    let built = Project::sample();
    built.build();
    let board = Server::over(&built);
    let pages = [
        (&welcome, "welcome", "/"),
        (&fresh, "first-steps", "/"),
        (&fresh, "matrix-fresh", "/matrix"),
        (&board, "board", "/"),
        (&board, "board-sorted", "/?sort=name&show=open"),
        (&board, "matrix", "/matrix"),
        (&board, "matrix-missing", "/matrix?show=missing&sort=missing"),
        (&board, "next", "/branch/3"),
    ];
    for (width, height) in [(360, 780), (1440, 1000)] {
        let browser = Browser::new(width, height);
        for (server, name, path) in pages {
            server.settled(path);
            browser.open(&format!("http://{}{path}", server.host));
            assert_fit(&browser, &format!("{name}-{width}"));
        }
    }
}

fn a_refused_final_is_counted_as_on_the_command_line() {
    let project = Project::with_a_gap(&BRANCHES, BRANCHES[1]);
    project.build();
    let server = Server::over(&project);
    server.post("/work/build", &[("what", "final")]);
    let page = server.worked();
    let left_open = format!("还不能定稿，没有定稿 1 份：{}；汇总也没有定稿", BRANCHES[1]);
    assert!(page.contains("正式报告 1 份") && page.contains(&left_open), "{page}");
    drop(server);
    let run = project.zicha(&["build", "--final"]);
    assert!(run.stdout.contains("正式报告 1 份（1 份没有变化），未生成 1 份，汇总未生成"), "{}", run.all());
}
