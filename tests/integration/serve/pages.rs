//! The pages of `zicha serve`, from ledgers to archive packages.

use serde_json::json;

use super::client::Server;
use super::{BRANCHES, key, ready};
use crate::support::{NOTICE, Project, files};

crate::harness::tests! {
    alone: [
        the_board_shows_the_status_searches_and_filters,
        a_long_board_has_pages,
        findings_are_shown_at_their_cells_with_the_cure,
        a_branch_goes_from_draft_to_a_signed_package,
        obstacles_to_a_final_report_are_listed_and_the_draft_is_kept,
        a_gap_names_only_ledgers_that_the_branch_hands_in,
        the_pages_say_what_check_says,
        a_build_shows_progress_can_be_cancelled_and_respects_the_lock,
        the_branch_page_shows_what_the_last_build_changed,
        changes_by_command_line_runs_are_shown_and_survive_a_restart,
        the_department_sends_lists_and_forms,
    ]
}

fn the_board_shows_the_status_searches_and_filters() {
    let project = Project::with_a_gap(&["甲学院党支部", "乙学院党支部", "丙处党支部"], "丙处党支部");
    project.build();
    let server = Server::over(&project);
    let page = server.settled("/");
    assert!(page.contains("截止 <time datetime=\"2018-11-02\">2018-11-02</time><strong>，已过 "), "{page}");
    assert!(page.contains("可以定稿 <b>2</b>") && page.contains("3 / 3 个单位"), "{page}");
    let first = page.find("丙处党支部").expect("a branch");
    assert!(page.match_indices("<tr><th scope=\"row\">").next().is_some_and(|(at, _)| at < first && first - at < 100));
    assert!(server.get("/?q=%E5%AD%A6%E9%99%A2%20%E5%85%9A%E6%94%AF%E9%83%A8").body.contains("2 / 3 个单位"));
    assert!(server.get("/?show=gap").body.contains("1 / 3 个单位"));
    assert!(server.get("/?show=clear").body.contains("2 / 3 个单位"));
    assert!(server.get("/?q=%3Cscript%3E").body.contains("value=\"&lt;script&gt;\""));
    let page = server.settled("/branch/1");
    assert!(page.contains("<h1>") && page.contains("iframe"), "{page}");
}

