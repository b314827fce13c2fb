//! Builds drafts by itself when ledgers, settings or templates change, where the settings ask for it (`[notice]
//! auto_build`): by whom and how they are changed does not matter.
//!
//! A thread for each open notice looks at the stat signature of the folders; once that has not changed for an interval,
//! and no job runs, it looks whether anything differs from what the last run recorded, and builds. It ends with the
//! notice's state. Final reports stay as they are.

use std::sync::{Arc, Weak};
use std::time::Duration;

use super::job::ReturnLink;
use super::pages::start_draft_job;
use super::state::AppState;
use crate::store::Digest;

/// How often the folders are looked at.
const INTERVAL: Duration = Duration::from_secs(2);

/// Starts watching.
pub(super) fn watch(state: &Arc<AppState>) {
    let state = Arc::downgrade(state);
    std::thread::spawn(move || Watch::default().run(&state));
}

#[derive(Default)]
struct Watch {
    /// The signature at the last look.
    last: Option<Digest>,
    /// The signature that was built, or needed no build.
    handled: Option<Digest>,
}

impl Watch {
    fn run(mut self, state: &Weak<AppState>) {
        loop {
            std::thread::sleep(INTERVAL);
            let Some(state) = state.upgrade() else { return };
            self.look(&state);
        }
    }

    fn look(&mut self, state: &Arc<AppState>) {
        let is_asked_for = state.settings().is_ok_and(|settings| settings.notice.facts.auto_build);
        if !is_asked_for {
            return;
        }
        let signature = Some(state.inputs_signature());
        let is_settled = self.last == signature;
        self.last = signature;
        if !is_settled || self.handled == signature || state.jobs.status().is_some() {
            return;
        }
        // What cannot be known now is looked at again.
        let Ok(known) = state.fresh_snapshot() else { return };
        self.handled = signature;
        let has_branches = known.analysis().is_some_and(|analysis| !analysis.bound.branches.is_empty());
        if has_branches && (known.evidence().is_none() || known.needs_build(state)) {
            let link = ReturnLink { label: "看进度", href: "/".to_owned() };
            // Another job may have started meanwhile; then the next change is built.
            let _ = start_draft_job(state, "自动生成草稿", link);
        }
    }
}
