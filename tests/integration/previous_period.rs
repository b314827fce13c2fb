//! The previous period: what an earlier run reported, in expressions, reports, the summary and packages.

use serde_json::{Value, json};

use crate::archive::{package, unsigned};
use crate::support::{NOTICE, Project, copy, parts};

crate::harness::tests! {
    alone: [
        reports_compare_with_the_earlier_run,
        the_summary_compares_with_the_earlier_run,
        a_metric_of_a_value_that_is_not_there_has_no_value,
        a_table_of_the_earlier_run_gives_the_same_numbers,
        a_branch_without_rows_in_the_earlier_run_has_no_number,
        values_of_the_earlier_run_have_their_source,
        the_earlier_run_is_on_record_and_rebuilds_what_used_it,
        the_command_line_names_another_earlier_run,
        without_an_earlier_run_there_is_no_data,
        branches_and_metrics_that_do_not_match_are_findings,
        cells_of_the_earlier_table_are_shown_as_the_table_shows_them,
        an_earlier_run_that_cannot_be_used_is_refused,
        names_that_the_earlier_run_cannot_have_are_refused,
        packages_are_rebuilt_without_the_earlier_run,
    ]
}

const SETTINGS: &str = "templates/2018-grassroots/notice.toml";

const FIRST: [[&str; 6]; 5] = [
    ["内科", "通道堵塞", "重大", "2019-03-10", "300", "否"],
    ["内科", "灯不亮", "一般", "2019-03-20", "20", "是"],
    ["外科", "插座老化", "重大", "2019-03-25", "100", "否"],
    ["外科", "标识脱落", "较大", "2019-04-01", "50", "否"],
    ["检验科", "试剂未锁", "重大", "2019-03-10", "0", "是"],
];
const SECOND: [[&str; 6]; 6] = [
    ["内科", "地面湿滑", "一般", "2019-06-10", "300", "否"],
    ["内科", "门锁损坏", "一般", "2019-06-20", "20", "是"],
    ["内科", "线路裸露", "重大", "2019-06-21", "20", "否"],
    ["外科", "氧气瓶未固定", "重大", "2019-06-25", "100", "否"],
    ["检验科", "试剂过期", "重大", "2019-06-10", "0", "是"],
    ["儿科", "护栏松动", "一般", "2019-06-10", "0", "否"],
];
const SHEET: &str = "[[summary.sheet]]\ntitle = \"隐患\"\nmetrics = [\"hazards\", \"open\", \"done_pct\"]\n";
/// A sentence with values and changes.
const HAZARD: &str = "隐患{{ hazards }}项（{{ change(hazards) }}），原有{{ prev.hazards }}；整改率{{ done_pct }}（{{ change(done_pct) }}）。\n";

/// The run of the quarter before, in the folder `last`, and what the next quarter begins with: a branch more.
fn next_quarter(more: &str) -> Project {
    let first = Project::hospital(SHEET, &FIRST);
    first.build();
    let second = Project::hospital(&[SHEET, more].concat(), &SECOND)
        .edit("input/科室名册.csv", "检验科,医技\n", "检验科,医技\n儿科,临床\n")
        .template("hazard.md", HAZARD);
    copy(&first.path("output"), &second.path("last"));
    with_previous(second, "../../last")
}

fn with_previous(project: Project, path: &str) -> Project {
    project.edit(SETTINGS, "cutoff   = 2019-06-30\n", &format!("cutoff   = 2019-06-30\nprevious = \"{path}\"\n"))
}

/// What the reports of the four branches say.
fn assert_compared(project: &Project) {
    for (branch, wanted) in [
        ("内科", "隐患3项（增加1项），原有2；整改率33.33%（下降16.67个百分点）。"),
        ("外科", "隐患1项（减少1项），原有2；整改率0%（持平）。"),
        ("检验科", "隐患1项（持平），原有1；整改率100%（持平）。"),
        ("儿科", "隐患1项（上季度没有数据），原有上季度没有数据；整改率0%（上季度没有数据）。"),
    ] {
        let text = project.report_text(branch, "md").replace('\\', "");
        assert!(text.contains(wanted), "{branch}: {text}");
        assert!(!text.contains("待填写"), "{text}");
    }
}

fn reports_compare_with_the_earlier_run() {
    let project = next_quarter("");
    let run = project.build();
    assert_compared(&project);
    assert!(run.all().contains("Z216") && run.all().contains("儿科"), "{}", run.all());
    let run = project.zicha(&["build", "--final"]);
    assert_eq!(run.code, 0, "{}", run.all());
}