fn a_long_board_has_pages() {
    let names: Vec<String> = (1..=1000).map(|n| format!("第{n}党支部")).collect();
    let project = Project::ready(&names.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(project.zicha(&["build", "--quiet", "--format", "md"]).code, 0);
    let server = Server::over(&project);
    let page = server.settled("/");
    assert_eq!(page.matches("<tr><th").count(), 1 + 100);
    assert!(page.contains("第 1 页，共 10 页") && page.contains("&amp;page=2"), "{page}");
    let page = server.get("/?page=10").body;
    assert!(page.matches("<tr><th").count() == 101 && page.contains("上一页") && !page.contains("下一页"));
    for odd in ["/?page=0", "/?page=99999", "/?page=18446744073709551615"] {
        assert_eq!(server.get(odd).status, 200, "{odd}");
    }
}

fn findings_are_shown_at_their_cells_with_the_cure() {
    let rows = "党组织,姓名,规定学时,已完成学时\n甲党支部,赵,约五十,40\n";
    let project = ready().file("input/干部在线学习.csv", rows.as_bytes());
    let server = Server::over(&project);
    let page = server.settled("/ledgers");
    assert!(page.contains("3 / 3 个文件"), "{page}");
    assert!(server.get("/ledgers?show=odd").body.contains("1 / 3 个文件"));
    assert!(server.get("/ledgers?q=%E5%90%8D%E5%86%8C").body.contains("1 / 3 个文件"));
    let page = server.settled(&format!("/ledger/{}", key(&page, "干部在线学习.csv")));
    assert!(page.contains("认作《干部在线学习》") && page.contains("各列怎样读取"), "{page}");
    assert!(page.contains("<a href=\"#cell-C2\">C2</a>"), "{page}");
    assert!(
        page.contains("<td id=\"cell-C2\" class=\"marked error\"") && page.contains("</strong> 约五十</td>"),
        "{page}"
    );
    assert!(page.contains("现为：</span>约五十") && page.contains("办法：</span>"), "{page}");
}

fn a_branch_goes_from_draft_to_a_signed_package() {
    let project = ready();
    let server = Server::over(&project);
    assert!(server.get("/").body.contains("还没有生成过报告"));
    assert_eq!(server.get("/branch/1").status, 404);
    let reply = server.post("/work/build", &[("what", "draft")]);
    assert_eq!(reply.header("location"), Some("/work"));
    let page = server.worked();
    assert!(page.contains("已完成") && page.contains("草稿 2 份"), "{page}");
    let page = server.settled("/branch/1");
    assert!(
        page.contains("<strong>可以定稿</strong>")
            && page.contains("指标和出处（3 个）")
            && page.contains("干部在线学习.csv C2、D2"),
        "{page}"
    );
    for (kind, start) in [("docx", "PK"), ("html", "<!DOCTYPE"), ("md", "草稿\n\n# "), ("all", "PK")] {
        let path = if kind == "all" { "/branch/1/all".to_owned() } else { format!("/branch/1/file/{kind}") };
        let reply = server.get(&path);
        assert!(reply.status == 200 && reply.body.starts_with(start), "{kind}: {}", reply.status);
        assert!(
            reply
                .header("content-disposition")
                .is_some_and(|kept| kept.starts_with("attachment; filename*=UTF-8''%E7%94%B2"))
        );
    }
    // The branch is not there any more.
    let reply = server.post("/reports", &[("what", "final"), ("report", "丙党支部")]);
    assert!(reply.status == 409 && reply.body.contains("名册刚刚变过"), "{}", reply.body);
    let finalize = [("what", "final"), ("report", BRANCHES[0])];
    assert_eq!(server.post("/reports", &finalize).header("location"), Some("/work"));
    assert!(server.worked().contains("定稿“甲党支部”：已完成"));
    let page = server.settled("/branch/1");
    let code =
        page.split("<dt>核对码</dt><dd>").nth(1).and_then(|rest| rest.split('<').next()).expect("a code").to_owned();
    assert!(page.contains("<strong>已定稿</strong>：还没有签字件") && !page.contains(">定稿</button>"), "{page}");
    // Building the drafts of the others does not change it.
    server.post("/work/build", &[("what", "draft")]);
    let page = server.worked();
    assert!(page.contains("草稿 1 份") && page.contains("正式报告 1 份没有动"), "{page}");
    assert!(page.contains(&format!("<li>甲党支部，核对码 {code}</li>")), "{page}");
    assert!(server.settled("/").contains("已定稿 <b>1</b>"));
    // Scans: a mistyped code, a file that is no scan, the right one twice; nothing is replaced.
    let sign = |name: &str, code: &str| {
        let fields = [("branch", BRANCHES[0]), ("code", code)];
        server.follow(&server.upload("/branch/1/signed", &fields, &[(name, format!("%PDF-1.4 {name}").as_bytes())]))
    };
    let wrong = format!("{}{}", &code[..code.len() - 1], if code.ends_with('0') { '1' } else { '0' });
    assert!(sign("扫描.pdf", &wrong).contains("抄错了"));
    assert!(sign("扫描.exe", "").contains("签字件应是"));
    assert!(
        sign("../../扫描.pdf", &code.to_lowercase()).contains(&format!("签字件已放入：甲党支部-{code}.pdf，签的是"))
    );
    assert!(sign("扫描.pdf", &code).contains(&format!("甲党支部-{code}-2.pdf")));
    assert!(server.settled("/branch/1").contains("签的是这一版") && server.settled("/").contains("已签字 <b>1</b>"));
    // Only the signed report is archived; name and time are required.
    assert_eq!(server.post("/department/archive", &[("by", ""), ("at", "2018-11-05")]).status, 400);
    assert_eq!(server.post("/department/archive", &[("by", "张三"), ("at", "昨天")]).status, 400);
    server.post("/department/archive", &[("by", "张三"), ("at", "2018-11-05")]);
    let page = server.worked();
    assert!(page.contains("甲党支部：Z109-WS·2018-D30-ZZB-0001") && page.contains("没有归档 2 份"), "{page}");
    assert!(server.get("/archive").body.contains("Z109-WS·2018-D30-ZZB-0001"));
    server.post("/department/verify", &[("rebuild", "yes")]);
    let page = server.worked();
    assert!(page.contains("归档包 1 个，完好 1 个，问题 0 项，重新生成的报告与归档的一致"), "{page}");
    // All reports can be final, the department's included.
    server.post("/work/build", &[("what", "final")]);
    assert!(server.worked().contains("正式报告 2 份，其中 1 份没有变化；汇总 1 份"));
    // One branch alone, with a number of pages.
    let fields = [("by", "张三"), ("at", "2018-11-06"), ("branch", BRANCHES[0]), ("pages", "一")];
    assert_eq!(server.post("/department/archive", &fields).status, 400);
    let fields = [("by", "张三"), ("at", "2018-11-06"), ("branch", BRANCHES[0]), ("pages", "2")];
    server.post("/department/archive", &fields);
    assert!(server.worked().contains("甲党支部：内容没有变化，仍是 Z109-WS·2018-D30-ZZB-0001"));
    // All are final: a build of drafts changes none.
    server.post("/work/build", &[("what", "draft")]);
    assert!(server.worked().contains("正式报告 2 份没有动"));
    assert!({
        let page = server.settled("/");
        page.contains("已定稿 <b>1</b>") && page.contains("已归档 <b>1</b>")
    });
    // A ledger changed since then is reported.
    let project = project.edit("input/干部在线学习.csv", "甲党支部,赵,50,40", "甲党支部,赵,50,41");
    assert!(server.settled("/branch/1").contains("已归档，之后有改动"));
    assert!(server.settled("/branch/1").contains("定稿之后台账改过：干部在线学习.csv"));
    // Drafts replace final reports when that was chosen.
    server.post("/work/build", &[("what", "draft"), ("redraft", "yes")]);
    let page = server.worked();
    assert!(page.contains("草稿 2 份") && page.contains("已改成草稿"), "{page}");
    drop(project);
}

fn obstacles_to_a_final_report_are_listed_and_the_draft_is_kept() {
    let project = Project::with_a_gap(&["甲党支部", "乙党支部", "丙党支部"], "乙党支部");
    project.build();
    let server = Server::over(&project);
    let page = server.settled("/?show=gap");
    let row = page.split("<tr><th scope=\"row\"><a href=\"").nth(1).expect("a row");
    let address = row.split('"').next().expect("an address").to_owned();
    let name = row.split('>').nth(1).and_then(|rest| rest.split('<').next()).expect("a name").to_owned();
    let page = server.settled(&address);
    assert!(name == "乙党支部" && page.contains("《干部在线学习》"), "{name}: {page}");
    let before = files(&project.path(&format!("output/{name}")));
    let page = server.follow(&server.post("/reports", &[("what", "final"), ("report", &name)]));
    assert!(page.contains("不能定稿：") && page.contains("待填写"), "{page}");
    assert_eq!(files(&project.path(&format!("output/{name}"))), before);
    assert!(server.settled(&address).contains("<strong>有待填写</strong>"));
    // Finalizing all reports does not change the drafts that are refused.
    server.post("/work/build", &[("what", "final")]);
    let page = server.worked();
    assert!(page.contains("正式报告 2 份") && page.contains("没有定稿 1 份：乙党支部；汇总也没有定稿"), "{page}");
    assert_eq!(files(&project.path(&format!("output/{name}"))), before);
    let page = server.settled("/");
    assert!(page.contains("有待填写 <b>1</b>") && page.contains("已定稿 <b>2</b>"), "{page}");
}

/// Two ledgers have a column “未完成原因”; one of them is for branches of another kind alone.
fn a_gap_names_only_ledgers_that_the_branch_hands_in() {
    let project = Project::sample();
    project.build();
    let server = Server::over(&project);
    let page = server.settled("/?q=图书馆党支部");
    let row = page.split("<tr><th scope=\"row\"><a href=\"").nth(1).expect("a row");
    let page = server.settled(row.split('"').next().expect("an address"));
    let said = |ledger: &str| format!("在《{ledger}》里补上本单位的“未完成原因”");
    assert!(page.contains(&said("党建工作任务分解")), "{page}");
    assert!(!page.contains(&said("规范化党支部建设整改台账")), "{page}");
}

/// A fault of a template and a difference between two readings were said by the command line alone.
fn the_pages_say_what_check_says() {
    let rows =
        json!([["党组织", "姓名", "规定学时", "已完成学时"], [BRANCHES[0], 7, 50, 40], [BRANCHES[1], "钱", 50, 50]]);
    let spec = json!({ "sheets": [{ "name": "干部在线学习", "rows": rows }] });
    let project = ready().patched_workbook("学习.xlsx", &spec, "<v>7<", "<v>1e999<");
    std::fs::remove_file(project.path("input/干部在线学习.csv")).expect("removed");
    project.build();
    // The second branch lacks no hours.
    let project = project.file(&format!("{NOTICE}/study.md"), "缺{% if 1 / n.gap > 0 %}学时{% endif %}。\n".as_bytes());
    let check = project.zicha(&["check"]).stdout;
    let server = Server::over(&project);
    let general = server.settled("/ledgers");
    assert!(general.contains("模板 study 第 1 行") && !general.contains("templates/"), "{general}");
    for (branch, reason) in [(1, "两种读法读出的内容不一致"), (2, "不能除以 0")] {
        let address = format!("/branch/{branch}");
        let page = server.settled(&address);
        assert!(check.contains(reason) && page.contains(reason), "{check}\n{page}");
        let fields = [("what", "final"), ("report", BRANCHES[branch - 1])];
        let page = server.follow(&server.post("/reports", &fields));
        assert!(page.contains("不能定稿：") && page.contains(reason), "{page}");
    }
}

fn a_build_shows_progress_can_be_cancelled_and_respects_the_lock() {
    let names: Vec<String> = (1..=600).map(|n| format!("第{n}党支部")).collect();
    let project = Project::ready(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let server = Server::over(&project);
    server.post("/work/build", &[("what", "draft")]);
    let page = server.get("/work").body;
    assert!(page.contains("data-live=\"/work/events\"") && page.contains("关掉这一页也会继续做完"), "{page}");
    let reply = server.post("/work/build", &[("what", "draft")]);
    assert!(reply.status == 409 && reply.body.contains("正在生成报告"), "{}", reply.body);
    server.post("/work/cancel", &[]);
    let page = server.worked();
    assert!(page.contains("已取消"), "{page}");
    // The event stream ends with the job.
    server.post("/work/build", &[("what", "draft")]);
    let events = server.get("/work/events");
    assert_eq!(events.header("content-type"), Some("text/event-stream"));
    assert!(events.body.contains("data: {\"text\":\"") && events.body.contains("event: end"), "{}", events.body);
    assert!(server.worked().contains("草稿 600 份"));
    // Another process holds the lock.
    std::fs::create_dir_all(project.path("output/.zicha")).expect("a folder");
    let lock = std::fs::File::create(project.path("output/.zicha/lock")).expect("a lock");
    lock.lock().expect("locked");
    server.post("/work/build", &[("what", "draft")]);
    let page = server.worked();
    assert!(page.contains("另一次生成正在写这个输出文件夹"), "{page}");
    lock.unlock().expect("unlocked");
}

fn the_branch_page_shows_what_the_last_build_changed() {
    let project = ready();
    let server = Server::over(&project);
    server.post("/work/build", &[("what", "draft")]);
    server.worked();
    let project = project.edit("input/干部在线学习.csv", "甲党支部,赵,50,40", "甲党支部,赵,50,41");
    server.post("/work/build", &[("what", "draft")]);
    assert!(server.worked().contains("其中 1 份没有变化"));
    assert!(server.settled("/branch/1").contains("所缺学时：10 → 9"));
    assert!(server.settled("/branch/2").contains("<p>这份报告没有变化。</p>"));
    drop(project);
}

fn changes_by_command_line_runs_are_shown_and_survive_a_restart() {
    let project = ready();
    project.build();
    let server = Server::over(&project);
    assert!(!server.settled("/branch/1").contains("最近一次有变化的生成"), "there was nothing before it");
    let project = project.edit("input/干部在线学习.csv", "甲党支部,赵,50,40", "甲党支部,赵,50,41");
    project.build();
    let page = server.settled("/branch/1");
    assert!(page.contains("最近一次有报告变化的生成，改了这份报告的什么") && page.contains("40 → 41"), "{page}");
    server.end();
    // A run without changes does not replace the last changes.
    project.build();
    let server = Server::over(&project);
    assert!(server.settled("/branch/1").contains("40 → 41"));
    server.end();
    // Changes made while no server runs are shown too.
    let project = project.edit("input/干部在线学习.csv", "甲党支部,赵,50,41", "甲党支部,赵,50,42");
    project.build();
    let server = Server::over(&project);
    let page = server.settled("/branch/1");
    assert!(page.contains("41 → 42") && !page.contains("40 → 41"), "{page}");
}

fn the_department_sends_lists_and_forms() {
    let project = ready();
    project.build();
    let server = Server::over(&project);
    for (path, count) in [("/department/issues", 3), ("/department/forms", 2)] {
        let reply = server.get(path);
        let zip = zip::ZipArchive::new(std::io::Cursor::new(reply.bytes)).expect("a zip");
        assert_eq!(zip.len(), count, "{path}");
    }
    for path in
        ["/branch/2/issues", "/branch/2/form", "/department/file/xlsx", "/department/file/docx", "/department/report"]
    {
        let reply = server.get(path);
        assert!(reply.status == 200 && reply.bytes.len() > 1000, "{path}: {}", reply.status);
    }
}
