//! Page layout (GB/T 9704-2012): the PDFs of LibreOffice and Chromium, measured with pdfplumber.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{NOTICE, Project, chromium, libreoffice, python_json};

crate::harness::tests! {
    with_tools: [
        docx_pages_hold_22_lines_of_28_characters_and_number_their_pages_outside,
        html_prints_on_a4_like_the_docx,
        pdf_pages_hold_22_lines_of_28_characters_and_number_their_pages_outside,
        the_signature_is_never_split_or_alone_on_a_page,
        the_signature_of_a_pdf_is_never_split_or_alone_on_a_page,
        a_table_too_wide_for_the_page_is_landscape_and_repeats_its_header,
        a_landscape_page_has_its_number_at_the_foot_of_the_bound_sheet,
        numbers_are_never_broken_at_the_end_of_a_line,
    ]
}

/// Points in a millimetre.
const MM: f64 = 72.0 / 25.4;

fn pages(pdf: &Path) -> Vec<Value> {
    python_json("lines.py", &[pdf]).as_array().expect("pages").clone()
}

fn lines(page: &Value) -> &Vec<Value> {
    page["lines"].as_array().expect("lines")
}

fn number(line: &Value, key: &str) -> f64 {
    line[key].as_f64().expect("a number")
}

fn text(line: &Value) -> &str {
    line["text"].as_str().expect("text")
}

/// The lines of the type area (版心), without the page number.
fn body(page: &Value) -> impl Iterator<Item = &Value> {
    lines(page).iter().filter(|line| !text(line).starts_with('—'))
}

/// A branch with one paragraph of 3,000 characters without punctuation.
fn long_text() -> Project {
    let summary = "自查报告逐项对照台账数据如实填写".chars().cycle().take(3000).collect::<String>();
    Project::with_branches(&[("甲党支部", "机关党支部")])
        .ledger(
            "对标自查表",
            &["党组织", "标准", "自查情况", "是否达标"],
            &[vec!["甲党支部", "教育党员有力", "符合", "是"]],
        )
        .ledger("文字材料", &["党组织", "栏目", "内容"], &[vec!["甲党支部", "自查总结", &summary]])
}

fn assert_full_pages(pages: &[Value]) {
    let full: Vec<&Value> =
        pages.iter().skip(1).filter(|page| body(page).all(|line| text(line).chars().count() == 28)).collect();
    assert!(full.len() >= 2, "only {} full pages", full.len());
    for page in full {
        assert_eq!(body(page).count(), 22);
        let first = body(page).next().expect("a line");
        let last = body(page).last().expect("a line");
        assert!(number(first, "middle") > 37.0 * MM && number(last, "middle") < 262.0 * MM);
        for line in body(page) {
            assert!(
                (number(line, "left") - 28.0 * MM).abs() < 1.0 && number(line, "right") < 184.0 * MM + 1.0,
                "{line}"
            );
        }
    }
}

/// Odd pages right, even pages left, indented by one character, the middle of the number 269 mm from the top.
fn assert_page_numbers(pages: &[Value]) {
    assert!(pages.len() >= 4);
    for (at, page) in pages.iter().enumerate() {
        let line = lines(page).last().expect("a line");
        assert_eq!(text(line), format!("—{}—", at + 1));
        assert!((number(line, "size") - 14.0).abs() < 0.1, "{line}");
        assert!(
            (number(line, "middle") - 269.0 * MM).abs() < 1.0 * MM,
            "page {} at {} mm",
            at + 1,
            number(line, "middle") / MM
        );
        let inset = if at % 2 == 0 { 184.0 * MM - number(line, "right") } else { number(line, "left") - 28.0 * MM };
        assert!((inset - 14.0).abs() < 4.0, "page {} in by {inset} pt", at + 1);
    }
}