fn the_summary_compares_with_the_earlier_run() {
    let list = "[summary.list]\nmore = { label = \"隐患增加的科室\", when = 'has(b.prev.hazards) && b.hazards > b.prev.hazards' }\n\
        unsure = { label = \"隐患减少的科室\", when = 'b.hazards < b.prev.hazards' }\n\
        [summary.metric.last_all]\nlabel = \"上季度隐患数\"\nexpr = 'sum(more.map(|b| b.prev.hazards)) + prev.hazards_all'\n";
    let text = "共{{ hazards_all }}项（{{ change(hazards_all) }}），原有{{ prev.hazards_all | with_unit }}，{{ last_all }}。\
        {% for b in branches %}{{ b.name }}{{ change(b.hazards) }}；{% endfor %}{% for b in branches %}{{ b.prev.hazards | with_unit }}，{% endfor %}\
        {% if prev.n.hazards_all > 4 %}多于四项。{% endif %}\n\n\
        增加的：{% for b in more %}{{ b.name }}{% endfor %}。减少的：{% for b in unsure %}{{ b.name }}，{% endfor %}\n";
    let project = next_quarter(list).template("all.md", text);
    project.build();
    let text = project.hospital_summary();
    assert!(
        text.contains(
            "共6项（增加1项），原有5项，7。内科增加1项；外科减少1项；检验科持平；儿科上季度没有数据；2项，2项，1项，上季度没有数据，多于四项。"
        ),
        "{text}"
    );
    // Whether a branch without an earlier number has fewer cannot be decided.
    assert!(text.contains("增加的：内科。减少的：外科，【待填写：儿科是否属于“隐患减少的科室”】，"), "{text}");
    let sources: Value = serde_json::from_str(&project.read("output/汇总/sources.json")).expect("JSON");
    let metric = sources["metrics"].as_array().and_then(|all| all.iter().find(|m| m["id"] == "last_all"));
    assert_eq!(metric.expect("a metric")["previous"], json!(["hazards_all", "hazards"]));
}

fn a_metric_of_a_value_that_is_not_there_has_no_value() {
    let metric = "[metric.up]\nlabel = \"隐患增加数\"\nexpr = 'hazards - prev.hazards'\nunit = \"项\"\n\
        [metric.up_or_all]\nlabel = \"隐患新增数\"\nexpr = 'hazards - or(prev.hazards, 0)'\n";
    let text = "增加{{ up }}项，{{ up_or_all }}。{% if prev.n.hazards is none %}没有可比的。{% endif %}\n";
    let project = next_quarter(metric).template("hazard.md", text);
    project.build();
    assert!(project.report_text("内科", "md").contains("增加1项，1。"));
    assert!(
        project.report_text("外科", "md").contains("增加-1项，-1。")
            || project.report_text("外科", "md").contains("增加\\-1项")
    );
    let text = project.report_text("儿科", "md");
    assert!(text.contains("增加【待填写：隐患增加数】项，1。没有可比的。"), "{text}");
}

fn a_table_of_the_earlier_run_gives_the_same_numbers() {
    let project = next_quarter("").template("all.md", "共{{ hazards_all }}项（{{ change(hazards_all) }}）。\n");
    let project = project.edit(SETTINGS, "../../last", "../../last/汇总/汇总表.xlsx");
    let run = project.build();
    assert_compared(&project);
    // The department's own metrics are in no table.
    assert!(project.hospital_summary().contains("共6项（上季度没有数据）。"));
    assert!(run.all().contains("Z215") && run.all().contains("里面没有指标“隐患总数”"), "{}", run.all());
}

/// 外科 handed in nothing, 检验科 reported that there is nothing: the one has no number, the other 0.
fn a_branch_without_rows_in_the_earlier_run_has_no_number() {
    let first = Project::hospital(SHEET, &[FIRST[0], ["检验科", "无", "", "", "", ""]]).edit(
        SETTINGS,
        "every_branch = true",
        "",
    );
    first.build();
    let project =
        Project::hospital(SHEET, &SECOND[..5]).edit(SETTINGS, "every_branch = true", "").template("hazard.md", HAZARD);
    copy(&first.path("output"), &project.path("last"));
    let says = |project: &Project, branch: &str, wanted: &str, from: &str| {
        let text = project.report_text(branch, "md").replace('\\', "");
        assert!(text.contains(wanted), "{from}: {text}");
    };
    let record = project.read("last/run.json");
    assert!(record.contains("\"without_rows\":[\"hazards\",\"open\",\"done_pct\"]"), "{record}");
    let older = record.replace(",\"without_rows\":[\"hazards\",\"open\",\"done_pct\"]", "");
    assert_ne!(older, record);
    let project = project.file("older/run.json", older.as_bytes());
    for from in ["last", "older", "last/汇总/汇总表.xlsx"] {
        let run = project.zicha(&["build", "--previous", from]);
        assert_eq!(run.code, 0, "{}", run.all());
        says(&project, "内科", "隐患3项（增加2项），原有1；", from);
        says(&project, "外科", "隐患1项（上季度没有数据），原有上季度没有数据；", from);
        says(&project, "检验科", "隐患1项（增加1项），原有0；", from);
    }
}

