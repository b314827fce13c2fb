//! `zicha new`: branches without rows, numbers that are parts of others, rows that are kinds, sentences without zeros.

use super::{assert_holds, built, new, report, settings};
use crate::support::Project;

crate::harness::tests! {
    alone: [
        a_branch_without_rows_has_nothing_where_not_every_branch_has_rows,
        where_every_branch_has_rows_a_missing_one_is_a_gap,
        parts_of_a_number_have_rates_and_rows_of_kinds_are_not_counted,
        acts_are_carried_out_and_nothing_is_said_as_nothing,
        ledgers_without_a_heading_come_before_what_is_to_be_done,
        the_table_has_no_rate_of_a_branch_that_has_nothing,
        who_handed_in_nothing_says_nothing_of_what_every_branch_has,
        the_word_for_nothing_works_in_every_ledger,
        a_chart_has_the_branches_with_0,
    ]
}

const COMPLAINTS: &str = "分公司,受理日期,投诉类别,投诉内容,办理时限,办理结果\n\
    一分,2026-07-02,态度,a,2026-07-09,已办结\n一分,2026-07-09,晚点,b,2026-07-16,已办结\n二分,2026-08-09,晚点,c,2026-08-16,办理中\n";
const CHECKS: &str =
    "分公司,检查日期,检查内容,发现隐患（处）\n一分,2026-07-02,场站,2\n二分,2026-07-02,场站,0\n三分,2026-07-03,场站,1\n";

fn bus() -> Project {
    Project::empty().file("乘客投诉办理.csv", COMPLAINTS.as_bytes()).file("安全检查.csv", CHECKS.as_bytes())
}

fn summary(project: &Project) -> String {
    project.read("output/三季度/汇总/汇总-自查汇总.md")
}

fn a_branch_without_rows_has_nothing_where_not_every_branch_has_rows() {
    let project = bus();
    built(&project, &["乘客投诉办理.csv", "安全检查.csv"]);
    assert_holds(
        &settings(&project),
        &[
            "every_branch = false  # 猜的：1 个分公司没有记录：三分；没有记录的，算没有这样的事，报告里写“没有……”，不是待填写",
            "every_branch = true  # 猜的：每个分公司都有记录；没有记录、也没有报“无”的，数是待填写，不是 0",
        ],
    );
    assert_holds(&summary(&project), &["各分公司乘客投诉共3件", "以下分公司没有乘客投诉：三分。"]);
    assert_holds(&report(&project, "三分"), &["没有乘客投诉。"]);
    // The answer makes the missing rows a gap in both.
    let project = bus();
    built(&project, &["乘客投诉办理.csv", "安全检查.csv", "--answer", "乘客投诉办理.都要报=是"]);
    let text = summary(&project);
    assert!(text.contains("乘客投诉共【待填写") && !text.contains("以下分公司没有"), "{text}");
}