fn docx_pages_hold_22_lines_of_28_characters_and_number_their_pages_outside() {
    let project = long_text();
    project.build();
    let pdf = libreoffice(&[project.report("甲党支部", "docx")]);
    let pages = pages(&pdf.path().join("甲党支部-自查报告.pdf"));
    assert_full_pages(&pages);
    assert_page_numbers(&pages);
}

fn html_prints_on_a4_like_the_docx() {
    let project = long_text();
    project.build();
    let pdf = project.path("甲.pdf");
    chromium(&project.report("甲党支部", "html"), &pdf);
    let pages = pages(&pdf);
    for page in &pages {
        assert!((number(page, "width") - 210.0 * MM).abs() < 1.0 && (number(page, "height") - 297.0 * MM).abs() < 1.0);
    }
    assert_full_pages(&pages);
    assert_page_numbers(&pages);
}

fn pdf_pages_hold_22_lines_of_28_characters_and_number_their_pages_outside() {
    let project = long_text();
    project.build_with_fonts("pdf");
    let pages = pages(&project.report("甲党支部", "pdf"));
    assert_full_pages(&pages);
    assert_page_numbers(&pages);
}

/// The page of each of `wanted` in the PDFs of both formats.
fn page_of(pages: &[Value], wanted: &str) -> usize {
    let holds = |page: &Value| lines(page).iter().any(|line| text(line).contains(wanted));
    pages.iter().position(holds).unwrap_or_else(|| panic!("{wanted} is nowhere"))
}

/// 24 branches whose reports are a paragraph longer each, and their names.
fn growing_texts() -> (Project, Vec<String>) {
    let names: Vec<String> = (1..=24).map(|n| format!("第{n:02}党支部")).collect();
    let branches: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "机关党支部")).collect();
    let mut rows = Vec::new();
    for (at, name) in names.iter().enumerate() {
        rows.extend((0..=at).map(|n| {
            vec![
                name.clone(),
                format!("2018-09-{:02}", n + 1),
                "党章学习".to_owned(),
                "9".to_owned(),
                "8".to_owned(),
                "是".to_owned(),
            ]
        }));
    }
    let header = ["党组织", "活动日期", "活动主题", "应到人数", "实到人数", "是否上传灯塔平台"];
    let project = Project::with_branches(&branches)
        .ledger("主题党日", &header, &rows)
        .file(&format!("{NOTICE}/theme.md"), "略。".as_bytes())
        .file(
            &format!("{NOTICE}/closing.md"),
            "{% for row in theme %}{{ row.date }}开展{{ row.topic }}。\n\n{% endfor %}以上是本单位自查情况。"
                .as_bytes(),
        );
    (project, names)
}

fn assert_whole_signatures(names: &[String], pdf: impl Fn(&str) -> PathBuf) {
    let mut breaks = std::collections::BTreeSet::new();
    for name in names {
        let pages = pages(&pdf(name));
        let closing = page_of(&pages, "以上是本单位自查情况");
        for part in ["（签字）：", "2018年11月2日", "（联系人：袁联系"] {
            assert_eq!(page_of(&pages, part), closing, "{name}: {part}");
        }
        let signed = lines(&pages[closing]).iter().filter(|line| text(line) == name).count();
        assert_eq!(signed, 1, "{name}: 署名");
        breaks.insert(lines(&pages[closing]).len());
    }
    assert!(breaks.len() > 5, "the lengths do not move the block: {breaks:?}");
}

fn the_signature_is_never_split_or_alone_on_a_page() {
    let (project, names) = growing_texts();
    project.build();
    let documents: Vec<_> = names.iter().map(|name| project.report(name, "docx")).collect();
    let folder = libreoffice(&documents);
    assert_whole_signatures(&names, |name| folder.path().join(format!("{name}-自查报告.pdf")));
}

fn the_signature_of_a_pdf_is_never_split_or_alone_on_a_page() {
    let (project, names) = growing_texts();
    project.build_with_fonts("pdf");
    assert_whole_signatures(&names, |name| project.report(name, "pdf"));
}

