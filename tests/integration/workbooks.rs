//! Issue lists and forms for clerks, and the commands that explain codes and columns.

use serde_json::{Value, json};

use crate::support::{NOTICE, Project, libreoffice, python, python_json};

crate::harness::tests! {
    alone: [
        lists_and_forms_are_reproducible,
        an_empty_form_has_no_findings,
        codes_are_explained,
        columns_of_an_unknown_workbook_are_suggested,
        a_form_that_was_filled_in_is_kept_and_with_force_saved_beside_the_blank_one,
        lists_of_findings_are_not_written_among_the_ledgers,
        without_a_roster_a_check_fails,
    ]
    with_tools: [
        every_branch_and_the_department_get_a_list_of_findings,
        a_finding_about_several_cells_names_and_links_their_range,
        a_form_has_the_headers_drop_downs_and_the_branchs_name,
        a_form_filled_in_and_saved_by_libreoffice_comes_back_without_a_finding,
    ]
}

const BRANCH: &str = "教务处党支部";

fn faulty() -> Project {
    Project::with_branches(&[(BRANCH, "机关党支部"), ("科研处党支部", "机关党支部")]).workbook(
        "学习 2018.xlsx",
        &json!({ "sheets": [{ "name": "在线'学习", "rows": [
            ["党组织", "姓名", "规定学时", "已完成学时"], [BRANCH, "赵", 50, "约四十"], [BRANCH, null, 50, 40], ["教务处支部", "孙", 50, 40],
        ] }] }),
    )
}

fn every_branch_and_the_department_get_a_list_of_findings() {
    let project = faulty();
    let run = project.zicha(&["check", "--xlsx", "问题"]);
    assert_eq!(run.code, 1, "{}", run.all());
    let list = &python_json("sheet.py", &[&project.path("问题/教务处党支部-问题清单.xlsx")])[0];
    let head = ["序号", "级别", "代码", "文件", "工作表", "单元格", "问题", "现为", "应为", "办法", "填报人说明"];
    assert_eq!(list["rows"][1], json!(head));
    let rows: Vec<&Value> = list["rows"].as_array().expect("rows").iter().skip(2).collect();
    let told: Vec<[&Value; 4]> = rows.iter().map(|row| [&row[1], &row[2], &row[5], &row[7]]).collect();
    assert!(told.contains(&[&json!("错误"), &json!("Z102"), &json!("D2"), &json!("约四十")]), "{told:?}");
    assert!(told.contains(&[&json!("错误"), &json!("Z101"), &json!("B3"), &json!(null)]), "{told:?}");
    assert!(told.contains(&[&json!("错误"), &json!("Z201"), &json!("A4"), &json!("教务处支部")]), "{told:?}");
    let links: Vec<String> =
        list["links"].as_object().expect("links").values().map(|l| l.as_str().expect("text").to_owned()).collect();
    assert!(links.iter().any(|link| link.contains("学习") && link.ends_with("#'在线''学习'!D2")), "{links:?}");
    assert_eq!(
        (&list["frozen"], &list["repeat"], &list["landscape"]),
        (&json!("A3"), &json!("$2:$2"), &json!("landscape"))
    );
    assert!(list["filter"].as_str().is_some_and(|filter| filter.starts_with("A2:K")));
    assert_eq!(list["created"], "2000-01-01T00:00:00");
    let other = &python_json("sheet.py", &[&project.path("问题/科研处党支部-问题清单.xlsx")])[0];
    assert_eq!(other["rows"][2][6], "各台账中都没有该党组织的记录".replace("各", "科研处党支部：各"));
    let all = &python_json("sheet.py", &[&project.path("问题/汇总-问题清单.xlsx")])[0];
    assert!(all["rows"].as_array().map_or(0, Vec::len) > rows.len() + 2);
    libreoffice(&[project.path("问题/汇总-问题清单.xlsx")]);
}

