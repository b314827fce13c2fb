//! Markup in every cell of every ledger, in file names, headers and forms.

use serde_json::json;

use super::client::Server;
use super::webdriver::Browser;
use crate::hostile_text::project_of;
use crate::support::Project;

crate::harness::tests! {
    with_tools: [
        text_from_ledgers_is_escaped_on_every_page,
    ]
}

/// Text that would act as markup.
const HOSTILE: &str = "<script>window.hit=1</script>\"><img src=x onerror=\"window.hit=1\">'&amp;{{ 7*7 }}";

/// A project with it in every place.
fn project() -> Project {
    let cell = format!("\"{}\"", HOSTILE.replace('"', "\"\""));
    let roster = format!(
        "党组织名称,类别,书记,联系人,电子邮箱\n{cell},机关党支部,{cell},{cell},{cell}\n乙党支部,{cell},x,x,x\n"
    );
    let study = format!(
        "党组织,{cell},姓名,职务,规定学时,已完成学时\n{cell},{cell},{cell},{cell},{cell},40\n{cell}x,1,1,1,1,1\n"
    );
    let odd = format!("{cell},{cell}\n{cell},{cell}\n");
    project_of(HOSTILE)
        .file("input/名册二.csv", roster.as_bytes())
        .file("input/在线学习二.csv", study.as_bytes())
        .file("input/<b>&\"'.csv", odd.as_bytes())
}

fn text_from_ledgers_is_escaped_on_every_page() {
    let project = project();
    let server = Server::over(&project);
    server.post("/work/build", &[("what", "draft")]);
    let mut pages = vec![server.worked()];
    let mut paths: Vec<String> = ["/", "/ledgers", "/department", "/branch/1", "/branch/2"].map(str::to_owned).to_vec();
    let list = server.settled("/ledgers");
    let keys = list.split("href=\"/ledger/").skip(1).filter_map(|part| part.split('"').next());
    paths.extend(keys.map(|key| format!("/ledger/{key}")));
    assert_eq!(paths.len(), 5 + 12, "{list}");
    pages.extend(paths.iter().map(|path| server.settled(path)));
    pages.push(server.follow(&server.upload(
        "/ledgers",
        &[],
        &[("<img src=x>.csv", b"1,2\n"), ("<script>.exe", b"x")],
    )));
    pages.push(server.get("/branch/1/report").body);
    pages.push(server.get("/branch/1/pages").body);
    pages.push(server.follow(&server.post("/reports", &[("what", "final"), ("report", HOSTILE)])));
    pages.push(server.follow(&server.post("/reports", &[("what", "withdraw"), ("report", HOSTILE)])));
    for page in &pages {
        let page = page.replace("<script src=\"/assets/", "");
        for acts in ["<script>", "<img", "<b>&", "onerror=\"window"] {
            assert!(!page.contains(acts), "{acts}: {page}");
        }
    }
    assert!(pages.iter().filter(|page| page.contains("&lt;script&gt;")).count() >= 12);
    // And in a real browser.
    let browser = Browser::new(1200, 900);
    paths.extend(["/work", "/branch/1/report", "/branch/2/report"].map(str::to_owned));
    for path in &paths {
        browser.open(&format!("http://{}{path}", server.host));
        assert_eq!(browser.run("return String(window.hit)", &json!([])), "undefined", "{path}");
    }
}
