//! Every rule of the checks, on a workbook of a few cells that breaks it; a test for each.

use std::collections::BTreeSet;

use libtest_mimic::Trial;
use serde_json::{Value, json};
use zicha::diagnostics::Severity;

use crate::harness::{alone, with_tools};
use crate::support::{NOTICE, Project};

const BRANCH: &str = "教务处党支部";

fn project() -> Project {
    Project::with_branches(&[(BRANCH, "机关党支部"), ("科研处党支部", "机关党支部")])
}

/// A project with one more workbook of one sheet.
fn with(name: &str, rows: Value) -> Project {
    project().workbook("表.xlsx", &json!({ "sheets": [{ "name": name, "rows": rows }] }))
}

const STUDY: [&str; 4] = ["党组织", "姓名", "规定学时", "已完成学时"];
const THEME: [&str; 6] = ["党组织", "活动日期", "活动主题", "应到人数", "实到人数", "是否上传灯塔平台"];

fn study(row: Value) -> Project {
    with("在线学习", json!([STUDY, row]))
}

fn theme(row: Value) -> Project {
    with("主题党日", json!([THEME, row]))
}

/// A project whose ledger of cadres allows nil reports, with these rows.
fn with_nil_reports(rows: Value) -> Project {
    let mut all = vec![json!(STUDY)];
    all.extend(rows.as_array().expect("rows").iter().cloned());
    let title = "title  = \"干部在线学习\"\n";
    let nil_report = format!("{title}nil_report = [\"无\"]\n");
    with("在线学习", json!(all)).edit(&format!("{NOTICE}/notice.toml"), title, &nil_report)
}

/// A project whose summary leaves out the branch that has a row.
fn with_a_branch_left_out() -> Project {
    let left_out = format!("[summary]\nleft_out = {{ \"{BRANCH}\" = \"未报送\" }}\n");
    study(json!([BRANCH, "赵", 50, 38])).edit(&format!("{NOTICE}/notice.toml"), "[summary]\n", &left_out)
}

/// A project with a ledger whose cell names a picture file with these bytes.
fn photos(file: &[u8]) -> Project {
    let ledger = "[ledger.photos]\ntitle = \"照片\"\n[ledger.photos.columns]\nbranch = { header = [\"党组织\"], type = \"branch\" }\n\
        photo = { header = [\"照片\"], type = \"picture\", folder = \"照片\" }\n\n[ledger.rectify]";
    project()
        .edit(&format!("{NOTICE}/notice.toml"), "[ledger.rectify]", ledger)
        .file("input/照片.csv", format!("党组织,照片\n{BRANCH},1.jpg\n").as_bytes())
        .file("input/照片/1.jpg", file)
}

/// A workbook that breaks a rule.
struct Case {
    code: &'static str,
    /// The cell, or without one the file, that the finding names.
    place: &'static str,
    project: fn() -> Project,
}

const fn case(code: &'static str, place: &'static str, project: fn() -> Project) -> Case {
    Case { code, place, project }
}

