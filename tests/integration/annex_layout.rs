//! Annexes on paper (GB/T 9704-2012, 7.3.4 and 7.3.7): the PDFs of LibreOffice and Chromium and zicha's own, measured
//! with pdfplumber.

use serde_json::Value;

use crate::support::{Project, audit, chromium, libreoffice, python_json};

crate::harness::tests! {
    with_tools: [
        an_annex_begins_a_page_with_its_mark_and_its_title_on_the_third_line,
        the_list_of_annexes_wraps_below_the_names_first_character,
        a_long_table_repeats_its_header_and_leaves_no_empty_page,
    ]
}

const SETTINGS: &str = "templates/2018-grassroots/notice.toml";
/// Points in a millimetre.
const MM: f64 = 72.0 / 25.4;
/// Height of a line of the body, in points.
const LINE: f64 = 28.95;
const LONG: &str = "甲党支部未达到规定学时的干部名单和所缺学时以及拟采取的补学措施一览表（截至2018年10月25日）";

/// Branches with three annexes: an upright table of as many rows, one on its side, one of a template.
fn project(branches: &[(&str, usize)]) -> Project {
    let names: Vec<&str> = branches.iter().map(|(name, _)| *name).collect();
    let project = Project::ready(&names);
    let settings = format!(
        "{}\n[[annex]]\ntitle = \"学习明细\"\nledger = \"study\"\ncolumns = [\"name\", \"required\", \"done\"]\nserial = true\n\
         [[annex]]\ntitle = \"{LONG}\"\nledger = \"study\"\ncolumns = [\"name\", \"done\"]\norientation = \"landscape\"\n\
         [[annex]]\ntitle = \"获奖情况\"\ntemplate = \"study.md\"\n",
        project.read(SETTINGS)
    );
    let mut study = "党组织,姓名,规定学时,已完成学时\n".to_owned();
    for (branch, rows) in branches {
        study.extend((1..=*rows).map(|n| format!("{branch},学员{n},50,40\n")));
    }
    project.file(SETTINGS, settings.as_bytes()).file("input/干部在线学习.csv", study.as_bytes())
}

/// A report as a program prints it.
struct Printed {
    program: &'static str,
    branch: String,
    pages: Vec<Value>,
}

/// The reports as LibreOffice and Chromium print them, and zicha's own PDFs.
fn printed(project: &Project, branches: &[(&str, usize)]) -> Vec<Printed> {
    project.build_with_fonts("md,docx,html,pdf");
    let documents: Vec<_> = branches.iter().map(|(branch, _)| project.report(branch, "docx")).collect();
    let folder = libreoffice(&documents);
    let mut all = Vec::new();
    for (branch, _) in branches {
        let pdf = project.path("页.pdf");
        chromium(&project.report(branch, "html"), &pdf);
        let libreoffice = folder.path().join(format!("{branch}-自查报告.pdf"));
        let own = project.report(branch, "pdf");
        for (program, pdf) in [("LibreOffice", libreoffice), ("Chromium", pdf), ("zicha", own)] {
            let pages = python_json("lines.py", &[&pdf]).as_array().expect("pages").clone();
            all.push(Printed { program, branch: (*branch).to_owned(), pages });
        }
    }
    all
}

fn lines(page: &Value) -> &Vec<Value> {
    page["lines"].as_array().expect("lines")
}

fn number(value: &Value, key: &str) -> f64 {
    value[key].as_f64().expect("a number")
}

fn text(line: &Value) -> &str {
    line["text"].as_str().expect("text")
}

/// The index of the page whose first line is `mark`.
fn page_of(pages: &[Value], mark: &str) -> usize {
    let begins = |page: &Value| lines(page).first().is_some_and(|line| text(line) == mark);
    pages.iter().position(begins).unwrap_or_else(|| panic!("no page begins with {mark}"))
}

/// Asserts that a length in points is another, within a millimetre and a half: LibreOffice centres the line grid on the
/// page, which moves lines down by up to half a line's rest.
fn assert_near(found: f64, expected: f64, what: &str) {
    assert!((found - expected).abs() < 1.5 * MM, "{what}: {found:.1} pt, expected {expected:.1} pt");
}

