//! The second shipped notice, a hospital's quarterly safety check: its figures, findings, sources, forms and summary.
//!
//! The figures were computed from the ledgers by pandas, which shares nothing with zicha.

use serde_json::Value;

use crate::support::{Project, copy, files, root};

crate::harness::tests! {
    alone: [
        reports_have_the_figures_of_the_ledgers,
        a_department_without_shortfalls_says_so,
        the_summary_adds_the_departments_up,
        figures_are_compared_with_the_quarter_before,
        check_finds_what_is_wrong_in_the_ledgers_and_nothing_else,
        printed_figures_have_their_cells_as_sources,
        blank_forms_of_the_departments_are_read_without_findings,
        the_first_notice_does_not_see_its_ledgers,
    ]
}

const NAME: &str = "2019-safety";
const SETTINGS: &str = "templates/2019-safety/notice.toml";

/// Both shipped notices with the ledgers of both.
fn project() -> Project {
    let project = Project::sample();
    for folder in ["templates", "input"] {
        let folder = format!("{folder}/{NAME}");
        copy(&root().join(&folder), &project.path(&folder));
    }
    project
}

/// The project with its second notice built.
fn built() -> Project {
    let project = project();
    let run = project.zicha(&["build", "--notice", SETTINGS]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert!(run.stdout.contains("报告 12 份，汇总 1 份；待填写 2 处；错误 1 项，警告 0 项"), "{}", run.stdout);
    project
}

fn report(project: &Project, branch: &str) -> String {
    project.read(&format!("output/{NAME}/{branch}/{branch}-安全自查报告.md"))
}

fn json(project: &Project, file: &str) -> Value {
    serde_json::from_str(&project.read(&format!("output/{NAME}/{file}"))).expect("JSON")
}

#[track_caller]
fn assert_holds(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "no {part:?} in:\n{text}");
    }
}

fn reports_have_the_figures_of_the_ledgers() {
    let project = built();
    let expected: [(&str, &[(&str, &str)]); 2] = [
        (
            "普通外科",
            &[
                ("隐患数", "5"),
                ("隐患整改率", "0.4000"),
                ("超期隐患数", "2"),
                ("设备维修费用合计", "1360"),
                ("设备完好率", "0.9375"),
                ("巡检完成率", "0.8958"),
                ("少巡检的设备数", "2"),
                ("培训数", "1"),
                ("演练数", "0"),
                ("参加率", "0.8636"),
                ("考核合格率", "0.8684"),
                ("不良事件结案率", "0.5000"),
                ("迟报不良事件数", "1"),
                ("不足数", "5"),
            ],
        ),
        (
            "妇产科",
            &[
                ("隐患数", "5"),
                ("隐患整改率", "0.8000"),
                ("超期隐患数", "1"),
                ("未完成重大隐患数", "1"),
                ("设备维修费用合计", "4800"),
                ("设备完好率", "0.9630"),
                ("巡检完成率", "1.0000"),
                ("演练数", "2"),
                ("参加率", "0.9551"),
                ("不良事件数", "0"),
                ("不足数", "1"),
            ],
        ),
    ];
    for (branch, figures) in expected {
        let metrics = json(&project, &format!("{branch}/metrics.json"));
        for (metric, value) in figures {
            assert_eq!(metrics[metric].as_str(), Some(*value), "{branch}: {metric}");
        }
    }
    assert_holds(
        &report(&project, "普通外科"),
        &[
            "# 普通外科关于2019年第三季度安全自查情况的报告",
            "我科在岗44人，编制床位58张。",
            "超过整改期限仍未完成的2项：换药室灭火器压力不足（较大隐患，期限2019年9月3日，责任人程立）；",
            "没有按规定次数巡检的2种：心电监护仪（应66次，实际60次）、电动吸引器（应30次，实际26次）。",
            "| 1 | 心电监护仪 | 22 | 21 | 95.45% | 66 | 60 | 900 |",
            "开展培训1次，没有开展应急演练。应参加44人次，实际参加38人次，参加率86.36%",
            "已结案1件，结案率50%。发生后两天以上才上报的1件。",
            "五是不良事件上报不及时。",
            "三是病房呼叫器两处失灵：报修，修好前每小时巡视，责任人【待填写：责任人】，期限2019年10月8日。",
        ],
    );
    assert_holds(&report(&project, "妇产科"), &["没有发生医疗安全（不良）事件。", "各种设备都按规定次数巡检。"]);
}

fn a_department_without_shortfalls_says_so() {
    let text = report(&built(), "检验科");
    assert_holds(
        &text,
        &[
            "我科在岗27人。",
            "全部完成整改。没有超过期限的隐患。",
            "没有发现超过期限或没有达到要求的事项。",
            "继续按月排查隐患",
        ],
    );
    assert!(!text.contains("待填写") && !text.contains("编制床位"), "{text}");
}

