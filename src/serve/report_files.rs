//! The files of reports on record, and the pages of drafts, which are kept by everything that they depend on: what the
//! report shows, the ledgers and settings, the folders of fonts, the address that gaps lead to.

use std::path::PathBuf;

use axum::body::Bytes;

use super::draft_pages::Turn;
use super::state::AppState;
use crate::manifest::ReportOutcome;
use crate::pipeline::draft_pages::{DraftOrder, NoPages, draft_pages};
use crate::store::{Digest, is_plain_name, sha256, stat_signature};

impl AppState {
    /// Name and path of the report file with that extension; `None` when the record names none that exists inside
    /// the output folder.
    pub(super) fn report(&self, record: &ReportOutcome, extension: &str) -> Option<(String, PathBuf)> {
        // A report's own files begin with the name of its folder; those of its annexes do not.
        let is_own = |name: &&String| {
            name.rsplit_once('.').is_some_and(|(stem, own)| own == extension && stem.starts_with(&record.folder))
        };
        let name = record.files.keys().find(is_own)?;
        Some((name.clone(), self.report_file(record, name)?))
    }

    /// Path of an existing file of a report. `None` when the folder or the name, both from the manifest, is anything
    /// but one plain path component: a manifest edited by hand must not lead out of the output folder.
    pub(super) fn report_file(&self, record: &ReportOutcome, name: &str) -> Option<PathBuf> {
        let plain = is_plain_name(&record.folder) && is_plain_name(name);
        let path = self.paths.output.join(&record.folder).join(name);
        (plain && path.is_file()).then_some(path)
    }

    /// The pages of a report, when they were made of the same as they would be made of now.
    pub(super) fn kept_pages(&self, order: &DraftOrder) -> Option<Bytes> {
        self.draft_pages.find(&self.pages_key(order))
    }

    /// Has the pages of a report made and keeps them. The turn ends with this.
    ///
    /// # Errors
    /// With why there are none.
    pub(super) fn make_pages(&self, order: &DraftOrder, _turn: Turn) -> Result<Bytes, NoPages> {
        let settings = self.settings().map_err(NoPages::Failed)?;
        let key = self.pages_key(order);
        let pages = Bytes::from(draft_pages(order, &settings.notice, &self.paths)?);
        self.draft_pages.keep(key, pages.clone());
        Ok(pages)
    }

    fn pages_key(&self, order: &DraftOrder) -> Digest {
        let settings = self.settings().ok();
        let own = settings.as_ref().and_then(|settings| settings.notice.fonts_folder());
        let fonts =
            self.paths.fonts.iter().chain(&self.paths.machine.fonts).cloned().chain(own).collect::<Vec<PathBuf>>();
        let fonts = stat_signature(fonts.iter().map(PathBuf::as_path));
        sha256(format!("{order:?} {} {fonts}", self.inputs_signature()).as_bytes())
    }
}
