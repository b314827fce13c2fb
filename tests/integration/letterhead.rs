//! The letter's head and tail (GB/T 9704-2012, 7.2, 7.4 and 10.1): what is printed in all formats, what is refused, and where
//! it stands on paper, measured in the PDFs of LibreOffice and Chromium.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{NOTICE, Project, audit, chromium, libreoffice, parts, python_json};

crate::harness::tests! {
    alone: [
        a_head_stands_above_the_title_in_every_format,
        empty_elements_are_not_printed,
        preprinted_paper_has_no_second_mark,
        a_text_in_a_wrong_form_is_refused_at_its_line,
        a_filled_text_in_a_wrong_form_stops_its_report,
        a_gap_in_a_head_is_a_gap_of_the_report,
        a_tail_is_the_last_thing_in_every_format,
        a_draft_says_so_and_a_final_does_not,
    ]
    with_tools: [
        mark_number_and_red_rule_stand_where_the_standard_says,
        a_document_to_a_superior_has_its_number_left_and_signers_right,
        joint_issuers_stand_one_above_the_other,
        a_letter_has_its_mark_30_mm_below_the_edge_and_two_double_rules,
        a_tail_is_at_the_foot_of_the_last_page_which_is_even,
        a_tail_in_letter_form_has_no_rules,
        joint_signatures_stand_in_rows_above_the_date,
        a_draft_is_marked_behind_the_text_of_each_page,
    ]
}

const FILE_NAME: &str = "file_name    = \"自查报告\"\n";

fn notice() -> String {
    format!("{NOTICE}/notice.toml")
}

/// A branch whose report has these lines of settings behind `[letter]`.
fn with_letter(lines: &str) -> Project {
    Project::ready(&["甲党支部"]).edit(&notice(), FILE_NAME, &format!("{FILE_NAME}\n{lines}"))
}

fn with_head(lines: &str) -> Project {
    with_letter(&format!("[letter.head]\n{lines}"))
}

/// All elements that go together.
const WHOLE: &str = "copy_number = \"000012\"\nsecrecy = \"机密★1年\"\nurgency = \"特急\"\nmark = [\"{{ notice.issuer }}\"]\n\
                     document = true\nnumber = \"校组字〔2018〕12号\"\n";

fn text(project: &Project, extension: &str) -> String {
    project.report_text("甲党支部", extension)
}

fn part(project: &Project, name: &str) -> String {
    let docx = std::fs::read(project.report("甲党支部", "docx")).expect("a report");
    parts(&docx).into_iter().find(|(part, _)| part == name).unwrap_or_else(|| panic!("{name}")).1
}

fn a_head_stands_above_the_title_in_every_format() {
    let project = with_head(&format!("{WHOLE}signers = [\"张三\", \"李四\"]\n"));
    project.build();
    let elements =
        ["000012", "机密★1年", "特急", "组织人事处", "文件", "校组字〔2018〕12号", "签发人：", "张三", "李四"];
    for document in [text(&project, "md"), text(&project, "html"), part(&project, "word/document.xml")] {
        let body = document.split_once("<body>").map_or(document.as_str(), |(_, body)| body);
        let places: Vec<usize> = elements
            .iter()
            .chain(&["关于"])
            .map(|text| body.find(text).unwrap_or_else(|| panic!("{text}: {body}")))
            .collect();
        assert!(places.is_sorted(), "{places:?}");
    }
    let markdown = text(&project, "md");
    assert!(markdown.starts_with(
        "草稿\n\n000012\n\n机密★1年\n\n特急\n\n组织人事处文件\n\n校组字〔2018〕12号　签发人：张三　李四\n\n# 甲党支部关于学习情况的报告\n"
    ), "{markdown}");
}

fn empty_elements_are_not_printed() {
    let plain = Project::ready(&["甲党支部"]);
    plain.build();
    let project = with_head("urgency = \"{% if 1 > 2 %}特急{% endif %}\"\n");
    project.build();
    for extension in ["md", "html"] {
        assert_eq!(text(&project, extension), text(&plain, extension));
    }
    assert_eq!(part(&project, "word/document.xml"), part(&plain, "word/document.xml"));
}

