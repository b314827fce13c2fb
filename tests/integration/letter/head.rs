//! What stands above the title.

use serde_json::Value;

use super::{WHOLE, assert_near, bands, notice, part, printed, text, with_head, with_letter};
use crate::support::{NOTICE, Project, python_json};

crate::harness::tests! {
    alone: [
        a_head_stands_above_the_title_in_every_format,
        empty_elements_are_not_printed,
        preprinted_paper_has_no_second_mark,
        a_text_in_a_wrong_form_is_refused_at_its_line,
        a_filled_text_in_a_wrong_form_stops_its_report,
        a_gap_in_a_head_is_a_gap_of_the_report,
    ]
    with_tools: [
        mark_number_and_red_rule_stand_where_the_standard_says,
        a_document_to_a_superior_has_its_number_left_and_signers_right,
        joint_issuers_stand_one_above_the_other,
        a_letter_has_its_mark_30_mm_below_the_edge_and_two_double_rules,
        annexes_below_a_red_head_stand_as_without_one,
    ]
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

fn mark_number_and_red_rule_stand_where_the_standard_says() {
    for (pdf, mark_top) in printed(&with_head(WHOLE)).into_iter().zip([72.6, 75.4, 72.6]) {
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
    for (pdf, mark_top) in printed(&project).into_iter().zip([30.9, 33.4, 30.9]) {
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

fn annexes_below_a_red_head_stand_as_without_one() {
    let annexes = "[[annex]]\ntitle = \"整改清单\"\ntemplate = \"annex.md\"\n[[annex]]\ntitle = \"学习情况\"\ntemplate = \"annex.md\"\n";
    let project = with_letter(&format!("[letter.head]\n{WHOLE}{annexes}"));
    let project = project.file(&format!("{NOTICE}/annex.md"), "逐项列出。\n".as_bytes());
    for pdf in printed(&project) {
        let pages = python_json("lines.py", &[&pdf]);
        let pages = pages.as_array().expect("pages");
        let places = |page: usize| -> Vec<(String, f64, f64)> {
            let lines = pages[page]["lines"].as_array().expect("lines").iter();
            let number = |line: &Value, key: &str| line[key].as_f64().expect("a number") / 72.0 * 25.4;
            lines
                .map(|line| {
                    (line["text"].as_str().expect("a text").to_owned(), number(line, "left"), number(line, "middle"))
                })
                .collect()
        };
        let letter: Vec<_> = (0..pages.len()).flat_map(&places).collect();
        let find =
            |text: &str| letter.iter().find(|line| line.0 == text).unwrap_or_else(|| panic!("{text}: {letter:#?}"));
        let (first, second) = (find("附件：1.整改清单"), find("2.学习情况"));
        assert_near("the list's lines", second.2 - first.2, 10.2, 0.3);
        for (page, mark) in [(pages.len() - 2, "附件1"), (pages.len() - 1, "附件2")] {
            let (text, left, middle) = &places(page)[0];
            assert_eq!(text, mark);
            assert_near("an annex's mark", *left, 28.0, 0.6);
            assert_near("an annex's first line", *middle, 42.1, 1.0);
            assert_eq!(bands(&pdf, page + 1, "red").len(), 0, "{mark} is black");
        }
    }
}
