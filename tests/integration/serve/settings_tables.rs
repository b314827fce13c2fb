//! Computed columns and sheets of the department's table, added, changed and removed on their pages.

use super::client::Server;
use super::ready;
use super::settings::{fields, send, settings, with};
use crate::support::Project;

crate::harness::tests! {
    alone: [
        a_computed_column_is_added_changed_and_removed,
        a_plain_column_is_added_and_removed,
        ledgers_and_columns_of_a_check_are_chosen,
        a_sheet_is_added_moved_and_removed,
        choices_and_severities_are_said_in_words,
        the_type_of_a_column_is_changed_with_what_belongs_to_it,
        a_change_of_the_table_alone_is_said,
    ]
}

/// The address that a page of the settings has a link to.
fn page(server: &Server, address: &str) -> String {
    let page = server.get(address);
    assert_eq!(page.status, 200, "{}", page.body);
    page.body
}

/// Fills in fields of a form by their names.
fn filled(mut form: Vec<(String, String)>, values: &[(&str, &str)]) -> Vec<(String, String)> {
    for (name, value) in values {
        let field = form.iter_mut().find(|(known, _)| known == name).unwrap_or_else(|| panic!("no {name}"));
        field.1 = (*value).to_owned();
    }
    form
}

/// Sends a form and confirms it; returns the page about what changes.
fn confirmed(server: &Server, action: &str, form: &[(String, String)]) -> String {
    let review = send(server, action, form);
    assert!(review.body.contains("name=\"confirmed\""), "{}", review.body);
    let done = server.follow(&send(server, action, &fields(&review.body, "name=\"confirmed\"")));
    assert!(done.contains("已写入"), "{done}");
    review.body
}

fn study(project: &Project) -> usize {
    let text = project.read(&settings());
    let ledgers: Vec<&str> =
        text.lines().filter(|line| line.starts_with("[ledger.") && !line.contains(".columns")).collect();
    ledgers.iter().position(|line| *line == "[ledger.study]").expect("the ledger")
}

fn a_computed_column_is_added_changed_and_removed() {
    let project = ready();
    let server = Server::over(&project);
    let address = format!("/settings/ledger/{}", study(&project));
    let form = fields(&page(&server, &address), "id=\"add\"");
    let values = [("name", "完成率"), ("f0", "ratio(done, required)"), ("f1", "学时完成率"), ("f4", "percent")];
    let review = confirmed(&server, "/settings/add", &filled(form, &values));
    assert!(review.contains("算出来的列“完成率”的") && review.contains("没有报告会变"), "{review}");
    // What is printed is said in words.
    assert!(!review.contains("<div>percent</div>"), "{review}");
    let text = project.read(&settings());
    assert!(
        text.contains("\"完成率\" = { value = 'ratio(done, required)', label = \"学时完成率\", show = \"percent\" }"),
        "{text}"
    );
    let form = fields(&page(&server, &address), "id=\"section\"");
    confirmed(&server, "/settings/change", &with(form, "ratio(done, required)", "done / required"));
    assert!(project.read(&settings()).contains("value = 'done / required'"));
    let refused = fields(&page(&server, &address), "id=\"section\"");
    let refused = send(&server, "/settings/change", &with(refused, "done / required", "nosuch / required")).body;
    assert!(refused.contains("没有写入") && refused.contains("nosuch"), "{refused}");
    let form = filled(fields(&page(&server, &address), "id=\"remove\""), &[("name", "完成率")]);
    let review = confirmed(&server, "/settings/remove", &form);
    assert!(review.contains("学时完成率（完成率）"), "{review}");
    assert!(!project.read(&settings()).contains("完成率"));
}

