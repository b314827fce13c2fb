//! Metrics: compared with an independent implementation, and what missing cells do to them.

use crate::support::{Project, SHIPPED_BRANCHES, python_json};

crate::harness::tests! {
    alone: [
        a_blank_cell_makes_its_metrics_missing_and_is_named,
        sentences_depend_on_the_metrics,
    ]
    with_tools: [
        metrics_agree_with_an_independent_implementation,
    ]
}

fn metrics_agree_with_an_independent_implementation() {
    let project = Project::sample();
    project.build();
    let theirs = python_json("metrics.py", &[&project.path("input")]);
    let theirs = theirs.as_object().expect("branches");
    assert_eq!(theirs.len(), SHIPPED_BRANCHES.len());
    for (branch, metrics) in theirs {
        let ours: serde_json::Value =
            serde_json::from_str(&project.read(&format!("output/{branch}/metrics.json"))).expect("JSON");
        for (id, value) in metrics.as_object().expect("metrics") {
            assert_eq!(&ours[id], value, "{branch} {id}");
        }
    }
}

fn a_blank_cell_makes_its_metrics_missing_and_is_named() {
    let project = Project::with_branches(&[("甲党支部", "机关党支部")]).ledger(
        "干部在线学习",
        &["党组织", "姓名", "规定学时", "已完成学时"],
        &[vec!["甲党支部", "赵", "50", "40"], vec!["甲党支部", "钱", "50", ""]],
    );
    let run = project.build();
    let metrics: serde_json::Value = serde_json::from_str(&project.read("output/甲党支部/metrics.json")).expect("JSON");
    assert_eq!(metrics["cadres"], "2");
    for id in ["study_short", "study_gap", "study_points"] {
        assert_eq!(metrics.get(id), Some(&serde_json::Value::Null), "{id}");
    }
    assert_eq!(metrics.get("teams"), Some(&serde_json::Value::Null), "the teams' ledger is missing");
    assert!(run.stdout.contains("[Z301] D3：“所缺学时”无法计算"), "{}", run.stdout);
    assert!(project.report_text("甲党支部", "md").contains("【待填写：所缺学时】"));
}

fn sentences_depend_on_the_metrics() {
    let header = ["党组织", "党支部", "问题类别", "整改措施", "责任人", "整改时限", "完成情况", "完成日期"];
    let row = |branch, due, state, done| vec![branch, "第一支部", "党员教育形式化", "逐人谈心", "王", due, state, done];
    let project = Project::with_branches(&[("甲党总支", "党总支"), ("乙党总支", "党总支"), ("丙党总支", "党总支")])
        .ledger(
            "整改台账",
            &header,
            &[
                row("甲党总支", "2018-09-30", "推进中", ""),
                row("乙党总支", "2018-10-31", "未启动", ""),
                row("丙党总支", "2018-09-30", "已完成", "2018-09-20"),
            ],
        );
    project.build();
    let text = |branch| project.report_text(branch, "md");
    assert!(text("甲党总支").contains("已超过整改时限的是第一支部"));
    assert!(
        !text("乙党总支").contains("超过整改时限") && text("乙党总支").contains("没有一项完成整改，其中1项没有启动")
    );
    assert!(text("丙党总支").contains("全部完成整改") && !text("丙党总支").contains("没有到时限"));
}
