//! The pages on which settings and templates are changed.

use serde_json::json;

use super::client::Server;
use super::webdriver::Browser;
use super::{browser, quoted_before, ready};
use crate::support::{NOTICE, Project};

crate::harness::tests! {
    alone: [
        a_value_is_changed_after_it_was_shown_what_changes,
        every_other_byte_of_the_settings_stays,
        what_the_program_refuses_is_not_written,
        a_change_based_on_an_older_version_is_refused,
        a_template_is_tried_shown_and_written,
        broken_settings_keep_the_menu_and_are_mended_on_the_page,
        a_change_is_undone,
        requests_name_no_path,
        spellings_and_choices_are_changed_on_the_page_of_a_ledger,
        the_menu_calls_the_department_as_the_notice_does,
        variables_metrics_and_sections_are_changed_on_their_pages,
        a_metric_is_removed_unless_it_is_used,
        checks_are_changed_on_their_page,
    ]
    with_tools: [
        the_settings_are_changed_in_a_browser,
    ]
}

pub(super) fn settings() -> String {
    format!("{NOTICE}/notice.toml")
}

/// A text without the escapes of HTML.
fn unescaped(text: &str) -> String {
    text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// The value of an attribute in a tag.
fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()
}

/// The fields that a browser would send of the form in which `mark` stands, without the ticket.
pub(super) fn fields(page: &str, mark: &str) -> Vec<(String, String)> {
    let form = page.split("<form").find(|form| form.contains(mark)).unwrap_or_else(|| panic!("no {mark}: {page}"));
    let form = form.split("</form>").next().unwrap_or_default();
    let mut fields: Vec<(String, String)> = Vec::new();
    for tag in form.split('<').skip(1) {
        let name = || attribute(tag, "name").unwrap_or_default().to_owned();
        if tag.starts_with("input ") {
            fields.push((name(), unescaped(attribute(tag, "value").unwrap_or_default())));
        } else if tag.starts_with("select ") {
            fields.push((name(), String::new()));
        } else if tag.starts_with("option ") && tag.contains(" selected") {
            let value = attribute(tag, "value").unwrap_or_default();
            fields.last_mut().expect("a select").1 = unescaped(value);
        } else if tag.starts_with("textarea ") {
            let text = tag.split_once('>').map_or("", |(_, text)| text);
            fields.push((name(), unescaped(text.strip_prefix('\n').unwrap_or(text))));
        }
    }
    fields.retain(|(name, _)| name != "csrf_token");
    fields
}

/// Sends a form.
pub(super) fn send(server: &Server, action: &str, fields: &[(String, String)]) -> super::client::Reply {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    server.post(action, &fields)
}

/// The fields of a form with one value replaced; the value must be there.
pub(super) fn with(mut fields: Vec<(String, String)>, old: &str, new: &str) -> Vec<(String, String)> {
    let field = fields.iter_mut().find(|(_, value)| value == old).unwrap_or_else(|| panic!("no {old}"));
    field.1 = new.to_owned();
    fields
}

/// Changes a value of the main page: the page about what changes, and the page behind the confirmation.
fn change(server: &Server, place: &str, old: &str, new: &str) -> (String, String) {
    let page = server.get("/settings").body;
    let review = send(server, "/settings/change", &with(fields(&page, &format!("value=\"{place}\"")), old, new));
    assert_eq!(review.status, 200, "{}", review.body);
    let confirm = fields(&review.body, "name=\"confirmed\"");
    let done = server.follow(&send(server, "/settings/change", &confirm));
    (review.body, done)
}

/// The key of a file of the notice, taken from the page that lists it.
fn file_address(server: &Server, label: &str) -> String {
    let page = server.get("/settings").body;
    let address = quoted_before(&page, "href=\"", &format!("\">{label}</a>"));
    assert!(address.starts_with("/settings/file/"), "no {label}: {page}");
    address.to_owned()
}