fn a_finding_about_several_cells_names_and_links_their_range() {
    let rows = json!([
        ["党组织", "姓名", "规定学时", "已完成学时"],
        [BRANCH, "赵", 50, 38],
        [BRANCH, "钱", null, null],
        [BRANCH, "孙", 50, null]
    ]);
    let spec = json!({ "sheets": [{ "name": "在线学习", "rows": rows, "merge": ["C2:C3", "D2:D4"] }] });
    let project = Project::with_branches(&[(BRANCH, "机关党支部")]).workbook("学习.xlsx", &spec);
    let cells: Vec<Value> = project.findings_of("Z114").iter().map(|finding| finding["cell"].clone()).collect();
    assert_eq!(cells, ["C2:C3", "D2:D4"]);
    let run = project.zicha(&["check", "--xlsx", "问题"]);
    assert!(
        run.stdout.contains("［在线学习］D2:D4：“已完成学时”是合并单元格，合并的每一格都按它计入"),
        "{}",
        run.all()
    );
    let list = &python_json("sheet.py", &[&project.path("问题/教务处党支部-问题清单.xlsx")])[0];
    let links = list["links"].as_object().expect("links");
    assert!(
        links.values().any(|link| link.as_str().is_some_and(|link| link.ends_with("#'在线学习'!D2:D4"))),
        "{links:?}"
    );
}

fn lists_and_forms_are_reproducible() {
    let project = faulty();
    for folder in ["一", "二"] {
        project.zicha(&["check", "--xlsx", &format!("{folder}/单")]);
        assert_eq!(project.zicha(&["form", &format!("{folder}/表")]).code, 0);
    }
    let (one, two) = (crate::support::files(&project.path("一")), crate::support::files(&project.path("二")));
    assert_eq!(one.len(), 5);
    assert!(one == two);
}

fn a_form_has_the_headers_drop_downs_and_the_branchs_name() {
    let project = Project::sample();
    let run = project.zicha(&["form", "表", "--branch", BRANCH]);
    assert_eq!(run.code, 0, "{}", run.all());
    let sheets = python_json("sheet.py", &[&project.path("表/教务处党支部-填报表.xlsx")]);
    let sheets = sheets.as_array().expect("sheets");
    assert_eq!(sheets.len(), 9);
    let rectify = &sheets[0];
    assert_eq!(rectify["rows"][2][3], "检查发现的问题");
    assert_eq!(rectify["rows"][3][3], "问题类别");
    assert!(
        rectify["merged"]
            .as_array()
            .is_some_and(|merged| merged.contains(&json!("F3:J3")) && merged.contains(&json!("A3:A4")))
    );
    assert_eq!((&rectify["rows"][4][0], &rectify["rows"][5][1]), (&json!("示例"), &json!(BRANCH)));
    let lists: Vec<&str> =
        rectify["validations"].as_array().expect("validations").iter().filter_map(|v| v["list"].as_str()).collect();
    assert!(lists.contains(&"\"已完成,推进中,未启动\"") && lists.contains(&"\"教务处党支部\""), "{lists:?}");
    let kinds: Vec<&Value> =
        rectify["validations"].as_array().expect("validations").iter().map(|v| &v["type"]).collect();
    assert!(kinds.contains(&&json!("date")), "{kinds:?}");
}

fn a_form_filled_in_and_saved_by_libreoffice_comes_back_without_a_finding() {
    for kind in ["xlsx", "ods", "xls"] {
        let project = Project::with_branches(&[(BRANCH, "机关党支部")]);
        assert_eq!(project.zicha(&["form", "表"]).code, 0);
        let filled = project.path(&format!("input/填报表.{kind}"));
        python("fill_form.py", &[&project.path("表/教务处党支部-填报表.xlsx"), &filled]);
        // The department's metrics need ledgers that this branch does not keep.
        let of_summary = |finding: &Value| finding["code"] == "Z301" && finding["branch"] == "汇总";
        let findings: Vec<Value> = project.findings().into_iter().filter(|finding| !of_summary(finding)).collect();
        assert_eq!(findings, [json!(null); 0], "{kind}");
        for ledger in ["rectify", "selfcheck", "project", "team", "theme", "study", "council", "task", "material"] {
            assert_eq!(project.rows(BRANCH, ledger).len(), 2, "{kind}: {ledger}");
        }
    }
}

fn an_empty_form_has_no_findings() {
    let project = Project::with_branches(&[(BRANCH, "机关党支部")]);
    project.zicha(&["form", "input"]);
    let codes: Vec<Value> = project.findings().into_iter().map(|f| f["code"].clone()).collect();
    assert!(codes.iter().all(|code| code == "Z203" || code == "Z301"), "only that nothing is filled in: {codes:?}");
}

