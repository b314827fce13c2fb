//! The department: its summary, what goes back to clerks, archiving and verifying.

use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use axum::extract::{Path, Query as Asked, Request, State};
use axum::response::IntoResponse;

use super::branch::analysis;
use super::{Query, preview, report};
use crate::archive::writer::SealOutcome;
use crate::archive::{is_moment, zip};
use crate::manifest::BranchRecord;
use crate::pipeline::{
    self, ArchiveError, ArchiveOptions, ArchiveOutcome, BuildError, Paths, chain, forms, issue_lists,
};
use crate::serve::form;
use crate::serve::html::{Html, put};
use crate::serve::job::Outcome;
use crate::serve::layout::{PageLayout, Tab, ticket};
use crate::serve::response::{self, Answer, Denied, aside, see};
use crate::serve::state::AppState;
use crate::store::files_of;

/// Where work of this page leads back to.
const BACK: (&str, &str) = ("回到部门", "/department");

/// The page.
pub async fn show(State(state): State<Arc<AppState>>, Asked(query): Asked<Query>) -> Answer {
    aside(state, move |state| {
        let mut body = Html::default();
        match record(state) {
            Ok(record) => {
                report::shown(&mut body, state, &record, "/department");
                report::metrics(&mut body, state, &state.settings()?.notice, &record);
            }
            Err(_) => put!(body; "<p>还没有部门汇总：所有党组织的报告一起生成之后就有。</p>"),
        }
        put!(body; "<section class=\"screen\"><h2>发给填报人</h2><ul class=\"downloads\"><li><a "
            "href=\"/department/issues\" download>各党组织的问题清单（zip）</a></li>"
            "<li><a href=\"/department/forms\" download>各党组织的空白填报表（zip）</a></li></ul></section>");
        archiving(&mut body, state);
        let frame = PageLayout { title: "部门", tab: Tab::Department, refresh: None };
        Ok(frame.page(state, query.note(state).as_deref(), &body).into_response())
    })
    .await
}

/// The department's own record.
fn record(state: &AppState) -> Result<BranchRecord, Denied> {
    let run = state.run()?;
    let run = run.as_ref().as_ref().map_err(|_| Denied::not_found("还没有生成过报告"))?;
    let record = Some(&run.department).filter(|record| !record.name.is_empty());
    record.cloned().ok_or_else(|| Denied::not_found("还没有部门汇总"))
}

/// The fields of every form that archives.
pub fn sealing(state: &AppState) -> Html {
    let mut out = Html::default();
    put!(out; {&ticket(state)} "<p>把正式报告连同签字件、台账、设置封装成归档包，编档号。封装后不再改动。</p>"
        "<p><label for=\"by\">谁封装</label><br><input id=\"by\" name=\"by\" required autocomplete=\"name\"></p>"
        "<p><label for=\"at\">何时封装</label><br><input id=\"at\" name=\"at\" type=\"date\" required></p>"
        "<p><label><input type=\"checkbox\" name=\"unsigned\" value=\"yes\"> 没有签字件的也归档（元数据会写明）</label></p>"
        "<p><label><input type=\"checkbox\" name=\"zip\" value=\"yes\"> 归档包装成一个 zip</label></p>");
    out
}

fn archiving(body: &mut Html, state: &AppState) {
    put!(body;
        "<section class=\"screen\"><h2>归档</h2><form class=\"panel\" method=\"post\" action=\"/department/archive\">"
        {&sealing(state)} "<p><button class=\"main\">归档全部正式报告</button></p></form>");
    let packages = packages(&state.places);
    put!(body; "<h3>已有的归档包（" (packages.len()) " 个）</h3>");
    if !packages.is_empty() {
        put!(body; "<ul>");
        for package in packages.iter().rev().take(50) {
            put!(body; "<li>" (name(package)) "</li>");
        }
        put!(body; "</ul><form class=\"panel\" method=\"post\" action=\"/department/verify\">" {&ticket(state)}
            "<p><label><input type=\"checkbox\" name=\"rebuild\" value=\"yes\"> 再用归档的台账重新生成报告，逐个数比对</label></p>"
            "<p><button>校验全部归档包</button></p></form>");
    }
    put!(body; "</section>");
}

fn name(path: &FilePath) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The packages that stand in the folder of packages.
fn packages(places: &Paths) -> Vec<PathBuf> {
    let is_package = |path: &PathBuf| {
        let name = name(path);
        !name.starts_with('.') && !path.is_symlink() && (path.is_dir() || name.ends_with(".zip"))
    };
    let mut packages: Vec<PathBuf> = files_of(&places.out).into_iter().filter(is_package).collect();
    packages.sort();
    packages
}

/// The summary as it prints.
pub async fn report(State(state): State<Arc<AppState>>) -> Answer {
    aside(state, |state| Ok(response::paper(report::page(state, &record(state)?)?, ""))).await
}

