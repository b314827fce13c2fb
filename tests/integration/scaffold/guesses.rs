//! `zicha new`: what keeps figures of another period, of no fault and of no row out, or says so.

use serde_json::json;

use super::{assert_holds, built, metrics, new, report, settings};
use crate::support::{Project, workbook};

crate::harness::tests! {
    alone: [
        rows_outside_of_the_period_are_found,
        the_next_notice_takes_no_file_from_outside_of_the_earlier_one,
        rows_of_other_quarters_are_found,
        rows_of_other_months_are_found,
        months_and_quarters_as_bare_numbers_are_checked,
        notices_of_one_month_or_half_a_year_are_checked,
        the_title_that_a_person_gives_names_the_period,
        cells_that_do_not_fit_an_answered_type_are_named,
        sentences_are_no_choices_though_some_are_the_same,
        days_are_answered_in_every_way_that_ledgers_have,
        a_fault_that_says_none_is_not_counted,
        things_in_any_unit_are_added_up,
        the_signer_is_asked,
        headings_are_read_from_the_sentence_of_a_notice,
        a_ledger_without_headers_is_said_where_it_is,
        a_row_with_a_branch_alone_is_no_row_and_is_said,
        a_column_that_ledgers_share_names_branches_of_any_word,
        a_column_that_most_ledgers_share_comes_before_a_word_in_one_header,
        a_sum_that_misses_a_number_is_a_gap,
        a_rate_is_of_the_rows_that_name_a_fault,
        ways_to_write_a_choice_are_asked_about,
        columns_that_differ_by_their_units_alone_are_two,
        a_colon_in_a_header_hides_no_header,
        what_is_in_use_is_the_whole_where_no_other_is_named,
        a_merged_upper_header_gives_its_unit_and_its_name,
    ]
}

const DRILLS: &str = "科室,演练日期,演练主题\n内科,2026-06-28,疏散\n内科,2026.9.30,灭火\n外科,2026年10月8日,停电\n";

fn findings(project: &Project) -> String {
    project.zicha(&["check", "--notice", "templates/三季度/notice.toml"]).stdout
}