fn a_form_that_was_filled_in_is_kept_and_with_force_saved_beside_the_blank_one() {
    let project = faulty();
    assert_eq!(project.zicha(&["form", "表"]).code, 0);
    assert_eq!(project.zicha(&["form", "表"]).code, 0, "blank forms are there already");
    let (form, filled) = (format!("表/{BRANCH}-填报表.xlsx"), "filled in".as_bytes());
    let project = project.file(&form, filled);
    let run = project.zicha(&["form", "表"]);
    let kept =
        format!("填报表 1 份，输出在 表\n已有 1 份，可能填过，没有动：{BRANCH}-填报表.xlsx；要换成空白的，加 --force");
    assert!(run.code == 1 && run.stdout.contains(&kept), "{}", run.all());
    assert_eq!(project.read(&form).as_bytes(), filled);
    let run = project.zicha(&["form", "表", "--force"]);
    let backup = format!("表/{BRANCH}-填报表-改动1.xlsx");
    assert!(run.code == 0 && run.stdout.contains(&format!("原来的填报表另存为 {backup}")), "{}", run.all());
    assert_eq!(project.read(&backup).as_bytes(), filled);
    assert!(std::fs::read(project.path(&form)).is_ok_and(|bytes| bytes.starts_with(b"PK")));
}

fn lists_of_findings_are_not_written_among_the_ledgers() {
    let project = faulty();
    let before = crate::support::files(&project.path("input"));
    for folder in ["input", "input/问题"] {
        let run = project.zicha(&["check", "--xlsx", folder]);
        assert!(run.code == 2 && run.stderr.contains("在台账文件夹里面"), "{}", run.all());
        assert!(run.stderr.contains("--xlsx"), "{}", run.stderr);
    }
    assert_eq!(crate::support::files(&project.path("input")), before);
    assert_eq!(project.zicha(&["check", "--xlsx", "问题"]).code, 1);
}

fn without_a_roster_a_check_fails() {
    let study = [["教务处党支部", "赵", "50", "40"].to_vec()];
    let project = Project::new().ledger("干部在线学习", &["党组织", "姓名", "规定学时", "已完成学时"], &study);
    let run = project.zicha(&["check"]);
    assert!(run.code == 1 && run.stdout.contains("错误[Z206]"), "{}", run.all());
    assert!(run.stdout.contains("没有可用的《党组织名册》"), "{}", run.stdout);
}

fn codes_are_explained() {
    let project = Project::new();
    let run = project.zicha(&["explain", "z201"]);
    assert_eq!(run.code, 0);
    for part in ["Z201 名册中没有的单位（错误）", "查什么：", "为什么：", "怎么改：改为名册中的全称或简称"]
    {
        assert!(run.stdout.contains(part), "{}", run.stdout);
    }
    assert!(project.zicha(&["explain"]).stdout.lines().count() > 30);
    let run = project.zicha(&["explain", "ZZ201"]);
    assert!(run.code == 2 && run.stderr.contains("是不是“Z201”？"), "{}", run.stderr);
}

fn columns_of_an_unknown_workbook_are_suggested() {
    let rows = json!([
        ["培训登记"],
        ["所在支部", "姓　名", "规定的学时", "累计完成学时", "手机"],
        [BRANCH, "赵", 50, 38, "x"]
    ]);
    let project =
        Project::sample().workbook("../新表.xlsx", &json!({ "sheets": [{ "name": "Sheet1", "rows": rows }] }));
    let run = project.zicha(&["columns", "新表.xlsx"]);
    for part in [
        "第 2 行是表头，像《干部在线学习》",
        "# 换下 notice.toml 中 [ledger.study.columns] 里的这几行：",
        "手机 → 没有相近的列",
    ] {
        assert!(run.stdout.contains(part), "lacks {part}: {}", run.stdout);
    }
    // A suggested line replaces the column's own and loses none of its settings.
    let notice = format!("{NOTICE}/notice.toml");
    let suggested = run.stdout.lines().find(|line| line.starts_with("required = ")).expect("a line");
    let own = project.read(&notice);
    let own = own.lines().find(|line| line.contains("\"规定学时\"")).expect("a column").to_owned();
    assert_eq!(suggested, own.replace("[\"规定学时\"]", "[\"规定学时\", \"规定的学时\"]"));
    let project = project.edit(&notice, &own, suggested);
    let run = project.zicha(&["columns", "新表.xlsx"]);
    assert!(run.code == 0 && run.stdout.contains("规定的学时 → required（已认识）"), "{}", run.all());
    let run = project.zicha(&["columns", "没有.xlsx"]);
    assert!(run.code == 2 && run.stderr.contains("读不到（文件或文件夹不存在）"), "{}", run.all());
    assert!(!run.stderr.contains("损坏"), "{}", run.all());
}