fn where_every_branch_has_rows_a_missing_one_is_a_gap() {
    let project = bus();
    built(&project, &["乘客投诉办理.csv", "安全检查.csv"]);
    let project = project.file("input/三季度/安全检查.csv", CHECKS.replace("三分,2026-07-03,场站,1\n", "").as_bytes());
    let run = project.zicha(&["build", "--notice", "templates/三季度/notice.toml"]);
    assert!(run.stdout.contains("[Z203]") || run.stderr.contains("[Z203]"), "{}", run.all());
    assert_holds(&summary(&project), &["各分公司共开展安全检查【待填写"]);
    // A row that says 无 reports nothing.
    let nil = CHECKS.replace("三分,2026-07-03,场站,1", "三分,,无,");
    let project = project.file("input/三季度/安全检查.csv", nil.as_bytes());
    let run = project.zicha(&["build", "--notice", "templates/三季度/notice.toml"]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert_holds(&summary(&project), &["各分公司共开展安全检查2次；发现隐患2处。"]);
    assert_holds(&report(&project, "三分"), &["没有开展安全检查。"]);
}

fn parts_of_a_number_have_rates_and_rows_of_kinds_are_not_counted() {
    let vehicles = "分公司,车型类别,车辆数（辆）,完好数（辆）,检验合格数\n一分,电动,40,38,40\n一分,混动,20,18,19\n二分,电动,30,30,30\n";
    let training = "分公司,培训日期,培训主题,应到人数,实到人数,考核合格数,未到位数\n一分,2026-07-10,安全,50,48,47,2\n二分,2026-07-11,安全,40,40,40,0\n";
    let project = Project::empty().file("车辆检查.csv", vehicles.as_bytes()).file("培训.csv", training.as_bytes());
    built(&project, &["车辆检查.csv", "培训.csv"]);
    assert_holds(
        &report(&project, "一分"),
        &[
            // 56 / 60, 59 / 60.
            "车辆共60辆，其中完好56辆，完好率93.33%，检验合格59辆，检验合格率98.33%；车辆按车型类别分，电动40辆、混动20辆。",
            // Of those who were there: 47 / 48.
            "应到50人，实到48人，占应到人数的96%",
            "考核合格47人，考核合格率97.92%",
        ],
    );
    let text = report(&project, "一分");
    assert!(!text.contains("车辆检查共") && !text.contains("未到位率"), "{text}");
    assert_holds(
        &settings(&project),
        &["expr = 'ratio(车辆检查完好数合计, 车辆检查车辆数合计)' }  # 猜的：“完好数”像是“车辆数”中的一部分"],
    );
    let project = Project::empty().file("车辆检查.csv", vehicles.as_bytes());
    let run = new(&project, &["车辆检查.csv"]);
    assert_holds(&run.stdout, &["车辆检查.量词 = 种（一行是一种“车型类别”）"]);
    assert_holds(&summary_of(&project), &["各分公司车辆共90辆，其中完好86辆，完好率95.56%"]);
}

fn summary_of(project: &Project) -> String {
    let run = project.zicha(&["build", "--notice", "templates/三季度/notice.toml"]);
    assert_eq!(run.code, 0, "{}", run.all());
    summary(project)
}

fn acts_are_carried_out_and_nothing_is_said_as_nothing() {
    let meetings = "科室,会议日期,会议名称\n内科,2026-07-01,a\n内科,2026-07-02,b\n外科,2026-07-03,c\n";
    let runs = "科室,线路,里程（公里）\n内科,1路,3\n外科,2路,4\n";
    let project = Project::empty().file("安全例会.csv", meetings.as_bytes()).file("线路运行.csv", runs.as_bytes());
    let outline = "一、总体情况\n二、下一步打算\n";
    let project = project.file("提纲.txt", outline.as_bytes());
    built(&project, &["安全例会.csv", "线路运行.csv", "--outline", "提纲.txt"]);
    assert_holds(
        &report(&project, "内科"),
        &["截至2026年9月30日，线路运行记录1条、召开安全例会2次。", "共召开安全例会2次。", "线路运行记录共1条；"],
    );
    assert_holds(&settings(&project), &["nil = \"没有召开安全例会。\"", "nil = \"没有线路运行记录。\""]);
    // All branches report nothing.
    let nil = "科室,会议日期,会议名称,备注\n内科,,无,\n外科,,无,\n";
    let project = project.file("input/三季度/安全例会.csv", nil.as_bytes());
    assert_holds(&summary_of(&project), &["截至2026年9月30日，线路运行记录2条。", "各科室没有召开安全例会。"]);
}

fn ledgers_without_a_heading_come_before_what_is_to_be_done() {
    let outline = "一、总体情况\n二、存在的问题\n三、下一步打算\n";
    let project = bus().file("提纲.txt", outline.as_bytes());
    built(&project, &["乘客投诉办理.csv", "安全检查.csv", "--outline", "提纲.txt"]);
    let text = report(&project, "一分");
    let places: Vec<usize> =
        ["一、总体情况", "二、乘客投诉情况", "三、安全检查情况", "四、存在的问题", "五、下一步打算"]
            .iter()
            .map(|title| text.find(title).unwrap_or_else(|| panic!("{title} in {text}")))
            .collect();
    assert!(places.is_sorted(), "{text}");
}

/// The cells of a branch on a sheet of the department's table, from its first metric on.
fn cells(project: &Project, sheet: &str, branch: &str) -> Vec<String> {
    let book = std::fs::read(project.path("output/三季度/汇总/汇总表.xlsx")).expect("the table");
    let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(book)).expect("a workbook");
    let range = calamine::Reader::worksheet_range(&mut book, sheet).expect("the sheet");
    let texts = |row: &[calamine::Data]| row.iter().map(ToString::to_string).collect::<Vec<String>>();
    let row = range.rows().map(texts).find(|row| row.iter().take(2).any(|text| text == branch));
    row.unwrap_or_else(|| panic!("no {branch}")).split_off(3)
}