fn values_of_the_earlier_run_have_their_source() {
    let printed = |project: &Project| {
        let sources: Value = serde_json::from_str(&project.read("output/内科/sources.json")).expect("JSON");
        let printed = sources["printed"].as_array().expect("texts").clone();
        let find = |label: &str| printed.iter().find(|p| p["label"] == label).cloned().expect("a text");
        let (value, change) = (find("上季度的隐患数"), find("隐患数与上季度比"));
        let file = &sources["sheets"][value["sheet"].as_u64().expect("a sheet") as usize];
        (value.clone(), change, file.clone())
    };
    let project = next_quarter("");
    project.build();
    let (value, change, file) = printed(&project);
    assert_eq!((&value["text"], &value["cell"]), (&json!("2"), &Value::Null));
    assert_eq!((&change["text"], &change["metric"]), (&json!("增加1项"), &json!("hazards")));
    assert_eq!(file, json!({ "file": "run.json（上季度）", "sheet": "" }));
    let html = project.report_text("内科", "html");
    assert!(html.contains("上季度的隐患数：run.json（上季度）"), "{html}");
    assert!(html.contains("隐患数与上季度比：根据 隐患台账.csv"), "{html}");
    let project = project.edit(SETTINGS, "../../last", "../../last/汇总/汇总表.xlsx");
    project.build();
    let (value, _, file) = printed(&project);
    assert_eq!((&value["text"], &value["cell"]), (&json!("2"), &json!("D3")));
    assert_eq!(file, json!({ "file": "汇总表.xlsx（上季度）", "sheet": "隐患" }));
    assert!(project.report_text("内科", "html").contains("上季度的隐患数：汇总表.xlsx（上季度）［隐患］ D3"));
}

fn the_earlier_run_is_on_record_and_rebuilds_what_used_it() {
    let project = next_quarter("");
    project.build();
    let bytes = std::fs::read(project.path("last/run.json")).expect("a record");
    let run: Value = serde_json::from_str(&project.read("output/run.json")).expect("JSON");
    let digest = zicha::store::sha256(&bytes).to_string();
    assert_eq!(run["previous"], json!({ "file": "run.json", "digest": digest }));
    let own: Value = serde_json::from_str(&project.read("output/外科/previous.json")).expect("JSON");
    assert_eq!(own["branches"][0]["metrics"]["hazards"]["value"], "2");
    assert_eq!(own["branches"].as_array().map(Vec::len), Some(1));
    let reasons = |project: &Project| {
        let run = project.zicha(&["build", "--json", "--quiet"]);
        assert_eq!(run.code, 0, "{}", run.all());
        run.stdout.matches("key-changed").count()
    };
    assert_eq!(reasons(&project), 0);
    let text = project.read("last/run.json");
    let branches = text.find("\"branches\"").expect("branches");
    let changed = text[branches..].replacen("\"metrics\":[\"2\"", "\"metrics\":[\"9\"", 1);
    assert_ne!(changed, text[branches..], "{text}");
    let project = project.file("last/run.json", format!("{}{changed}", &text[..branches]).as_bytes());
    assert!(reasons(&project) >= 4);
    assert!(project.report_text("内科", "md").contains("减少6项"), "{}", project.report_text("内科", "md"));
}

