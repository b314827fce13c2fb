//! What stopped a newcomer with a city library's ledgers: odd words among states, headers of two levels, units, days.

use serde_json::json;

use crate::support::{Project, Run, workbook};

use super::assert_holds;

crate::harness::tests! {
    alone: [
        an_odd_word_among_states_leaves_them_states,
        an_answer_about_choices_makes_a_column_one_of_choices,
        a_day_of_completion_without_the_state_is_found,
        a_header_of_two_levels_says_what_is_counted_once,
        headers_that_end_with_a_unit_have_it,
        what_a_repair_costs_is_known_when_it_is_done,
        the_previous_period_is_called_by_the_length_of_this_one,
        titles_and_openings_say_nothing_twice,
    ]
}

const REPAIRS: &str = "图书馆,设备名称,报修日期,要求完成日期,处理情况,完成日期,维修费用（元）\n\
    西园,电梯,2024-07-20,2024-07-30,修好,2024-07-22,120\n\
    西园,空调,2024-08-18,2024-08-28,维修中,,\n\
    西园,门禁,2024-09-13,2024-09-23,待采购配件,,\n\
    东江,电脑,2024-07-02,2024-07-12,已修复,2024-07-10,80\n\
    东江,灯具,2024-08-02,2024-08-12,已修复,2024-08-01,20\n";

fn repairs(rows: &str) -> Project {
    Project::empty().file("2024年第三季度设备报修台账.csv", rows.as_bytes())
}

/// Makes the notice `q3` of the repairs, with more arguments, and builds it.
fn built(project: &Project, more: &[&str]) -> Run {
    let run = project.zicha(&[&["new", "templates/q3", "2024年第三季度设备报修台账.csv"][..], more].concat());
    assert_eq!(run.code, 0, "{}", run.all());
    let build = project.zicha(&["build", "--notice", "templates/q3/notice.toml", "--format", "md"]);
    assert!(build.code == 0 && !build.stdout.contains("[Z006]"), "{}", build.all());
    run
}

fn settings(project: &Project) -> String {
    project.read("templates/q3/notice.toml")
}

fn report(project: &Project, branch: &str) -> String {
    project.read(&format!("output/q3/{branch}/{branch}-自查报告.md"))
}

fn findings(project: &Project) -> String {
    project.zicha(&["check", "--notice", "templates/q3/notice.toml"]).stdout
}

fn an_odd_word_among_states_leaves_them_states() {
    let project = repairs(REPAIRS);
    let run = built(&project, &[]);
    assert_holds(&run.stdout, &["设备报修.处理情况.同义 = 已修复=修好"]);
    assert_holds(&settings(&project), &["synonyms = { \"修好\" = \"已修复\" }"]);
    // One of three is repaired; the two others are late.
    assert_holds(
        &report(&project, "西园"),
        &["按处理情况分，已修复1次、维修中1次、待采购配件1次，修复率33.33%", "超过要求完成日期仍未完成的有2次"],
    );
    // A word that nobody could know is named where it is decided what is done.
    let project = repairs(&REPAIRS.replace("修好", "OK"));
    let run = built(&project, &[]);
    assert_holds(&run.stdout, &["设备报修.处理情况.完成 = 已修复（看字面；“OK”看不出，没有算；"]);
    assert_holds(&settings(&project), &["写的是办到哪一步；“OK”看不出算不算完成，先当作没有"]);
    let project = repairs(&REPAIRS.replace("修好", "OK"));
    built(&project, &["--answer", "设备报修.处理情况.同义=已修复=OK"]);
    assert_holds(&report(&project, "西园"), &["已修复1次、", "修复率33.33%"]);
    // 良好 is no state.
    let rows = "图书馆,检查日期,评价\n西园,2024-07-01,已整改\n西园,2024-07-02,良好\n东江,2024-07-03,良好\n东江,2024-07-04,良好\n";
    let project = Project::empty().file("2024年第三季度设备报修台账.csv", rows.as_bytes());
    built(&project, &[]);
    assert!(!settings(&project).contains("办到哪一步"), "{}", settings(&project));
}

fn an_answer_about_choices_makes_a_column_one_of_choices() {
    let rows = REPAIRS.replace("维修中", "等人来看").replace("待采购配件", "配件没货").replace("修好", "可以用了");
    for answers in [
        &["--answer", "设备报修.处理情况.完成=已修复、可以用了"][..],
        &["--answer", "设备报修.处理情况.同义=已修复=可以用了"],
    ] {
        let project = repairs(&rows);
        built(&project, answers);
        assert_holds(&settings(&project), &["处理情况 = { header = [\"处理情况\"], type = \"choice\""]);
        assert_holds(&report(&project, "西园"), &["33.33%"]);
    }
}

fn a_day_of_completion_without_the_state_is_found() {
    let rows = REPAIRS.replace("修好", "OK").replace("2024-08-01", "2024-07-31");
    let project = repairs(&rows);
    built(&project, &[]);
    assert_holds(
        &findings(&project),
        &["警告[Z150] E2：有完成日期，处理情况却不是“已修复”，没有算作完成", "警告[Z150] F6：完成日期早于报修日期"],
    );
    let project = repairs(REPAIRS);
    built(&project, &[]);
    assert!(!findings(&project).contains("没有算作完成"), "{}", findings(&project));
}