/// A ledger that got another column: the page of its file leads to where it is added.
fn a_plain_column_is_added_and_removed() {
    let project = ready();
    let with_more = project.read("input/干部在线学习.csv").replace("已完成学时", "已完成学时,责任人");
    let project = project.file("input/干部在线学习.csv", with_more.as_bytes());
    let server = Server::over(&project);
    let place = study(&project);
    let ledgers = page(&server, "/ledgers");
    let file = page(&server, &format!("/ledger/{}", super::key(&ledgers, "干部在线学习.csv")));
    let address = format!("/settings/columns/{place}");
    assert!(file.contains(&format!("没有用到，<a href=\"{address}#add\">要用就添一列</a>")), "{file}");
    assert!(page(&server, &format!("/settings/ledger/{place}")).contains(&address));
    let before = project.read(&settings());
    let form = fields(&page(&server, &address), "id=\"add\"");
    let values = [("name", "责任人"), ("f0", "责任人"), ("f1", "text")];
    let review = confirmed(&server, "/settings/add", &filled(form, &values));
    assert!(review.contains("列“责任人”的"), "{review}");
    let text = project.read(&settings());
    assert!(text.contains("= { header = [\"责任人\"], type = \"text\" }"), "{text}");
    assert!(!page(&server, &format!("/ledger/{}", super::key(&ledgers, "干部在线学习.csv"))).contains("要用就添一列"));
    let form = filled(fields(&page(&server, &address), "id=\"remove\""), &[("name", "责任人")]);
    confirmed(&server, "/settings/remove", &form);
    assert_eq!(project.read(&settings()), before);
}

fn ledgers_and_columns_of_a_check_are_chosen() {
    let project = ready();
    let server = Server::over(&project);
    let page = page(&server, "/settings/checks/0");
    for text in [
        "<option value=\"study\">《干部在线学习》</option>",
        "《干部在线学习》",
        "可以用哪些列",
        "row.done（已完成学时）",
    ] {
        assert!(page.contains(text), "no {text}: {page}");
    }
}

fn a_sheet_is_added_moved_and_removed() {
    let project = ready();
    let server = Server::over(&project);
    assert!(page(&server, "/settings").contains("/settings/sheets/0"));
    let before = project.read(&settings());
    let form = fields(&page(&server, "/settings/sheets/0"), "id=\"add\"");
    let named = |title: &'static str| [("f0", title), ("f2", "cadres")];
    let review = confirmed(&server, "/settings/add", &filled(form, &named("新的表")));
    assert!(review.contains("汇总表的表的"), "{review}");
    let text = project.read(&settings());
    assert!(text.contains("[[summary.sheet]]\ntitle = \"新的表\"\nmetrics = [\"cadres\"]\n"), "{text}");
    let form = fields(&page(&server, "/settings/sheets/0"), "id=\"add\"");
    let refused = send(&server, "/settings/add", &filled(form, &[("f0", "空的"), ("f2", "nosuch")])).body;
    assert!(refused.contains("没有写入") && refused.contains("nosuch"), "{refused}");
    // The new one comes first.
    let count = text.matches("[[summary.sheet]]").count();
    let form = fields(&page(&server, "/settings/sheets/0"), "id=\"section\"");
    if count > 1 {
        confirmed(&server, "/settings/change", &with(form, &count.to_string(), "1"));
        let text = project.read(&settings());
        let first = text.split("[[summary.sheet]]").nth(1).expect("a sheet");
        assert!(first.starts_with("\ntitle = \"新的表\""), "{first}");
    }
    let removed = page(&server, "/settings/sheets/0");
    let place = if count > 1 { "0" } else { "1" };
    let form = filled(fields(&removed, "id=\"remove\""), &[("name", place)]);
    let review = confirmed(&server, "/settings/remove", &form);
    assert!(review.contains("汇总表的表“新的表”"), "{review}");
    let after = project.read(&settings());
    assert_eq!(after.matches("[[summary.sheet]]").count(), before.matches("[[summary.sheet]]").count());
    assert!(!after.contains("新的表"));
}

