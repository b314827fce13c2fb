//! What pages say is so: of changes, of other reports' findings, of what the summary lacks, of packages and scans.

use super::client::Server;
use super::life::{SCAN, act, changed, code, finals};
use super::{BRANCHES, key, ready};
use crate::support::Project;

crate::harness::tests! {
    alone: [
        the_banner_tells_of_changes_since_the_last_run_whichever_reports_it_made,
        errors_of_other_reports_are_not_told_with_a_final_one,
        a_gap_of_the_summary_names_the_branches_that_lack_the_metric,
        an_archived_report_is_said_to_be_archived_and_a_stale_one_offers_no_archiving,
        a_scan_that_cannot_be_read_is_not_shown_and_the_page_says_so,
        columns_are_listed_in_the_order_and_spelling_of_the_sheet,
        settings_are_headed_by_titles,
        the_counts_of_the_board_lead_to_their_branches,
        a_report_that_is_final_again_without_a_change_keeps_its_signature_as_the_question_said,
    ]
}

const CHANGED: &str = "在上次生成之后有改动";

/// The banner said that ledgers had changed since the last run although a later run had made a report of them.
fn the_banner_tells_of_changes_since_the_last_run_whichever_reports_it_made() {
    let project = finals();
    let server = Server::over(&project);
    let project = changed(project, 41);
    assert!(server.settled("/").contains(CHANGED));
    act(&server, "final", BRANCHES[0], &[]);
    server.worked();
    // The summary is final as well: no build of drafts would change it.
    let page = server.settled("/");
    assert!(!page.contains(CHANGED) && !page.contains(">重新生成草稿</button>"), "{page}");
    drop(project);
    let project = ready();
    project.build();
    let server = Server::over(&project);
    let project = changed(project, 41);
    act(&server, "draft", BRANCHES[0], &[]);
    server.worked();
    let page = server.settled("/");
    assert!(!page.contains(CHANGED), "{page}");
    assert!(page.contains("有的草稿还是以前的，不是按现在的台账和设置生成的"), "{page}");
    assert!(page.contains("1 份报告的内容会不一样：汇总。") && page.contains(">重新生成草稿</button>"), "{page}");
    server.post("/work/build", &[("what", "draft")]);
    server.worked();
    assert!(!server.settled("/").contains(">重新生成草稿</button>"));
    drop(project);
}

fn errors_of_other_reports_are_not_told_with_a_final_one() {
    let project = ready().edit("input/干部在线学习.csv", "乙党支部,赵,50", "乙党支部,赵,约五十");
    project.build();
    let server = Server::over(&project);
    act(&server, "final", BRANCHES[0], &[]);
    let page = server.worked();
    assert!(page.contains("定稿“甲党支部”：已完成") && page.contains("错误 0 项，警告 0 项"), "{page}");
    assert!(!page.contains("约五十"), "{page}");
    act(&server, "draft", BRANCHES[1], &[]);
    assert!(server.worked().contains("约五十"));
}

/// The page said only that some branch lacked a metric, and called metrics gaps that no report prints.
fn a_gap_of_the_summary_names_the_branches_that_lack_the_metric() {
    let rows = "党组织,姓名,规定学时,已完成学时\n教务处党支部,赵,约五十,40\n";
    let project = Project::sample().file("input/在线学习补报.csv", rows.as_bytes());
    project.build();
    let server = Server::over(&project);
    let page = server.settled("/department");
    let help = "没有“未达规定学时人数”的党组织，补上就有：<a href=\"/branch/13\">教务处党支部</a>。";
    assert!(page.contains(help), "{page}");
    assert!(server.settled("/branch/13").contains("<h1>教务处党支部</h1>"));
    // A rate of nothing: no gap, for the report does not print it.
    let page = server.settled("/branch/3");
    assert!(page.contains("没有数值") && !page.contains("<span class=\"bad\">待填写</span>"), "{page}");
}

fn an_archived_report_is_said_to_be_archived_and_a_stale_one_offers_no_archiving() {
    let project = finals();
    let archive = ["archive", "--by", "张三", "--at", "2018-11-05", "--unsigned"];
    assert_eq!(project.zicha(&[&archive[..], &["--branch", BRANCHES[0]]].concat()).code, 0);
    let server = Server::over(&project);
    let page = server.settled("/archive");
    assert!(page.contains("现在有 3 份，其中 1 份已归档"), "{page}");
    assert!(server.settled("/branch/1").contains("这一版已归档；后来又有签字件的，可以再归档一次"));
    assert!(!server.settled("/branch/2").contains("这一版已归档"));
    assert_eq!(project.zicha(&archive).code, 0);
    assert!(server.settled("/archive").contains("现在有 3 份，都已归档"));
    let project = changed(project, 41);
    let page = server.settled("/branch/1");
    assert!(page.contains("定稿之后有改动，现在不能归档：先重新定稿、签字，再归档。"), "{page}");
    assert!(!page.contains("归档这份报告"), "{page}");
    assert!(server.settled("/department").contains("定稿之后有改动，现在不能归档"));
    drop(project);
}

