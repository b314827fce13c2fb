//! `zicha new`: a hospital's quarterly safety check is set up from its ledgers and an outline, and built without an
//! edit.

pub(crate) mod coverage;
pub(crate) mod guesses;
pub(crate) mod library;
pub(crate) mod next;
pub(crate) mod terminal;
pub(crate) mod wording;

use rust_xlsxwriter::{DataValidation, DataValidationRule, ExcelDateTime, Format, Workbook};
use serde_json::{Value, json};

use crate::support::{Project, Run, workbook};

crate::harness::tests! {
    alone: [
        filled_ledgers_give_a_notice_that_builds_with_the_right_figures,
        what_was_guessed_says_so_with_its_reason,
        answers_take_the_place_of_guesses,
        rows_that_report_nothing_are_nil_reports,
        blank_forms_give_types_by_their_validations_and_formats,
        a_ledger_that_lists_the_branches_is_the_roster,
        schools_are_listed_by_stage_texts_stay_texts_and_scores_are_averaged,
        headings_decide_the_sections,
        ledgers_in_the_folder_of_the_notice_stay_there,
        every_bad_input_has_its_message_and_nothing_is_written,
        texts_with_signs_of_the_languages_are_taken_as_words,
    ]
}

const HAZARDS: &str = "科室,隐患内容,级别,整改期限,整改情况,完成日期,整改经费（元）\n\
    内科,灭火器过期,一般,2026-08-10,已整改,2026-08-09,300\n\
    内科,走廊堆放杂物,一般,2026-09-20,整改中,,0\n\
    外科,插座破损,重大,2026-08-31,未整改,,1200\n\
    外科,应急灯不亮,一般,2026-09-01,已整改,2026-09-05,200\n\
    儿科,护栏松动,重大,2026-10-10,整改中,,800\n\
    合计,,,,,,2500\n";
const TRAINING: &str = "科室,培训日期,培训主题,应到人数,实到人数,是否考核\n\
    内科,2026-07-15,用电安全,20,18,是\n\
    外科,2026-08-02,消防,15,15,否\n\
    儿科,2026-09-11,危化品,10,12,是\n";

/// A folder with the two ledgers.
fn hospital() -> Project {
    Project::empty().file("隐患台账.csv", HAZARDS.as_bytes()).file("培训记录.csv", TRAINING.as_bytes())
}

const CUTOFF: &str = "数据截止日=2026-09-30";

/// Makes the notice 三季度 of ledgers.
fn new(project: &Project, arguments: &[&str]) -> Run {
    project.zicha(&[&["new", "templates/三季度"], arguments, &["--answer", CUTOFF]].concat())
}

fn settings(project: &Project) -> String {
    project.read("templates/三季度/notice.toml")
}