/// The summary as it prints, parted into pages in the frame of the department's page.
pub async fn preview(State(state): State<Arc<AppState>>) -> Answer {
    aside(state, |state| preview::framed(state, &record(state)?, None)).await
}

/// One of the summary's files.
pub async fn file(State(state): State<Arc<AppState>>, Path(kind): Path<String>) -> Answer {
    aside(state, move |state| report::file(state, &record(state)?, &kind)).await
}

/// A list of what was found for each branch, in a zip.
pub async fn issues(State(state): State<Arc<AppState>>) -> Answer {
    aside(state, |state| {
        let analysis = analysis(state)?;
        let analysis = analysis.as_ref().as_ref().map_err(Clone::clone)?;
        packed("问题清单.zip", issue_lists(analysis))
    })
    .await
}

/// A blank form for each branch, in a zip.
pub async fn blank_forms(State(state): State<Arc<AppState>>) -> Answer {
    aside(state, |state| {
        let (settings, analysis) = (state.settings()?, analysis(state)?);
        let analysis = analysis.as_ref().as_ref().map_err(Clone::clone)?;
        packed("空白填报表.zip", forms(&settings, analysis, &[]).map_err(|error| chain(&error))?)
    })
    .await
}

/// Files in a zip to keep.
fn packed(name: &str, files: impl Iterator<Item = Result<(String, Vec<u8>), BuildError>>) -> Answer {
    let files = files.map(|file| file.map_err(std::io::Error::other));
    let zip = zip::pack(files).map_err(|error| Denied::conflict(format!("打包没有成功：{error}")))?;
    Ok(response::file(name, zip))
}

/// Seals packages.
pub async fn archive(State(state): State<Arc<AppState>>, request: Request) -> Answer {
    let fields = form::fields(&state, request).await?;
    let (by, at) = (fields.get("by").to_owned(), fields.get("at").to_owned());
    if by.is_empty() || !is_moment(&at) {
        return Err(Denied::bad("请写明谁封装、何时封装（如 2018-11-05）"));
    }
    let branch = Some(fields.get("branch").to_owned()).filter(|branch| !branch.is_empty());
    let pages = match fields.get("pages") {
        "" => None,
        text => Some(text.parse().ok().filter(|pages| *pages > 0).ok_or_else(|| Denied::bad("页数要写数字"))?),
    };
    let options = ArchiveOptions {
        places: state.places.clone(),
        pages: branch.iter().cloned().zip(pages).collect(),
        branches: branch.into_iter().collect(),
        zip: fields.has("zip"),
        unsigned: fields.has("unsigned"),
        events: Vec::new(),
        by,
        at,
        signer: None,
    };
    state.jobs.start("归档", false, (BACK.0, BACK.1.to_owned()), move |_| match pipeline::archive(&options) {
        Ok(archived) => sealed(archived),
        Err(ArchiveError::Seal { subject, source, done }) => {
            let mut outcome = sealed(*done);
            outcome.done = false;
            outcome.lines.insert(0, format!("“{subject}”没有归档：{}", chain(&source)));
            outcome
        }
        Err(error) => Outcome::refused(chain(&error)),
    })?;
    Ok(see("/work"))
}

/// What archiving came to.
fn sealed(archived: ArchiveOutcome) -> Outcome {
    let mut lines = archived.settled;
    for (subject, sealed) in &archived.packages {
        lines.push(match sealed {
            SealOutcome::New { reference, replaces: None, .. } => format!("{subject}：{reference}"),
            SealOutcome::New { reference, replaces: Some(other), .. } => {
                format!("{subject}：{reference}，代替 {other}")
            }
            SealOutcome::Same(reference) => format!("{subject}：内容没有变化，仍是 {reference}"),
        });
    }
    if !archived.refused.is_empty() {
        lines.push(format!("没有归档 {} 份：{}", archived.refused.len(), archived.refused.join("、")));
    }
    Outcome { done: archived.refused.is_empty(), lines, findings: archived.findings }
}

/// Verifies the packages that are there.
pub async fn verify(State(state): State<Arc<AppState>>, request: Request) -> Answer {
    let fields = form::fields(&state, request).await?;
    let (places, again) = (state.places.clone(), fields.has("rebuild"));
    state.jobs.start("校验归档包", false, (BACK.0, BACK.1.to_owned()), move |_| {
        let program = again.then_some(places.worker.as_path());
        match pipeline::verify(packages(&places), None, program) {
            Ok(verification) => {
                let (done, lines) = (verification.findings.is_empty(), vec![verification.line()]);
                Outcome { done, lines, findings: verification.findings }
            }
            Err(error) => Outcome::refused(chain(&error)),
        }
    })?;
    Ok(see("/work"))
}
