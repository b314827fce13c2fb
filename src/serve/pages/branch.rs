//! One branch: its report, what is missing and what would fill it, making it final, its signed copies.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, Query as Asked, Request, State};
use axum::response::IntoResponse;

use super::ledgers::key;
use super::preview::telling;
use super::{Query, build, department, findings, preview, report};
use crate::diagnostics::Diagnostic;
use crate::diff::{Differences, metric_line, row_lines};
use crate::manifest::{BranchRecord, ReportState as Made, RunManifest};
use crate::pipeline::{Analysis, Settings, chain, errors, forms, gap_hints, issue_list};
use crate::report_code::ReportCode;
use crate::scans::{Version, is_scan};
use crate::serve::cache::CacheState;
use crate::serve::flash::Flash;
use crate::serve::form;
use crate::serve::html::{Html, put};
use crate::serve::layout::{PageLayout, Tab, ticket};
use crate::serve::response::{self, Answer, Denied, aside, see};
use crate::serve::state::{AppState, PATIENCE};

/// Bytes of a scan.
const SCAN: u64 = 100 << 20;

/// The branch at a place of the record, from 1.
fn at(run: &RunManifest, place: usize) -> Result<&BranchRecord, Denied> {
    let record = place.checked_sub(1).and_then(|at| run.branches.get(at));
    record.ok_or_else(|| Denied::not_found("没有这个党组织，请回到首页再找"))
}

/// The record, and the branch at a place of it, given to `work`.
async fn with(
    state: Arc<AppState>,
    place: usize,
    work: impl FnOnce(&Arc<AppState>, &BranchRecord) -> Answer + Send + 'static,
) -> Answer {
    aside(state, move |state| {
        let run = state.run()?;
        let run = run.as_ref().as_ref().map_err(|_| Denied::not_found("还没有生成过报告"))?;
        work(state, at(run, place)?)
    })
    .await
}

/// The page.
pub async fn show(State(state): State<Arc<AppState>>, Path(place): Path<usize>, Asked(query): Asked<Query>) -> Answer {
    with(state, place, move |state, record| {
        let settings = state.settings()?;
        let analysis = state.analysis(PATIENCE);
        let looked = analysis.any().and_then(|analysis| analysis.as_ref().as_ref().ok());
        let address = format!("/branch/{place}");
        let mut body = Html::default();
        standing(&mut body, state, record);
        gaps(&mut body, &settings, looked, record);
        let found = looked.into_iter().flat_map(|analysis| &analysis.findings);
        let found = findings::list(found.filter(|finding| finding.branch.as_deref() == Some(&record.name)), &spot);
        if found != Html::default() {
            put!(body; "<section><h2>台账中的问题</h2>" {&found} "</section>");
        }
        report::shown(&mut body, state, record, &address);
        report::metrics(&mut body, state, &settings.notice, record);
        // What the last run changed is looked into meanwhile; the page comes again until it is known.
        let changed = state.changes(Duration::ZERO);
        changes(&mut body, &changed, record);
        finishing(&mut body, state, &address, record);
        archiving(&mut body, state, record);
        put!(body; "<section class=\"screen\"><h2>退回填报人</h2><ul class=\"downloads\"><li><a href=\"" (&address)
            "/issues\" download>问题清单（Excel）</a></li>" "<li><a href=\"" (&address)
            "/form\" download>空白填报表（Excel）</a></li></ul></section>");
        let waits = !(analysis.is_fresh() && changed.is_fresh());
        let frame = PageLayout { title: &record.name, tab: Tab::Dashboard, refresh: waits.then_some(3) };
        Ok(frame.page(state, query.note(state).as_deref(), &body).into_response())
    })
    .await
}

/// Where a finding stands, as a link to its ledger.
pub fn spot(finding: &Diagnostic) -> Html {
    let mut out = Html::default();
    match finding.place.source() {
        Some(source) => put!(out; "<a href=\"/ledger/" (key(&source.file)) "\">" (&finding.place) "</a>"),
        None => out = findings::place(finding),
    }
    out
}