fn a_value_is_changed_after_it_was_shown_what_changes() {
    let project = ready();
    let server = Server::over(&project);
    let before = project.read(&settings());
    let page = server.get("/settings").body;
    let form = with(fields(&page, "value=\"main-0\""), "组织人事处", "党委组织部");
    let review = send(&server, "/settings/change", &form).body;
    assert!(
        review.contains(
            "<td data-label=\"原来\"><div>组织人事处</div></td><td data-label=\"改成\"><div>党委组织部</div></td>"
        ),
        "{review}"
    );
    assert!(review.contains("2 份报告会变（共 3 份）：甲党支部、乙党支部。"), "{review}");
    assert_eq!(project.read(&settings()), before, "nothing is written before it is confirmed");
    let (_, done) = change(&server, "main-0", "组织人事处", "党委组织部");
    assert!(done.contains("已写入"), "{done}");
    assert_eq!(project.read(&settings()), before.replacen("\"组织人事处\"", "\"党委组织部\"", 1));
    // What no report shows changes none; a form that changes nothing writes nothing.
    let (review, _) = change(&server, "main-0", "2018-11-02", "2018-11-03");
    assert!(review.contains("没有报告会变。"), "{review}");
    let page = server.get("/settings").body;
    let same = send(&server, "/settings/change", &fields(&page, "value=\"main-0\""));
    assert!(server.follow(&same).contains("没有改动"));
}

fn every_other_byte_of_the_settings_stays() {
    let project = ready();
    let text = project.read(&settings()).replace('\n', "\r\n").replacen("\r\n", "\n", 1);
    let text = format!("\u{feff}{text}# 末尾");
    let project = project.file(&settings(), text.as_bytes());
    let server = Server::over(&project);
    let (review, done) = change(&server, "main-2", "党支部书记", "支部书记");
    assert!(done.contains("已写入"), "{review}{done}");
    assert_eq!(project.read(&settings()), text.replace("\"党支部书记\"", "\"支部书记\""));
    // A key that is not written gets a line of its own; a blank value takes it out.
    let page = server.get("/settings").body;
    let mut form = fields(&page, "value=\"main-1\"");
    form.iter_mut().find(|(name, _)| name == "f1").expect("a field").1 = "组织部".to_owned();
    let review = send(&server, "/settings/change", &form).body;
    server.follow(&send(&server, "/settings/change", &fields(&review, "name=\"confirmed\"")));
    let now = project.read(&settings());
    assert!(now.ends_with("# 末尾\n\n[words]\ndepartment = \"组织部\"\n"), "{now}");
    change(&server, "main-2", "联系人：{{ branch.contact }}", "");
    assert_eq!(project.read(&settings()), now.replace("note         = \"联系人：{{ branch.contact }}\"\r\n", ""));
}

fn what_the_program_refuses_is_not_written() {
    let project = ready();
    let server = Server::over(&project);
    let before = project.read(&settings());
    for (place, old, new, reason) in [
        ("main-0", "2018-11-02", "2018.11.31", "报送的截止日期：没有“2018.11.31”这一天：2018年11月只有30天"),
        ("main-0", "组织人事处", "", "缺少“issuer”"),
        ("main-2", "联系人：{{ branch.contact }}", "{{ branch.phone }}", "phone"),
        ("main-2", "自查报告", "../自查", "“../自查”不能作文件名"),
        ("main-7", "4", "99", "件号"),
    ] {
        let page = server.get("/settings").body;
        let refused = send(&server, "/settings/change", &with(fields(&page, &format!("value=\"{place}\"")), old, new));
        let page = unescaped(&refused.body);
        assert!(page.contains("没有写入，请改好再试") && page.contains(reason), "{reason}: {page}");
        assert!(new.is_empty() || page.contains(new), "the form has what was sent");
        // A confirmation is checked as well.
        let mut form = fields(&refused.body, &format!("value=\"{place}\""));
        form.push(("confirmed".to_owned(), "yes".to_owned()));
        assert!(send(&server, "/settings/change", &form).body.contains("没有写入"));
        assert_eq!(project.read(&settings()), before);
    }
}

