//! Columns that are computed for each row.

use crate::support::{NOTICE, Project};

crate::harness::tests! {
    alone: [
        a_computed_column_is_used_as_any_other,
        a_computed_column_is_in_sheets_and_named_by_checks,
        a_division_by_zero_is_a_finding_of_its_row,
        a_blank_part_leaves_the_column_blank,
        a_computed_column_that_cannot_be_is_refused,
    ]
}

const COMPUTED: &str = "[ledger.study.computed]\n\
    完成率 = { value = 'done / required', show = \"percent\", decimals = 1 }\n\
    所缺 = { value = 'max(required - row.done, 0)', unit = \"学时\" }\n\
    一半 = '所缺 / 2'\n\n[ledger.prize]";
const BRANCHES: [&str; 2] = ["甲党支部", "乙党支部"];

fn settings() -> String {
    format!("{NOTICE}/notice.toml")
}

fn with_rows(rows: &str) -> Project {
    Project::ready(&BRANCHES)
        .edit(&settings(), "[ledger.prize]", COMPUTED)
        .edit(&settings(), "[metric]\n", "[metric]\nlow = { label = \"不到七成\", expr = 'study.count(|r| r.完成率 < 0.7)' }\nmissing = { label = \"共缺\", expr = 'sum(study.map(|r| r.一半))' }\n")
        .file("input/干部在线学习.csv", format!("党组织,姓名,规定学时,已完成学时\n{rows}乙党支部,孙,50,50\n").as_bytes())
        .file(
            &format!("{NOTICE}/study.md"),
            "不到七成{{ low }}人，半数{{ missing }}。{% for row in study | sort(attribute=\"n.完成率\") %}{{ row.name }}{{ row.完成率 }}缺{{ row.所缺 | with_unit }}（{{ row.一半 }}）{% if row.n.完成率 < 0.7 %}！{% endif %}{% endfor %}\
             {% for row in study | where(所缺=0) %}{{ row.name }}不缺{% endfor %}".as_bytes(),
        )
}

/// The same without what needs a number in every row.
fn without_comparisons(rows: &str) -> Project {
    let template = format!("{NOTICE}/study.md");
    let project = with_rows(rows).edit(&template, " | sort(attribute=\"n.完成率\")", "");
    project.edit(&template, "{% if row.n.完成率 < 0.7 %}！{% endif %}", "")
}

fn a_computed_column_is_used_as_any_other() {
    let annex = "[[annex]]\ntitle = \"明细\"\nledger = \"study\"\ncolumns = [\"name\", \"完成率\", \"所缺\"]\nwhen = 'row.所缺 > 0'\n\n[[section]]";
    let project = with_rows("甲党支部,赵,50,52\n甲党支部,钱,60,20\n").edit(&settings(), "[[section]]", annex);
    project.build();
    let report = project.report_text("甲党支部", "md");
    assert!(report.contains("不到七成1人，半数20。钱33.3%缺40学时（20）！赵104.0%缺0学时（0）赵不缺"), "{report}");
    assert!(report.contains("| 姓名 | 完成率 | 所缺（学时） |") && report.contains("| 钱 | 33.3% | 40 |"), "{report}");
    assert!(!report.contains("| 赵 |"), "{report}");
    // A printed number is traced to the cells that it is computed from.
    let html = project.report_text("甲党支部", "html");
    assert!(html.contains("完成率：根据 干部在线学习.csv C3:D3 计算"), "{html}");
    let sources = project.read("output/甲党支部/sources.json");
    assert!(sources.contains("done / required"), "{sources}");
    // A row that changes makes the report anew.
    let project = project.edit("input/干部在线学习.csv", "钱,60,20", "钱,60,30");
    project.build();
    assert!(project.report_text("甲党支部", "md").contains("钱50.0%缺30学时（15）！"));
}

