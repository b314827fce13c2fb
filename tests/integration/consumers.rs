//! Reports opened with other programs, and the structure that these rely on.

use crate::support::{NOTICE, Project, SHIPPED_BRANCHES, audit, chromium, libreoffice, pandoc, parts, python_json};

crate::harness::tests! {
    alone: [
        pages_are_self_contained_and_tables_have_scoped_headers,
        documents_have_headings_repeated_header_rows_and_unbroken_rows,
        a_latin_typeface_does_not_apply_to_quotes,
    ]
    with_tools: [
        every_report_opens_everywhere,
        every_page_prints_in_chromium,
        the_character_grid_is_a_setting,
    ]
}

fn every_report_opens_everywhere() {
    let project = Project::sample();
    project.build();
    let documents: Vec<_> = SHIPPED_BRANCHES.iter().map(|branch| project.report(branch, "docx")).collect();
    let pdf = libreoffice(&documents);
    for (branch, document) in SHIPPED_BRANCHES.iter().zip(&documents) {
        assert!(pdf.path().join(format!("{branch}-自查报告.pdf")).exists(), "LibreOffice: {branch}");
        audit(document);
        let read = python_json("docx_text.py", &[document]);
        assert_eq!(read["author"], *branch);
        assert_eq!(read["title"], format!("{branch}关于基层党建工作自查情况的报告"));
        assert_eq!(read["created"], "2018-11-02T00:00:00+00:00");
        assert_eq!(read["language"], "zh-CN");
        // A table in each annex: four, and a fifth with the cadres who are short of hours.
        let annexes = project.report_text(branch, "md").matches("\n# 附件").count();
        assert!(matches!(annexes, 4 | 5), "{branch}: {annexes}");
        assert_eq!(read["tables"].as_array().map(Vec::len), Some(annexes), "{branch}");
        let headings = read["paragraphs"].as_array().expect("paragraphs").iter().filter(|p| p["style"] == "Heading 1");
        let numbers: Vec<char> = headings.filter_map(|p| p["text"].as_str()?.chars().next()).collect();
        assert_eq!(numbers, ['一', '二', '三', '四', '五', '六'], "{branch}");
        for (format, extension) in [("docx", "docx"), ("commonmark_x", "md"), ("html", "html")] {
            let text = pandoc(&project.report(branch, extension), format);
            for part in ["组织人事处：", "一、规范化党支部建设情况", "（签字）：", "2018年11月2日", branch]
            {
                assert!(text.contains(part), "{branch}.{extension} lacks {part}:\n{text}");
            }
        }
    }
}

fn every_page_prints_in_chromium() {
    let project = Project::sample();
    project.build();
    for branch in ["宣传统战部党支部", "机电工程学院党总支"] {
        let pdf = project.path("page.pdf");
        chromium(&project.report(branch, "html"), &pdf);
        let pages = python_json("lines.py", &[&pdf]);
        let pages = pages.as_array().expect("pages");
        assert!((8..=11).contains(&pages.len()), "{branch}: {} pages", pages.len());
        for (at, page) in pages.iter().enumerate() {
            let lines = page["lines"].as_array().expect("lines");
            assert!(lines.len() > 3, "{branch}: page {} is all but empty", at + 1);
            assert_eq!(lines.last().expect("a line")["text"], format!("—{}—", at + 1));
        }
    }
}

fn pages_are_self_contained_and_tables_have_scoped_headers() {
    let project = Project::sample();
    project.build();
    for branch in SHIPPED_BRANCHES {
        let html = project.report_text(branch, "html");
        assert!(html.starts_with("<!DOCTYPE html>\n<html lang=\"zh-CN\">"));
        for outside in ["http:", "https:", "src=", "url(", "@import", "<script", "<link"] {
            assert!(!html.contains(outside), "{branch}: {outside}");
        }
        assert!(!html.contains("<th>") && html.matches("<th scope=\"col\">").count() > 20, "{branch}");
        assert_eq!(html.matches("<h1>").count(), 1, "{branch}");
    }
}

fn documents_have_headings_repeated_header_rows_and_unbroken_rows() {
    let project = Project::sample();
    project.build();
    let docx = std::fs::read(project.report("机电工程学院党总支", "docx")).expect("a report");
    let parts = parts(&docx);
    let part = |name: &str| &parts.iter().find(|(part, _)| part == name).unwrap_or_else(|| panic!("{name}")).1;
    for (level, id) in [("0", "Heading1"), ("1", "Heading2"), ("2", "Heading3"), ("3", "Heading4")] {
        let styles = part("word/styles.xml");
        let style = styles.split("<w:style ").find(|s| s.contains(&format!("w:styleId=\"{id}\""))).expect(id);
        assert!(
            style.contains(&format!("<w:outlineLvl w:val=\"{level}\">")) && style.contains("w:firstLineChars=\"200\""),
            "{style}"
        );
    }
    let document = part("word/document.xml");
    assert_eq!(document.matches("<w:tblHeader>").count(), 4);
    assert_eq!(document.matches("<w:tr>").count(), document.matches("<w:cantSplit>").count());
    for (name, text) in &parts {
        assert!(!text.contains("paraId") && !text.contains("w14:"), "{name}");
    }
    assert!(part("word/settings.xml").contains("<w:evenAndOddHeaders>"));
    assert!(part("word/fontTable.xml").contains("<w:altName w:val=\"仿宋,FangSong,STFangsong\">"));
}

fn a_latin_typeface_does_not_apply_to_quotes() {
    let project = Project::sample().edit(&format!("{NOTICE}/notice.toml"), "# latin = ", "latin = ");
    project.build();
    let docx = std::fs::read(project.report("教务处党支部", "docx")).expect("a report");
    let parts = parts(&docx);
    let styles = &parts.iter().find(|(name, _)| name == "word/styles.xml").expect("styles").1;
    assert!(
        styles.contains("w:ascii=\"Times New Roman\"")
            && styles.contains("w:hAnsi=\"仿宋_GB2312\"")
            && styles.contains("w:hint=\"eastAsia\"")
    );
}

fn the_character_grid_is_a_setting() {
    let project =
        Project::sample().edit(&format!("{NOTICE}/notice.toml"), "grid = \"lines\"", "grid = \"lines-and-chars\"");
    project.build();
    let document = project.report("教务处党支部", "docx");
    audit(&document);
    let parts = parts(&std::fs::read(document).expect("a report"));
    let body = &parts.iter().find(|(name, _)| name == "word/document.xml").expect("a body").1;
    assert!(body.contains("w:charSpace=\"-842\"") && body.contains("w:type=\"linesAndChars\""));
}
