//! The department: its summary, what goes back to clerks, archiving and verifying.

use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use axum::extract::{Path, Query as Asked, Request, State};
use axum::response::IntoResponse;

use super::branch::examined;
use super::{Query, paper, preview};
use crate::archive::seal::Sealed;
use crate::archive::{bundle, is_moment};
use crate::pipeline::{self, ArchiveError, ArchiveOptions, Archived, BuildError, Places, chain, forms, issue_lists};
use crate::record::BranchRecord;
use crate::serve::desk::Desk;
use crate::serve::form;
use crate::serve::frame::{Frame, Tab, ticket};
use crate::serve::html::{Html, put};
use crate::serve::job::Outcome;
use crate::serve::reply::{self, Answer, Denied, aside, see};
use crate::store::files_of;

/// Where work of this page leads back to.
const BACK: (&str, &str) = ("回到部门", "/department");

/// The page.
pub async fn show(State(desk): State<Arc<Desk>>, Asked(query): Asked<Query>) -> Answer {
    aside(desk, move |desk| {
        let mut body = Html::default();
        match record(desk) {
            Ok(record) => {
                paper::shown(&mut body, desk, &record, "/department");
                paper::figures(&mut body, desk, &desk.settings()?.notice, &record);
            }
            Err(_) => put!(body; "<p>还没有部门汇总：所有党组织的报告一起生成之后就有。</p>"),
        }
        put!(body; "<section class=\"screen\"><h2>发给填报人</h2><ul class=\"downloads\"><li><a "
            "href=\"/department/issues\" download>各党组织的问题清单（zip）</a></li>"
            "<li><a href=\"/department/forms\" download>各党组织的空白填报表（zip）</a></li></ul></section>");
        archiving(&mut body, desk);
        let frame = Frame { title: "部门", tab: Tab::Department, refresh: None };
        Ok(frame.page(desk, query.note(desk).as_deref(), &body).into_response())
    })
    .await
}

/// The department's own record.
fn record(desk: &Desk) -> Result<BranchRecord, Denied> {
    let run = desk.run()?;
    let run = run.as_ref().as_ref().map_err(|_| Denied::not_found("还没有生成过报告"))?;
    let record = Some(&run.department).filter(|record| !record.name.is_empty());
    record.cloned().ok_or_else(|| Denied::not_found("还没有部门汇总"))
}

/// The fields of every form that archives.
pub fn sealing(desk: &Desk) -> Html {
    let mut out = Html::default();
    put!(out; {&ticket(desk)} "<p>把正式报告连同签字件、台账、设置封装成归档包，编档号。封装后不再改动。</p>"
        "<p><label for=\"by\">谁封装</label><br><input id=\"by\" name=\"by\" required autocomplete=\"name\"></p>"
        "<p><label for=\"at\">何时封装</label><br><input id=\"at\" name=\"at\" type=\"date\" required></p>"
        "<p><label><input type=\"checkbox\" name=\"unsigned\" value=\"yes\"> 没有签字件的也归档（元数据会写明）</label></p>"
        "<p><label><input type=\"checkbox\" name=\"zip\" value=\"yes\"> 归档包装成一个 zip</label></p>");
    out
}

fn archiving(body: &mut Html, desk: &Desk) {
    put!(body;
        "<section class=\"screen\"><h2>归档</h2><form class=\"panel\" method=\"post\" action=\"/department/archive\">"
        {&sealing(desk)} "<p><button class=\"main\">归档全部正式报告</button></p></form>");
    let packages = packages(&desk.places);
    put!(body; "<h3>已有的归档包（" (packages.len()) " 个）</h3>");
    if !packages.is_empty() {
        put!(body; "<ul>");
        for package in packages.iter().rev().take(50) {
            put!(body; "<li>" (name(package)) "</li>");
        }
        put!(body; "</ul><form class=\"panel\" method=\"post\" action=\"/department/verify\">" {&ticket(desk)}
            "<p><label><input type=\"checkbox\" name=\"rebuild\" value=\"yes\"> 再用归档的台账重新生成报告，逐个数比对</label></p>"
            "<p><button>校验全部归档包</button></p></form>");
    }
    put!(body; "</section>");
}