fn an_annex_begins_a_page_with_its_mark_and_its_title_on_the_third_line() {
    let branches = [("甲党支部", 70)];
    let project = project(&branches);
    let reports = printed(&project, &branches);
    audit(&project.report("甲党支部", "docx"));
    for Printed { program, pages, .. } in &reports {
        for (mark, title, is_landscape) in
            [("附件1", "学习明细", false), ("附件2", "甲党支部未达到规定学时的", true), ("附件3", "获奖情况", false)]
        {
            let page = &pages[page_of(pages, mark)];
            let what = format!("{program}, {mark}");
            let (top, left) = if is_landscape { (28.0 * MM, 35.0 * MM) } else { (37.0 * MM, 28.0 * MM) };
            assert_eq!(number(page, "width") > number(page, "height"), is_landscape, "{what}");
            let (first, second) = (&lines(page)[0], &lines(page)[1]);
            assert_near(number(first, "middle"), top + LINE / 2.0, &what);
            assert_near(number(first, "left"), left, &what);
            assert!((number(first, "size") - 16.0).abs() < 0.1, "{what}");
            // The title's lines are 34 pt high and begin below two lines of the body.
            assert_eq!(text(second), title, "{what}");
            assert_near(number(second, "middle"), top + 2.0 * LINE + 17.0, &what);
            assert!((number(second, "size") - 22.0).abs() < 0.1, "{what}");
            let middle = (number(second, "left") + number(second, "right")) / 2.0;
            let type_area = if is_landscape { 225.0 * MM } else { 156.0 * MM };
            assert_near(middle, left + type_area / 2.0, &what);
        }
        for (at, page) in pages.iter().enumerate() {
            let printed = if number(page, "width") > number(page, "height") {
                text(&page["turned"])
            } else {
                text(lines(page).last().expect("a line"))
            };
            assert_eq!(printed, format!("—{}—", at + 1), "{program}");
        }
        let last = pages.last().expect("a page");
        assert!(number(last, "width") < number(last, "height"), "{program}");
    }
}

fn the_list_of_annexes_wraps_below_the_names_first_character() {
    let branches = [("甲党支部", 3)];
    for Printed { program, pages, .. } in printed(&project(&branches), &branches) {
        let all = lines(&pages[0]);
        let position = |start: &str| all.iter().position(|line| text(line).starts_with(start)).expect("a line");
        let first = position("附件：1.学习明细");
        assert_near(number(&all[first], "left"), 28.0 * MM + 31.5, program);
        // One empty line above, and one below.
        assert_near(number(&all[first], "middle") - number(&all[first - 1], "middle"), 2.0 * LINE, program);
        let (second, third, signature) =
            (position("2.甲党支部"), position("3.获奖情况"), position("党支部书记（签字）："));
        assert_eq!((second, third + 1), (first + 1, signature), "{program}");
        assert_near(number(&all[signature], "middle") - number(&all[third], "middle"), 2.0 * LINE, program);
        let entry: String = all[second..third].iter().map(text).collect();
        assert_eq!(entry, format!("2.{LONG}"), "{program}");
        for line in [&all[second], &all[third]] {
            assert_near(number(line, "left"), 28.0 * MM + 5.0 * 15.75, program);
        }
        // “2.” is a character wide, less in the typeface that Chromium finds for it.
        assert!(third > second + 1, "{program}");
        for wrapped in &all[second + 1..third] {
            let inset = number(wrapped, "left") - number(&all[second], "left");
            assert!(inset > 11.0 && inset < 17.0, "{program}: {inset} pt");
        }
    }
}

fn a_long_table_repeats_its_header_and_leaves_no_empty_page() {
    // Tables of these lengths end at different heights of their last page.
    let branches =
        [("第一支部", 53), ("第二支部", 54), ("第三支部", 55), ("第四支部", 56), ("第五支部", 57), ("第六支部", 58)];
    for Printed { program, branch, pages } in printed(&project(&branches), &branches) {
        let rows = branches.iter().find(|(name, _)| *name == branch).expect("a branch").1;
        let what = format!("{program}, {rows} rows");
        let table = &pages[page_of(&pages, "附件1")..page_of(&pages, "附件2")];
        assert!(table.len() > 1, "{what}");
        let mut listed = 0;
        for page in table {
            let heads = lines(page).iter().filter(|line| text(line) == "序号姓名规定学时已完成学时").count();
            let on_page = lines(page).iter().filter(|line| text(line).contains("学员")).count();
            assert!(heads == 1 && on_page > 0, "{what}: {heads} heads and {on_page} rows on a page");
            listed += on_page;
        }
        assert_eq!(listed, rows, "{what}");
    }
}
