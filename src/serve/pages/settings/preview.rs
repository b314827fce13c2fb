//! A draft with a text that is not written yet, for the frame beside the text.

use std::sync::Arc;

use axum::extract::{Request, State};
use maud::{DOCTYPE, html};

use super::file::SUMMARY;
use crate::pipeline::{Trial, TrialError, chain, draft_page, try_settings};
use crate::serve::form::{self, FormFields};
use crate::serve::response::{HandlerResult, run_blocking, sandboxed_report};
use crate::serve::settings_faults;
use crate::serve::settings_files::find;
use crate::serve::state::AppState;

/// The draft, or why there is none.
pub(crate) async fn preview(State(state): State<Arc<AppState>>, request: Request) -> HandlerResult {
    let fields = form::read_large_form(&state, request).await?;
    run_blocking(state, move |state| {
        let page = draft(state, &fields).unwrap_or_else(|reasons| message(&reasons));
        Ok(sandboxed_report(page, ""))
    })
    .await
}

fn draft(state: &Arc<AppState>, fields: &FormFields) -> Result<Vec<u8>, Vec<String>> {
    let one = |reason: String| vec![reason];
    let file = find(state, fields.get("key")).map_err(|error| one(error.message().to_owned()))?;
    let text = file.with_own_line_ends(fields.find("text").unwrap_or_default());
    let settings = try_settings(&state.paths.notice, &file.file.name, &text).map_err(|error| match &error {
        TrialError::Notice(error) => {
            let faults = settings_faults::faults(error, &state.paths.notice);
            faults.iter().map(|fault| format!("第 {} 行：{}", fault.line, fault.message)).collect()
        }
        error @ TrialError::Folder { .. } => one(chain(error)),
    })?;
    let branch = match fields.get("branch") {
        SUMMARY => None,
        at => Some(at.parse().map_err(|_| one("没有选单位".to_owned()))?),
    };
    // Templates do not change what is read; with other settings the ledgers are read anew.
    let current = state.fresh_analysis().map_err(one)?;
    let is_template = file.file.name.ends_with(".md");
    let of_trial = Arc::clone(state);
    let page = state.drafts.run(move |stop| {
        let settings = settings.stopped_by(stop.clone());
        match current.as_ref() {
            Ok(analysis) if is_template => draft_page(Trial { settings: &settings, analysis }, branch),
            _ => {
                let analysis = of_trial.analysis_with(&settings, stop)?;
                draft_page(Trial { settings: &settings, analysis: &analysis }, branch)
            }
        }
    });
    page.flatten().map_err(one)
}

/// A page with reasons.
fn message(reasons: &[String]) -> Vec<u8> {
    let page = html! {
        (DOCTYPE)
        html lang="zh-CN" {
            head { meta charset="utf-8"; title { "没有排出报告" } }
            body { h1 { "没有排出报告" } ul { @for reason in reasons { li { (reason) } } } }
        }
    };
    page.into_string().into_bytes()
}
