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
    let named = "[Z301] D3：“未达规定学时人数”“尚未开始学习的人数”“所缺学时”“在线学习扣分”无法计算";
    assert!(run.stdout.contains(named), "{}", run.stdout);
    assert!(project.report_text("甲党支部", "md").contains("【待填写：所缺学时】"));
}

/// A branch with the limits and states of its problems, and what its report says.
type Case<'c> = (&'c str, &'c [(&'c str, &'c str)], &'c [&'c str]);

fn sentences_depend_on_the_metrics() {
    let header = ["党组织", "党支部", "问题类别", "问题表现", "整改措施", "责任人", "整改时限", "完成情况", "完成日期"];
    let (early, later) = ("2018-09-30", "2018-10-31");
    let cases: [Case<'_>; 6] = [
        ("甲党总支", &[(early, "推进中")], &["正在整改，还没有完成。", "已超过整改时限的是第一支部“问题1”问题"]),
        (
            "乙党总支",
            &[(later, "未启动"), (later, "推进中")],
            &["没有一项完成整改，其中1项没有启动。", "没有完成的2项都没有到时限：第一支部“问题1”问题，还没有启动"],
        ),
        ("丙党总支", &[(early, "已完成"), (early, "已完成")], &["2项问题，截至2018年10月25日已全部完成整改。"]),
        (
            "丁党总支",
            &[(early, "已完成"), (early, "已完成"), (early, "已完成"), (early, "已完成"), (later, "推进中")],
            &["整改率80%，只有1项尚在整改。", "没有完成的是第一支部“问题5”问题，正在整改"],
        ),
        (
            "戊党总支",
            &[(early, "已完成"), (early, "推进中"), (early, "未启动")],
            &["只完成整改1项，整改率33.33%，没有完成的还有2项，其中1项没有启动", "已超过整改时限的有2项：\n\n一是"],
        ),
        ("己党总支", &[(early, "已完成")], &["1项问题，截至2018年10月25日已完成整改。"]),
    ];
    let rows = cases.iter().flat_map(|(branch, problems, _)| {
        problems.iter().enumerate().map(|(at, (due, state))| {
            let problem = format!("问题{}", at + 1);
            let done = if *state == "已完成" { "2018-09-20" } else { "" };
            [branch, "第一支部", "党员教育形式化", &problem, "逐人谈心", "王", due, state, done]
                .map(str::to_owned)
                .to_vec()
        })
    });
    let project = Project::with_branches(&cases.map(|(branch, ..)| (branch, "党总支"))).ledger(
        "整改台账",
        &header,
        &rows.collect::<Vec<_>>(),
    );
    project.build();
    for (branch, problems, says) in cases {
        let text = project.report_text(branch, "md");
        for part in says {
            assert!(text.contains(part), "{branch} lacks {part}:\n{text}");
        }
        let is_late = problems.iter().any(|(due, state)| *due == early && *state != "已完成");
        assert_eq!(text.contains("超过整改时限"), is_late, "{branch}:\n{text}");
        assert_eq!(text.contains("没有到时限"), branch == "乙党总支", "{branch}:\n{text}");
    }
}
