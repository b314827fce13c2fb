//! Makes a branch's report final.

use std::sync::Arc;

use axum::extract::{Path, Request, State};

use super::lookup::{check_name, with_branch};
use crate::manifest::ReportOutcome;
use crate::pipeline::errors;
use crate::report::Gap;
use crate::serve::flash::Flash;
use crate::serve::form;
use crate::serve::job::ReturnLink;
use crate::serve::pages::build;
use crate::serve::response::{HandlerResult, redirect_with_flash};
use crate::serve::state::{AnalysisResult, AppState};

/// Reasons shown at a time.
const MAX_REASONS: usize = 20;

/// Starts a final build of the branch, unless it has gaps or errors.
pub(crate) async fn finalize(
    State(state): State<Arc<AppState>>,
    Path(number): Path<usize>,
    request: Request,
) -> HandlerResult {
    let fields = form::read_form(&state, request).await?;
    with_branch(state, number, move |state, record| {
        check_name(&fields, record)?;
        let refused = obstacles(record, state.fresh_analysis()?.as_ref());
        let address = format!("/branch/{number}");
        if !refused.is_empty() {
            return Ok(redirect_with_flash(state, &address, Flash { refused, ..Flash::default() }));
        }
        let options = state.build_options(vec![record.name.clone()], true);
        let return_link = ReturnLink { label: "回到这个单位", href: address };
        build::start_build(state, &format!("定稿“{}”", record.name), return_link, options, None)
    })
    .await
}

/// Why the report cannot be final, a sentence each: its gaps, its errors, and errors that belong to no branch.
fn obstacles(record: &ReportOutcome, analysis: &AnalysisResult) -> Vec<String> {
    let gaps = record.gaps.iter().map(|Gap { what, part }| format!("不能定稿：“{part}”中待填写：{what}"));
    let mut reasons: Vec<String> = gaps.collect();
    match analysis {
        Err(error) => reasons.push(format!("不能定稿：{error}")),
        Ok(analysis) => {
            let errors = errors(&record.name, &analysis.findings);
            reasons.extend(errors.map(|finding| format!("不能定稿：{} {}", finding.location, finding.message)));
        }
    }
    reasons.truncate(MAX_REASONS);
    reasons
}