/// The page had a frame in which the browser said, in its own language, that it could not open the file.
fn a_scan_that_cannot_be_read_is_not_shown_and_the_page_says_so() {
    let project = finals();
    let name = format!("signed/{}.pdf", code(&project, 0));
    let project = project.file(&name, SCAN).file("signed/别的.pdf", SCAN);
    let server = Server::over(&project);
    for path in ["/branch/1", "/scans"] {
        let page = server.settled(path);
        let said = "签的是现在这一版；没有看内容：文件损坏或太大，只看了文件名，请重新扫描。";
        assert!(page.contains(said) && !page.contains("class=\"scan\""), "{path}: {page}");
    }
}

fn columns_are_listed_in_the_order_and_spelling_of_the_sheet() {
    let rows = "姓名,已完成学时,手机,规 定 学 时,党组织\n钱,40,1,50,甲党支部\n";
    let project = ready().file("input/学习二.csv", rows.as_bytes());
    let server = Server::over(&project);
    let page = server.settled(&format!("/ledger/{}", key(&server.settled("/ledgers"), "学习二.csv")));
    let cells = |page: &str| {
        let table = page.split("<table class=\"small\">").nth(1).and_then(|rest| rest.split("</table>").next());
        let cells = table.expect("a table").split("<td>").skip(1);
        cells.filter_map(|cell| cell.split("</td>").next()).map(str::to_owned).collect::<Vec<_>>()
    };
    let expected = "A 姓名 姓名 B 已完成学时 已完成学时 C 手机 没有用到，<a href=\"/settings/columns/1#add\">要用就添一列</a> \
                    D 规 定 学 时 规定学时（写法有出入） E 党组织 党组织";
    assert_eq!(cells(&page).join(" "), expected, "{page}");
}

/// Forms were headed by ids, and a code of letters alone was left out of a hint.
fn settings_are_headed_by_titles() {
    let project = ready();
    let server = Server::over(&project);
    let page = server.get("/settings/named/0").body;
    assert!(page.contains("<h2>指标“应学人数”（算式和模板里写 cadres）</h2>"), "{page}");
    let page = server.get("/settings/sections/0").body;
    assert!(page.contains("“学习情况”部分：这部分讲什么") && !page.contains("study"), "{page}");
    let page = server.get("/settings/sheets/0").body;
    assert!(page.contains("依次是“应学人数”“所缺学时”"), "{page}");
    let page = server.get("/settings").body;
    assert!(page.contains("就是“党组织名册”") && page.contains("就是“类别”"), "{page}");
    assert!(page.contains(">学习情况</a>") && page.contains("<small>模板 study</small>"), "{page}");
    assert!(page.contains("WS 是文书；不写就是“WS”"), "{page}");
}

fn the_counts_of_the_board_lead_to_their_branches() {
    let project = Project::with_a_gap(&BRANCHES, BRANCHES[0]);
    project.build();
    let server = Server::over(&project);
    let page = server.settled("/");
    assert!(page.contains("<a href=\"/?show=stage-gaps\">有待填写 <b>1</b></a>"), "{page}");
    let page = server.settled("/?show=stage-gaps");
    assert!(page.contains("1 / 2 个单位") && page.contains("<option value=\"stage-gaps\" selected>"), "{page}");
    assert!(page.contains("value=\"甲党支部\"") && !page.contains("value=\"乙党支部\""), "{page}");
}

/// The question said that everything has to be signed again.
fn a_report_that_is_final_again_without_a_change_keeps_its_signature_as_the_question_said() {
    let project = finals();
    let signed = code(&project, 0);
    let project = project.file(&format!("signed/{signed}.pdf"), SCAN);
    let server = Server::over(&project);
    let page = act(&server, "withdraw", BRANCHES[0], &[]).body;
    assert!(page.contains("内容没有变又定稿的，核对码还是原来的，原来的签字也还算数"), "{page}");
    act(&server, "withdraw", BRANCHES[0], &[("yes", "yes")]);
    server.worked();
    assert!(server.settled("/branch/1").contains("<strong>可以定稿</strong>"));
    act(&server, "final", BRANCHES[0], &[]);
    server.worked();
    assert_eq!(code(&project, 0), signed);
    assert!(server.settled("/branch/1").contains("<strong>已签字</strong>"));
    let changed = changed(project, 41);
    server.settled("/branch/1");
    act(&server, "final", BRANCHES[0], &[("yes", "yes")]);
    server.worked();
    assert_ne!(code(&changed, 0), signed);
}
