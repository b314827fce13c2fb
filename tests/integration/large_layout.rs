//! What is larger than usual on paper: a cell longer than a page, forty columns, a long title, many addressees. The
//! PDFs of LibreOffice and Chromium and zicha's own, read with pdfplumber.

use serde_json::Value;

use crate::support::{NOTICE, Project, audit, chromium, libreoffice, parts, python_json};

crate::harness::tests! {
    alone: [
        only_rows_of_half_a_page_or_more_may_be_broken,
    ]
    with_tools: [
        a_cell_longer_than_a_page_is_printed_as_a_whole,
        numbers_in_forty_columns_are_not_broken,
        a_long_title_and_many_addressees_stay_in_the_type_area,
    ]
}

const SETTINGS: &str = "templates/2018-grassroots/notice.toml";
/// Points in a millimetre.
const MM: f64 = 72.0 / 25.4;

/// A text of that many characters in which no two sentences are alike.
fn long_text(characters: usize) -> String {
    let sentences = (1..).map(|n| format!("第{n}句对照台账逐项检查明确责任人和时限逐条销号。"));
    sentences.flat_map(|sentence| sentence.chars().collect::<Vec<char>>()).take(characters).collect()
}

/// A branch with these texts, a row each, in a table of the letter and in an annex.
fn with_texts(texts: &[String]) -> Project {
    let project = Project::ready(&["甲党支部"]);
    let settings = format!(
        "{}\n[[annex]]\ntitle = \"长文\"\nledger = \"long\"\ncolumns = [\"text\"]\n\
         [ledger.long]\ntitle = \"长文\"\n[ledger.long.columns]\nbranch = {{ header = [\"党组织\"], type = \"branch\" }}\n\
         text = {{ header = [\"内容\"], type = \"text\" }}\n",
        project.read(SETTINGS)
    );
    let template = "| 内容 |\n| :--- |\n{%- for row in long %}\n| {{ row.text }} |\n{%- endfor %}\n";
    let rows: Vec<[&str; 2]> = texts.iter().map(|text| ["甲党支部", text]).collect();
    project.file(SETTINGS, settings.as_bytes()).file(&format!("{NOTICE}/study.md"), template.as_bytes()).ledger(
        "长文",
        &["党组织", "内容"],
        &rows.iter().map(|row| row.to_vec()).collect::<Vec<_>>(),
    )
}