fn a_header_of_two_levels_says_what_is_counted_once() {
    let rows = json!({ "sheets": [{ "name": "开放情况", "rows": [
        ["图书馆", "月份", "开放天数", null, "接待读者（人次）"],
        [null, null, "应开放", "实际开放", null],
        ["西园", "7月", 27, 27, 100], ["西园", "8月", 27, 25, 100],
        ["东江", "7月", 27, 27, 10], ["东江", "8月", 27, 27, 10],
    ], "merge": ["A1:A2", "B1:B2", "C1:D1", "E1:E2"] }] });
    let project = Project::empty().file("2024年第三季度设备报修台账.xlsx", &workbook(&rows));
    let run = project.zicha(&["new", "templates/q3", "2024年第三季度设备报修台账.xlsx"]);
    assert_eq!(run.code, 0, "{}", run.all());
    let build = project.zicha(&["build", "--notice", "templates/q3/notice.toml", "--format", "md"]);
    assert_eq!(build.code, 0, "{}", build.all());
    assert_holds(
        &settings(&project),
        &["应开放天数 = { header = [\"开放天数/应开放\"], type = \"integer\"", "unit = \"天\""],
    );
    assert_holds(
        &report(&project, "西园"),
        &[
            "应开放54天，实际开放52天，占应开放天数的96.3%；实际开放天数少于应开放天数的有1个月",
            "| 序号 | 月份 | 应开放天数（天） | 实际开放天数（天） | 接待读者（人次） |",
        ],
    );
}

fn headers_that_end_with_a_unit_have_it() {
    let rows =
        "图书馆,采购日期,采购册数,外借册次\n西园,2024-07-20,30,500\n西园,2024-08-20,20,400\n东江,2024-08-20,5,6\n";
    let project = repairs(rows);
    built(&project, &[]);
    assert_holds(
        &settings(&project),
        &["采购册数 = { header = [\"采购册数\"], type = \"integer\", required = true, unit = \"册\""],
    );
    assert_holds(&report(&project, "西园"), &["采购50册", "外借900册次", "| 采购册数（册） | 外借册次 |"]);
}

fn what_a_repair_costs_is_known_when_it_is_done() {
    let project = repairs(REPAIRS);
    built(&project, &[]);
    assert_holds(&settings(&project), &["没有办完的空着，合计加办完的和填了的"]);
    assert_holds(&report(&project, "西园"), &["维修费用120元"]);
    // What is spent already counts, and what a finished repair cost has to be known.
    let spent = REPAIRS.replace("维修中,,", "维修中,,30");
    let unknown = REPAIRS.replace("2024-07-10,80", "2024-07-10,");
    let project = project.file("input/q3/2024年第三季度设备报修台账.csv", spent.as_bytes());
    let build = || project.zicha(&["build", "--notice", "templates/q3/notice.toml", "--format", "md"]);
    assert_eq!(build().code, 0);
    assert_holds(&report(&project, "西园"), &["维修费用150元"]);
    std::fs::write(project.path("input/q3/2024年第三季度设备报修台账.csv"), unknown).expect("written");
    assert_eq!(build().code, 0);
    assert_holds(&report(&project, "东江"), &["维修费用【待填写：设备报修维修费用合计】元"]);
}

fn the_previous_period_is_called_by_the_length_of_this_one() {
    let project = repairs(REPAIRS);
    built(&project, &[]);
    let arguments = ["new", "templates/q4", "2024年第三季度设备报修台账.csv", "--previous", "output/q3"];
    let run = project.zicha(&arguments);
    assert_eq!(run.code, 0, "{}", run.all());
    assert_holds(&project.read("templates/q4/notice.toml"), &["[words]\n", "previous = \"上季度\"\n"]);
    let run = project.zicha(&["build", "--notice", "templates/q4/notice.toml", "--format", "md"]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert_holds(&project.read("output/q4/西园/西园-自查报告.md"), &["设备报修共3次（与上季度持平）；"]);
}

fn titles_and_openings_say_nothing_twice() {
    let project = repairs(REPAIRS);
    built(&project, &["--answer", "标题=关于报送2024年第三季度公共图书馆服务情况自查报告的通知"]);
    assert_holds(
        &report(&project, "西园"),
        &["# 西园关于2024年第三季度公共图书馆服务情况自查的报告\n", "要求，现将2024年第三季度有关情况报告如下。"],
    );
    let summary = project.read("output/q3/汇总/汇总-自查汇总.md");
    assert_holds(
        &summary,
        &["# 关于2024年第三季度公共图书馆服务情况自查的汇总报告\n", "现将2024年第三季度有关情况汇总如下。"],
    );
    // Of a period that is not over, the last day counts.
    let project = repairs(REPAIRS);
    built(&project, &["--answer", "数据截止日=2024-09-25"]);
    assert_holds(&report(&project, "西园"), &["现将截至2024年9月25日的情况报告如下。"]);
}
