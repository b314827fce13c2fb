//! Checks of the notice over a branch and over the department.

use crate::support::{NOTICE, Project};

crate::harness::tests! {
    alone: [
        a_check_of_a_branch_is_a_finding_of_that_branch,
        a_check_of_the_department_stops_its_final_report,
        a_check_without_the_keys_of_its_scope_is_refused,
    ]
}

const BRANCHES: [&str; 3] = ["甲党支部", "乙党支部", "丙党支部"];

fn with_check(check: &str) -> Project {
    let settings = format!("{NOTICE}/notice.toml");
    Project::ready(&BRANCHES).edit(&settings, "[[section]]", &format!("[[check]]\n{check}\n\n[[section]]"))
}

fn a_check_of_a_branch_is_a_finding_of_that_branch() {
    // The second branch alone has a prize; each has one cadre.
    let check = "scope = \"branch\"\nwhen = 'prizes >= cadres and study.some(|r| r.done < 50)'\nseverity = \"警告\"\n\
        message = \"获奖数不少于干部数\"\ncure = \"核对获奖情况表\"";
    let findings = with_check(check).findings_of("Z211");
    assert_eq!(findings.len(), 1, "{findings:?}");
    let finding = &findings[0];
    assert_eq!(finding["branch"], "乙党支部");
    assert_eq!(finding["message"], "获奖数不少于干部数");
    assert_eq!(finding["found"], "应学人数 1人，获奖数 1项");
    assert_eq!(finding["cure"], "核对获奖情况表");
    // A metric without a value decides nothing.
    let blank = with_check(&check.replace("prizes >= cadres", "gap > 5")).edit(
        "input/干部在线学习.csv",
        "乙党支部,赵,50,40",
        "乙党支部,赵,50,",
    );
    let branches: Vec<String> = blank.findings_of("Z211").iter().map(|f| f["branch"].to_string()).collect();
    assert_eq!(branches, ["\"甲党支部\"", "\"丙党支部\""]);
    // An error stops the final report of that branch alone.
    let project = with_check(&check.replace("警告", "错误"));
    let run = project.zicha(&["build", "--final"]);
    assert_ne!(run.code, 0, "{}", run.all());
    assert!(!project.report("乙党支部", "docx").exists() && project.report("甲党支部", "docx").exists());
}

fn a_check_of_the_department_stops_its_final_report() {
    let check = "scope = \"department\"\nwhen = 'cadres_all == 3 and branches.some(|b| b.prizes > 0)'\nseverity = \"错误\"\nmessage = \"全部应学人数不对\"";
    let project = with_check(check);
    let findings = project.findings_of("Z212");
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!((&findings[0]["branch"], &findings[0]["message"]), (&"汇总".into(), &"全部应学人数不对".into()));
    assert!(findings[0]["found"].to_string().contains(" 3"), "{findings:?}");
    project.build();
    let run = project.zicha(&["build", "--final"]);
    assert!(run.code != 0 && run.all().contains("未生成正式的汇总"), "{}", run.all());
    assert!(project.report("甲党支部", "docx").exists());
    let settings = format!("{NOTICE}/notice.toml");
    let project = with_check(check).edit(&settings, "[[check]]", "[severity]\nZ212 = \"提示\"\n[[check]]");
    assert_eq!(project.findings_of("Z212")[0]["severity"], "提示");
}

fn a_check_without_the_keys_of_its_scope_is_refused() {
    let rest = "severity = \"警告\"\nmessage = \"甲\"";
    for (check, says) in [
        ("when = 'row.done > 1'", "逐行核对的 [[check]] 要写 ledger"),
        ("scope = \"branch\"\nledger = \"study\"\nwhen = 'cadres > 1'", "核对单位或部门的 [[check]] 不写 ledger"),
        ("scope = \"branch\"\ncolumn = \"done\"\nwhen = 'cadres > 1'", "核对单位或部门的 [[check]] 不写 column"),
        ("scope = \"branch\"\nwhen = 'cadres'", "表达式应得出是或否，却得出数字"),
        ("scope = \"branch\"\nwhen = 'cadrs > 1'", "“cadrs”不存在，是不是“cadres”？"),
        ("scope = \"branch\"\nwhen = 'row.done > 1'", "“row”不存在"),
        ("scope = \"department\"\nwhen = 'cadres > 1'", "“cadres”不存在"),
        ("scope = \"all\"\nwhen = 'cadres > 1'", "不认识“all”"),
    ] {
        let project = with_check(&format!("{check}\n{rest}"));
        let run = project.zicha(&["check"]);
        let settings = project.read(&format!("{NOTICE}/notice.toml"));
        let first = settings.lines().position(|line| line == "[[check]]").expect("the line") + 2;
        let is_in_check = (first..first + 5).any(|line| run.stderr.contains(&format!("第{line}行：")));
        assert!(run.code == 2 && run.stderr.contains(says) && is_in_check, "{check}: {}", run.all());
    }
}
