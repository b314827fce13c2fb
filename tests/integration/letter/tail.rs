//! 版记, joint signatures, and what marks drafts and finals.

use super::{assert_near, bands, line_texts, notice, part, printed, text, with_letter};
use crate::support::{NOTICE, Project, audit, libreoffice, parts, python_json, tools};

crate::harness::tests! {
    alone: [
        a_tail_is_the_last_thing_in_every_format,
        a_draft_says_so_and_a_final_does_not,
        without_a_day_of_printing_it_is_the_day_of_issue,
    ]
    with_tools: [
        a_tail_is_at_the_foot_of_the_last_page_which_is_even,
        a_tail_in_letter_form_has_no_rules,
        joint_signatures_stand_in_rows_above_the_date,
        a_draft_is_marked_behind_the_text_of_each_page,
    ]
}

const TAIL: &str = "[letter.tail]\ncopy_to = \"学院党委办公室，学院纪委，各党总支、直属党支部，党委统战部，学生工作处，后勤服务中心\"\n";
const PRINTED: &str = "printer = \"{{ notice.issuer }}\"\nprinted = 2018-11-05\n";

fn without_a_day_of_printing_it_is_the_day_of_issue() {
    let project = with_letter(&format!("{TAIL}printer = \"{{{{ notice.issuer }}}}\"\n"));
    assert_eq!(project.zicha(&["build", "--date", "2018-12-01"]).code, 0);
    assert!(text(&project, "md").ends_with("组织人事处　2018年12月1日印发\n"));
}

fn a_tail_is_the_last_thing_in_every_format() {
    let project = with_letter(&format!("{TAIL}{PRINTED}"));
    project.build();
    let markdown = text(&project, "md");
    assert!(markdown.ends_with("后勤服务中心。\n\n组织人事处　2018年11月5日印发\n"), "{markdown}");
    for document in [text(&project, "html"), part(&project, "word/document.xml")] {
        let letter = document.split_once("<details").map_or(document.as_str(), |(letter, _)| letter);
        let places =
            ["联系人", "抄送：", "学院纪委", "印发"].map(|text| letter.rfind(text).unwrap_or_else(|| panic!("{text}")));
        assert!(places.is_sorted(), "{places:?}");
    }
}

fn a_tail_is_at_the_foot_of_the_last_page_which_is_even() {
    // Letters of one page and of two.
    for sentences in [1, 80] {
        let opening = format!("{}\n", "自查情况逐项列出。".repeat(sentences));
        let project =
            with_letter(&format!("{TAIL}{PRINTED}")).file(&format!("{NOTICE}/opening.md"), opening.as_bytes());
        for pdf in printed(&project) {
            let pages = python_json("lines.py", &[&pdf]);
            let pages = pages.as_array().expect("pages");
            let last = line_texts(pages.last().expect("a page"));
            let number = if sentences == 1 { "—2—" } else { "—4—" };
            assert!(last.first().is_some_and(|line| line.starts_with("抄送：学院党委办公室")), "{last:?}");
            assert_eq!(last.last(), Some(&number), "{pdf:?}");
            let signed = pages.iter().position(|page| line_texts(page).contains(&"甲党支部")).expect("署名");
            for blank in &pages[signed + 1..pages.len() - 1] {
                assert!(line_texts(blank).is_empty(), "a number on a blank page");
            }
            let black = bands(&pdf, pages.len(), "black");
            let [first_rule, copy_to, .., inner_rule, printer, last_rule, _] = black[..] else { panic!("{black:?}") };
            assert_near("the last rule", last_rule.bottom, 262.0, 0.4);
            for rule in [first_rule, inner_rule, last_rule] {
                assert_near("a rule's left end", rule.left, 28.0, 0.3);
                assert_near("a rule's right end", rule.right, 184.0, 0.3);
                assert!(rule.bottom - rule.top < 0.6, "{rule:?}");
            }
            // One character of 四号 is 4.9 mm.
            assert_near("抄送", copy_to.left, 28.0 + 4.9, 0.7);
            assert_near("印发机关", printer.left, 28.0 + 4.9, 0.7);
            assert_near("印发日期", printer.right, 184.0 - 4.9, 0.9);
            // The second line of names begins below the first name.
            assert_near("further names", black[2].left, 28.0 + 4.0 * 4.9, 0.9);
        }
    }
}