fn preprinted_paper_has_no_second_mark() {
    let project = with_head(&format!("{WHOLE}preprinted = true\n"));
    project.build();
    for document in [text(&project, "md"), text(&project, "html"), part(&project, "word/document.xml")] {
        let body = document.split_once("<body>").map_or(document.as_str(), |(_, body)| body);
        let head = body.split_once("校组字").expect("a number").0;
        assert!(!head.contains("组织人事处") && !head.contains("文件"), "{head}");
        assert!(!body.contains("FF0000"), "a red rule");
    }
}

fn a_text_in_a_wrong_form_is_refused_at_its_line() {
    for (lines, line, says) in [
        ("copy_number = \"12\"", 1, "如 000012"),
        ("\nsecrecy = \"内部\"", 2, "“绝密”“机密”或“秘密”"),
        ("urgency = \"急件\"", 1, "“特急”或“加急”"),
        ("mark = [\"甲\",\n\"乙文件\"]", 2, "document = true"),
        ("number = \"校组字[2018]12号\"", 1, "六角括号〔〕"),
        ("number = \"校组字〔2018〕012号\"", 1, "不加 0"),
        ("document = true", 1, "没有写发文机关"),
        ("form = \"letter\"\nmark = [\"甲\"]\ndocument = true", 3, "信函格式"),
        ("form = \"letter\"\nsigners = [\"张三\"]", 2, "信函格式没有签发人"),
        ("form = \"信函\"", 1, "不认识“信函”"),
        ("[letter.tail]\ncopy_to = \"党委。\"", 2, "句号"),
        ("[letter.tail]\nprinter = \"甲\"", 2, "没有写印发日期"),
        ("[letter.tail]\nprinted = 2018-11-05", 2, "没有写印发机关"),
        ("[letter.tail]\nprinter = \"甲\"\nprinted = 2018-11-01", 3, "早于成文日期"),
        ("form = \"letter\"\n[letter.tail]\nprinter = \"甲\"\nprinted = 2018-11-05", 3, "信函格式"),
    ] {
        let project = with_head(&format!("{lines}\n"));
        let settings = project.read(&notice());
        let above = settings.split_once("[letter.head]").expect("a head").0.lines().count() + 1;
        let run = project.zicha(&["check"]);
        assert_eq!(run.code, 2, "{lines}: {}", run.all());
        assert!(
            run.stderr.contains(&format!("第{}行：", above + line)) && run.stderr.contains(says),
            "{lines}: {}",
            run.stderr
        );
    }
}

fn a_filled_text_in_a_wrong_form_stops_its_report() {
    let project = with_head("number = \"{{ branch.contact }}字（2018）1号\"\n");
    let line = project.read(&notice()).lines().position(|line| line.starts_with("number")).expect("a line") + 1;
    let run = project.zicha(&["build"]);
    assert_eq!(run.code, 1, "{}", run.all());
    let said = format!("第{line}行");
    assert!(run.all().contains(&said) && run.all().contains("六角括号"), "{said}: {}", run.all());
    assert!(!project.report("甲党支部", "docx").exists());
}

fn a_gap_in_a_head_is_a_gap_of_the_report() {
    let project =
        with_head("number = \"{{ branch.contact }}字〔2018〕1号\"\n").edit("input/党组织名册.csv", ",袁联系", ",");
    let run = project.build();
    assert!(text(&project, "md").starts_with("草稿\n\n【待填写：联系人】字〔2018〕1号"), "{}", text(&project, "md"));
    assert!(run.all().contains("待填写"));
    assert_ne!(project.zicha(&["build", "--final"]).code, 0);
}

/// The branch's report as PDF: LibreOffice's of the DOCX, then Chromium's of the HTML.
fn printed(project: &Project) -> [PathBuf; 2] {
    project.build();
    let docx = project.report("甲党支部", "docx");
    audit(&docx);
    let folder = libreoffice(&[docx]);
    let pdf = project.path("docx.pdf");
    std::fs::copy(folder.path().join("甲党支部-自查报告.pdf"), &pdf).expect("a PDF");
    let html = project.path("html.pdf");
    chromium(&project.report("甲党支部", "html"), &html);
    [pdf, html]
}