const CASES: &[Case] = &[
    case("Z002", "表.xlsx", || with("通讯录", json!([["姓名", "电话", "住址"], ["赵", "1", "二"]]))),
    case("Z003", "", project),
    case("Z005", "表.xlsx", || with("在线学习", json!([["党组织", "姓名", "规定学时"], [BRANCH, "赵", 50]]))),
    case("Z006", "B1", || {
        with("在线学习", json!([["党组织", "姓 名", "规定学时", "已完成学时"], [BRANCH, "赵", 50, 38]]))
    }),
    case("Z007", "A2", || {
        let rows = json!([STUDY, [BRANCH, "赵", 50, 38]]);
        let sheet = json!({ "name": "在线学习", "rows": rows, "hidden_rows": [2] });
        project().workbook("表.xlsx", &json!({ "sheets": [sheet] }))
    }),
    case("Z008", "B1", || {
        let head = ["党组织", "单位", "姓名", "规定学时", "已完成学时"];
        with("在线学习", json!([head, [BRANCH, "某", "赵", 50, 38]]))
    }),
    case("Z101", "B2", || study(json!([BRANCH, null, 50, 38]))),
    case("Z102", "D2", || study(json!([BRANCH, "赵", 50, "若干"]))),
    case("Z103", "D2", || study(json!([BRANCH, "赵", 50, -1]))),
    case("Z104", "E2", || {
        let head = ["党组织", "任务名称", "责任人", "时间节点", "状态"];
        with("任务分解", json!([head, [BRANCH, "甲", "王", "2018-09-01", "快了"]]))
    }),
    case("Z105", "D2", || study(json!([BRANCH, "赵", 50, "#DIV/0!"]))),
    case("Z106", "B2", || project().ledger("在线学习", &STUDY, &[vec![BRANCH, "赵\u{1}", "50", "38"]])),
    case("Z107", "B2", || {
        theme(json!([BRANCH, "2016-09-06", "党章学习", 9, 8, "是"])).edit(
            &format!("{NOTICE}/notice.toml"),
            "header = [\"活动日期\"], type = \"date\"",
            "header = [\"活动日期\"], type = \"date\", from = 2018-01-01",
        )
    }),
    case("Z108", "G2", || {
        let head = ["党组织", "项目名称", "负责人", "年度目标", "进展情况", "计划完成时间", "完成率"];
        with("突破项目", json!([head, [BRANCH, "甲", "王", "目标", "进展", "2018-12-15", 85]]))
    }),
    case("Z134", "D2", || {
        let rows = json!([STUDY, [BRANCH, "赵", 50, 15_000]]);
        let sheet = json!({ "name": "在线学习", "rows": rows, "formats": { "D": "0.0," } });
        project().workbook("表.xlsx", &json!({ "sheets": [sheet] }))
    }),
    case("Z135", "A3", || {
        with("在线学习", json!([STUDY, [BRANCH, "赵", 50, 38], [BRANCH, null, null, null], [BRANCH, "钱", 50, 40]]))
    }),
    case("Z110", "A3", || with("在线学习", json!([STUDY, [BRANCH, "赵", 50, 38], [BRANCH, "赵", 50, 38]]))),
    case("Z111", "C3", || with("在线学习", json!([STUDY, [BRANCH, "赵", 50, 38], ["合计", null, 51, 38]]))),
    case("Z112", "B2", || theme(json!([BRANCH, "9月6日", "党章学习", 9, 8, "是"]))),
    case("Z114", "D2:D3", || {
        let rows = json!([STUDY, [BRANCH, "赵", 50, 38], [BRANCH, "钱", 50, null]]);
        let sheet = json!({ "name": "在线学习", "rows": rows, "merge": ["D2:D3"] });
        project().workbook("表.xlsx", &json!({ "sheets": [sheet] }))
    }),
    case("Z116", "B2", || {
        let picture = "_xlfn.DISPIMG(\"ID_1\",1)";
        study(json!([BRANCH, { "formula": picture, "result": format!("={picture}") }, 50, 38]))
    }),
    case("Z117", "D2", || study(json!([BRANCH, "赵", 50, { "struck": "38" }]))),
    case("Z118", "D2", || study(json!([BRANCH, "赵", 50, { "struck": "3", "rest": "38" }]))),
    case("Z119", "B2", || study(json!([BRANCH, 370_102_198_001_011_200_u64, 50, 38]))),
    case("Z120", "D2", || study(json!([BRANCH, "赵", 50, { "formula": "20+18", "result": "0" }]))),
    case("Z121", "C2", || study(json!([BRANCH, "赵", "50人", 38]))),
    case("Z122", "B3", || with("在线学习", json!([STUDY, [BRANCH, "赵", 50, 38], [null, "初任培训合计", 30, 20]]))),
    case("Z123", "C3", || {
        let rows =
            json!([STUDY, [BRANCH, "赵", 50, 38], ["合计", null, { "formula": "VLOOKUP(1,A:B,2)", "result": "" }, 38]]);
        with("在线学习", rows)
    }),
    case("Z124", "B3", || with("在线学习", json!([STUDY, [BRANCH, "赵", 50, 38], [BRANCH, "〃", 50, 40]]))),
    case("Z125", "E2", || {
        project().file("input/表.csv", format!("{}\n{BRANCH},赵,1,048,38\n", STUDY.join(",")).as_bytes())
    }),
    case("Z126", "B2", || {
        let sheet = json!({ "name": "在线学习", "rows": [STUDY, [BRANCH, 7, 50, 38]] });
        project().patched_workbook("表.xlsx", &json!({ "sheets": [sheet] }), "<v>7<", "<v>1e999<")
    }),
    case("Z127", "表.xlsx", || with("在线学习样表", json!([STUDY, [BRANCH, "赵", 50, 38]]))),
    case("Z128", "A1", || with("在线学习", json!([["2017年度"], STUDY, [BRANCH, "赵", 50, 38]]))),
    case("Z129", "B2", || with("在线学习", json!([STUDY, [BRANCH, "例：张三", 50, 38], [BRANCH, "赵", 50, 38]]))),
    case("Z130", "D2", || {
        let sheet = json!({ "name": "在线学习", "rows": [STUDY, [BRANCH, "赵", 50, 38]], "formats": { "D": ";;;" } });
        project().workbook("表.xlsx", &json!({ "sheets": [sheet] }))
    }),
    case("Z131", "B2", || photos(b"not a picture")),
    case("Z132", "B2", || photos(b"").edit("input/照片.csv", "1.jpg", "2.jpg")),
    case("Z133", "B3", || {
        let sheet = json!({ "name": "照片", "rows": [["党组织", "照片"], [BRANCH, null]], "pictures": ["B2", "B3"] });
        photos(b"").workbook("表.xlsx", &json!({ "sheets": [sheet] }))
    }),
    case("Z210", "C2", || {
        let computed = "[ledger.study.computed]\nrate = 'done / required'\n\n[ledger.rectify]";
        study(json!([BRANCH, "赵", 0, 5])).edit(&format!("{NOTICE}/notice.toml"), "[ledger.rectify]", computed)
    }),
    case("Z150", "E2", || theme(json!([BRANCH, "2018-09-06", "党章学习", 8, 9, "是"]))),
    case("Z201", "A2", || study(json!(["食堂", "赵", 50, 38]))),
    case("Z202", "A2", || study(json!([null, "赵", 50, 38]))),
    case("Z203", "", || study(json!([BRANCH, "赵", 50, 38]))),
    case("Z206", "", Project::new),
    case("Z207", "A2", || with_nil_reports(json!([[BRANCH, "无", null, null]]))),
    case("Z208", "A2", || with_nil_reports(json!([[BRANCH, "无", null, null], [BRANCH, "赵", 50, 38]]))),
    case("Z219", "", with_a_branch_left_out),
    case("Z209", "C3", || {
        material(json!([[BRANCH, "自查总结", COPIED], ["科研处党支部", "自查总结", COPIED]]), &json!([]))
    }),
];

