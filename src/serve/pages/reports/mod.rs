//! Actions on chosen reports, of branches and of the department: make drafts, make final, withdraw.
//!
//! One address for all of them, whether the reports are chosen on the board, on a branch's page or on the department's.
//! What makes a code or a signature void is asked about first, on a page that names what is lost.

mod action;
mod confirm;
mod selection;

use std::sync::Arc;

use axum::extract::{Request, State};
use maud::{Markup, html};

use crate::dashboard::{Action, ReportStage};
use crate::pipeline::{Options, errors};
use crate::report::Gap;
use crate::serve::flash::Flash;
use crate::serve::form;
use crate::serve::job::ReturnLink;
use crate::serve::layout::csrf_field;
use crate::serve::pages::build::start_build;
use crate::serve::response::{ErrorPage, HandlerResult, redirect_with_flash, run_blocking};
use crate::serve::state::AppState;
use action::ADDRESS;
pub(super) use action::ReportAction;
use confirm::{Confirmation, confirm};
use selection::{Chosen, Selection};

/// Reasons shown at a time.
const MAX_REASONS: usize = 20;

/// A form with one button that does something to one report.
pub(super) fn button(state: &AppState, action: ReportAction, report: &str, label: &str) -> Markup {
    html! {
        form class="inline" method="post" action=(ADDRESS) {
            (csrf_field(state))
            input type="hidden" name="report" value=(report);
            button name="what" value=(action.value()) { (label) }
        }
    }
}

/// Does what the form asks for.
pub(crate) async fn act(State(state): State<Arc<AppState>>, request: Request) -> HandlerResult {
    let fields = form::read_large_form(&state, request).await?;
    run_blocking(state, move |state| {
        if fields.has("all") {
            return finalize(state, &Selection::all(&state.fresh_snapshot()?)?, fields.has("yes"));
        }
        let action =
            ReportAction::parse(fields.get("what")).ok_or_else(|| ErrorPage::bad_request("没有说明要做什么"))?;
        let names: Vec<&str> = fields.all("report").collect();
        let is_confirmed = fields.has("yes");
        act_on(state, action, &names, is_confirmed)
    })
    .await
}

/// Makes drafts of all reports, or every report final that can be, the department's when all branches' are: as the form
/// says.
pub(crate) async fn build_all(State(state): State<Arc<AppState>>, request: Request) -> HandlerResult {
    let fields = form::read_form(&state, request).await?;
    run_blocking(state, move |state| {
        if fields.get("what") == "final" {
            return finalize(state, &Selection::all(&state.fresh_snapshot()?)?, false);
        }
        let options = Options { redraft: fields.has("redraft"), ..state.build_options(Vec::new(), false) };
        let progress = ReturnLink { label: "看进度", href: "/".to_owned() };
        start_build(state, "生成报告", progress, options, None)
    })
    .await
}

/// Does something to the reports with these names.
fn act_on(state: &Arc<AppState>, action: ReportAction, names: &[&str], is_confirmed: bool) -> HandlerResult {
    if names.is_empty() {
        return Ok(redirect_with_flash(state, "/", Flash::refused("没有选报告，先在前面打勾")));
    }
    let snapshot = state.fresh_snapshot()?;
    let selection = Selection::named(&snapshot, names)?;
    match action {
        ReportAction::Draft => {
            let options = state.build_options(selection.names(), false);
            start_build(state, &selection.title("生成草稿"), selection.return_link(), options, None)
        }
        ReportAction::Withdraw => withdraw(state, &selection, is_confirmed),
        ReportAction::Finalize => finalize(state, &selection, is_confirmed),
    }
}