/// The bands of a colour on a page, from top to bottom.
fn bands(pdf: &Path, page: usize, colour: &str) -> Vec<Band> {
    let pages = python_json("ink.py", &[pdf, Path::new(&page.to_string())]);
    let read = |band: &Value, key: &str| band[key].as_f64().expect("a number");
    let bands = pages[0][colour].as_array().expect("bands").iter();
    bands
        .map(|band| Band {
            top: read(band, "top"),
            bottom: read(band, "bottom"),
            left: read(band, "left"),
            right: read(band, "right"),
        })
        .collect()
}

/// A line of text or a rule, in mm.
#[derive(Clone, Copy, Debug)]
struct Band {
    top: f64,
    bottom: f64,
    left: f64,
    right: f64,
}

#[track_caller]
fn assert_near(what: &str, found: f64, wanted: f64, tolerance: f64) {
    assert!((found - wanted).abs() <= tolerance, "{what}: {found:.2} mm, not {wanted:.2}");
}

fn mark_number_and_red_rule_stand_where_the_standard_says() {
    for (pdf, mark_top) in printed(&with_head(WHOLE)).into_iter().zip([72.6, 75.4]) {
        let (red, black) = (bands(&pdf, 1, "red"), bands(&pdf, 1, "black"));
        let [mark, rule] = red[..] else { panic!("{red:?}") };
        // The edge of the line is at 72 mm; the test's typeface begins lower in it.
        assert_near("the mark's upper edge", mark.top, mark_top, 0.5);
        assert_near("the mark's middle", (mark.left + mark.right) / 2.0, 106.0, 0.5);
        let [copy_number, secrecy, urgency, number, title] = black[..5] else { panic!("{black:?}") };
        for (at, note) in [copy_number, secrecy, urgency].iter().enumerate() {
            assert_near("a note's left edge", note.left, 28.0, 0.6);
            assert_near("a note's lower edge", note.bottom, 45.6 + 10.2 * at as f64, 1.5);
        }
        assert!(urgency.bottom < mark.top);
        assert_near("the number's middle", (number.left + number.right) / 2.0, 106.0, 0.5);
        // Two blank lines of 10.2 mm, and what lines leave free above and below.
        assert!((20.4..26.0).contains(&(number.top - mark.bottom)), "{number:?} below {mark:?}");
        assert_near("the rule below the number", rule.top - number.bottom, 4.0, 0.3);
        assert_near("the rule's ends", rule.left, 28.0, 0.3);
        assert_near("the rule's ends", rule.right, 184.0, 0.3);
        assert!((20.4..26.0).contains(&(title.top - rule.bottom)), "{title:?} below {rule:?}");
    }
}

fn a_document_to_a_superior_has_its_number_left_and_signers_right() {
    let project = with_head(&format!("{WHOLE}signers = [\"张三\", \"李小四\", \"王五\"]\n"));
    for pdf in printed(&project) {
        let pages = python_json("lines.py", &[&pdf]);
        let lines = pages[0]["lines"].as_array().expect("lines");
        let find = |text: &str| lines.iter().find(|line| line["text"].as_str().is_some_and(|line| line.contains(text)));
        let number = |line: &Value, key: &str| line[key].as_f64().expect("a number") / 72.0 * 25.4;
        let first = find("签发人：张三李小四").unwrap_or_else(|| panic!("{lines:#?}"));
        let last = find("校组字〔2018〕12号王五").unwrap_or_else(|| panic!("{lines:#?}"));
        assert_near("the names' right edge", number(first, "right"), 184.0 - 5.6, 0.6);
        assert_near("the number's left edge", number(last, "left"), 28.0 + 5.6, 0.6);
        assert_near("a line", number(last, "middle") - number(first, "middle"), 10.2, 0.3);
        let (red, black) = (bands(&pdf, 1, "red"), bands(&pdf, 1, "black"));
        // Behind three notes and the first line of names.
        assert_near("the rule below the number", red[1].top - black[4].bottom, 4.0, 0.3);
    }
}