const COPIED: &str = "党组织书记负总责，班子成员分工包联，逐项抓好整改落实。";

/// A project with texts of branches, the cells of these ranges merged.
fn material(rows: Value, merge: &Value) -> Project {
    let mut all = vec![json!(["党组织", "栏目", "内容"])];
    all.extend(rows.as_array().expect("rows").iter().cloned());
    let sheet = json!({ "name": "文字材料", "rows": all, "merge": merge });
    project().workbook("表.xlsx", &json!({ "sheets": [sheet] }))
}

/// Cases whose files only other programs write: a formula without a stored result, an `.xlsb`.
const FOREIGN_CASES: &[Case] = &[
    case("Z109", "D2", || {
        let sheet = json!({ "name": "在线学习", "rows": [STUDY, [BRANCH, "赵", 50, { "formula": "=DAY(45)" }]] });
        project().foreign_workbook("表.xlsx", &json!({ "sheets": [sheet] }))
    }),
    case("Z113", "A3", || {
        let rows = json!([STUDY, [BRANCH, "赵", 50, 38], [null, "钱", 50, 38]]);
        let spec = json!({ "sheets": [{ "name": "在线学习", "rows": rows }], "convert": "xlsb" });
        project().foreign_workbook("表.xlsb", &spec)
    }),
];