fn the_command_line_names_another_earlier_run() {
    let project = next_quarter("");
    let project = project.edit(SETTINGS, "../../last", "../../nosuch");
    let run = project.zicha(&["build", "--previous", "last/run.json"]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert_compared(&project);
    let run = project.zicha(&["check", "--previous", "last"]);
    assert_eq!(run.code, 0, "{}", run.all());
}

fn without_an_earlier_run_there_is_no_data() {
    let project = Project::hospital("", &FIRST).template("hazard.md", HAZARD);
    let run = project.build();
    let text = project.report_text("内科", "md");
    assert!(text.contains("隐患2项（上季度没有数据），原有上季度没有数据；"), "{text}");
    assert!(run.all().contains("Z217") && run.all().contains("用到上季度的“hazards”"), "{}", run.all());
    assert!(!project.path("output/内科/previous.json").exists());
    // A notice that compares with nothing has no such finding.
    let run = Project::hospital("", &FIRST).build();
    assert!(!run.all().contains("Z217"), "{}", run.all());
}

fn branches_and_metrics_that_do_not_match_are_findings() {
    let project = next_quarter(
        "[metric.severe]\nlabel = \"重大隐患数\"\nexpr = 'hazard.filter(|r| r.level == \"重大\").len()'\n",
    )
    .template("hazard.md", "{{ change(severe) }}，{{ change(hazards) }}。\n")
    .edit("input/科室名册.csv", "外科,临床\n", "")
    .edit(SETTINGS, "label = \"隐患数\"", "label = \"隐患总项数\"");
    let found = |code: &str| -> String {
        let all = project.findings_of(code);
        all.iter().map(|finding| format!("{}\n", finding["message"].as_str().unwrap_or_default())).collect()
    };
    let metrics = found("Z215");
    assert!(metrics.contains("里面没有指标“重大隐患数”（severe），都按没有数据写"), "{metrics}");
    assert!(metrics.contains("指标 hazards 那时叫“隐患数”，现在叫“隐患总项数”"), "{metrics}");
    let branches = found("Z216");
    assert!(branches.contains("里面没有这些单位，都按没有数据写：儿科"), "{branches}");
    assert!(branches.contains("里面有、现在的名册没有的单位：外科"), "{branches}");
    // A table that a person changed: a text in place of a number.
    let table = std::fs::read(project.path("last/汇总/汇总表.xlsx")).expect("a table");
    let rows: Value = json!({ "sheets": [{ "name": "隐患", "rows": [
        ["隐患"], ["序号", "科室", "类别", "隐患总项数\n（项）"],
        [1, "内科", "临床", "很多"], [2, "检验科", "医技", 1], ["合计", null, null, 1],
    ] }, { "name": "又一张", "rows": [["序号", "科室", "类别", "隐患总项数（项）"], [1, "检验科", "医技", 4]] }] });
    assert!(!parts(&table).is_empty());
    let project = project.workbook("上季度.xlsx", &rows);
    std::fs::rename(project.path("input/上季度.xlsx"), project.path("last/上季度.xlsx")).expect("moved");
    let project = project.edit(SETTINGS, "../../last", "../../last/上季度.xlsx");
    let found = project.findings_of("Z218");
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!((&found[0]["found"], &found[0]["cell"]), (&json!("很多"), &json!("D3")), "{found:?}");
    assert!(found[1]["message"].as_str().is_some_and(|m| m.contains("在别处是 1")), "{found:?}");
}

fn cells_of_the_earlier_table_are_shown_as_the_table_shows_them() {
    let rows: Value = json!({ "sheets": [{ "name": "隐患", "rows": [
        ["序号", "科室", "类别", "隐患数（项）"],
        [1, "内科", "临床", { "formula": "1+1", "result": "0" }],
        [2, "外科", "临床", true],
        [3, "检验科", "医技", { "date": "2018-10-05" }],
    ] }] });
    let project = next_quarter("").workbook("上季度.xlsx", &rows);
    std::fs::rename(project.path("input/上季度.xlsx"), project.path("last/上季度.xlsx")).expect("moved");
    let project = project.edit(SETTINGS, "../../last", "../../last/上季度.xlsx");
    let found = project.findings_of("Z218");
    let shown: Vec<(&Value, &Value)> = found.iter().map(|finding| (&finding["cell"], &finding["found"])).collect();
    assert_eq!(shown, [(&json!("D3"), &json!("是")), (&json!("D4"), &json!("2018-10-05"))], "{found:?}");
    project.build();
    let report = project.read("output/内科/内科-自查报告.md");
    assert!(report.contains("原有2"), "the result of the formula: {report}");
}

fn an_earlier_run_that_cannot_be_used_is_refused() {
    let project = next_quarter("");
    let refused = |path: &str, message: &str| {
        let run = project.zicha(&["build", "--previous", path]);
        assert!(
            run.code == 2 && run.stderr.contains("上一期的结果") && run.stderr.contains(message),
            "{path}: {}",
            run.all()
        );
        assert!(!project.path("output/内科").exists(), "{path}");
    };
    refused("nosuch", "读不到");
    refused("input", "文件夹里没有 run.json，不是一次生成的输出文件夹");
    let write = |name: &str, text: &str| std::fs::write(project.path(name), text).expect("written");
    let record = project.read("last/run.json");
    write("broken.json", &record[..record.len() / 2]);
    refused("broken.json", "不完整或改坏了");
    write("none.json", "[]");
    refused("none.json", "不完整或改坏了");
    write("later.json", &record.replacen(&format!("\"{}\"", env!("CARGO_PKG_VERSION")), "\"99.1.0\"", 1));
    refused("later.json", "由更新的版本 99.1.0 生成");
    // A value less than there are metrics.
    let (at, metrics) = (record.find("\"branches\"").expect("branches"), "\"metrics\":[\"2\",");
    assert!(record[at..].contains(metrics), "{record}");
    write("short.json", &(record[..at].to_owned() + &record[at..].replacen(metrics, "\"metrics\":[", 1)));
    refused("short.json", "数和指标不是一样多");
    write(
        "other.json",
        "{\"version\": \"0.1.0\", \"notice\": \"别的通知\", \"labels\": {\"fund\": \"经费\"}, \"branches\": []}",
    );
    refused("other.json", "里面没有这份通知的任何一个指标");
    let run = project.zicha(&["build", "--previous", "input/科室名册.csv"]);
    assert!(run.code == 2 && run.stderr.contains("不是汇总表"), "{}", run.all());
    // The output folder of the run itself.
    project.build();
    for path in ["output", "output/run.json", "output/汇总/汇总表.xlsx"] {
        let run = project.zicha(&["build", "--previous", path]);
        assert!(run.code == 2 && run.stderr.contains("会被这次的结果换掉"), "{path}: {}", run.all());
    }
}

fn names_that_the_earlier_run_cannot_have_are_refused() {
    for (text, message) in [
        ("{{ prev.nosuch }}", "模板里的“prev.nosuch”不存在"),
        ("{{ change(nosuch) }}", "模板里的“nosuch”不存在"),
        ("{{ change(\"hazards\") }}", "括号里写一个指标的名称"),
        ("{{ change(n.hazards) }}", "括号里写一个指标的名称"),
        ("{% if prev.hazards > 1 %}{% endif %}", "是排好的文字"),
        ("{{ prev }}", "是一组名称和值，不能整个印出来"),
    ] {
        let run = next_quarter("").template("hazard.md", text).zicha(&["build"]);
        assert!(run.code == 2 && run.stderr.contains(message) && run.stderr.contains("第1行"), "{text}: {}", run.all());
    }
    for (expr, message) in [
        ("hazards - prev.nosuch", "表达式里的“prev.nosuch”不是指标"),
        ("prev", "“prev”后面应写明是哪个指标"),
        ("hazard.filter(|r| r.prev.hazards > 1).len()", "“.prev”不是列名"),
    ] {
        let more = format!("[metric.up]\nlabel = \"甲\"\nexpr = '{expr}'\n");
        let run = next_quarter(&more).zicha(&["build"]);
        assert!(run.code == 2 && run.stderr.contains(message), "{expr}: {}", run.all());
    }
    for id in ["prev", "change"] {
        let run = next_quarter(&format!("[metric.{id}]\nlabel = \"甲\"\nexpr = '1'\n")).zicha(&["build"]);
        assert!(run.code == 2 && run.stderr.contains(&format!("“{id}”另有用处")), "{}", run.all());
    }
}

fn packages_are_rebuilt_without_the_earlier_run() {
    let archive = "[archive]\nfonds = \"Z109\"\nretention = \"D30\"\nyear = 2018\ndepartment = \"ZZB\"\n";
    for previous in ["../../last", "../../last/汇总/汇总表.xlsx"] {
        let project = next_quarter(archive)
            .template("all.md", "共{{ hazards_all }}项，{% for b in branches %}{{ change(b.open) }}{% endfor %}。\n");
        let project = project.edit(SETTINGS, "../../last", previous);
        let run = project.zicha(&["build", "--final"]);
        assert_eq!(run.code, 0, "{}", run.all());
        unsigned(&project, &[]);
        for folder in ["input", "last", NOTICE] {
            std::fs::remove_dir_all(project.path(folder)).expect("removed");
        }
        for number in [1, 4, 5] {
            let package = package(&project, number);
            let run = project.zicha(&["verify", "--rebuild", &package.display().to_string()]);
            assert_eq!(run.code, 0, "{previous} {number}: {}", run.all());
        }
    }
}