fn choices_and_severities_are_said_in_words() {
    let check = "[[check]]\nledger = \"study\"\nwhen = 'row.done > 90'\nseverity = \"警告\"\nmessage = \"学时太多\"\n\n[summary]\n";
    let project = ready().edit(&settings(), "[summary]\n", check);
    let server = Server::over(&project);
    let shown = page(&server, "/settings/checks/0");
    for text in ["错误：不能出正式报告", "警告：签字前要看", "提示：供参考", "添一个核对", "删去一个核对"]
    {
        assert!(shown.contains(text), "no {text}: {shown}");
    }
    let form = with(fields(&shown, "id=\"section\""), "警告", "错误");
    let review = confirmed(&server, "/settings/change", &form);
    assert!(review.contains("警告：签字前要看") && review.contains("错误：不能出正式报告"), "{review}");
    let form = filled(fields(&page(&server, "/settings/checks/0"), "id=\"remove\""), &[("name", "0")]);
    confirmed(&server, "/settings/remove", &form);
    assert!(!project.read(&settings()).contains("学时太多"));
}

/// The name of the field of a form that shows a value, behind a mark.
fn named(page: &str, mark: &str, label: &str) -> String {
    let behind = page.split(mark).nth(1).unwrap_or_else(|| panic!("no {mark}: {page}"));
    let control = behind.split(label).nth(1).unwrap_or_else(|| panic!("no {label}: {behind}"));
    control.split("name=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a name").to_owned()
}

fn the_type_of_a_column_is_changed_with_what_belongs_to_it() {
    let project = ready();
    let server = Server::over(&project);
    let address = format!("/settings/ledger/{}", study(&project));
    let before = project.read(&settings());
    let shown = page(&server, &address);
    let kind = named(&shown, "列“姓名”", "这一列填的是什么");
    // The names become choices, which are those of the cells.
    let form = fields(&shown, "id=\"section\"");
    let review = confirmed(&server, "/settings/change", &filled(form.clone(), &[(&kind, "choice")]));
    assert!(review.contains("列“姓名”的选项") && review.contains("<div>赵</div>"), "{review}");
    let text = project.read(&settings());
    assert!(text.contains("type = \"choice\", required = true, values = [\"赵\"]"), "{text}");
    // As days they cannot be read: the cells are named before anything is written; the choices go.
    let form = fields(&page(&server, &address), "id=\"section\"");
    let review = send(&server, "/settings/change", &filled(form, &[(&kind, "date")])).body;
    assert!(review.contains("台账里的错误从 0 项变成 2 项") && review.contains("现在是“赵”"), "{review}");
    assert!(review.contains("列“姓名”的选项"), "{review}");
    // As they were.
    let form = fields(&page(&server, &address), "id=\"section\"");
    confirmed(&server, "/settings/change", &filled(form, &[(&kind, "text")]));
    assert_eq!(project.read(&settings()), before);
}

fn a_change_of_the_table_alone_is_said() {
    let project = ready();
    let server = Server::over(&project);
    let address = "/settings/sheets/0";
    let form = fields(&page(&server, address), "id=\"section\"");
    let (title, shown) = form.iter().find(|(name, _)| name == "f1").expect("a title").clone();
    let sent = filled(form, &[(&title, &format!("{shown}表"))]);
    let review = send(&server, "/settings/change", &sent);
    assert!(
        review.body.contains("没有报告会变。") && review.body.contains("汇总表会变（变的只有它）。"),
        "{}",
        review.body
    );
    // What was written is said beside the field that was changed.
    let done = send(&server, "/settings/change", &fields(&review.body, "name=\"confirmed\""));
    let location = done.header("location").expect("an address").to_owned();
    assert!(location.starts_with("/settings/sheets/0?flash=") && location.ends_with("#section-1"), "{location}");
    let page = server.follow(&done);
    assert!(page.contains("已写入") && page.contains("id=\"section-1\""), "{page}");
}
