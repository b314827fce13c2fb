//! Archiving final reports: the form, and the handler that starts the job.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use maud::{Markup, html};

use super::elements;
use crate::archive::is_moment;
use crate::archive::writer::SealOutcome;
use crate::dashboard::{Dashboard, ReportStage};
use crate::pipeline::{self, ArchiveError, ArchiveOptions, ArchiveOutcome, chain};
use crate::serve::flash::Flash;
use crate::serve::form::{self, FormFields};
use crate::serve::job::{JobOutcome, ReturnLink};
use crate::serve::layout::csrf_field;
use crate::serve::pages::ledgers::load_settings;
use crate::serve::response::{ErrorPage, HandlerResult, redirect, redirect_with_flash};
use crate::serve::state::AppState;

/// The form that archives all final reports.
pub(super) fn section(state: &AppState) -> Markup {
    let FinalCounts { finals, archived } = final_counts(state);
    html! {
        section class="screen" {
            h2 { "归档" }
            @if finals == 0 {
                p { "还没有正式报告：定稿、签字以后再归档。" a href="/" { "看进度" } }
            } @else {
                form class="panel" method="post" action="/department/archive" {
                    (form_fields(state))
                    p {
                        button class="main" { "归档全部正式报告" }
                        " 现在有 " (finals) " 份"
                        @if archived == finals { "，都已归档" } @else if archived > 0 { "，其中 " (archived) " 份已归档" }
                    }
                }
            }
        }
    }
}

/// How many reports are final, the department's included.
struct FinalCounts {
    finals: usize,
    /// Those of which this version is in a package.
    archived: usize,
}

fn final_counts(state: &AppState) -> FinalCounts {
    // Neither number depends on what is still being looked at.
    let snapshot = state.snapshot(Duration::ZERO).ok();
    let dashboard = snapshot.as_ref().and_then(|snapshot| snapshot.evidence()).map(Dashboard::new);
    let stages: Vec<ReportStage> = dashboard.into_iter().flat_map(|dashboard| dashboard.stages()).collect();
    let count = |least: ReportStage| stages.iter().filter(|stage| **stage >= least).count();
    FinalCounts { finals: count(ReportStage::Final), archived: count(ReportStage::Archived) }
}

/// The fields that every archive form has.
pub(in crate::serve::pages) fn form_fields(state: &AppState) -> Markup {
    html! {
        (csrf_field(state))
        p { "把正式报告连同签字件、台账、设置封装成归档包，编档号。封装后不再改动。" }
        p { label for="by" { "谁封装" } br; input id="by" name="by" required autocomplete="name"; }
        p { label for="at" { "何时封装" } br; input id="at" name="at" type="date" required; }
        p {
            label {
                input type="checkbox" name="unsigned" value="yes";
                " 没有签字件的也归档（元数据会写明）"
            }
        }
        p { label { input type="checkbox" name="zip" value="yes"; " 归档包装成一个 zip" } }
    }
}

/// Starts archiving one branch's report, or all final reports.
pub(crate) async fn archive(State(state): State<Arc<AppState>>, request: Request) -> HandlerResult {
    let fields = form::read_form(&state, request).await?;
    let options = archive_options(&state, &fields)?;
    let lacking = lacking_elements(&state).await?;
    if !lacking.is_empty() {
        let reason = format!("还没有归档：先填{}，填好再归档", lacking.join("、"));
        return Ok(redirect_with_flash(&state, "/archive", Flash::refused(reason)));
    }
    state.jobs.start("归档", false, return_link(), move |_| match pipeline::archive(&options) {
        Ok(archived) => describe(archived),
        Err(ArchiveError::Incomplete { done, source }) => {
            let mut outcome = describe(*done);
            outcome.succeeded = false;
            outcome.messages.insert(0, chain(&source));
            outcome
        }
        Err(error) => JobOutcome::refused(chain(&error)),
    })?;
    Ok(redirect("/work"))
}

/// The parts of archive numbers that the settings lack.
async fn lacking_elements(state: &Arc<AppState>) -> Result<Vec<&'static str>, ErrorPage> {
    let settings = load_settings(state).await?;
    Ok(elements::lacking(&settings.notice))
}

fn archive_options(state: &AppState, fields: &FormFields) -> Result<ArchiveOptions, ErrorPage> {
    let (by, at) = (fields.get("by").to_owned(), fields.get("at").to_owned());
    if by.is_empty() || !is_moment(&at) {
        return Err(ErrorPage::bad_request("请写明谁封装、何时封装（如 2018-11-05）"));
    }
    let branch = Some(fields.get("branch").to_owned()).filter(|branch| !branch.is_empty());
    let pages = match fields.get("pages") {
        "" => None,
        text => {
            let pages = text.parse().ok().filter(|pages| *pages > 0);
            Some(pages.ok_or_else(|| ErrorPage::bad_request("页数要写数字"))?)
        }
    };
    Ok(ArchiveOptions {
        places: state.paths.clone(),
        pages: branch.iter().cloned().zip(pages).collect(),
        branches: branch.into_iter().collect(),
        zip: fields.has("zip"),
        unsigned: fields.has("unsigned"),
        events: Vec::new(),
        by,
        at,
        signer: None,
    })
}

pub(super) fn return_link() -> ReturnLink {
    ReturnLink { label: "回到归档", href: "/archive".to_owned() }
}

fn describe(archived: ArchiveOutcome) -> JobOutcome {
    let mut messages = archived.settled;
    for (subject, sealed) in &archived.packages {
        messages.push(match sealed {
            SealOutcome::New { archive_number, replaces: None, .. } => format!("{subject}：{archive_number}"),
            SealOutcome::New { archive_number, replaces: Some(other), .. } => {
                format!("{subject}：{archive_number}，代替 {other}")
            }
            SealOutcome::Same { archive_number, in_place } => {
                format!("{subject}：内容没有变化，仍是 {archive_number}{}", in_place.remark())
            }
        });
    }
    if !archived.refused.is_empty() {
        messages.push(format!("没有归档 {} 份：{}", archived.refused.len(), archived.refused.join("、")));
    }
    if let Some(seals) = &archived.seals {
        let name = seals.file_name().unwrap_or_default().to_string_lossy();
        messages.push(format!("{name}已写好，请在“归档”页上下载，另存别处"));
    }
    JobOutcome { succeeded: archived.refused.is_empty(), messages, findings: archived.findings }
}