fn standing(body: &mut Html, state: &AppState, record: &BranchRecord) {
    let [errors, warnings, _] = record.findings;
    put!(body; "<p><a href=\"/\">所有党组织</a></p><dl class=\"facts\"><dt>类别</dt><dd>" (&record.kind) "</dd><dt>报告</dt><dd>"
        (record.state.label()) "</dd><dt>待填写</dt><dd>" (record.gaps.len()) " 处</dd><dt>问题</dt><dd>错误 " (errors)
        " 项，警告 " (warnings) " 项</dd>");
    if let Some(issued) = &record.issued {
        put!(body; "<dt>核对码</dt><dd>" (&issued.code) "</dd>");
        let changed: Vec<&str> = issued
            .ledgers
            .iter()
            .filter(|(name, digest)| {
                let now = std::fs::read(state.places.input.join(name)).map(|bytes| crate::store::sha256(&bytes));
                now.ok().as_ref() != Some(*digest)
            })
            .map(|(name, _)| name.as_str())
            .collect();
        if !changed.is_empty() {
            put!(body; "<dt>注意</dt><dd class=\"bad\">定稿之后台账改过：" (changed.join("、")) "。要用新的内容，请重新定稿</dd>");
        }
    }
    if !record.missing.is_empty() {
        put!(body; "<dt>没有记录的台账</dt><dd>" (record.missing.join("、")) "</dd>");
    }
    put!(body; "</dl>");
}

/// What is missing, and which ledger and columns would fill it.
fn gaps(body: &mut Html, settings: &Settings, analysis: Option<&Analysis>, record: &BranchRecord) {
    if record.gaps.is_empty() {
        return;
    }
    put!(body; "<section><h2>待填写（" (record.gaps.len()) " 处）</h2><ul class=\"gaps\">");
    for (at, (what, part)) in record.gaps.iter().enumerate() {
        put!(body; "<li><details><summary>" (what) " <small>" (part) "</small></summary><div id=\"" (telling(at))
            "\" tabindex=\"-1\">");
        let wanted = gap_hints(settings, &record.kind, what);
        if wanted.is_empty() {
            put!(body; "<p>请看报告中黄底的地方，在相应的台账里补上。</p>");
        }
        for filling in wanted {
            put!(body; "<p>在《" (&filling.ledger) "》里补上本单位的");
            if filling.columns.is_empty() {
                put!(body; "行");
            } else {
                put!(body; "“" (filling.columns.join("”“")) "”");
            }
            put!(body; "。" {&files_of(settings, analysis, &filling.ledger)} "</p>");
        }
        put!(body; "</div></details></li>");
    }
    put!(body; "</ul></section>");
}

/// The files that bring a ledger, as links.
fn files_of(settings: &Settings, analysis: Option<&Analysis>, title: &str) -> Html {
    let mut out = Html::default();
    let sheets = analysis.into_iter().flat_map(|analysis| &analysis.bound.sheets);
    let own =
        sheets.filter(|sheet| settings.notice.ledger.get_index(sheet.ledger).is_some_and(|(_, l)| l.title == title));
    let mut files: Vec<&str> = own.map(|sheet| sheet.source.file.as_str()).collect();
    files.dedup();
    for file in files.iter().take(5) {
        put!(out; " <a href=\"/ledger/" (key(file)) "\">" (file) "</a>");
    }
    if files.is_empty() && analysis.is_some() {
        put!(out; "这个台账还没有收到，<a href=\"/ledgers\">去放入</a>。");
    }
    out
}

/// What the last run that changed anything changed.
fn changes(body: &mut Html, changes: &CacheState<Option<Differences>>, record: &BranchRecord) {
    let Some(all) = changes.any().and_then(|changes| changes.as_ref().as_ref()) else { return };
    put!(body; "<details><summary>最近一次有变化的生成改了什么</summary>");
    match all.branches.iter().find(|change| change.branch == record.name) {
        None => put!(body; "<p>没有变化。</p>"),
        Some(change) => {
            put!(body; "<ul>");
            if let Some((old, new)) = change.state {
                put!(body; "<li>报告：" (old.label()) " → " (new.label()) "</li>");
            }
            for metric in &change.metrics {
                put!(body; "<li>" (metric_line(metric)) "</li>");
            }
            for line in change.rows.iter().flat_map(row_lines) {
                put!(body; "<li>" (line) "</li>");
            }
            put!(body; "</ul>");
            for paragraph in &change.paragraphs {
                for line in &paragraph.old {
                    put!(body; "<del><span>原：</span>" (line) "</del>");
                }
                for line in &paragraph.new {
                    put!(body; "<ins><span>现：</span>" (line) "</ins>");
                }
            }
        }
    }
    put!(body; "</details>");
}