/// Makes and builds the notice; both must end with 0.
fn built(project: &Project, arguments: &[&str]) {
    let run = new(project, arguments);
    assert_eq!(run.code, 0, "{}", run.all());
    let run = project.zicha(&["build", "--notice", "templates/三季度/notice.toml"]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert!(!run.stdout.contains("[Z006]") && !run.stdout.contains("[Z306]"), "{}", run.stdout);
}

fn report(project: &Project, branch: &str) -> String {
    project.read(&format!("output/三季度/{branch}/{branch}-自查报告.md"))
}

fn metrics(project: &Project, branch: &str) -> Value {
    serde_json::from_str(&project.read(&format!("output/三季度/{branch}/metrics.json"))).expect("JSON")
}

fn assert_holds(text: &str, lines: &[&str]) {
    for line in lines {
        assert!(text.contains(line), "no {line:?} in:\n{text}");
    }
}

fn schools_are_listed_by_stage_texts_stay_texts_and_scores_are_averaged() {
    let roster = "学校名称,学段,校长\n一小,小学,王强\n二小,小学,李敏\n一中,中学,赵军\n二中,中学,孙丽\n三中,中学,周涛\n";
    let canteens = "学校,检查日期,得分（分）,发现问题\n\
        一小,2026-07-01,90,冷库温度偏高\n一小,2026-08-01,95,冷库温度偏高\n一小,2026-09-01,91,留样不全\n\
        二小,2026-07-01,88,留样不全\n一中,2026-07-01,80,冷库温度偏高\n二中,2026-07-01,99,留样不全\n三中,2026-07-01,70,留样不全\n";
    let project =
        Project::empty().file("学校名册.csv", roster.as_bytes()).file("食堂检查台账.csv", canteens.as_bytes());
    built(&project, &["学校名册.csv", "食堂检查台账.csv"]);
    let settings = settings(&project);
    assert_holds(
        &settings,
        &["ledger = \"学校名册\"", "kind = \"学段\"", "发现问题 = { header = [\"发现问题\"], type = \"text\""],
    );
    // (90 + 95 + 91) / 3
    assert_holds(&report(&project, "一小"), &["平均得分92.0分", "| 3 | 2026年9月1日 | 91 | 留样不全 |"]);
    assert!(!report(&project, "一小").contains("得分合计"));
}

fn filled_ledgers_give_a_notice_that_builds_with_the_right_figures() {
    let project = hospital();
    built(&project, &["隐患台账.csv", "培训记录.csv"]);
    // By hand: 内科 has two hazards, one done, one past 2026-09-20.
    assert_holds(
        &report(&project, "内科"),
        &[
            "隐患共2项；按级别分，一般2项；按整改情况分，已整改1项、整改中1项，整改率50%；整改经费300元；超过整改期限仍未完成的有1项。",
            "| 2 | 走廊堆放杂物 | 一般 | 2026年9月20日 | 整改中 | — | 0 |",
            "共开展培训1次；其中，考核1次，考核率100%；应到20人，实到18人，占应到人数的90%；实到人数少于应到人数的有1次。",
            "一是隐患中，超过整改期限仍未完成的有1项。",
            "二是培训中，实到人数少于应到人数的有1次。",
        ],
    );
    // 儿科's hazard is due after the last day that counts.
    assert_holds(
        &report(&project, "儿科"),
        &["没有超过整改期限仍未完成的", "对照台账，没有超过整改期限仍未完成的隐患，没有实到人数少于应到人数的培训。"],
    );
    let summary = project.read("output/三季度/汇总/汇总-自查汇总.md");
    assert_holds(
        &summary,
        &[
            "各科室隐患共5项；按级别分，重大2项、一般3项；按整改情况分，已整改2项、整改中2项、未整改1项，整改率40%；整改经费2500元；超过整改期限仍未完成的有2项。",
            "超过整改期限仍未完成的，涉及以下科室：内科（1项）、外科（1项）。",
            "图1　各科室隐患整改率",
            "应到45人，实到45人",
        ],
    );
    assert!(project.path("output/三季度/汇总/汇总表.xlsx").exists());
    let metrics = metrics(&project, "外科");
    assert!(metrics.to_string().contains("超过整改期限仍未完成的隐患数"), "{metrics}");
    // A day later than the due day, and more present than due.
    let check = project.zicha(&["check", "--notice", "templates/三季度/notice.toml", "--json"]);
    assert_holds(&check.stdout, &["完成日期晚于整改期限", "实到人数多于应到人数"]);
    assert!(!check.stdout.contains("\"severity\":\"错误\""), "{}", check.stdout);
}

fn rows_that_report_nothing_are_nil_reports() {
    let events = "科室,发生日期,事件类别,处置状态,数量（台）\n\
        内科,2026-07-15,跌倒,已结案,1\n外科,,无,,\n内科,2026-08-15,跌倒,处置中,2\n儿科,2026-08-16,用药,已结案,1\n";
    let project = Project::empty().file("设备事件.csv", events.as_bytes());
    built(&project, &["设备事件.csv"]);
    assert_holds(
        &settings(&project),
        &[
            "nil_report = [\"无\", \"没有\", \"零\", \"零报告\"]  # 一行除了单位只写这样的词的，是零报告",
            "every_branch = true  # 猜的：有的行除了单位只写“无”，没有的要报零报告；没有记录、也没有报“无”的，数是待填写，不是 0",
            "nil = \"没有设备事件。\"",
            // The word is no choice, and the rows that have it leave no column blank.
            "required = true, values = [\"跌倒\", \"用药\"]",
            "发生日期 = { header = [\"发生日期\"], type = \"date\", required = true }",
            // A row is an event, whatever number of things it has.
            "设备事件数 = { label = \"设备事件数\", unit = \"件\"",
        ],
    );
    assert_holds(&report(&project, "外科"), &["没有设备事件。"]);
    assert_holds(&report(&project, "内科"), &["设备事件共2件", "按事件类别分，跌倒2件；", "数量3台"]);
    let summary = project.read("output/三季度/汇总/汇总-自查汇总.md");
    assert_holds(&summary, &["各科室设备事件共3件", "已结案2件、处置中1件，结案率66.67%"]);
    assert!(!summary.contains("待填写"), "{summary}");
}

fn what_was_guessed_says_so_with_its_reason() {
    let project = hospital();
    let run = new(&project, &["隐患台账.csv", "培训记录.csv"]);
    assert_holds(
        &settings(&project),
        &[
            "cutoff = 2026-09-30  # 照您说的",
            "deadline = 2026-10-15  # 猜的：数据截止日后 15 天",
            "级别 = { header = [\"级别\"], type = \"choice\", required = true, values = [\"重大\", \"一般\"] }  # 猜的：表头像是选项，5 格只有 2 种：重大、一般",
            "整改经费 = { header = [\"整改经费\", \"整改经费（元）\"], type = \"decimal\", required = true, unit = \"元\", min = 0 }  # 5 格都是数字；单位：表头写着（元）",
            "完成日期 = { header = [\"完成日期\"], type = \"date\" }",
            "是否考核 = { header = [\"是否考核\"], type = \"flag\", required = true }",
            "branch = \"科室\"",
        ],
    );
    // In order of importance: the roster before dates, dates before what is done, columns last.
    let places: Vec<usize> = [
        "  名册 = ",
        "  报送截止日期 = ",
        "  隐患.都要报 = 是",
        "  隐患.整改情况.完成 = 已整改",
        "  发文部门 = ",
        "  隐患.级别.类型 = 选项",
    ]
    .iter()
    .map(|line| run.stdout.find(line).unwrap_or_else(|| panic!("{line} in {}", run.stdout)))
    .collect();
    assert!(places.is_sorted(), "{}", run.stdout);
    let roster = project.read("input/三季度/科室名册.csv");
    assert_eq!(
        roster,
        "\u{feff}\"科室名称\",\"类别\"\r\n\"内科\",\"科室\"\r\n\"外科\",\"科室\"\r\n\"儿科\",\"科室\"\r\n"
    );
}

fn answers_take_the_place_of_guesses() {
    let project = hospital();
    let answers = [
        "标题=关于开展第三季度安全自查的通知",
        "发文部门=医务处",
        "隐患台账.整改情况.完成=已整改、整改中",
        // A ledger is named by its title, or by its id in the settings.
        "隐患台账.级别.类型=文字",
        "培训.是否考核.类型=不要",
        "隐患.量词=处",
    ];
    let flags: Vec<&str> = answers.iter().flat_map(|answer| ["--answer", answer]).collect();
    built(&project, &[&["隐患台账.csv", "培训记录.csv"], &flags[..]].concat());
    let text = settings(&project);
    assert_holds(
        &text,
        &["title = \"关于开展第三季度安全自查的通知\"  # 照您说的", "级别 = { header = [\"级别\"], type = \"text\""],
    );
    assert!(!text.contains("是否考核"), "{text}");
    // 整改中 counts as done, so nothing of 内科 is overdue.
    let report = report(&project, "内科");
    assert_holds(
        &report,
        &[
            "# 内科关于第三季度安全自查情况的报告",
            "医务处：",
            "隐患共2处",
            "完成率100%；",
            "没有超过整改期限仍未完成的",
        ],
    );
    assert!(!report.contains("按级别分"), "{report}");
}

/// A blank form whose validations and formats say what belongs into its columns.
fn blank_form() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("设备台账").expect("a name");
    let title = Format::new();
    sheet.merge_range(0, 0, 0, 6, "医院2026年第三季度设备台账", &title).expect("a title");
    let headers = ["序号", "科室", "设备名称", "状态", "检定日期", "完好率", "操作人数（人）"];
    for (col, header) in (0..).zip(headers) {
        sheet.write(1, col, header).expect("a header");
    }
    let choices = |list: &[&str]| DataValidation::new().allow_list_strings(list).expect("a list");
    sheet.add_data_validation(2, 1, 40, 1, &choices(&["内科", "外科"])).expect("a list");
    sheet.add_data_validation(2, 3, 40, 3, &choices(&["在用", "停用", "报废"])).expect("a list");
    let first = ExcelDateTime::from_ymd(2020, 1, 1).expect("a day");
    let days = DataValidation::new().allow_date(DataValidationRule::GreaterThan(first));
    sheet.add_data_validation(2, 4, 40, 4, &days).expect("days");
    let percent = Format::new().set_num_format("0%");
    for row in 2..40 {
        sheet.write_blank(row, 5, &percent).expect("a blank cell");
    }
    book.save_to_buffer().expect("a workbook")
}