fn a_change_based_on_an_older_version_is_refused() {
    let project = ready();
    let server = Server::over(&project);
    let first = server.get("/settings").body;
    change(&server, "main-0", "组织人事处", "党委组织部");
    let late = send(&server, "/settings/change", &with(fields(&first, "value=\"main-0\""), "组织人事处", "人事处"));
    assert_eq!(late.status, 409);
    assert!(late.body.contains("设置又改过（") && late.body.contains("在网页里改的"), "{}", late.body);
    assert!(late.body.contains("主菜单"), "an error page has the menu");
    let text = project.read(&settings()) + "# 手改\n";
    let project = project.file(&settings(), text.as_bytes());
    let late = send(&server, "/settings/change", &with(fields(&first, "value=\"main-0\""), "组织人事处", "人事处"));
    assert!(late.body.contains("不是在网页里改的"), "{}", late.body);
    assert_eq!(project.read(&settings()), text);
}

fn a_template_is_tried_shown_and_written() {
    let project = ready().file(&format!("{NOTICE}/study.md"), "应学{{ cadres }}人。\r\n第二段。\r\n".as_bytes());
    let server = Server::over(&project);
    let address = file_address(&server, "学习情况");
    let page = server.settled(&address);
    let form = fields(&page, "name=\"text\"");
    let changed = "应学{{ cadres }}人，已学。\r\n第二段。\r\n".to_owned();
    let set = |form: &[(String, String)], text: &str| -> Vec<(String, String)> {
        form.iter()
            .map(|(name, old)| (name.clone(), if name == "text" { text.to_owned() } else { old.clone() }))
            .collect()
    };
    // The draft of a branch with the text that is not written.
    let mut of_branch = set(&form, &changed);
    of_branch.iter_mut().find(|(name, _)| name == "branch").expect("a branch").1 = "1".to_owned();
    let draft = send(&server, "/settings/preview", &of_branch);
    assert!(draft.body.contains("已学。") && draft.body.contains("乙党支部"), "{}", draft.body);
    assert!(draft.header("content-security-policy").is_some_and(|policy| policy.starts_with("sandbox;")));
    let broken = send(&server, "/settings/preview", &set(&of_branch, "一\n{{ cadre }}"));
    assert!(broken.body.contains("第 2 行：") && broken.body.contains("cadres"), "{}", broken.body);
    // A fault is not written.
    let refused = send(&server, &address, &set(&form, "一\n{{ cadre }}"));
    assert!(refused.body.contains("没有写入") && refused.body.contains("study 第 2 行"), "{}", refused.body);
    let review = send(&server, &address, &set(&form, &changed)).body;
    assert!(review.contains("2 份报告会变（共 3 份）：甲党支部、乙党支部。"), "{review}");
    let done = server.follow(&send(&server, &address, &fields(&review, "name=\"confirmed\"")));
    assert!(done.contains("已写入") && server.get("/settings").body.contains("改了模板“study”"), "{done}");
    assert_eq!(project.read(&format!("{NOTICE}/study.md")), changed);
}

fn broken_settings_keep_the_menu_and_are_mended_on_the_page() {
    let good = ready().read(&settings());
    let bad = good.replacen("deadline = 2018-11-02", "deadline = 2018.11.02", 1);
    let project =
        ready().file(&settings(), bad.as_bytes()).file(&format!("{NOTICE}/study.md"), "{{ cadre }}".as_bytes());
    let server = Server::over(&project);
    for path in ["/ledgers", "/department"] {
        let page = server.get(path).body;
        assert!(
            page.contains("设置的原文 第 5 行") && page.contains("主菜单") && page.contains("到设置里改"),
            "{path}: {page}"
        );
    }
    let page = server.get("/settings").body;
    assert!(page.contains("设置的原文 第 5 行") && page.contains("应写成 2018-11-02"), "{page}");
    let address = file_address(&server, "设置的原文");
    let page = server.get(&address).body;
    assert!(page.contains("<code>deadline = 2018.11.02</code>"), "{page}");
    // The template is broken, too, which shows when the settings are not: each is mended by itself.
    let text = |fields: Vec<(String, String)>, text: &str| -> Vec<(String, String)> {
        fields
            .into_iter()
            .map(|(name, old)| if name == "text" { (name, text.to_owned()) } else { (name, old) })
            .collect()
    };
    let review = send(&server, &address, &text(fields(&page, "name=\"text\""), &good)).body;
    assert!(review.contains("别的文件还有 1 处要改"), "{review}");
    let page = server.follow(&send(&server, &address, &fields(&review, "name=\"confirmed\"")));
    assert_eq!(project.read(&settings()), good);
    assert!(page.contains("study 第 1 行"), "{page}");
    let address = file_address(&server, "模板 study");
    let page = server.get(&address).body;
    let review = send(&server, &address, &text(fields(&page, "name=\"text\""), "应学{{ cadres }}人。")).body;
    let page = server.follow(&send(&server, &address, &fields(&review, "name=\"confirmed\"")));
    assert!(!page.contains("设置现在不能用"), "{page}");
    assert!(server.get("/ledgers").body.contains("已有的台账"));
}

