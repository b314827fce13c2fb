//! The department's start page and `zicha status`.

use crate::support::{Project, chromium_dom, files};

crate::harness::tests! {
    alone: [
        status_lists_branches_that_need_attention_first,
        errors_and_refused_reports_are_listed_before_gaps,
        the_start_page_is_updated_by_a_run_over_one_branch,
        names_are_escaped_on_the_start_page,
    ]
    with_tools: [
        the_start_page_searches_filters_and_links_to_the_reports,
        the_start_page_shows_signatures_and_the_time_of_changes,
    ]
}

fn status_lists_branches_that_need_attention_first() {
    let project = Project::with_a_gap(&["甲党支部", "乙党支部", "丙党支部"], "乙党支部");
    project.build();
    let run = project.zicha(&["status"]);
    assert_eq!(run.code, 1, "{}", run.all());
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert!(lines[0].starts_with("关于报送学习情况的通知，截止 2018-11-02，已过 "), "{}", lines[0]);
    let (said, changed) = lines[1].split_once("；最近变化 ").expect("a time");
    assert_eq!(said, "  乙党支部：有待填写；待填写 1；警告 1");
    assert!(changed.len() == 16 && changed.starts_with("20"), "{changed}");
    assert_eq!(lines.last(), Some(&"单位 3 个：有待填写 1，可以定稿 2；不用再处理的 2 个"));
    let printed: serde_json::Value = serde_json::from_str(&project.zicha(&["status", "--json"]).stdout).expect("JSON");
    assert_eq!((&printed["branches"][0]["branch"], &printed["branches"][0]["gaps"]), (&"乙党支部".into(), &1.into()));
    assert_eq!((&printed["branches"][2]["branch"], &printed["branches"][2]["gaps"]), (&"丙党支部".into(), &0.into()));
}

fn errors_and_refused_reports_are_listed_before_gaps() {
    let project = Project::with_branches(&[("甲党支部", "机关党支部"), ("乙党支部", "机关党支部")]).ledger(
        "干部在线学习",
        &["党组织", "姓名", "规定学时", "已完成学时"],
        &[vec!["甲党支部", "赵", "50", "40"], vec!["乙党支部", "钱", "约五十", "40"]],
    );
    project.build();
    let run = project.zicha(&["status"]);
    assert!(
        run.stdout.lines().nth(1).is_some_and(|line| line.starts_with("  乙党支部：缺台账；错误 1；")),
        "{}",
        run.stdout
    );
    project.zicha(&["build", "--final"]);
    let run = project.zicha(&["status"]);
    assert!(run.stdout.contains("  乙党支部：缺台账；错误"), "{}", run.stdout);
    let nowhere = project.zicha(&["status", "--output", "没有"]);
    assert!(nowhere.code == 2 && nowhere.stderr.contains("读不到 没有"), "{}", nowhere.stderr);
}

fn the_start_page_searches_filters_and_links_to_the_reports() {
    let project = Project::with_a_gap(&["甲学院党支部", "乙学院党支部", "丙处党支部"], "丙处党支部");
    project.build();
    let page = project.read("output/index.html");
    for outside in ["http:", "https:", "@import", "<link"] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert_eq!(page.matches("src=").count(), page.matches("src=\"index-").count(), "nothing from elsewhere");
    // Runs the page's search and filter, and lists its links.
    let probe = "<script>const rows = () => document.querySelectorAll('tbody tr:not([hidden])').length;\
        const printed = [rows()]; const input = (id, value, event) => { const field = document.getElementById(id);\
        field.value = value; field.dispatchEvent(new Event(event)); printed.push(rows()); };\
        input('search', '学院 党支部', 'input'); input('search', '', 'input'); input('filter', 'gap', 'change');\
        document.title = printed.join() + '|' + document.getElementById('left').textContent + '|' +\
        [...document.links].map((link) => decodeURIComponent(link.getAttribute('href'))).join('\\n');</script></body>";
    let probed = project.path("output/probe.html");
    std::fs::write(&probed, page.replace("</body>", probe)).expect("a page");
    let dom = chromium_dom(&probed);
    std::fs::remove_file(probed).expect("removed");
    let title = dom.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next()).expect("a title");
    let printed: Vec<&str> = title.split('|').collect();
    assert_eq!(printed[0], "3,2,3,1", "{title}");
    assert!(printed[1].starts_with("，已过"), "{title}");
    let links: Vec<&str> = printed[2].split_whitespace().collect();
    assert_eq!(links.len(), 3 * 3 + 4, "{links:?}");
    let there: Vec<String> = files(&project.path("output")).into_iter().map(|(name, _)| name).collect();
    assert!(links.iter().all(|link| there.contains(&(*link).to_owned())), "{links:?}");
}