fn a_computed_column_is_in_sheets_and_named_by_checks() {
    let check = "[[check]]\nledger = \"study\"\nwhen = 'row.完成率 < 0.7'\nseverity = \"警告\"\nmessage = \"完成不到七成\"\n\
        column = \"完成率\"\n\n[[section]]";
    let sheet = "[[summary.sheet]]\ntitle = \"明细\"\nrows = \"study\"\ncolumns = [\"name\", \"完成率\", \"所缺\"]\nsort = \"所缺\"\n\
        descending = true\ntotal = [\"所缺\"]\n\n[[summary.sheet]]\ntitle   = \"学习情况\"";
    let project = with_rows("甲党支部,赵,50,52\n甲党支部,钱,60,20\n").edit(&settings(), "[[section]]", check).edit(
        &settings(),
        "[[summary.sheet]]\ntitle   = \"学习情况\"",
        sheet,
    );
    // At the first cell that the rate is computed from.
    let findings = project.findings_of("Z150");
    assert_eq!((findings.len(), findings[0]["cell"].as_str()), (1, Some("C3")), "{findings:?}");
    project.build();
    let book = std::fs::read(project.path("output/汇总/汇总表.xlsx")).expect("the table");
    let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(book)).expect("a workbook");
    let range = calamine::Reader::worksheet_range(&mut book, "明细").expect("the sheet");
    let row = |at: u32| -> Vec<String> {
        (2..5).map(|col| range.get_value((at, col)).map_or_else(String::new, ToString::to_string)).collect()
    };
    assert_eq!(row(1), ["姓名", "完成率", "所缺\n（学时）"]);
    assert_eq!(row(2)[0], "钱");
    assert!(row(2)[1].starts_with("0.33333") && row(2)[2] == "40", "{:?}", row(2));
    assert_eq!(row(5)[2], "40", "the total");
}

fn a_division_by_zero_is_a_finding_of_its_row() {
    let project = without_comparisons("甲党支部,赵,0,5\n");
    let findings = project.findings_of("Z210");
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(findings[0]["branch"], "甲党支部");
    assert!(findings[0]["message"].to_string().contains("“完成率”无法计算"), "{findings:?}");
    assert!(findings[0].to_string().contains("干部在线学习.csv"), "{findings:?}");
    project.build();
    let report = project.report_text("甲党支部", "md");
    assert!(
        report.contains("不到七成【待填写：不到七成】人，半数0。") && report.contains("赵【待填写：完成率】缺0学时"),
        "{report}"
    );
}

fn a_blank_part_leaves_the_column_blank() {
    let project = without_comparisons("甲党支部,赵,50,\n");
    assert!(project.findings_of("Z210").is_empty());
    project.build();
    let report = project.report_text("甲党支部", "md");
    assert!(report.contains("赵【待填写：完成率】缺【待填写：所缺】（【待填写：一半】）"), "{report}");
}

fn a_computed_column_that_cannot_be_is_refused() {
    for (from, to, says) in [
        ("'done / required'", "'don / required'", "“.don”不是列名，是不是“done”？"),
        ("'done / required'", "'done > required'", "表达式应得出数字，却得出是或否"),
        ("'done / required'", "'name'", "表达式应得出数字，却得出文字"),
        ("'done / required'", "'完成率 / 2'", "“完成率”写在它后面，或就是它自己"),
        ("'done / required'", "'一半 / 2'", "“一半”写在它后面，或就是它自己"),
        ("'done / required'", "'done /'", "没有写完"),
        ("'done / required'", "'study.len()'", "“.study”不是列名"),
        ("一半 =", "done =", "“done”既是台账的列又是算出的列"),
        ("一半 = '所缺", "n = '所缺", "“n”另有用处"),
        ("一半 = '所缺 / 2'", "一半 = 5", "应写在引号里"),
        ("decimals = 1", "decimals = 99", "decimals 不能是 99"),
        ("decimals = 1", "decimal = 1", "不认识“decimal”"),
        ("'study.count(|r| r.完成率 < 0.7)'", "'study.count(|r| r.完成 < 0.7)'", "“.完成”不是列名，是不是“完成率”？"),
    ] {
        let project = with_rows("甲党支部,赵,50,52\n").edit(&settings(), from, to);
        let line = project.read(&settings()).lines().position(|line| line.contains(to)).expect("the line") + 1;
        let run = project.zicha(&["check"]);
        assert!(run.code == 2 && run.stderr.contains(says), "{to}: {}", run.all());
        assert!(run.stderr.contains(&format!("notice.toml 第{line}行：")), "{to}: {}", run.all());
    }
    let template = format!("{NOTICE}/study.md");
    for (from, to, says) in [
        ("{{ row.完成率 }}", "{{ row.完成 }}", "“row.完成”不存在，是不是“完成率”？"),
        ("row.n.完成率 < 0.7", "row.n.完成率 < 70", "60% 写 0.6"),
        ("{{ row.一半 }}", "{{ row.一半 | with_unit }}", "“row.一半”没有单位"),
    ] {
        let run = with_rows("甲党支部,赵,50,52\n").edit(&template, from, to).zicha(&["check"]);
        assert!(run.code == 2 && run.stderr.contains(says), "{to}: {}", run.all());
    }
}