/// Turns final reports back into drafts, after a yes: their codes become void, and with them every signature.
fn withdraw(state: &Arc<AppState>, selection: &Selection<'_>, is_confirmed: bool) -> HandlerResult {
    let (finals, drafts): (Vec<&Chosen<'_>>, Vec<_>) =
        selection.reports.iter().partition(|chosen| chosen.state.stage >= ReportStage::Final);
    if finals.is_empty() {
        let reasons = drafts.iter().map(|chosen| format!("“{}”还没有定稿，不用撤回", chosen.name));
        return Ok(refused(state, selection, reasons.collect()));
    }
    if !is_confirmed {
        let reports = finals.as_slice();
        let question =
            Confirmation { action: ReportAction::Withdraw, reports, is_of_all: false, back: selection.address() };
        return Ok(confirm(state, &question));
    }
    let names = finals.iter().map(|chosen| chosen.name.to_owned()).collect();
    let options = Options { redraft: true, ..state.build_options(names, false) };
    start_build(state, &selection.title("撤回定稿"), selection.return_link(), options, None)
}

/// Makes reports final. Those that cannot be are named; a signed or archived one that would show something else is
/// replaced only after a yes.
fn finalize(state: &Arc<AppState>, selection: &Selection<'_>, is_confirmed: bool) -> HandlerResult {
    let mut ready = Vec::new();
    let mut open = Vec::new();
    for chosen in &selection.reports {
        match (chosen.state.action, chosen.state.stage) {
            (Some(Action::Finalize | Action::FinalizeAgain), _) if !chosen.is_department => ready.push(chosen),
            (Some(Action::Finalize | Action::FinalizeAgain), _) if selection.waiting == 0 => ready.push(chosen),
            // No browser waits for it.
            (_, ReportStage::LeftOut) if selection.is_of_all => {}
            // It is as asked for already.
            (_, ReportStage::Final | ReportStage::Signed | ReportStage::Archived) if !chosen.state.is_stale => {}
            _ => open.push(chosen),
        }
    }
    if ready.is_empty() {
        if open.is_empty() {
            return Ok(redirect_with_flash(state, &selection.address(), Flash::done("都已经定稿，没有变化")));
        }
        return Ok(refused(state, selection, obstacles(selection, &open)));
    }
    // The department's report waits only for others, which are made in the same run, and it with them.
    let is_waiting = |chosen: &&Chosen<'_>| chosen.is_department && chosen.state.action == Some(Action::FinalizeOthers);
    let is_whole = selection.is_of_all && open.iter().all(is_waiting);
    let made_with_them = open.iter().filter(|_| is_whole);
    let lost: Vec<&Chosen<'_>> = ready
        .iter()
        .chain(made_with_them)
        .copied()
        .filter(|chosen| chosen.state.stage >= ReportStage::Signed)
        .collect();
    if !lost.is_empty() && !is_confirmed {
        let others = ready.iter().copied().filter(|chosen| chosen.state.stage < ReportStage::Signed);
        let reports: Vec<&Chosen<'_>> = lost.iter().copied().chain(others).collect();
        let (is_of_all, back) = (selection.is_of_all, selection.address());
        let question = Confirmation { action: ReportAction::Finalize, reports: &reports, is_of_all, back };
        return Ok(confirm(state, &question));
    }
    let names = if is_whole { Vec::new() } else { ready.iter().map(|chosen| chosen.name.to_owned()).collect() };
    let options = Options { replace_signed: is_confirmed, ..state.build_options(names, true) };
    let skipped: Vec<&Chosen<'_>> = open.into_iter().filter(|_| !is_whole).collect();
    let skipped = left_open(&skipped);
    let name = if selection.is_of_all { "全部定稿".to_owned() } else { selection.title("定稿") };
    start_build(state, &name, selection.return_link(), options, skipped)
}

/// Which of the chosen reports are not made final. The department's is counted apart from those of branches, as a
/// build does.
fn left_open(skipped: &[&Chosen<'_>]) -> Option<String> {
    let (department, branches): (Vec<&Chosen<'_>>, Vec<&Chosen<'_>>) =
        skipped.iter().partition(|chosen| chosen.is_department);
    let names: Vec<&str> = branches.iter().map(|chosen| chosen.name).collect();
    let of_branches = || format!("还不能定稿，没有定稿 {} 份：{}", names.len(), names.join("、"));
    match (names.is_empty(), department.first()) {
        (true, None) => None,
        (true, Some(department)) => Some(format!("还不能定稿：{}", department.name)),
        (false, None) => Some(of_branches()),
        (false, Some(department)) => Some(format!("{}；{}也没有定稿", of_branches(), department.name)),
    }
}

fn refused(state: &AppState, selection: &Selection<'_>, mut refused: Vec<String>) -> axum::response::Response {
    refused.truncate(MAX_REASONS);
    redirect_with_flash(state, &selection.address(), Flash { refused, ..Flash::default() })
}

/// Why reports cannot be final, a sentence each: of one report every gap and error, of several their states.
fn obstacles(selection: &Selection<'_>, open: &[&Chosen<'_>]) -> Vec<String> {
    let [chosen] = open else {
        return open.iter().map(|chosen| format!("“{}”不能定稿：{}", chosen.name, chosen.state.reason)).collect();
    };
    if chosen.is_department && selection.waiting > 0 {
        return vec![format!("不能定稿：还有 {} 份报告没有定稿，或者定稿之后有改动", selection.waiting)];
    }
    let gaps = chosen.gaps.iter().map(|Gap { what, part }| format!("不能定稿：“{part}”中待填写：{what}"));
    let errors = errors(chosen.name, selection.findings);
    let errors = errors.map(|finding| format!("不能定稿：{} {}", finding.location, finding.message));
    let reasons: Vec<String> = gaps.chain(errors).collect();
    if reasons.is_empty() { vec![format!("不能定稿：{}", chosen.state.reason)] } else { reasons }
}

impl Selection<'_> {
    /// The link shown with the outcome of a job about these reports.
    fn return_link(&self) -> ReturnLink {
        let label = match &self.reports[..] {
            [chosen] if chosen.is_department => "回到汇总",
            [_] => "回到这份报告",
            _ => "看进度",
        };
        ReturnLink { label, href: self.address() }
    }
}