fn name(path: &FilePath) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The packages that stand in the folder of packages.
fn packages(places: &Places) -> Vec<PathBuf> {
    let is_package = |path: &PathBuf| {
        let name = name(path);
        !name.starts_with('.') && !path.is_symlink() && (path.is_dir() || name.ends_with(".zip"))
    };
    let mut packages: Vec<PathBuf> = files_of(&places.out).into_iter().filter(is_package).collect();
    packages.sort();
    packages
}

/// The summary as it prints.
pub async fn report(State(desk): State<Arc<Desk>>) -> Answer {
    aside(desk, |desk| Ok(reply::paper(paper::page(desk, &record(desk)?)?, ""))).await
}

/// The summary as it prints, parted into pages in the frame of the department's page.
pub async fn preview(State(desk): State<Arc<Desk>>) -> Answer {
    aside(desk, |desk| preview::framed(desk, &record(desk)?, None)).await
}

/// One of the summary's files.
pub async fn file(State(desk): State<Arc<Desk>>, Path(kind): Path<String>) -> Answer {
    aside(desk, move |desk| paper::file(desk, &record(desk)?, &kind)).await
}

/// A list of what was found for each branch, in a zip.
pub async fn issues(State(desk): State<Arc<Desk>>) -> Answer {
    aside(desk, |desk| {
        let examined = examined(desk)?;
        let examined = examined.as_ref().as_ref().map_err(Clone::clone)?;
        packed("问题清单.zip", issue_lists(examined))
    })
    .await
}

/// A blank form for each branch, in a zip.
pub async fn blank_forms(State(desk): State<Arc<Desk>>) -> Answer {
    aside(desk, |desk| {
        let (settings, examined) = (desk.settings()?, examined(desk)?);
        let examined = examined.as_ref().as_ref().map_err(Clone::clone)?;
        packed("空白填报表.zip", forms(&settings, examined, &[]).map_err(|error| chain(&error))?)
    })
    .await
}

/// Files in a zip to keep.
fn packed(name: &str, files: impl Iterator<Item = Result<(String, Vec<u8>), BuildError>>) -> Answer {
    let files = files.map(|file| file.map_err(std::io::Error::other));
    let zip = bundle::pack(files).map_err(|error| Denied::conflict(format!("打包没有成功：{error}")))?;
    Ok(reply::file(name, zip))
}

/// Seals packages.
pub async fn archive(State(desk): State<Arc<Desk>>, request: Request) -> Answer {
    let fields = form::fields(&desk, request).await?;
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
        places: desk.places.clone(),
        pages: branch.iter().cloned().zip(pages).collect(),
        branches: branch.into_iter().collect(),
        zip: fields.has("zip"),
        unsigned: fields.has("unsigned"),
        events: Vec::new(),
        by,
        at,
        signer: None,
    };
    desk.jobs.start("归档", false, (BACK.0, BACK.1.to_owned()), move |_| match pipeline::archive(&options) {
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
fn sealed(archived: Archived) -> Outcome {
    let mut lines = archived.settled;
    for (subject, sealed) in &archived.packages {
        lines.push(match sealed {
            Sealed::New { reference, replaces: None, .. } => format!("{subject}：{reference}"),
            Sealed::New { reference, replaces: Some(other), .. } => format!("{subject}：{reference}，代替 {other}"),
            Sealed::Same(reference) => format!("{subject}：内容没有变化，仍是 {reference}"),
        });
    }
    if !archived.refused.is_empty() {
        lines.push(format!("没有归档 {} 份：{}", archived.refused.len(), archived.refused.join("、")));
    }
    Outcome { done: archived.refused.is_empty(), lines, findings: archived.findings }
}

/// Verifies the packages that are there.
pub async fn verify(State(desk): State<Arc<Desk>>, request: Request) -> Answer {
    let fields = form::fields(&desk, request).await?;
    let (places, again) = (desk.places.clone(), fields.has("rebuild"));
    desk.jobs.start("校验归档包", false, (BACK.0, BACK.1.to_owned()), move |_| {
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