fn joint_issuers_stand_one_above_the_other() {
    let project = with_head(
        "mark = [\"组织人事处\", \"学生工作处\", \"纪委\"]\ndocument = true\nnumber = \"校组字〔2018〕12号\"\n",
    );
    for pdf in printed(&project) {
        let red = bands(&pdf, 1, "red");
        let [first, second, third, rule] = red[..] else { panic!("{red:?}") };
        // The names are equally wide; 文件 is beside the middle one.
        assert_near("a name's left edge", third.left, first.left, 0.6);
        assert_near("a name's right edge", third.right, first.right, 0.8);
        assert!(second.right > first.right + 10.0, "文件 is nowhere: {red:?}");
        assert_near("the mark's middle", (first.left + second.right) / 2.0, 106.0, 3.0);
        assert!(rule.top - third.bottom > 25.0);
    }
}

fn a_letter_has_its_mark_30_mm_below_the_edge_and_two_double_rules() {
    let lines = WHOLE.replace("document = true\n", "form = \"letter\"\n");
    let project = with_letter(&format!("[letter.head]\n{lines}"));
    // Three pages.
    let long = format!("{}\n\n", "自查情况逐项列出。".repeat(180));
    let project = project.file(&format!("{NOTICE}/opening.md"), long.as_bytes());
    for (pdf, mark_top) in printed(&project).into_iter().zip([30.9, 33.4]) {
        let (red, black) = (bands(&pdf, 1, "red"), bands(&pdf, 1, "black"));
        let [mark, thick, thin, lower_thin, lower_thick] = red[..] else { panic!("{red:?}") };
        assert_near("the mark's upper edge", mark.top, mark_top, 0.5);
        assert!(thick.bottom - thick.top > thin.bottom - thin.top, "thick above thin");
        assert!(lower_thick.bottom - lower_thick.top > lower_thin.bottom - lower_thin.top, "thin above thick");
        assert!((1.4..4.1).contains(&(thick.top - mark.bottom)), "{mark:?} above {thick:?}");
        assert_near("the lower rule", lower_thin.top, 277.0, 0.3);
        for rule in [thick, thin, lower_thin, lower_thick] {
            assert_near("a rule's left end", rule.left, 20.0, 0.3);
            assert_near("a rule's right end", rule.right, 190.0, 0.3);
        }
        // The number is right of the first note; LibreOffice leaves 3.5 mm more below the rule.
        assert!((4.4..8.9).contains(&(black[0].top - thin.bottom)), "{black:?}");
        assert_near("the number's right edge", black[0].right, 184.0, 0.8);
        let pages = python_json("lines.py", &[&pdf]);
        let numbers: Vec<bool> = pages
            .as_array()
            .expect("pages")
            .iter()
            .map(|page| {
                page["lines"]
                    .as_array()
                    .expect("lines")
                    .iter()
                    .any(|l| l["text"].as_str().is_some_and(|t| t.starts_with('—')))
            })
            .collect();
        assert!(numbers.len() >= 3 && !numbers[0] && numbers[1..].iter().all(|has_number| *has_number), "{numbers:?}");
        assert!(bands(&pdf, 2, "red").is_empty(), "a rule on the second page");
    }
}

const TAIL: &str = "[letter.tail]\ncopy_to = \"学院党委办公室，学院纪委，各党总支、直属党支部，党委统战部，学生工作处，后勤服务中心\"\n";
const PRINTED: &str = "printer = \"{{ notice.issuer }}\"\nprinted = 2018-11-05\n";

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

/// The texts of a page's lines.
fn line_texts(page: &Value) -> Vec<&str> {
    page["lines"].as_array().expect("lines").iter().filter_map(|line| line["text"].as_str()).collect()
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
    let [docx, _] = pdfs;
    let lines = bands(&docx, 1, "black");
    assert_near("the last line at the foot of the 版心", lines.last().expect("a line").bottom, 261.3, 0.6);
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
    assert_eq!(project.zicha(&["build", "--final"]).code, 0);
    let docx = project.report("甲党支部", "docx");
    audit(&docx);
    let folder = libreoffice(&[docx]);
    let pdf = folder.path().join("甲党支部-自查报告.pdf");
    assert!(bands(&pdf, 1, "grey").iter().all(|band| band.right - band.left < 20.0));
}