fn a_tail_in_letter_form_has_no_rules() {
    let project = with_letter(&format!("[letter.head]\nmark = [\"组织人事处\"]\nform = \"letter\"\n{TAIL}"));
    let pdfs = printed(&project);
    for pdf in &pdfs {
        let pages = python_json("lines.py", &[pdf]);
        assert_eq!(pages.as_array().map(Vec::len), Some(1));
        assert!(line_texts(&pages[0]).iter().any(|line| line.starts_with("抄送：")));
        let wide = bands(pdf, 1, "black").into_iter().filter(|band| band.bottom - band.top < 1.0).count();
        // The line to sign on is part of its line of text.
        assert_eq!(wide, 0, "{pdf:?}");
    }
    let [docx, _, own] = pdfs;
    for pdf in [docx, own] {
        let lines = bands(&pdf, 1, "black");
        assert_near("the last line at the foot of the 版心", lines.last().expect("a line").bottom, 261.3, 0.6);
    }
}

fn joint_signatures_stand_in_rows_above_the_date() {
    let names = r#"["组织人事处", "学生工作处", "纪委办公室", "党委宣传部"]"#;
    let joint = |seal: &str| {
        Project::ready(&["甲党支部"])
            .edit(&notice(), "organisation = \"{{ branch.name }}\"", &format!("organisation = {names}"))
            .edit(&notice(), "seal         = true", seal)
    };
    for pdf in printed(&joint("seal = true")) {
        let black = bands(&pdf, 1, "black");
        // The first row, the last name, the date, the note.
        let [.., row, last, date, _note, _number] = black[..] else { panic!("{black:?}") };
        // LibreOffice and Word set the digits 3 mm apart from 年, 月 and 日 on each side.
        assert_near("the date's right edge", date.right, 184.0 - 4.0 * 5.6, 4.0);
        assert_near("the last name's middle", (last.left + last.right) / 2.0, (date.left + date.right) / 2.0, 1.2);
        assert_near("the distance of rows", last.top - row.top, 43.0, 0.6);
        assert!(row.left > 28.0 + 3.0 && row.right < last.right + 2.0, "{row:?} {last:?}");
    }
    let project = joint("seal = false");
    for pdf in printed(&project) {
        let pages = python_json("lines.py", &[&pdf]);
        let texts = line_texts(&pages[0]);
        let first = texts.iter().position(|line| *line == "组织人事处").unwrap_or_else(|| panic!("{texts:?}"));
        assert_eq!(texts[first..first + 5], ["组织人事处", "学生工作处", "纪委办公室", "党委宣传部", "2018年11月2日"]);
    }
    assert!(
        text(&project, "md").contains("\n\n组织人事处\n\n学生工作处\n\n纪委办公室\n\n党委宣传部\n\n2018年11月2日\n")
    );
    assert!(part(&project, "docProps/core.xml").contains("组织人事处、学生工作处、纪委办公室、党委宣传部"));
}

fn a_draft_says_so_and_a_final_does_not() {
    let project = Project::ready(&["甲党支部"]);
    project.build();
    assert!(text(&project, "md").starts_with("草稿\n\n# 甲党支部"));
    assert!(text(&project, "html").contains("<div class=\"draft-mark\" aria-hidden=\"true\"></div>"));
    assert!(part(&project, "word/header1.xml").contains("string=\"草稿\""));
    assert!(!part(&project, "word/settings.xml").contains("documentProtection"));
    assert_eq!(project.zicha(&["build", "--final"]).code, 0);
    assert!(text(&project, "md").starts_with("# 甲党支部") && !text(&project, "html").contains("草稿"));
    let docx = std::fs::read(project.report("甲党支部", "docx")).expect("a report");
    let parts = parts(&docx);
    assert!(parts.iter().all(|(name, text)| name != "word/header1.xml" && !text.contains("草稿")));
    assert!(
        part(&project, "word/settings.xml").contains("<w:documentProtection w:edit=\"readOnly\" w:enforcement=\"1\"")
    );
    assert!(part(&project, "docProps/custom.xml").contains("_MarkAsFinal"));
}

fn a_draft_is_marked_behind_the_text_of_each_page() {
    let opening = format!("{}\n", "自查情况逐项列出。".repeat(80));
    let project = Project::ready(&["甲党支部"]).file(&format!("{NOTICE}/opening.md"), opening.as_bytes());
    for pdf in printed(&project) {
        for page in [1, 2] {
            let grey = bands(&pdf, page, "grey");
            let whole = grey.iter().filter(|band| band.right - band.left > 80.0).count();
            assert!(whole > 0, "page {page} of {pdf:?}: {grey:?}");
        }
    }
    let fonts = tools().join("fonts");
    assert_eq!(project.zicha(&["build", "--final", "--fonts", &fonts.to_string_lossy()]).code, 0);
    let docx = project.report("甲党支部", "docx");
    audit(&docx);
    let folder = libreoffice(&[docx]);
    for pdf in [folder.path().join("甲党支部-自查报告.pdf"), project.report("甲党支部", "pdf")] {
        assert!(bands(&pdf, 1, "grey").iter().all(|band| band.right - band.left < 20.0));
    }
}