fn a_change_is_undone() {
    let project = ready();
    let server = Server::over(&project);
    let before = project.read(&settings());
    let (_, page) = change(&server, "main-0", "组织人事处", "党委组织部");
    assert!(page.contains(" 本机 改了设置"), "the history names who: {page}");
    let undo = page.split("action=\"/settings/undo/").nth(1).and_then(|rest| rest.split('"').next()).expect("a number");
    let page = server.follow(&server.post(&format!("/settings/undo/{undo}"), &[]));
    assert!(page.contains("已撤销：设置恢复成原来的样子"), "{page}");
    assert_eq!(project.read(&settings()), before);
    let twice = server.follow(&server.post(&format!("/settings/undo/{undo}"), &[]));
    assert!(twice.contains("这一步不能撤销"), "{twice}");
}

fn requests_name_no_path() {
    let project = ready();
    let server = Server::over(&project);
    for path in
        ["/settings/file/notice.toml", "/settings/file/..%2F..%2Finput", "/settings/ledger/99", "/settings/ledger/x"]
    {
        assert!((400..500).contains(&server.get(path).status), "{path}");
    }
    let reply = server.post("/settings/preview", &[("key", "../../input/x"), ("text", "x"), ("branch", "0")]);
    assert!(reply.body.contains("没有这个文件"), "{}", reply.body);
    assert_eq!(server.post("/settings/change", &[("place", "main-99"), ("seen", "")]).status, 409);
    // Without the ticket nothing is done.
    let head = format!("Content-Type: application/x-www-form-urlencoded\r\nOrigin: http://{}\r\n", server.host);
    for path in ["/settings/change", "/settings/preview", "/settings/undo/1"] {
        assert_eq!(server.ask("POST", path, &head, b"text=x").status, 403, "{path}");
    }
}

fn spellings_and_choices_are_changed_on_the_page_of_a_ledger() {
    let project = Project::sample();
    let server = Server::over(&project);
    let before = project.read(&settings());
    let page = server.get("/settings").body;
    let address = quoted_before(&page, "href=\"", "\">《突破项目》</a>");
    let page = server.get(address).body;
    assert!(page.contains("列“年底能否完成”"), "{page}");
    let form = with(fields(&page, "name=\"place\""), "下步措施\n下一步措施", "下步措施\n下一步措施\n今后打算");
    let review = send(&server, "/settings/change", &form).body;
    assert!(review.contains("列“下步措施”的表头上的写法") && review.contains("没有报告会变。"), "{review}");
    server.follow(&send(&server, "/settings/change", &fields(&review, "name=\"confirmed\"")));
    let expected = before.replace("[\"下步措施\", \"下一步措施\"]", "[\"下步措施\", \"下一步措施\", \"今后打算\"]");
    assert_eq!(project.read(&settings()), expected);
}