fn the_start_page_shows_signatures_and_the_time_of_changes() {
    let project = Project::ready(&["甲党支部", "乙党支部", "丙党支部"]);
    assert_eq!(project.zicha(&["build", "--final"]).code, 0);
    let record: serde_json::Value = serde_json::from_str(&project.read("output/run.json")).expect("JSON");
    let code = |at: usize| record["branches"][at]["issued"]["code"].as_str().expect("a code").to_owned();
    let project = project
        .file(&format!("signed/{}.jpg", code(0)), b"\xff\xd8\xff")
        .file(&format!("signed/{}.jpg", code(1)), b"\xff\xd8\xff");
    // The state and time of each row, and the counts.
    let shown = |project: &Project| {
        let probe = "<script>const text = (row, label) => row.querySelector(`[data-label=\"${label}\"]`).textContent;\
            document.title = [...document.querySelectorAll('tbody tr')].map((row) => [row.dataset.folder,\
            text(row, '报告'), text(row, '最近变化').length, row.dataset.marks].join()).sort().join('|') +\
            '|' + document.querySelector('.counts').textContent.trim().replace(/\\s+/g, ' ');</script></body>";
        let probed = project.path("output/probe.html");
        std::fs::write(&probed, project.read("output/index.html").replace("</body>", probe)).expect("a page");
        let dom = chromium_dom(&probed);
        std::fs::remove_file(probed).expect("removed");
        dom.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next()).expect("a title").to_owned()
    };
    assert_eq!(shown(&project), "丙党支部,已定稿,16,clear|乙党支部,已定稿,16,clear|甲党支部,已定稿,16,clear|已定稿 3");
    assert_eq!(project.zicha(&["status"]).code, 0);
    assert_eq!(
        shown(&project),
        "丙党支部,已定稿,16,clear|乙党支部,已签字,16,clear|甲党支部,已签字,16,clear|已定稿 1 已签字 2"
    );
    // A changed report is not shown as signed, even before `status` runs again.
    let project = project.edit("input/干部在线学习.csv", "乙党支部,赵,50,40", "乙党支部,赵,50,41");
    assert_eq!(project.zicha(&["build", "--final", "--replace-signed"]).code, 0);
    let before = shown(&project);
    assert!(before.contains("乙党支部,已定稿，签的是旧版,16,open|甲党支部,已签字,16,clear"), "{before}");
    assert_eq!(project.zicha(&["status"]).code, 1);
    assert_eq!(shown(&project), before);
    std::fs::write(project.path("output/index-signed.js"), "no script at all").expect("a file");
    assert!(shown(&project).contains("乙党支部,已定稿,16,clear"));
}

fn the_start_page_is_updated_by_a_run_over_one_branch() {
    let project = Project::ready(&["甲党支部", "乙党支部"]);
    project.build();
    let drafts = project.read("output/index.html");
    assert!(drafts.contains("可以定稿 <b>2</b>"), "{drafts}");
    assert_eq!(project.zicha(&["build", "--final", "--branch", "乙党支部"]).code, 0);
    let page = project.read("output/index.html");
    assert!(page.contains("可以定稿 <b>1</b>") && page.contains("已定稿 <b>1</b>"), "{page}");
    assert!(page.contains("部门汇总"), "what was not asked for is still there: {page}");
}

fn names_are_escaped_on_the_start_page() {
    let project = Project::with_branches(&[("<b>甲</b>\"党支部", "机关党支部")]);
    project.build();
    let page = project.read("output/index.html");
    assert!(page.contains("&lt;b&gt;甲&lt;/b&gt;&quot;党支部") && !page.contains("<b>甲"), "{page}");
}