/// Making it final, and its signed copies.
fn finishing(body: &mut Html, state: &AppState, address: &str, record: &BranchRecord) {
    let name = |body: &mut Html| {
        put!(body; {&ticket(state)} "<input type=\"hidden\" name=\"branch\" value=\""
        (&record.name) "\">")
    };
    put!(body; "<section class=\"screen\"><h2>定稿和签字</h2>");
    if record.state != Made::Final {
        put!(body; "<form class=\"panel\" method=\"post\" action=\"" (address) "/final\">");
        name(body);
        put!(body; "<p>没有待填写、没有错误的报告可以定稿。定稿的报告末尾印有核对码，打印签字后扫描放回这里。</p>"
            "<p><button class=\"main\">定稿</button></p></form>");
    }
    let run = state.run().ok();
    let survey = run.map(|run| state.survey(run, PATIENCE));
    for copy in survey.iter().filter_map(CacheState::any).flat_map(|survey| survey.of(&record.name)) {
        let told = match copy.version {
            Version::Current => "签的是现在这一版",
            Version::ByName => "只按文件名对上，请核对签的是现在这一版",
            Version::Old => "签的不是现在这一版",
        };
        put!(body; "<p class=\"note\">签字件 " (&copy.name) "：" (told) "</p>");
    }
    put!(body; "<form class=\"panel drop\" method=\"post\" enctype=\"multipart/form-data\" action=\"" (address)
        "/signed\" data-send>");
    name(body);
    put!(body; "<p><label for=\"scan\">签字件的扫描件（PDF、JPEG、PNG、TIFF）</label><br><input id=\"scan\" type=\"file\" "
        "name=\"scan\" required "
        "accept=\".pdf,.jpg,.jpeg,.png,.tif,.tiff\"></p><p><label for=\"code\">抄写纸上印的核对码（印了二维码的可以不填）</label><br>"
        "<input id=\"code\" name=\"code\" autocomplete=\"off\" placeholder=\"如 20181102-07-7K3M9QXTR\"></p>"
        "<p><button>放入签字件</button></p><p role=\"status\" aria-live=\"polite\" data-progress></p></form></section>");
}

/// Archiving a final report by itself.
fn archiving(body: &mut Html, state: &AppState, record: &BranchRecord) {
    if record.state != Made::Final {
        return;
    }
    put!(body;
        "<section class=\"screen\"><h2>归档</h2><form class=\"panel\" method=\"post\" action=\"/department/archive\">"
        {&department::sealing(state)} "<input type=\"hidden\" name=\"branch\" value=\"" (&record.name)
        "\"><p><label for=\"pages\">报告的页数（签字件是 PDF 的不用写）</label><br>"
        "<input id=\"pages\" name=\"pages\" inputmode=\"numeric\" pattern=\"[0-9]*\"></p>"
        "<p><button>归档这份报告</button></p></form></section>");
}

/// The report as it prints.
pub async fn report(State(state): State<Arc<AppState>>, Path(place): Path<usize>) -> Answer {
    with(state, place, |state, record| Ok(response::paper(report::page(state, record)?, ""))).await
}

/// The report as it prints, parted into pages in the frame of the branch's page.
pub async fn preview(State(state): State<Arc<AppState>>, Path(place): Path<usize>) -> Answer {
    with(state, place, move |state, record| preview::framed(state, record, Some(&format!("/branch/{place}")))).await
}

/// One of the report's files.
pub async fn file(State(state): State<Arc<AppState>>, Path((place, kind)): Path<(usize, String)>) -> Answer {
    with(state, place, move |state, record| report::file(state, record, &kind)).await
}

/// All of the report's files.
pub async fn all(State(state): State<Arc<AppState>>, Path(place): Path<usize>) -> Answer {
    with(state, place, |state, record| report::all(state, record)).await
}

/// What is found in the ledgers as they are, waited for.
///
/// # Errors
/// When they cannot be examined, or it takes too long.
pub fn analysis(state: &AppState) -> Result<Arc<Result<Analysis, String>>, Denied> {
    match state.analysis(Duration::from_secs(60)) {
        CacheState::OwnedValue(analysis) => Ok(analysis),
        CacheState::Making(_) => Err(Denied::conflict("台账还没有核对完，请稍后再试")),
    }
}

/// The list of what was found for the branch, to send back.
pub async fn issues(State(state): State<Arc<AppState>>, Path(place): Path<usize>) -> Answer {
    with(state, place, |state, record| {
        let analysis = analysis(state)?;
        let analysis = analysis.as_ref().as_ref().map_err(Clone::clone)?;
        let (name, bytes) = issue_list(analysis, &record.name).map_err(|error| chain(&error))?;
        Ok(response::file(&name, bytes))
    })
    .await
}