fn the_table_has_no_rate_of_a_branch_that_has_nothing() {
    let checks =
        CHECKS.replace("三分,2026-07-03,场站,1", "三分,,无,").replace("发现隐患（处）", "发现隐患（处）,是否复查");
    let checks = checks.replace(",2\n", ",2,是\n").replace(",0\n", ",0,否\n");
    let project =
        Project::empty().file("乘客投诉办理.csv", COMPLAINTS.as_bytes()).file("安全检查.csv", checks.as_bytes());
    built(&project, &["乘客投诉办理.csv", "安全检查.csv"]);
    // 三分 has no complaint, and not every branch has some: there are none, and no rate of none.
    let none = cells(&project, "乘客投诉", "三分");
    assert!(none[0] == "0" && none.iter().all(|cell| cell == "0" || cell == "—"), "{none:?}");
    assert_holds(&summary(&project), &["各分公司乘客投诉共3件", "以下分公司没有乘客投诉：三分。"]);
    assert_eq!(cells(&project, "乘客投诉", "合计")[0], "3");
    // It reported that there was no inspection: 0 inspections, 0 hazards, and no rate of 0.
    let nil = cells(&project, "安全检查", "三分");
    assert!(nil.contains(&"0".to_owned()) && nil.contains(&"—".to_owned()), "{nil:?}");
    assert!(!nil.contains(&"待填写".to_owned()), "{nil:?}");
    assert_eq!(cells(&project, "安全检查", "合计")[0], "2");
}

const ROSTER: &str = "分公司,类别\n一分,城区\n二分,城区\n三分,城区\n四分,郊区\n";

/// 四分 is in the roster and in no ledger.
fn with_a_silent_branch() -> Project {
    let project = bus().file("分公司名册.csv", ROSTER.as_bytes());
    built(&project, &["分公司名册.csv", "乘客投诉办理.csv", "安全检查.csv"]);
    project
}

/// A22, A23 of the newcomer: one branch was 0 in one ledger and a gap in the other.
fn who_handed_in_nothing_says_nothing_of_what_every_branch_has() {
    let project = with_a_silent_branch();
    assert_holds(
        &settings(&project),
        &[
            "every_branch = false  # 猜的：1 个分公司没有记录：三分；",
            "every_branch = true  # 猜的：每个分公司都有记录（各种台账里都没有的不算：四分）；",
        ],
    );
    let text = summary(&project);
    assert_holds(&text, &["乘客投诉共【待填写", "共开展安全检查【待填写"]);
    // Whoever does not wait for it says so, and the summary says it.
    let project = project.edit(
        "templates/三季度/notice.toml",
        "[summary]\n",
        "[summary]\nleft_out = { \"四分\" = \"停运检修\" }\n",
    );
    assert_eq!(project.zicha(&["build", "--notice", "templates/三季度/notice.toml"]).code, 0);
    assert_holds(
        &summary(&project),
        &[
            "应报4个，实报3个，未报送：四分（停运检修）；以下为已报送分公司的数字。",
            "已报送的3个分公司乘客投诉共3件",
            "以下分公司没有乘客投诉：三分。",
            "已报送的3个分公司共开展安全检查3次",
        ],
    );
    assert!(!summary(&project).contains("待填写"), "{}", summary(&project));
}

/// B9, B12 of the newcomer: whoever followed the advice got errors, and a sentence without numbers.
fn the_word_for_nothing_works_in_every_ledger() {
    for word in ["无", "没有", "零"] {
        let project = bus();
        built(&project, &["乘客投诉办理.csv", "安全检查.csv"]);
        let rows = format!("{COMPLAINTS}三分,{word},,,,\n");
        let project = project.file("input/三季度/乘客投诉办理.csv", rows.as_bytes());
        let run = project.zicha(&["build", "--notice", "templates/三季度/notice.toml", "--final"]);
        assert_eq!(run.code, 0, "{}", run.all());
        assert_holds(&report(&project, "三分"), &["没有乘客投诉。"]);
        assert_holds(&summary(&project), &["各分公司乘客投诉共3件"]);
    }
}

/// C6 of the newcomer: a chart of every branch left out the one with 0.
fn a_chart_has_the_branches_with_0() {
    let visits = "分公司,走访日期,走访对象\n一分,2026-07-02,甲\n一分,2026-07-03,乙\n二分,2026-07-03,丙\n三分,,无\n四分,2026-07-05,丁\n";
    let project = Project::empty().file("走访.csv", visits.as_bytes()).file("分公司名册.csv", ROSTER.as_bytes());
    built(&project, &["分公司名册.csv", "走访.csv"]);
    assert_holds(&summary(&project), &["| 三分 | 0 |", "| 一分 | 2 |"]);
}
