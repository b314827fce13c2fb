//! `zicha new`: what a whole notice says of itself, branches that are written in several ways, sentences that say
//! something.

use serde_json::{Value, json};

use super::{assert_holds, built, new, report, settings};
use crate::support::{Project, workbook};

crate::harness::tests! {
    alone: [
        full_and_short_names_are_one_branch,
        a_whole_notice_says_its_days_and_its_issuer,
        months_are_not_counted_and_kinds_without_rows_not_listed,
        a_single_problem_has_no_number,
        titles_follow_a_notice_that_is_based_on_another,
        texts_of_other_fields_are_understood,
        sheets_of_a_file_with_the_same_header_are_one_ledger,
        things_are_added_up_and_not_called_kinds,
        visits_are_said_with_those_who_were_visited,
        one_row_has_no_mean_and_nothing_is_said_with_its_noun,
        what_expires_does_so_in_any_state,
        a_plan_that_a_heading_asks_for_is_a_gap_beside_the_ledger,
        several_ledgers_are_called_by_their_period,
        rows_of_figures_are_not_counted,
    ]
}

fn full_and_short_names_are_one_branch() {
    let drills = "分馆,演练日期,演练主题\n市图书馆城东分馆,2026-07-01,疏散\n城东分馆,2026-07-02,灭火\n城东,2026-07-03,停电\n\
        市图书馆城西分馆,2026-07-04,疏散\n";
    let project = Project::empty().file("演练.csv", drills.as_bytes());
    let run = new(&project, &["演练.csv", "--yes"]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert_holds(&run.stdout, &["  同一单位 = 市图书馆城东分馆=城东分馆=城东（等号后面的像是前面的简称，算一个）"]);
    assert_holds(
        &project.read("input/三季度/分馆名册.csv"),
        &[
            "\"分馆名称\",\"简称\",\"类别\"\r\n\"市图书馆城东分馆\",\"城东分馆、城东\",\"分馆\"\r\n\"市图书馆城西分馆\",\"\",\"分馆\"\r\n",
        ],
    );
    let run = project.zicha(&["build", "--notice", "templates/三季度/notice.toml"]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert_holds(&report(&project, "市图书馆城东分馆"), &["共开展演练3次"]);
    let project = Project::empty().file("演练.csv", drills.as_bytes());
    let run = new(&project, &["演练.csv", "--answer", "同一单位=不合并"]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert_eq!(project.read("input/三季度/分馆名册.csv").lines().count(), 5);
}

fn a_whole_notice_says_its_days_and_its_issuer() {
    let notice = "市图书馆文件\n市图书馆关于开展2026年第三季度\n服务质量自查工作的通知\n各分馆：\n\
        从演练情况、下一步打算两个方面自查。\n请于10月12日前报送自查报告。数据截止到9月28日。\n市图书馆业务部\n2026年9月20日\n";
    let drills = "分馆,演练日期,演练主题\n城东分馆,2026-07-01,疏散\n城西分馆,2026-07-04,疏散\n";
    let project = Project::empty().file("演练.csv", drills.as_bytes()).file("通知.txt", notice.as_bytes());
    let run = project.zicha(&["new", "templates/三季度", "演练.csv", "--outline", "通知.txt"]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert_holds(
        &settings(&project),
        &[
            "title = \"市图书馆关于开展2026年第三季度服务质量自查工作的通知\"  # 猜的：提纲的标题",
            "issuer = \"市图书馆业务部\"  # 猜的：通知的落款，没有落款的看标题",
            "deadline = 2026-10-12  # 猜的：通知里写着“10月12日”前报送",
            "cutoff = 2026-09-28  # 猜的：通知里写着数据截止到“9月28日”",
        ],
    );
    let run = project.zicha(&["build", "--notice", "templates/三季度/notice.toml"]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert_holds(
        &report(&project, "城东分馆"),
        &["# 城东分馆关于2026年第三季度服务质量自查情况的报告", "市图书馆业务部："],
    );
}

fn months_are_not_counted_and_kinds_without_rows_not_listed() {
    let loans = "分馆,月份,应开放天数（天）,实际开放天数（天）,到馆人次（人次）\n甲馆,7月,31,30,100\n甲馆,8月,31,31,120\n乙馆,7月,31,31,80\n";
    let events = "分馆,活动日期,活动名称,活动类型\n甲馆,2026-07-01,a,讲座\n甲馆,2026-07-02,b,展览\n甲馆,2026-07-03,c,讲座\n\
        乙馆,2026-07-01,d,培训\n乙馆,2026-07-02,e,演出\n乙馆,2026-07-03,f,培训\n";
    let project = Project::empty().file("开放服务.csv", loans.as_bytes()).file("活动.csv", events.as_bytes());
    built(&project, &["开放服务.csv", "活动.csv"]);
    let text = report(&project, "甲馆");
    assert_holds(
        &text,
        &[
            "到馆共220人次；",
            "应开放62天，实际开放61天",
            "实际开放天数少于应开放天数的有1个月",
            "按活动类型分，讲座2次、展览1次。",
        ],
    );
    assert!(!text.contains("开放服务共"), "{text}");
    assert_holds(&report(&project, "乙馆"), &["按活动类型分，培训2次、演出1次。"]);
    assert_holds(
        &project.read("output/三季度/汇总/汇总-自查汇总.md"),
        &["到馆共300人次", "按活动类型分，讲座2次、展览1次、培训2次、演出1次。"],
    );
}

fn a_single_problem_has_no_number() {
    let hazards = "科室,隐患内容,整改期限,整改情况\n内科,a,2026-08-01,未整改\n外科,b,2026-08-01,未整改\n内科,c,2026-08-01,已整改\n";
    let training = "科室,培训日期,培训主题,应到人数,实到人数\n内科,2026-07-15,用电,20,20\n外科,2026-08-02,消防,15,10\n";
    let project = Project::empty().file("隐患台账.csv", hazards.as_bytes()).file("培训记录.csv", training.as_bytes());
    built(&project, &["隐患台账.csv", "培训记录.csv"]);
    let one = report(&project, "内科");
    assert_holds(&one, &["\n隐患中，超过整改期限仍未完成的有1项。"]);
    assert!(!one.contains("一是"), "{one}");
    assert_holds(
        &report(&project, "外科"),
        &["一是隐患中，超过整改期限仍未完成的有1项。", "二是培训中，实到人数少于应到人数的有1次。"],
    );
}

fn titles_follow_a_notice_that_is_based_on_another() {
    let drills = "科室,演练日期,演练主题\n内科,2026-07-01,疏散\n";
    let project = Project::empty().file("演练.csv", drills.as_bytes());
    built(&project, &["演练.csv", "--answer", "标题=关于开展2026年第三季度安全自查的通知"]);
    let own =
        "base = \"../三季度\"\n\n[notice]\ntitle = \"关于开展2026年第四季度安全自查的通知\"\ncutoff = 2026-12-31\n";
    let roster = project.read("input/三季度/科室名册.csv");
    let project = project
        .file("templates/四季度/notice.toml", own.as_bytes())
        .file("input/四季度/演练.csv", drills.as_bytes())
        .file("input/四季度/科室名册.csv", roster.as_bytes());
    let run = project.zicha(&["build", "--notice", "templates/四季度/notice.toml"]);
    assert_eq!(run.code, 0, "{}", run.all());
    let text = project.read("output/四季度/内科/内科-自查报告.md");
    assert_holds(
        &text,
        &["# 内科关于2026年第四季度安全自查情况的报告", "根据《关于开展2026年第四季度安全自查的通知》"],
    );
    // A notice that has its title from its base gets it with the period of its own.
    let project = project.file("templates/护理/notice.toml", "base = \"../三季度\"\n".as_bytes());
    let run = project.zicha(&["new", "templates/护理四季度", "--from", "templates/护理", "--step", "quarter"]);
    assert_eq!(run.code, 0, "{}", run.all());
    let new = project.read("templates/护理四季度/notice.toml");
    assert_holds(&new, &["title = \"关于开展2026年第四季度安全自查的通知\""]);
}

fn texts_of_other_fields_are_understood() {
    let repairs = "车队,车牌号,报修日期,修复期限,修复情况,里程（公里）\n甲队,A1,2026-07-01,2026-07-05,已修复,10\n\
        甲队,A2,2026-07-02,2026-07-06,正在修复,20\n乙队,A3,2026-07-03,2026-07-07,修复完成,30\n乙队,A4,2026-07-04,2026-07-08,未修复,40\n\
        乙队,A5,2026-07-04,2026-07-08,已修复,50\n";
    let tours = "车队,班次数（班）,考核是否合格,抽查温度（℃）\n甲队,3,√,20\n甲队,4,是,21\n乙队,5,×,22\n乙队,6,,23\n";
    let project = Project::empty().file("车辆报修台账.csv", repairs.as_bytes()).file("出车.csv", tours.as_bytes());
    built(&project, &["车辆报修台账.csv", "出车.csv"]);
    let text = report(&project, "乙队");
    // Two of three are done; the third was due on 2026-07-08.
    assert_holds(
        &text,
        &[
            "车辆报修共3次；按修复情况分，已修复2次、未修复1次，修复率66.67%",
            "超过修复期限仍未完成的有1次",
            "班次11班",
            "其中，填了考核是否合格的1条，考核合格0条，考核合格率0%",
        ],
    );
    assert!(!text.contains("抽查温度45"), "{text}");
}

fn sheets_of_a_file_with_the_same_header_are_one_ledger() {
    let sheet = |name: &str, rows: Value| json!({"name": name, "rows": rows});
    let header = json!(["学校", "活动日期", "活动名称", "参加人数（人）"]);
    let book = json!({"sheets": [
        sheet("7月", json!([header, ["一小", "2026-07-01", "拔河", 10], ["二小", "2026-07-02", "跳绳", 20]])),
        sheet("8月", json!([header, ["一小", "2026-08-01", "拔河", 30]])),
    ]});
    let totals = "学校,测试人数（人）\n一小,100\n二小,200\n";
    let project =
        Project::empty().file("体育活动登记.xlsx", &workbook(&book)).file("体质测试汇总.csv", totals.as_bytes());
    built(&project, &["体育活动登记.xlsx", "体质测试汇总.csv"]);
    assert_holds(
        &settings(&project),
        &["sheets = [\"体育活动登记\", \"7月\", \"8月\"]  # 猜的：同一个文件里表头一样的工作表算一种台账"],
    );
    let text = report(&project, "一小");
    assert_holds(&text, &["共开展体育活动2次；参加40人次", "测试共100人"]);
    // A table with a row for each branch has nothing to count.
    assert!(!text.contains("体质测试共"), "{text}");
}

fn things_are_added_up_and_not_called_kinds() {
    let things = "社区,设施名称,数量（处）,完好数（处）,状态\n东街,健身器材,12,11,正常\n东街,充电桩,6,6,待修\n西街,健身器材,9,7,正常\n";
    let events = "社区,作业日期,路段,出动车辆（辆）\n东街,2026-07-03,人民路,2\n东街,2026-08-03,建设路,1\n西街,2026-07-09,解放路,3\n";
    let project = Project::empty().file("便民设施.csv", things.as_bytes()).file("环卫作业.csv", events.as_bytes());
    built(&project, &["便民设施.csv", "环卫作业.csv"]);
    assert_holds(
        &report(&project, "东街"),
        &[
            // Neither kinds nor rows: 12 + 6 of which 11 + 6 are sound; 12 are in order.
            "便民设施共18处，其中完好17处，完好率94.44%；按状态分，正常12处、待修6处，正常率66.67%。",
            // What went out is no number of the work.
            "共开展环卫作业2次；出动车辆3辆。",
        ],
    );
    assert_holds(
        &settings(&project),
        &["便民设施数 = { label = \"便民设施数\", unit = \"处\", expr = 'sum(便民设施.map(|r| r.数量))' }"],
    );
    assert_holds(&project.read("output/三季度/汇总/汇总-自查汇总.md"), &["各社区便民设施共27处，其中完好24处"]);
    // Whoever counts rows says their unit.
    let project = Project::empty().file("便民设施.csv", things.as_bytes());
    built(&project, &["便民设施.csv", "--answer", "便民设施.量词=类"]);
    assert_holds(&report(&project, "东街"), &["便民设施共2类；"]);
}

fn visits_are_said_with_those_who_were_visited() {
    let visits = "社区,走访日期,走访对象,走访户数（户）\n东街,2026-07-03,低保户,12\n东街,2026-08-11,独居老人,8\n西街,2026-07-15,困难党员,5\n";
    let project = Project::empty().file("走访记录.csv", visits.as_bytes());
    built(&project, &["走访记录.csv"]);
    assert_holds(&report(&project, "东街"), &["共开展走访2次，走访20户。"]);
    let households =
        "社区,走访日期,户主,反映问题\n东街,2026-07-03,张一,无\n东街,2026-08-11,李二,漏水\n西街,2026-07-15,王三,无\n";
    let project = Project::empty().file("走访记录.csv", households.as_bytes());
    built(&project, &["走访记录.csv"]);
    assert_holds(&report(&project, "东街"), &["共走访2户；反映问题的有1户。"]);
    assert_holds(&report(&project, "西街"), &["共走访1户；没有反映问题。"]);
}

fn one_row_has_no_mean_and_nothing_is_said_with_its_noun() {
    let checks = "科室,检查日期,得分（分）,整改期限,整改情况\n一队,2026-07-03,90,2026-08-01,已整改\n二队,2026-07-03,80,2026-08-01,已整改\n\
        二队,2026-08-03,90,2026-09-01,未整改\n";
    let project = Project::empty().file("安全检查.csv", checks.as_bytes());
    built(&project, &["安全检查.csv"]);
    assert_holds(
        &report(&project, "一队"),
        &["；得分90.0分；", "没有超过整改期限仍未完成的安全检查。", "对照台账，没有超过整改期限仍未完成的安全检查。"],
    );
    assert_holds(&report(&project, "二队"), &["；平均得分85.0分；", "超过整改期限仍未完成的有1次"]);
}

fn what_expires_does_so_in_any_state() {
    let things = "学院,设备名称,数量（台）,检定有效期,状态\n化学,天平,4,2026-08-15,正常\n化学,离心机,3,2026-12-31,正常\n物理,示波器,2,2027-01-01,停用\n";
    let project = Project::empty().file("实验室设备.csv", things.as_bytes());
    built(&project, &["实验室设备.csv"]);
    assert_holds(&report(&project, "化学"), &["已过检定有效期的有4台"]);
    assert_holds(&report(&project, "物理"), &["没有已过检定有效期的实验室设备"]);
}

fn a_plan_that_a_heading_asks_for_is_a_gap_beside_the_ledger() {
    let training = "学院,培训日期,培训内容\n化学,2026-07-05,危化品\n";
    let plans = "学院,事项,完成时限\n化学,演练,2026-12-01\n";
    let outline = "一、安全培训情况及下一步打算\n二、下一步工作计划\n";
    let project = Project::empty()
        .file("安全培训.csv", training.as_bytes())
        .file("下一步工作计划.csv", plans.as_bytes())
        .file("提纲.txt", outline.as_bytes());
    built(&project, &["安全培训.csv", "下一步工作计划.csv", "--outline", "提纲.txt"]);
    let text = report(&project, "化学");
    assert_holds(&text, &["共开展安全培训1次。", "\n【待填写：下一步打算】\n"]);
    // A ledger of plans is the plan.
    assert_eq!(text.matches("【待填写").count(), 1, "{text}");
}

fn several_ledgers_are_called_by_their_period() {
    let drills = "科室,演练日期,演练主题\n内科,2026-07-01,疏散\n";
    let project = Project::empty()
        .file("演练.csv", drills.as_bytes())
        .file("培训.csv", drills.replace("演练", "培训").as_bytes());
    let run = project.zicha(&["new", "templates/2026-q3", "演练.csv", "培训.csv"]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert_holds(
        &project.read("templates/2026-q3/notice.toml"),
        &["title = \"关于开展2026年第三季度自查工作的通知\"  # 猜的：台账不止一种，用这一期的名称"],
    );
}

fn rows_of_figures_are_not_counted() {
    let staff = "科室,岗位,应持证人数,持证人数\n内科,医师,12,12\n内科,护士,8,7\n外科,医师,10,10\n";
    let project = Project::empty().file("持证情况.csv", staff.as_bytes());
    built(&project, &["持证情况.csv"]);
    assert_holds(
        &report(&project, "内科"),
        &["\n应持证20人，持证19人，占应持证人数的95%；持证人数少于应持证人数的有1项。"],
    );
    assert_holds(&report(&project, "外科"), &["没有持证人数少于应持证人数的情况。"]);
}