fn the_menu_calls_the_department_as_the_notice_does() {
    let project = ready();
    let text = project.read(&settings()) + "\n[words]\nbranch = \"科室\"\ndepartment = \"医务处\"\n";
    let project = project.file(&settings(), text.as_bytes());
    let server = Server::over(&project);
    let page = server.get("/department").body;
    assert!(page.contains(">医务处</a>") && page.contains("<h1>医务处</h1>"), "{page}");
    assert!(page.contains("还没有医务处汇总：所有科室的报告一起生成之后就有。") && !page.contains("部门"), "{page}");
    for (path, said) in [("/", "先放科室名册"), ("/work", "为每个科室生成报告"), ("/department", "各科室的空白填报表")]
    {
        let page = server.get(path).body;
        assert!(page.contains(said) && !page.contains("单位") && !page.contains("党组织"), "{path}: {page}");
    }
}

fn the_settings_are_changed_in_a_browser() {
    let project = ready();
    let server = Server::over(&project);
    let study = file_address(&server, "学习情况");
    server.settled(&study);
    for (width, height) in [(360, 780), (1440, 1000)] {
        let browser = Browser::new(width, height);
        for path in ["/settings", "/settings/ledger/1", "/notices", "/nowhere", &study] {
            browser.open(&format!("http://{}{path}", server.host));
            let name = path.trim_start_matches('/').split('/').take(2).collect::<Vec<_>>().join("-");
            let name = name.trim_start_matches("settings-");
            browser::assert_fit(&browser, &format!("settings-{name}-{width}"));
        }
        // The draft follows the text.
        let text = format!("应学{{{{ cadres }}}}人，{width}点宽。");
        browser.run(
            "const t = document.querySelector('#text'); t.value = arguments[0]; t.dispatchEvent(new Event('input'))",
            &json!([text]),
        );
        let shown = format!("return document.body.textContent.includes('{width}点宽')");
        let follows = (0..100).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(100));
            let mut is_shown = false;
            browser.within_frame("iframe", |browser| is_shown = browser.run(&shown, &json!([])) == true);
            is_shown
        });
        assert!(follows, "no draft of {width}");
        browser.click("button.main");
        browser.wait("份报告会变");
        browser::assert_fit(&browser, &format!("settings-review-{width}"));
        browser.click("button.main");
        browser.wait("已写入");
    }
    assert!(project.read(&format!("{NOTICE}/study.md")).contains("1440点宽"));
}

fn variables_metrics_and_sections_are_changed_on_their_pages() {
    let second = "[[section]]\ntitle = \"获奖情况\"\n[[section.part]]\ntemplate = \"study.md\"\nlabel = \"获奖情况\"\n\n[summary]\n";
    let project = ready().edit(&settings(), "[summary]\n", second);
    let server = Server::over(&project);
    // The main page has the variables last: a new one is written into a table of its own.
    let page = server.get("/settings").body;
    for text in ["变量", "名册", "字体", "台账和报告最大多大", "/settings/named/0", "/settings/sections/0"]
    {
        assert!(page.contains(text), "no {text}: {page}");
    }
    let post = |address: &str, fields: &[(String, String)], confirmed: bool| {
        let mut fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        if confirmed {
            fields.push(("confirmed", "yes"));
        }
        let reply = server.post(address, &fields);
        if confirmed { server.follow(&reply) } else { reply.body }
    };
    let with = |page: &str, mark: &str, old: &str, new: &str| {
        let mut fields = fields(page, mark);
        let changed = fields.iter_mut().find(|(name, value)| name.starts_with('f') && value.as_str() == old);
        new.clone_into(&mut changed.unwrap_or_else(|| panic!("no {old}")).1);
        fields
    };
    let sent = with(&page, "添几个，写作", "", "季度 = 第三季度\n起始 = 2018.7.1\n标准 = 0.9");
    assert!(post("/settings/change", &sent, false).contains("会改变什么"));
    post("/settings/change", &sent, true);
    assert!(
        project.read(&settings()).ends_with("[vars]\n\"季度\" = \"第三季度\"\n\"起始\" = 2018-07-01\n\"标准\" = 0.9\n")
    );
    // A metric has another expression; a wrong one is refused.
    let page = server.get("/settings/named/0").body;
    let before = "study.len()";
    let refused = post("/settings/change", &with(&page, "id=\"section\"", before, "study.size()"), false);
    assert!(refused.contains("没有写入") && refused.contains("size"), "{refused}");
    post("/settings/change", &with(&page, "id=\"section\"", before, "study.filter(|r| has(r.name)).len()"), true);
    assert!(project.read(&settings()).contains("expr = 'study.filter(|r| has(r.name)).len()'"));
    // A new metric.
    let page = server.get("/settings/named/0").body;
    let mut sent = fields(&page, "id=\"add\"");
    for (name, value) in [("name", "学时合计"), ("f0", "学时合计"), ("f1", "sum(study.map(|r| r.required))")] {
        value.clone_into(&mut sent.iter_mut().find(|(known, _)| known == name).expect("a field").1);
    }
    let shown = post("/settings/add", &sent, false);
    assert!(shown.contains("指标“学时合计”的"), "{shown}");
    post("/settings/add", &sent, true);
    let text = project.read(&settings());
    assert!(
        text.contains("\"学时合计\" = { label = \"学时合计\", expr = 'sum(study.map(|r| r.required))' }"),
        "{text}"
    );
    // The second section comes first.
    let page = server.get("/settings/sections/0").body;
    let titles = |text: &str| -> Vec<String> {
        let lines = text.split("[[section]]").skip(1).filter_map(|item| item.split("title").nth(1)?.split('"').nth(1));
        lines.map(str::to_owned).collect()
    };
    let before = titles(&text);
    post("/settings/change", &with(&page, "id=\"section\"", "2", "1"), true);
    let after = titles(&project.read(&settings()));
    assert_eq!((&after[0], &after[1], after.len()), (&before[1], &before[0], before.len()));
}