/// A blank form for the branch.
pub async fn form(State(state): State<Arc<AppState>>, Path(place): Path<usize>) -> Answer {
    with(state, place, |state, record| {
        let (settings, analysis) = (state.settings()?, analysis(state)?);
        let analysis = analysis.as_ref().as_ref().map_err(Clone::clone)?;
        let mut made = forms(&settings, analysis, std::slice::from_ref(&record.name)).map_err(|error| chain(&error))?;
        let one = made.next().ok_or_else(|| Denied::not_found("名册里没有这个党组织"))?;
        let (name, bytes) = one.map_err(|error| chain(&error))?;
        Ok(response::file(&name, bytes))
    })
    .await
}

/// The branch that a form means must still stand at its place.
fn same(fields: &form::Fields, record: &BranchRecord) -> Result<(), Denied> {
    let same = fields.get("branch") == record.name.trim();
    if same { Ok(()) } else { Err(Denied::conflict("名册刚刚变过，请回到首页重新打开这个党组织")) }
}

/// Makes the report final, unless something stands against it.
pub async fn finalise(State(state): State<Arc<AppState>>, Path(place): Path<usize>, request: Request) -> Answer {
    let fields = form::fields(&state, request).await?;
    with(state, place, move |state, record| {
        same(&fields, record)?;
        let reasons = against(record, analysis(state)?.as_ref());
        let address = format!("/branch/{place}");
        if !reasons.is_empty() {
            let note = Flash { refused: reasons, ..Flash::default() };
            return Ok(see(&format!("{address}?note={}", state.notes.keep(note))));
        }
        let what = format!("定稿“{}”", record.name);
        build::start(
            state,
            &what,
            ("回到这个党组织", address),
            state.options(vec![record.name.clone()], true),
            Vec::new(),
        )
    })
    .await
}

/// What stands against a final report: its gaps, its errors, and errors that may be anybody's.
fn against(record: &BranchRecord, analysis: &Result<Analysis, String>) -> Vec<String> {
    let mut reasons: Vec<String> =
        record.gaps.iter().map(|(what, part)| format!("不能定稿：“{part}”中待填写：{what}")).collect();
    match analysis {
        Err(error) => reasons.push(format!("不能定稿：{error}")),
        Ok(analysis) => {
            let stand = errors(&record.name, &analysis.findings);
            reasons.extend(stand.map(|finding| format!("不能定稿：{} {}", finding.place, finding.message)));
        }
    }
    reasons.truncate(20);
    reasons
}

/// Takes a signed copy in.
pub async fn signed(State(state): State<Arc<AppState>>, Path(place): Path<usize>, request: Request) -> Answer {
    let (fields, mut received) = form::files(&state, request, SCAN).await?;
    with(state, place, move |state, record| {
        same(&fields, record)?;
        let (Some(one), true) = (received.pop(), received.is_empty()) else {
            return Err(Denied::bad("请选一个扫描件"));
        };
        let note = match keep(state, record, &one, fields.get("code")) {
            Ok(name) => Flash { done: vec![format!("签字件已放入：{name}")], ..Flash::default() },
            Err(reason) => Flash { refused: vec![reason], ..Flash::default() },
        };
        Ok(see(&format!("/branch/{place}?note={}", state.notes.keep(note))))
    })
    .await
}

/// Keeps a scan under a name that says whose it is and, when somebody copied it, which version was signed. Nothing
/// that is there is replaced.
fn keep(state: &AppState, record: &BranchRecord, one: &form::Received, code: &str) -> Result<String, String> {
    let extension = one.name.rsplit('.').next().unwrap_or_default().to_lowercase();
    if !is_scan(&format!("a.{extension}")) {
        return Err("签字件应是 PDF、JPEG、PNG 或 TIFF".to_owned());
    }
    let code = match code {
        "" => None,
        text => {
            Some(ReportCode::parse(&text.to_uppercase()).ok_or_else(|| format!("核对码“{text}”抄错了：校验字符不对"))?)
        }
    };
    let stem = [Some(record.folder.clone()), code.map(|code| code.to_string())];
    let stem = stem.into_iter().flatten().collect::<Vec<_>>().join("-");
    let error = |error: std::io::Error| format!("签字件存不下：{error}");
    std::fs::create_dir_all(&state.places.signed).map_err(error)?;
    for number in 1..1000 {
        let name = if number == 1 { format!("{stem}.{extension}") } else { format!("{stem}-{number}.{extension}") };
        let copied = crate::store::write_new(&state.places.signed.join(&name), one.file.path());
        match copied {
            Ok(()) => return Ok(name),
            Err(error) if error.source.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(chain(&error)),
        }
    }
    Err("签字件太多".to_owned())
}