/// The pages of the report as LibreOffice and Chromium print them, and those of zicha's own PDF.
fn printed(project: &Project) -> [(&'static str, Vec<Value>); 3] {
    project.build_with_fonts("md,docx,html,pdf");
    let document = project.report("甲党支部", "docx");
    audit(&document);
    let folder = libreoffice(&[document]);
    let pdf = project.path("页.pdf");
    chromium(&project.report("甲党支部", "html"), &pdf);
    let pages = |pdf: &std::path::Path| python_json("lines.py", &[pdf]).as_array().expect("pages").clone();
    [
        ("LibreOffice", pages(&folder.path().join("甲党支部-自查报告.pdf"))),
        ("Chromium", pages(&pdf)),
        ("zicha", pages(&project.report("甲党支部", "pdf"))),
    ]
}

fn lines(page: &Value) -> &Vec<Value> {
    page["lines"].as_array().expect("lines")
}

fn text(line: &Value) -> &str {
    line["text"].as_str().expect("text")
}

fn number(value: &Value, key: &str) -> f64 {
    value[key].as_f64().expect("a number")
}

/// The text of all pages without page numbers and repeated headers.
fn running_text(pages: &[Value]) -> String {
    let is_text = |line: &&Value| !text(line).starts_with('—') && text(line) != "内容";
    pages.iter().flat_map(lines).filter(is_text).map(text).collect()
}

fn only_rows_of_half_a_page_or_more_may_be_broken() {
    let project = with_texts(&[long_text(100), long_text(5000)]);
    project.build();
    let parts = parts(&std::fs::read(project.report("甲党支部", "docx")).expect("a report"));
    let document = &parts.iter().find(|(name, _)| name == "word/document.xml").expect("a document").1;
    // Two tables: a header and a short row, which are not broken, and a tall row each.
    assert_eq!((document.matches("<w:tr>").count(), document.matches("<w:cantSplit>").count()), (6, 4));
    let html = project.report_text("甲党支部", "html");
    assert_eq!(html.matches("<tr style=\"break-inside:auto\">").count(), 2);
}

fn a_cell_longer_than_a_page_is_printed_as_a_whole() {
    let texts = [long_text(100), long_text(5000), long_text(400)];
    for (program, pages) in printed(&with_texts(&texts)) {
        let printed = running_text(&pages);
        for text in &texts {
            // Once in the letter, once in the annex; the shorter texts are the longer one's beginning.
            let wanted = texts.iter().filter(|other| other.starts_with(text.as_str())).count() * 2;
            assert_eq!(
                printed.matches(text.as_str()).count(),
                wanted,
                "{program}: {} characters",
                text.chars().count()
            );
        }
    }
}

fn numbers_in_forty_columns_are_not_broken() {
    let ids: Vec<String> = (1..=40).map(|n| format!("c{n}")).collect();
    let headers: Vec<String> = (1..=40).map(|n| format!("第{n}项指标")).collect();
    let project = Project::ready(&["甲党支部"]);
    let columns: String = ids
        .iter()
        .zip(&headers)
        .map(|(id, header)| format!("{id} = {{ header = [\"{header}\"], type = \"text\" }}\n"))
        .collect();
    let settings = format!(
        "{}\n[[annex]]\ntitle = \"宽表\"\nledger = \"wide\"\ncolumns = [\"{}\"]\n[ledger.wide]\ntitle = \"宽表\"\n\
         [ledger.wide.columns]\nbranch = {{ header = [\"党组织\"], type = \"branch\" }}\n{columns}",
        project.read(SETTINGS),
        ids.join("\", \"")
    );
    let row =
        |n: usize| std::iter::once("甲党支部".to_owned()).chain((0..40).map(move |m| format!("{}", 1000 + n * 40 + m)));
    let rows: Vec<Vec<String>> = (0..20).map(|n| row(n).collect()).collect();
    let header: Vec<&str> = std::iter::once("党组织").chain(headers.iter().map(String::as_str)).collect();
    let project = project.file(SETTINGS, settings.as_bytes()).ledger("宽表", &header, &rows);
    for (program, pages) in printed(&project) {
        let wide: Vec<&Value> = pages.iter().filter(|page| number(page, "width") > number(page, "height")).collect();
        let all: Vec<&str> = wide.iter().flat_map(|page| lines(page)).map(text).collect();
        for row in &rows {
            assert!(all.contains(&row[1..].concat().as_str()), "{program}: {all:#?}");
        }
        for line in wide.iter().flat_map(|page| lines(page)) {
            assert!(number(line, "left") > 34.0 * MM && number(line, "right") < 261.0 * MM, "{program}: {line}");
        }
    }
}

fn a_long_title_and_many_addressees_stay_in_the_type_area() {
    let title = "[\"{{ branch.name }}\", \"关于\", \"学习贯彻上级党组织\", \"进一步加强和改进\", \"基层党支部规范化建设\", \
                 \"和党员教育管理监督工作\", \"有关工作部署要求的\", \"自查自纠情况报告\"]";
    let addressees = ["校党委组织部", "校党委宣传部", "校党委统战部"].repeat(14).join("、");
    let project = Project::ready(&["甲党支部"])
        .edit(SETTINGS, "[\"{{ branch.name }}\", \"关于\", \"学习情况的\", \"报告\"]", title)
        .edit(SETTINGS, "addressee    = \"{{ notice.issuer }}\"", &format!("addressee = \"{addressees}\""));
    for (program, pages) in printed(&project) {
        let first = lines(&pages[0]);
        let of_title: Vec<&Value> = first.iter().filter(|line| number(line, "size") > 20.0).collect();
        let words: String = of_title.iter().map(|line| text(line)).collect();
        assert!(words.chars().count() >= 60 && of_title.len() == 4, "{program}: {of_title:#?}");
        for line in &of_title {
            let middle = (number(line, "left") + number(line, "right")) / 2.0;
            assert!((middle - 106.0 * MM).abs() < MM && text(line).chars().count() >= 8, "{program}: {line}");
        }
        let to: Vec<&Value> =
            first.iter().skip(of_title.len()).take_while(|line| !text(line).starts_with("现将")).collect();
        assert_eq!(to.len(), 11, "{program}");
        assert_eq!(to.iter().map(|line| text(line)).collect::<String>(), format!("{addressees}："), "{program}");
        for line in &to {
            assert!((number(line, "left") - 28.0 * MM).abs() < MM, "{program}: {line}");
            // A stop may hang by half a character where Chromium closes the line with it.
            assert!(number(line, "right") < 184.0 * MM + 8.5, "{program}: {line}");
        }
    }
}