/// A test for each case, and those over all rules.
pub(crate) fn tests() -> Vec<Trial> {
    let module = module_path!();
    let name = |case: &Case| format!("{}_names_its_cell_or_file", case.code.to_lowercase());
    let mut tests: Vec<Trial> = CASES.iter().map(|case| alone(module, &name(case), || breaks_its_rule(case))).collect();
    tests.extend(FOREIGN_CASES.iter().map(|case| with_tools(module, &name(case), || breaks_its_rule(case))));
    tests.push(alone(module, "copied_paragraphs_are_found_once_a_cell", copied_paragraphs_are_found_once_a_cell));
    tests.push(alone(module, "every_rule_has_a_case", every_rule_has_a_case));
    tests.push(alone(module, "the_shipped_ledgers_break_no_rule", the_shipped_ledgers_break_no_rule));
    tests
}

fn breaks_its_rule(case: &Case) {
    // With a severity that is not the rule's own: the settings have the last word.
    let own = zicha::check::catalogue().into_iter().find(|code| code.id == case.code).expect("a code").severity;
    let other = if own == Severity::Note { Severity::Error } else { Severity::Note };
    let severity = format!("[severity]\n{} = \"{}\"\n\n[limits]", case.code, other.label());
    let project = (case.project)().edit(&format!("{NOTICE}/notice.toml"), "[limits]", &severity);
    let findings = project.findings_of(case.code);
    let finding = findings.first().unwrap_or_else(|| panic!("not found, but {:#?}", project.findings()));
    assert_eq!(finding["cell"].as_str().or(finding["file"].as_str()).unwrap_or_default(), case.place);
    assert_eq!(finding["severity"], other.label());
}

fn copied_paragraphs_are_found_once_a_cell() {
    let found = |rows: Value, merge: Value| {
        let findings = material(rows, &merge).findings_of("Z209");
        findings
            .iter()
            .map(|f| {
                format!("{}：{}", f["cell"].as_str().unwrap_or_default(), f["message"].as_str().unwrap_or_default())
            })
            .collect::<Vec<_>>()
    };
    let two = format!("{COPIED}\n第一段是自己写的，说明本支部对照标准逐项自查的情况。");
    let spaced = format!("　　{}", COPIED.replace('，', ", "));
    assert_eq!(
        found(
            json!([[BRANCH, "自查总结", two], ["科研处党支部", "自查总结", two], [BRANCH, "下一步打算", spaced]]),
            json!([])
        ),
        [
            "C4：有一段与前面的相同（表.xlsx［文字材料］ C2）",
            "C3：有一段与教务处党支部的相同（表.xlsx［文字材料］ C2）",
        ]
    );
    assert_eq!(
        found(json!([[BRANCH, "自查总结", format!("{COPIED}\n{COPIED}")]]), json!([])),
        ["C2：有一段与前面的相同（表.xlsx［文字材料］ C2）"]
    );
    for (rows, merge) in [
        (
            json!([[BRANCH, "自查总结", "没有需要说明的情况。"], ["科研处党支部", "自查总结", "没有需要说明的情况。"]]),
            json!([]),
        ),
        (json!([[BRANCH, "自查总结", COPIED], [BRANCH, "下一步打算", null]]), json!(["C2:C3"])),
    ] {
        assert_eq!(found(rows, merge), [""; 0]);
    }
    // A column whose texts need not be the branch's own.
    let rows = json!([
        ["党组织", "任务名称", "责任人", "时间节点", "状态"],
        [BRANCH, COPIED, "王", "2018-12-01", "推进中"],
        ["科研处党支部", COPIED, "王", "2018-12-01", "推进中"]
    ]);
    assert_eq!(with("任务分解", rows).findings_of("Z209"), [json!(null); 0]);
}

fn every_rule_has_a_case() {
    let tested: BTreeSet<&str> = CASES.iter().chain(FOREIGN_CASES).map(|case| case.code).collect();
    // The codes of other stages are tested with those stages.
    let stages: BTreeSet<&str> = zicha::diagnostics::code::ALL.iter().map(|code| code.id).collect();
    let rules = zicha::check::catalogue().into_iter().map(|code| code.id).filter(|id| !stages.contains(id));
    assert_eq!(tested, rules.collect());
}

fn the_shipped_ledgers_break_no_rule() {
    assert_eq!(Project::sample().findings(), [json!(null); 0]);
}