fn a_metric_is_removed_unless_it_is_used() {
    let project = ready();
    let server = Server::over(&project);
    let mut sent = fields(&server.get("/settings/named/0").body, "id=\"add\"");
    for (name, value) in [("name", "extra"), ("f0", "多余"), ("f1", "study.len()")] {
        value.clone_into(&mut sent.iter_mut().find(|(known, _)| known == name).expect("a field").1);
    }
    let review = send(&server, "/settings/add", &sent).body;
    send(&server, "/settings/add", &fields(&review, "name=\"confirmed\""));
    let page = server.get("/settings/named/0").body;
    let removed = |name: &str| {
        let mut sent = fields(&page, "id=\"remove\"");
        name.clone_into(&mut sent.iter_mut().find(|(known, _)| known == "name").expect("a field").1);
        send(&server, "/settings/remove", &sent)
    };
    let before = project.read(&settings());
    let used = removed("cadres").body;
    assert!(used.contains("没有写入") && used.contains("cadres"), "{used}");
    assert_eq!(project.read(&settings()), before);
    assert_eq!(removed("nosuch").status, 400);
    let shown = removed("extra").body;
    assert!(shown.contains("指标“extra”") && shown.contains("没有报告会变"), "{shown}");
    let done = server.follow(&send(&server, "/settings/remove", &fields(&shown, "name=\"confirmed\"")));
    assert!(done.contains("已写入"), "{done}");
    assert!(!project.read(&settings()).contains("extra"));
}

fn checks_are_changed_on_their_page() {
    let check = "[[check]]\nledger = \"study\"\nwhen = 'row.done > 90'\nseverity = \"警告\"\nmessage = \"学时太多\"\n\n[summary]\n";
    let project = ready().edit(&settings(), "[summary]\n", check);
    let server = Server::over(&project);
    assert!(server.get("/settings").body.contains("/settings/checks/0"));
    let page = server.get("/settings/checks/0").body;
    assert!(page.contains("核对“学时太多”"), "{page}");
    let sent = with(fields(&page, "id=\"section\""), "row.done > 90", "row.done > 30");
    let review = send(&server, "/settings/change", &sent).body;
    let done = server.follow(&send(&server, "/settings/change", &fields(&review, "name=\"confirmed\"")));
    assert!(done.contains("已写入"), "{done}");
    assert!(project.read(&settings()).contains("when = 'row.done > 30'"));
}