fn the_summary_adds_the_departments_up() {
    let project = built();
    assert_holds(
        &project.read(&format!("output/{NAME}/汇总/汇总-安全自查汇总.md")),
        &[
            "临床科室8个、医技科室4个。",
            "安全隐患46项，其中重大13项、较大23项、一般10项；已整改36项，整改率78.26%",
            "全部完成整改的科室5个：骨科、儿科、重症医学科、检验科、病理科。",
            "超过整改期限仍未完成的7项，涉及6个科室：普通外科（2项）、呼吸与危重症医学科（1项）",
            "没有完成整改的共10项，见附件；其中重大隐患2项：妇产科的新生儿暖箱温度报警延迟（期限2019年8月30日，责任人龚玲）；",
            "共380台，完好365台，完好率96.05%。应巡检1608次，实际巡检1586次，巡检完成率98.63%；维修费用196670元。",
            "培训16次、应急演练12次；应参加1191人次，实际参加1118人次，参加率93.87%；考核合格1086人次。",
            "没有开展应急演练的科室：普通外科、病理科。",
            "事件15件，其中Ⅱ级2件、Ⅲ级9件、Ⅳ级4件；已结案13件，结案率86.67%。没有发生的科室：妇产科、病理科。",
            "各方面没有不足的科室：儿科、重症医学科、检验科。",
            "| 10 | 药学部 | 西药库防火门闭门器损坏 | 较大 | 更换闭门器 | 阮平 | 2019年9月12日 | 未整改 |",
        ],
    );
    assert!(project.path(&format!("output/{NAME}/汇总/汇总表.xlsx")).exists());
}

fn figures_are_compared_with_the_quarter_before() {
    let project = built();
    // 5 hazards after 2, 2 of 5 done after 1 of 2; the laboratory of pathology is new.
    assert_holds(
        &report(&project, "普通外科"),
        &[
            "安全隐患5项（与上季度相比增加3项）",
            "整改率40%（与上季度相比下降10个百分点）",
            "事件2件（与上季度相比增加1件）",
        ],
    );
    assert_holds(&report(&project, "病理科"), &["安全隐患2项（上季度没有数据）"]);
    let check = project.zicha(&["check", "--notice", SETTINGS]);
    assert_holds(&check.stdout, &["提示[Z211] 普通外科：隐患比上季度多三项以上"]);
}

fn check_finds_what_is_wrong_in_the_ledgers_and_nothing_else() {
    let run = project().zicha(&["check", "--json", "--notice", SETTINGS]);
    let findings = run.stdout.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap_or_default().to_owned();
    let mut found: Vec<String> = findings.map(|f| format!("{} {}", text(&f, "code"), text(&f, "cell"))).collect();
    found.sort();
    // A blank name; days without a year; hazards that were done late; two departments that report nothing,
    // and two without a drill; one department with three hazards more than in the quarter before, one that is new.
    let expected = [
        "Z101 H19", "Z112 C17", "Z112 C38", "Z112 I17", "Z112 I38", "Z112 K38", "Z150 K11", "Z150 K34", "Z207 B10",
        "Z207 B19", "Z211 ", "Z211 ", "Z211 ", "Z216 ",
    ];
    assert_eq!(found, expected, "{}", run.stdout);
}

fn printed_figures_have_their_cells_as_sources() {
    let sources = json(&built(), "普通外科/sources.json");
    let metrics = sources["metrics"].as_array().expect("metrics");
    let cells = |id: &str| {
        let metric = metrics.iter().find(|metric| metric["id"] == id).expect("the metric");
        let cells = metric["cells"].as_array().expect("cells").iter();
        let sheet = |cell: &Value| {
            let at = cell["sheet"].as_u64().and_then(|at| usize::try_from(at).ok()).expect("a sheet");
            sources["sheets"][at]["file"].as_str().expect("a file").to_owned()
        };
        cells.map(|cell| format!("{} {}", sheet(cell), cell["range"].as_str().expect("a range"))).collect::<Vec<_>>()
    };
    // The workbook's merged cells, the .xls, the .csv and the .ods are each named with the rows of the department.
    assert_eq!(cells("重大隐患数"), ["隐患排查整改台账.xlsx F15:F19"]);
    assert_eq!(cells("设备完好数合计"), ["设备巡检登记表.xls E10:E11"]);
    assert_eq!(cells("培训与演练应到人数合计"), ["培训与演练.csv E8"]);
    assert_eq!(cells("已结案不良事件数"), ["不良事件登记.ods I7:I8"]);
}

fn blank_forms_of_the_departments_are_read_without_findings() {
    let project = project();
    let run = project.zicha(&["form", "forms", "--notice", SETTINGS]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert_eq!(files(&project.path("forms")).len(), 12, "{}", run.all());
    std::fs::create_dir(project.path("blank")).expect("a folder");
    let input = format!("input/{NAME}/科室名册.xlsx");
    std::fs::copy(project.path(&input), project.path("blank/科室名册.xlsx")).expect("a copied roster");
    copy(&project.path("forms"), &project.path("blank"));
    let run = project.zicha(&["check", "--json", "--notice", SETTINGS, "--input", "blank"]);
    let unread = ["\"Z006\"", "\"Z102\"", "\"Z201\"", "\"Z202\""];
    assert!(unread.iter().all(|code| !run.stdout.contains(code)), "{}", run.stdout);
}

fn the_first_notice_does_not_see_its_ledgers() {
    let project = project();
    let run = project.build();
    assert!(run.stdout.contains("报告 18 份，汇总 1 份"), "{}", run.all());
    assert!(!project.path(&format!("output/{NAME}")).exists());
}