fn rows_outside_of_the_period_are_found() {
    let project = Project::empty().file("2026年第三季度演练.csv", DRILLS.as_bytes());
    built(&project, &["2026年第三季度演练.csv"]);
    assert_holds(&settings(&project), &["[vars]\n本期第一天 = 2026-07-01  # “2026年第三季度”的第一天"]);
    let found = findings(&project);
    assert_holds(
        &found,
        &["演练日期晚于数据截止日，这一行也算进了报告", "演练日期早于这一期的第一天，这一行也算进了报告"],
    );
    assert_eq!(found.matches("[Z150]").count(), 2, "{found}");
    // The next quarter has the next first day.
    let run = project.zicha(&["new", "templates/四季度", "--from", "templates/三季度", "--step", "quarter"]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert_holds(&project.read("templates/四季度/notice.toml"), &["本期第一天 = 2026-10-01", "cutoff = 2026-12-31"]);
}

fn the_next_notice_takes_no_file_from_outside_of_the_earlier_one() {
    let project = Project::empty().file("2026年第三季度演练.csv", DRILLS.as_bytes()).file("别处.md", b"other");
    built(&project, &["2026年第三季度演练.csv"]);
    let next = || project.zicha(&["new", "templates/四季度", "--from", "templates/三季度", "--step", "quarter"]);
    #[cfg(unix)]
    {
        let link = project.path("templates/三季度/链接.md");
        std::os::unix::fs::symlink(project.path("别处.md"), &link).expect("a link");
        let run = next();
        assert!(run.code == 2 && run.all().contains("链接.md 是链接，指到通知的文件夹外面"), "{}", run.all());
        assert!(!project.path("templates/四季度").exists());
        std::fs::remove_file(link).expect("removed");
    }
    // Ledgers that are in its place already are the next notice's alone from then on, which is said.
    let project = project.file("input/四季度/演练.csv", DRILLS.as_bytes());
    let run = project.zicha(&["new", "templates/四季度", "--from", "templates/三季度", "--step", "quarter"]);
    assert_holds(&run.stdout, &["input/四季度 里已有的 1 个台账文件从此归这份新通知，别的通知不再读它们"]);
}

fn rows_of_other_quarters_are_found() {
    let rows = "科室,季度,投诉件数\n内科,二季度,5\n内科,三季度,3\n外科,二季度,1\n外科,三季度,2\n";
    let project = Project::empty().file("2026年第三季度投诉.csv", rows.as_bytes());
    built(&project, &["2026年第三季度投诉.csv"]);
    let found = findings(&project);
    assert_holds(&found, &["警告[Z150] B2、B4：季度不是三季度，这一行也算进了报告"]);
    // The next quarter asks for its own rows.
    let run = project.zicha(&["new", "templates/四季度", "--from", "templates/三季度", "--step", "quarter"]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert_holds(&project.read("templates/四季度/notice.toml"), &["!= \"四季度\"", "季度不是四季度"]);
}

fn rows_of_other_months_are_found() {
    let rows = "社区,月份,活动场次（场）\n东街,6月,3\n东街,8月份,2\n西街,7月,1\n西街,9月,2\n西街,10月,4\n";
    let project = Project::empty().file("2026年第三季度志愿服务.csv", rows.as_bytes());
    built(&project, &["2026年第三季度志愿服务.csv"]);
    assert_holds(&findings(&project), &["警告[Z150] B2、B6：月份不是7月、8月、9月，这一行也算进了报告"]);
    // The next quarter has the next months.
    let run = project.zicha(&["new", "templates/四季度", "--from", "templates/三季度", "--step", "quarter"]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert_holds(
        &project.read("templates/四季度/notice.toml"),
        &[
            "row.月份 != \"10月\" && row.月份 != \"11月\" && row.月份 != \"12月\" && row.月份 != \"10月份\"",
            "月份不是10月、11月、12月",
        ],
    );
}

fn months_and_quarters_as_bare_numbers_are_checked() {
    let rows = "社区,月份,活动场次（场）\n东街,3,3\n东街,4,2\n西街,5,1\n西街,6,2\n西街,7,4\n";
    let quarters = "社区,季度,投诉件数\n东街,1,3\n东街,2,2\n西街,2,1\n";
    let project = Project::empty()
        .file("2026年第二季度志愿服务.csv", rows.as_bytes())
        .file("2026年第二季度投诉.csv", quarters.as_bytes());
    let files = ["2026年第二季度志愿服务.csv", "2026年第二季度投诉.csv"];
    let run = project.zicha(&[&["new", "templates/三季度"][..], &files].concat());
    assert_eq!(run.code, 0, "{}", run.all());
    let found = findings(&project);
    assert_holds(
        &found,
        &[
            "警告[Z150] B2、B6：月份不是4月、5月、6月，这一行也算进了报告",
            "警告[Z150] B2：季度不是2季度，这一行也算进了报告",
        ],
    );
    // They are no numbers to be added up.
    assert!(!settings(&project).contains("月份合计"), "{}", settings(&project));
    let run = project.zicha(&["new", "templates/下一季度", "--from", "templates/三季度", "--step", "quarter"]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert_holds(
        &project.read("templates/下一季度/notice.toml"),
        &[
            "'row.月份 != 7 && row.月份 != 8 && row.月份 != 9'",
            "月份不是7月、8月、9月，",
            "'row.季度 != 3'",
            "季度不是3季度，",
        ],
    );
}

fn notices_of_one_month_or_half_a_year_are_checked() {
    let rows = "社区,月份,活动场次（场）\n东街,6月,3\n东街,7月,2\n西街,7月,1\n西街,8月,2\n";
    let project = Project::empty().file("2026年7月志愿服务.csv", rows.as_bytes());
    let run = project.zicha(&["new", "templates/三季度", "2026年7月志愿服务.csv"]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert_holds(&findings(&project), &["警告[Z150] B2、B5：月份不是7月，这一行也算进了报告"]);
    let run = project.zicha(&["new", "templates/八月", "--from", "templates/三季度", "--step", "month"]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert_holds(&project.read("templates/八月/notice.toml"), &["'row.月份 != \"8月\"'", "月份不是8月，"]);
    let project = Project::empty().file("2026年上半年志愿服务.csv", rows.as_bytes());
    let run = project.zicha(&["new", "templates/三季度", "2026年上半年志愿服务.csv"]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert_holds(&findings(&project), &["警告[Z150] B3、B4、B5：月份不是1月、2月、3月、4月、5月、6月，"]);
    // A whole year has all months.
    let project = Project::empty().file("2026年志愿服务.csv", rows.as_bytes());
    let run = project.zicha(&["new", "templates/三季度", "2026年志愿服务.csv"]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert!(!findings(&project).contains("月份不是"), "{}", findings(&project));
}

/// A ledger may be of the last month alone.
fn the_title_that_a_person_gives_names_the_period() {
    let rows = "2026年9月演练,,\n科室,演练日期,演练主题\n内科,2026-07-28,疏散\n外科,2026-06-28,停电\n";
    let project = Project::empty().file("演练.csv", rows.as_bytes());
    let title = "标题=关于开展2026年第三季度安全自查的通知";
    let run = project.zicha(&["new", "templates/三季度", "演练.csv", "--answer", title]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert_holds(&settings(&project), &["本期第一天 = 2026-07-01", "cutoff = 2026-09-30"]);
    assert_holds(&findings(&project), &["警告[Z150] B4：演练日期早于这一期的第一天"]);
}

fn cells_that_do_not_fit_an_answered_type_are_named() {
    let rows = "科室,隐患内容,状态\n内科,a,已整改\n内科,b,整改中\n外科,c,已整改\n外科,d,2026-09-01\n";
    let project = Project::empty().file("隐患台账.csv", rows.as_bytes());
    let run = new(&project, &["隐患台账.csv", "--answer", "隐患.状态.类型=日期"]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert_holds(
        &run.stdout,
        &["  隐患.状态.不合 = 仍填日期（4 格里有 3 格不能按日期读：“已整改”“整改中”，会列为错误）"],
    );
    assert_holds(&settings(&project), &["type = \"date\"", "# 照您说的；4 格里有 3 格不能按日期读"]);
    let project = Project::empty().file("隐患台账.csv", rows.as_bytes());
    let answers = ["--answer", "隐患.状态.类型=日期", "--answer", "隐患.状态.不合=改回选项"];
    let run = new(&project, &[&["隐患台账.csv"][..], &answers].concat());
    assert_eq!(run.code, 0, "{}", run.all());
    assert_holds(&settings(&project), &["type = \"choice\", required = true, values = [\"已整改\", \"整改中\""]);
    // What fits is not asked about.
    let project = Project::empty().file("隐患台账.csv", rows.as_bytes());
    let run = new(&project, &["隐患台账.csv", "--answer", "隐患.状态.类型=文字"]);
    assert!(!run.stdout.contains("不合"), "{}", run.stdout);
}

fn sentences_are_no_choices_though_some_are_the_same() {
    let text = ["已报修，厂家排期中", "底座松动，本周内加固", "已报修，厂家排期中"];
    let rows: String = (1..10)
        .map(|row| format!("内科,设备{row},2026-09-{row:02},,\"{}\"\n", text[row % 3]))
        .chain(["外科,设备0,2026-08-01,2026-07-30,正常\n".to_owned()])
        .collect();
    let ledger = format!("科室,设备名称,检修应完成日期,检修实际完成日期,故障情况及处理计划\n{rows}");
    let project = Project::empty().file("设备检修.csv", ledger.as_bytes());
    built(&project, &["设备检修.csv"]);
    assert_holds(&settings(&project), &["header = [\"故障情况及处理计划\"], type = \"text\""]);
    // What is done is said by the day on which it was done.
    let text = report(&project, "外科");
    assert!(!text.contains("超过检修应完成日期仍未完成的有"), "{text}");
    assert_holds(&report(&project, "内科"), &["超过检修应完成日期仍未完成的有9次"]);
}

fn days_are_answered_in_every_way_that_ledgers_have() {
    for written in ["2019.9.30", "2019/9/30", "2019年9月30日", "20190930", "二〇一九年九月三十日"] {
        let project = Project::empty().file("演练.csv", DRILLS.as_bytes());
        let answer = format!("报送截止日期={written}");
        assert_eq!(new(&project, &["演练.csv", "--answer", &answer]).code, 0, "{written}");
        assert_holds(&settings(&project), &["deadline = 2019-09-30"]);
    }
    let project = Project::empty().file("演练.csv", DRILLS.as_bytes());
    let run = new(&project, &["演练.csv", "--answer", "报送截止日期=2019.9.31"]);
    assert_eq!(run.code, 2);
    assert_holds(&run.stderr, &["“报送截止日期”不能是“2019.9.31”：应是有这一天的日期（2019年9月只有30天，没有31日）"]);
}

fn a_fault_that_says_none_is_not_counted() {
    let checks =
        "科室,检查日期,发现问题\n内科,2026-07-01,电线老化\n内科,2026-07-02,无\n外科,2026-07-03,无\n外科,2026-07-04,\n";
    let project = Project::empty().file("安全检查记录.csv", checks.as_bytes());
    built(&project, &["安全检查记录.csv"]);
    assert_holds(&report(&project, "内科"), &["共开展安全检查2次", "发现问题的有1次"]);
    assert_holds(&report(&project, "外科"), &["共开展安全检查2次；没有发现问题。"]);
}

fn things_in_any_unit_are_added_up() {
    let things = "科室,器材名称,数量（具）\n内科,灭火器,3\n内科,应急灯,2\n外科,灭火器,1\n";
    let project = Project::empty().file("消防器材台账.csv", things.as_bytes());
    built(&project, &["消防器材台账.csv"]);
    assert_holds(&report(&project, "内科"), &["消防器材共5具。"]);
}

fn the_signer_is_asked() {
    let project = Project::empty().file("演练.csv", DRILLS.as_bytes());
    let run = new(&project, &["演练.csv", "--answer", "签字人=科主任"]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert_holds(&settings(&project), &["signer = \"科主任\"  # 照您说的"]);
}

fn headings_are_read_from_the_sentence_of_a_notice() {
    let notice = "关于开展安全自查的通知\n一、自查内容\n各科室要从总体情况、应急演练情况和下一步打算三个方面自查。\n二、报送要求\n按时报送。\n";
    let project = Project::empty().file("演练.csv", DRILLS.as_bytes()).file("通知.txt", notice.as_bytes());
    built(&project, &["演练.csv", "--outline", "通知.txt"]);
    let text = report(&project, "内科");
    assert_holds(&text, &["## 一、总体情况", "## 二、应急演练情况", "## 三、下一步打算"]);
    assert!(!text.contains("报送要求"), "{text}");
}

fn a_ledger_without_headers_is_said_where_it_is() {
    let project = Project::empty().file("演练.csv", DRILLS.as_bytes());
    built(&project, &["演练.csv"]);
    let (_, rows) = DRILLS.split_once('\n').expect("rows");
    let project = project.file("input/三季度/演练.csv", rows.as_bytes());
    let found = findings(&project);
    let cause = found.find("名称像《演练》，却没有它的表头，未读").unwrap_or_else(|| panic!("{found}"));
    let consequence = found.find("这张表没有读，所以没有《演练》").unwrap_or_else(|| panic!("{found}"));
    assert!(cause < consequence, "{found}");
    assert_holds(&found, &["办法：在第一行数据上面补上一行表头", "应为：科室、演练日期、演练主题"]);
}

fn a_row_with_a_branch_alone_is_no_row_and_is_said() {
    let (header, rest) = DRILLS.split_once('\n').expect("rows");
    // The last row is one that a form has for more.
    let rows = format!("{header}\n内科,,\n外科,,\n{rest}内科,,\n");
    let project = Project::empty().file("演练.csv", rows.as_bytes());
    built(&project, &["演练.csv"]);
    assert_holds(
        &findings(&project),
        &["[Z135] A2：第 2、3 行只写了科室，没有内容，下面却还有同一科室的记录；共 2 行，没有计入"],
    );
    assert_holds(&metrics(&project, "内科").to_string(), &["\"2\""]);
    assert_holds(&report(&project, "外科"), &["共开展演练1次"]);
}

fn a_column_that_ledgers_share_names_branches_of_any_word() {
    let roster = "站名,简称,片区,站长\n东门驿站,东门,东片,甲\n西门驿站,西门,西片,乙\n南门驿站,南门,东片,丙\n北门驿站,北门,西片,丁\n";
    let drills = "驿点,演练日期,主题\n东门,2026-09-01,灭火\n西门,2026-09-02,疏散\n北门,2026-09-02,疏散\n";
    let checks = "检查日期,驿点,得分\n2026-09-01,东门,90\n2026-09-03,南门,80\n2026-09-03,北门,80\n";
    let project = Project::empty()
        .file("名册.csv", roster.as_bytes())
        .file("演练.csv", drills.as_bytes())
        .file("检查.csv", checks.as_bytes());
    let run = new(&project, &["演练.csv", "检查.csv"]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert_holds(
        &settings(&project),
        &["branch = \"驿点\"", "驿点 = { header = [\"驿点\"], type = \"branch\" }  # 写着这一行是谁的"],
    );
    assert_holds(&run.stdout, &["演练.单位列 = 驿点（几种台账都有“驿点”这一列，写着同样的名称）"]);
}

fn a_column_that_most_ledgers_share_comes_before_a_word_in_one_header() {
    let calls = "消防站,出警时间,警情\n东门站,2026-07-01,火灾\n西门站,2026-07-03,救助\n";
    let visits = "消防站,检查日期,单位名称\n东门站,2026-07-11,商场\n西门站,2026-07-12,酒店\n";
    let project = Project::empty().file("出警.csv", calls.as_bytes()).file("重点检查.csv", visits.as_bytes());
    let run = new(&project, &["出警.csv", "重点检查.csv"]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert_holds(&run.stdout, &["重点检查.单位列 = 消防站（几种台账都有“消防站”这一列，写着同样的名称）"]);
    assert_holds(
        &settings(&project),
        &["branch = \"消防站\"", "单位名称 = { header = [\"单位名称\"], type = \"text\""],
    );
}

fn a_sum_that_misses_a_number_is_a_gap() {
    let loans =
        "科室,月份,外借册次（册）\n内科,7月,100\n内科,8月,\n内科,9月,50\n外科,7月,10\n外科,8月,20\n外科,9月,30\n";
    let project = Project::empty().file("开放服务.csv", loans.as_bytes());
    built(&project, &["开放服务.csv"]);
    assert!(!report(&project, "内科").contains("150册"), "{}", report(&project, "内科"));
    assert_holds(&report(&project, "内科"), &["外借共【待填写"]);
    assert_holds(&report(&project, "外科"), &["外借共60册"]);
    // The months are others in the next period.
    assert_holds(&settings(&project), &["月份 = { header = [\"月份\"], type = \"text\""]);
}

fn a_rate_is_of_the_rows_that_name_a_fault() {
    let checks = "科室,检查日期,设备名称,发现问题,整改期限,整改情况\n\
        内科,2026-07-01,电梯,电线老化,2026-08-01,整改完成\n内科,2026-07-02,水泵,无,,\n\
        内科,2026-07-03,水泵,漏水,2026-08-01,已整改\n内科,2026-07-04,门禁,门坏,2026-08-01,整改中\n\
        内科,2026-07-05,水管,锈蚀,2026-08-01,整改中\n外科,2026-07-03,电梯,无,,\n外科,2026-07-04,门禁,无,,\n";
    let project = Project::empty().file("安全检查记录.csv", checks.as_bytes());
    built(&project, &["安全检查记录.csv"]);
    assert_holds(
        &settings(&project),
        &["values = [\"整改完成\", \"整改中\"], synonyms = { \"已整改\" = \"整改完成\" }"],
    );
    // Four faults, two of them mended.
    assert_holds(
        &report(&project, "内科"),
        &["发现问题的有4次", "整改完成2次、整改中2次，整改完成率50%", "超过整改期限仍未完成的有2次"],
    );
    let other = report(&project, "外科");
    assert_holds(&other, &["没有发现问题；没有超过整改期限仍未完成的安全检查。"]);
    assert!(!other.contains("待填写") && !other.contains("率"), "{other}");
    assert_holds(&project.read("output/三季度/汇总/汇总-自查汇总.md"), &["整改完成率50%"]);
}

fn ways_to_write_a_choice_are_asked_about() {
    let opinions = "科室,收到日期,意见类别,办理情况\n内科,2026-07-01,服务态度,办结\n内科,2026-07-02,服务态度类,已办结\n\
        外科,2026-07-03,环境,办理中\n外科,2026-07-04,环境,已办结\n";
    let project = Project::empty().file("意见台账.csv", opinions.as_bytes());
    let run = new(&project, &["意见台账.csv", "--answer", "意见台账.意见类别.同义=服务态度类=环境；无"]);
    assert_eq!(run.code, 2);
    assert_holds(&run.stderr, &["应是甲=乙；丙=丁（从服务态度、服务态度类、环境里取），或“不合并”"]);
    let run = new(&project, &["意见台账.csv", "--answer", "意见台账.意见类别.同义=不合并"]);
    assert_holds(&run.stdout, &["意见.办理情况.同义 = 办结=已办结"]);
    assert_holds(
        &settings(&project),
        &[
            "values = [\"服务态度\", \"服务态度类\", \"环境\"] }",
            "values = [\"办结\", \"办理中\"], synonyms = { \"已办结\" = \"办结\" }",
        ],
    );
}

fn columns_that_differ_by_their_units_alone_are_two() {
    let devices = "科室,设备名称,数量（台）,数量（套）\n内科,血压计,2,1\n外科,体温计,3,4\n";
    let project = Project::empty().file("设备登记.csv", devices.as_bytes());
    built(&project, &["设备登记.csv"]);
    assert_holds(&report(&project, "外科"), &["3台", "4套"]);
    let devices = "科室,设备名称,册数,册 数\n内科,血压计,2,1\n外科,体温计,3,4\n";
    let project = Project::empty().file("设备登记.csv", devices.as_bytes());
    let run = new(&project, &["设备登记.csv"]);
    assert_eq!(run.code, 2);
    assert_holds(&run.stderr, &["《设备登记》有两列的表头都是“册 数”，程序分不清"]);
}

fn a_colon_in_a_header_hides_no_header() {
    let meals =
        "填报单位：内科,,,日期：2026年9月30日\n科室,送餐人次,其中：上门送餐人次,隐患:重大\n内科,30,12,1\n外科,20,5,0\n";
    let project = Project::empty().file("送餐.csv", meals.as_bytes());
    built(&project, &["送餐.csv"]);
    assert_holds(&settings(&project), &["header = [\"其中：上门送餐人次\"]", "header = [\"隐患:重大\"]"]);
    assert_holds(&report(&project, "内科"), &["30人次", "12人次"]);
    let visits = json!({"sheets": [{"name": "走访", "merge": ["A1:A2", "B1:C1"], "rows": [
        ["科室", "走访人次", ""], ["", "总人次", "其中：独居老人人次"], ["内科", 30, 12], ["外科", 20, 5],
    ]}]});
    let project = Project::empty().file("走访.xlsx", &workbook(&visits));
    built(&project, &["走访.xlsx"]);
    assert_holds(&settings(&project), &["header = [\"走访人次/其中：独居老人人次\"]"]);
    assert_holds(&report(&project, "内科"), &["30人次", "12人次"]);
}

fn what_is_in_use_is_the_whole_where_no_other_is_named() {
    for whole in ["在用数量", "在用总数", "在用数"] {
        let devices = format!("科室,设备名称,{whole},完好数\n内科,血压计,8,6\n外科,体温计,4,4\n");
        let project = Project::empty().file("设备检查表.csv", devices.as_bytes());
        built(&project, &["设备检查表.csv"]);
        assert_holds(&report(&project, "内科"), &["完好率75%"]);
    }
}

fn a_merged_upper_header_gives_its_unit_and_its_name() {
    let meals = json!({"sheets": [{"name": "助餐", "merge": ["A1:A2", "B1:C1", "D1:E1"], "rows": [
        ["科室", "助餐补贴（万元）", "", "服务", ""], ["", "应拨", "实拨", "人次", "经费"],
        ["内科", 3.5, 2.8, 30, 7], ["外科", 2, 2, 20, 5],
    ]}]});
    let project = Project::empty().file("助餐.xlsx", &workbook(&meals));
    built(&project, &["助餐.xlsx"]);
    assert_holds(
        &settings(&project),
        &[
            "助餐补贴应拨 = { header = [\"助餐补贴/应拨\", \"助餐补贴（万元）/应拨\"], type = \"decimal\", required = true, unit = \"万元\"",
            "助餐补贴实拨 = {",
            "上面的表头写着（万元）",
        ],
    );
    let text = report(&project, "内科");
    // 2.8 / 3.5
    assert_holds(&text, &["助餐补贴应拨3.5万元，助餐补贴实拨2.8万元，占助餐补贴应拨的80%", "服务经费7元"]);
}