fn a_table_too_wide_for_the_page_is_landscape_and_repeats_its_header() {
    let project = Project::with_a_wide_table("甲党支部");
    project.build_with_fonts("docx,pdf");
    let folder = libreoffice(&[project.report("甲党支部", "docx")]);
    for pdf in [folder.path().join("甲党支部-自查报告.pdf"), project.report("甲党支部", "pdf")] {
        assert_turned_table(&pages(&pdf));
    }
}

fn assert_turned_table(pages: &[Value]) {
    let wide: Vec<&Value> = pages.iter().filter(|page| number(page, "width") > number(page, "height")).collect();
    assert!(wide.len() >= 2, "{} pages on their side", wide.len());
    for page in wide {
        assert!(lines(page).iter().any(|line| text(line).contains("指标")), "no header on a page");
        for line in lines(page) {
            assert!(number(line, "left") > 34.0 * MM && number(line, "right") < 261.0 * MM, "{line}");
        }
    }
    assert!(
        number(&pages[0], "width") < number(&pages[0], "height")
            && number(pages.last().expect("a page"), "width") < 600.0
    );
}

/// The left edge of a landscape page is the foot of the upright sheet, its upper edge the left one.
fn a_landscape_page_has_its_number_at_the_foot_of_the_bound_sheet() {
    let project = Project::with_a_wide_table("甲党支部");
    project.build_with_fonts("docx,html,pdf");
    crate::support::audit(&project.report("甲党支部", "docx"));
    let folder = libreoffice(&[project.report("甲党支部", "docx")]);
    let html = project.path("html.pdf");
    chromium(&project.report("甲党支部", "html"), &html);
    for pdf in [folder.path().join("甲党支部-自查报告.pdf"), html, project.report("甲党支部", "pdf")] {
        let pages = pages(&pdf);
        let mut sides = std::collections::BTreeSet::new();
        for (at, page) in pages.iter().enumerate() {
            let number_text = format!("—{}—", at + 1);
            if number(page, "width") < number(page, "height") {
                assert!(page["turned"].is_null() && text(lines(page).last().expect("a line")) == number_text, "{at}");
                continue;
            }
            let turned = &page["turned"];
            assert_eq!(text(turned), number_text);
            assert!(lines(page).iter().all(|line| text(line) != number_text), "two numbers");
            // As far from the foot as on upright pages, 269 mm from the head.
            let middle = (number(turned, "left") + number(turned, "right")) / 2.0;
            assert!((middle - 28.0 * MM).abs() < 1.0 * MM, "{} mm", middle / MM);
            let is_odd = at % 2 == 0;
            let inset = if is_odd { 184.0 * MM - number(turned, "bottom") } else { number(turned, "top") - 28.0 * MM };
            assert!((inset - 14.0).abs() < 4.0, "page {} in by {inset} pt", at + 1);
            sides.insert(is_odd);
        }
        assert_eq!(sides.len(), 2, "odd and even pages");
    }
}

/// With Latin text marked as zh-CN, LibreOffice broke 2018 after its first digit.
fn numbers_are_never_broken_at_the_end_of_a_line() {
    let project = Project::sample();
    project.build();
    let branches = ["教务处党支部", "机电工程学院党总支", "信息工程学院党总支"];
    let documents: Vec<_> = branches.iter().map(|branch| project.report(branch, "docx")).collect();
    let pdf = libreoffice(&documents);
    for branch in branches {
        let pages = pages(&pdf.path().join(format!("{branch}-自查报告.pdf")));
        let body: Vec<&str> = pages.iter().flat_map(body).filter(|l| number(l, "size") > 15.0).map(text).collect();
        assert!(body.len() > 40);
        for pair in body.windows(2) {
            let parted =
                pair[0].ends_with(|c: char| c.is_ascii_digit()) && pair[1].starts_with(|c: char| c.is_ascii_digit());
            assert!(!parted, "{branch}: {pair:?}");
        }
    }
}