fn blank_forms_give_types_by_their_validations_and_formats() {
    let project = Project::empty().file("设备.xlsx", &blank_form());
    let run = project.zicha(&["new", "templates/三季度", "设备.xlsx"]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert_holds(
        &settings(&project),
        &[
            "cutoff = 2026-09-30  # 猜的：标题里写着“2026年第三季度”，取最后一天",
            "序号 = { header = [\"序号\"], type = \"serial\" }",
            "科室 = { header = [\"科室\"], type = \"branch\" }",
            "状态 = { header = [\"状态\"], type = \"choice\", values = [\"在用\", \"停用\", \"报废\"] }  # 单元格有下拉选项",
            "检定日期 = { header = [\"检定日期\"], type = \"date\" }  # 单元格限定填日期",
            "完好率 = { header = [\"完好率\"], type = \"percent\" }  # 单元格的格式是百分比",
            "操作人数 = { header = [\"操作人数\", \"操作人数（人）\"], type = \"integer\", unit = \"人\", min = 0 }",
        ],
    );
    let run = project.zicha(&["build", "--notice", "templates/三季度/notice.toml"]);
    assert_eq!(run.code, 0, "{}", run.all());
    // The branches are those of the drop-down list; nothing is filled in yet.
    assert_holds(&report(&project, "外科"), &["【待填写：设备情况（《设备台账》中没有本科室的记录）】"]);
}

fn a_ledger_that_lists_the_branches_is_the_roster() {
    let roster = json!({"sheets": [{"name": "科室一览", "rows": [
        ["科室名称", "简称", "类别", "联系人"],
        ["内科病区", "内科", "临床", "甲"],
        ["外科病区", "外科", "临床", "乙"],
        ["儿科病区", "儿科", "临床", "丙"],
        ["药剂科", "药剂", "医技", "丁"],
    ]}]});
    let project = hospital().file("科室.xlsx", &workbook(&roster));
    built(&project, &["科室.xlsx", "隐患台账.csv", "--answer", "名册=科室一览"]);
    assert_holds(
        &settings(&project),
        &[
            "[roster]\nledger = \"科室一览\"  # 猜的：照您说的\nname = \"科室名称\"\nshort = \"简称\"\nkind = \"类别\"",
            "类别 = { header = [\"类别\"], type = \"choice\", required = true, values = [\"临床\", \"医技\"] }",
        ],
    );
    assert_holds(&report(&project, "内科病区"), &["隐患共2项"]);
    assert_holds(&report(&project, "药剂科"), &["没有隐患。"]);
}

fn headings_decide_the_sections() {
    let outline = "关于开展自查的说明\n一、总体情况\n二、隐患排查治理情况\n（一）整改情况\n三、下一步打算\n";
    let project = hospital().file("提纲.txt", outline.as_bytes());
    built(&project, &["隐患台账.csv", "培训记录.csv", "--outline", "提纲.txt"]);
    assert_holds(
        &report(&project, "内科"),
        &[
            "## 一、总体情况\n\n截至2026年9月30日，隐患2项、开展培训1次。",
            "## 二、隐患排查治理情况",
            "## 三、培训情况",
            "## 四、下一步打算\n\n【待填写：下一步打算】",
        ],
    );
    assert_holds(&settings(&project), &["title = \"培训情况\"  # 猜的：提纲里没有写到"]);
}

fn ledgers_in_the_folder_of_the_notice_stay_there() {
    let project = Project::empty().file("input/三季度/隐患台账.csv", HAZARDS.as_bytes());
    built(&project, &["input/三季度/隐患台账.csv"]);
    assert_holds(&report(&project, "内科"), &["隐患共2项"]);
    let files: Vec<_> = std::fs::read_dir(project.path("input/三季度")).expect("a folder").collect();
    assert_eq!(files.len(), 2, "the ledger and the proposed roster");
}

fn every_bad_input_has_its_message_and_nothing_is_written() {
    let nothing = "1,2\n3,4\n";
    let without_branch = "隐患内容,整改期限\n插座破损,2026-08-31\n";
    let without_names = "科室,隐患内容\n";
    let project = hospital()
        .file("同上.csv", HAZARDS.as_bytes())
        .file("无表头.csv", nothing.as_bytes())
        .file("缺表头.csv", "内科,插座破损,是\n外科,通道堵塞,否\n儿科,护栏松动,是\n".as_bytes())
        .file("无单位.csv", without_branch.as_bytes())
        .file("空白.csv", without_names.as_bytes())
        .file("标记.csv", "科室,隐患{{ x }}\n内科,甲\n".as_bytes())
        .file("坏.xlsx", b"PK\x03\x04 no workbook")
        .file("图.png", b"\x89PNG\r\n\x1a\n")
        .file("正文.txt", "只有一句话。没有标题。\n".as_bytes())
        .file("另/隐患台账.csv", TRAINING.as_bytes())
        .file("占用/a.txt", b"1");
    for (arguments, message) in [
        (&[][..], "没有给台账"),
        (&["没有.csv"][..], "没有.csv：读不到"),
        (&["坏.xlsx"][..], "坏.xlsx：文件已损坏"),
        (&["图.png"][..], "图.png：不是表格文件"),
        (&["无表头.csv"][..], "“无表头.csv”里没有找到表头"),
        (&["隐患台账.csv", "缺表头.csv"][..], "“缺表头”里没有找到表头"),
        (&["无单位.csv"][..], "看不出《无单位》的哪一列写着这一行是谁的（表头有：隐患内容、整改期限）"),
        (&["空白.csv"][..], "台账里没有科室的名称"),
        (&["隐患台账.csv", "同上.csv"][..], "《隐患台账》和《同上》的表头一样"),
        (&["隐患台账.csv", "另/隐患台账.csv"][..], "有两个台账文件都叫“隐患台账.csv”"),
        (&["隐患台账.csv", "--outline", "正文.txt"][..], "“正文.txt”里没有找到标题"),
        (&["隐患台账.csv", "--outline", "正文.txt"][..], "用 --heading 一个一个写，也可以不给提纲"),
        (&["隐患台账.csv", "--outline", "没有.txt"][..], "读不到提纲 没有.txt"),
        (
            &["隐患台账.csv", "--outline", "坏.xlsx"][..],
            "坏.xlsx 是表格，不能当提纲：提纲是报告要写哪几个方面，一行一个标题",
        ),
        (&["标记.csv"][..], "“隐患{{x}}”里有花括号“{”"),
        (&["隐患台账.csv", "--answer", "发文部门=医\u{202e}务处"][..], "“医‹U+202E›务处”里有看不见的字符"),
        (&["隐患台账.csv", "--answer", "隐患台账.单位列=甲"][..], "“隐患.单位列”不能是“甲”：应是科室、隐患内容"),
        (&["隐患台账.csv", "--answer", "名次=甲"][..], "没有“名次”这个问题，是不是“名册”？"),
        (&["隐患台账.csv", "--answer", "报送截止日期=下周"][..], "“报送截止日期”不能是“下周”：应是日期"),
        (&["隐患台账.csv", "--answer", "名册=隐患台账"][..], "有一列写着类别的台账"),
        (&["隐患台账.csv", "--answer", "没有等号"][..], "应写成 问题=答案"),
    ] {
        let run = new(&project, arguments);
        assert_eq!(run.code, 2, "{arguments:?}: {}", run.all());
        assert!(run.stderr.contains(message), "{arguments:?}: {}", run.stderr);
        assert!(!project.path("templates").exists() && !project.path("input").exists(), "{arguments:?}");
    }
    let run = project.zicha(&["new", "占用", "隐患台账.csv"]);
    assert_eq!((run.code, run.stderr.contains("占用 里已有文件，不覆盖")), (2, true), "{}", run.stderr);
    assert!(!project.path("input/占用").exists());
    let named = ["空白.csv", "--branches", "内科,外科"];
    assert_eq!(new(&project, &named).code, 0);
    assert_holds(&project.read("input/三季度/科室名册.csv"), &["\"内科\",\"科室\"\r\n\"外科\",\"科室\"\r\n"]);
}

fn texts_with_signs_of_the_languages_are_taken_as_words() {
    let ledger = "科室,隐患<x>内容,\"级别|\"\"甲\"\"\",数量（*）\n\
        内科,a|b,\"重'大\"\"\",1\n内科,c,\"重'大\"\"\",2\n内科,%if%,一\\般,3\n外科,d,一\\般,4\n";
    let project = Project::empty().file("隐患_*台账#1.csv", ledger.as_bytes());
    built(&project, &["隐患_*台账#1.csv", "--answer", "标题=关于“*x*”的通知"]);
    assert_holds(&report(&project, "内科"), &["重'大", "一", "数量"]);
}
