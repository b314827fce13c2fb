//! The next notice from the present one.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Request, State};
use maud::{Markup, html};

use super::place::{targets, written};
use crate::pipeline::{EarlierPeriod, chain, renew_notice};
use crate::scaffold::{LineNote, Step};
use crate::serve::flash::Flash;
use crate::serve::form;
use crate::serve::layout::csrf_field;
use crate::serve::notices::Notices;
use crate::serve::pages::notices::made;
use crate::serve::response::{ErrorPage, HandlerResult, redirect_with_flash, run_blocking};
use crate::serve::state::AppState;
use crate::store::parent_folder;

/// Lines that were changed, or are doubtful, and are shown.
const MAX_LINES: usize = 30;
/// The steps by which a notice is moved on, with the values of their field.
const STEPS: [(&str, &str, Step); 3] =
    [("year", "下一年", Step::Year), ("quarter", "下一季度", Step::Quarter), ("month", "下一个月", Step::Month)];

/// The form for it.
pub(super) fn renew_form(state: &AppState, before: Option<&Flash>) -> Markup {
    let typed = |name: &str| before.map_or("", |flash| flash.typed(name));
    html! {
        h2 { "从现在这份通知开始" }
        p { "照抄现在这份通知的设置和模板，日期、年份和季度往后挪；台账重新交。" }
        form class="panel" method="post" action="/new/from" {
            (csrf_field(state))
            p { label for="next" { "新通知的文件夹叫什么" } br; input id="next" name="next" required value=(typed("next")); }
            p {
                label for="step" { "往后挪" } br;
                select id="step" name="step" { @for (value, label, _) in STEPS { option value=(value) selected[value == typed("step")] { (label) } } }
            }
            p { button { "写出通知" } }
        }
    }
}

/// Makes the next notice from the present one.
pub(crate) async fn renew(
    State(state): State<Arc<AppState>>,
    Extension(notices): Extension<Arc<Notices>>,
    request: Request,
) -> HandlerResult {
    let fields = form::read_form(&state, request).await?;
    run_blocking(state, move |state| {
        let refused = |reason: String| redirect_with_flash(state, "/new", Flash::refused_with(reason, fields.typed()));
        let targets = match targets(state, fields.get("next")) {
            Ok(targets) => targets,
            Err(reason) => return Ok(refused(reason)),
        };
        let step = STEPS.iter().find(|(value, ..)| *value == fields.get("step")).map(|(.., step)| *step);
        let step = step.ok_or_else(|| ErrorPage::bad_request("往后挪多久没有选"))?;
        let from = parent_folder(&state.paths.notice);
        let earlier = EarlierPeriod { notice: from, output: &state.paths.output };
        Ok(match renew_notice(earlier, &targets, step) {
            Ok(renewed) => {
                let mut flash = Flash::done(written(&targets));
                flash.done.extend(renewed.sentence_about_ledgers(&targets.input));
                flash.done.extend(renewed.changed.iter().take(MAX_LINES).map(LineNote::text));
                flash.done.extend(renewed.doubtful.iter().take(MAX_LINES).map(LineNote::text));
                made(state, &notices, &targets.notice, flash)
            }
            Err(error) => refused(chain(&error)),
        })
    })
    .await
}
