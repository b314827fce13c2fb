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
        &["到馆合计220人次；", "实际开放天数少于应开放天数的有1个月", "按活动类型分，讲座2次、展览1次。"],
    );
    assert!(!text.contains("开放服务共"), "{text}");
    assert_holds(&report(&project, "乙馆"), &["按活动类型分，培训2次、演出1次。"]);
    assert_holds(
        &project.read("output/三季度/汇总/汇总-自查汇总.md"),
        &["到馆合计300人次", "按活动类型分，讲座2次、展览1次、培训2次、演出1次。"],
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
            "班次数合计11班",
            "其中，填了考核是否合格的1条，考核合格0条，考核合格率0%",
        ],
    );
    assert!(!text.contains("温度合计"), "{text}");
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
    assert_holds(&text, &["共开展体育活动2次；参加人数合计40人", "测试人数合计100人"]);
    // A table with a row for each branch has nothing to count.
    assert!(!text.contains("体质测试共"), "{text}");
}
