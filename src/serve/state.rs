//! What all pages share: where everything stands, and what is known of it at the moment.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::civil::Date;
use jiff::{Timestamp, tz};
use tokio::sync::Semaphore;

use super::auth::Auth;
use super::cache::{CacheState, Cached};
use super::flash::FlashStore;
use super::form::RECEIVING;
use super::job::Jobs;
use crate::dashboard::{self, Dashboard};
use crate::diff::{self, Differences, Latest};
use crate::ingest::{LedgerFile, ReadError};
use crate::manifest::{self, BranchRecord, RunManifest};
use crate::pipeline::{
    Analysis, FilePreview, NoProgress, Options, Paths, RunScope, Settings, analyze, cached_readers, chain, previews,
};
use crate::render::Format;
use crate::scans::{self, Inspector, ScanInventory, ScanResult};
use crate::store::{Digest, VersionedDir, history_of, stat_signature};

/// How long a page waits for what it shows before it says that it is coming.
pub const PATIENCE: Duration = Duration::from_millis(800);

/// Everything that pages share.
pub struct AppState {
    /// Where everything stands.
    pub places: Paths,
    /// Who comes in.
    pub auth: Auth,
    /// The folder of ledgers, with its history.
    pub shelf: VersionedDir,
    /// Long work.
    pub jobs: Arc<Jobs>,
    /// What is said once, on the next page.
    pub notes: FlashStore,
    /// Places for forms with files that are being received.
    pub receiving: Semaphore,
    /// Held while the settings are changed.
    pub settling: Mutex<()>,
    settings: Arc<Cached<Result<Arc<Settings>, String>>>,
    run: Arc<Cached<Result<RunManifest, String>>>,
    analysis: Arc<Cached<Result<Analysis, String>>>,
    survey: Arc<Cached<ScanInventory>>,
    changes: Arc<Cached<Option<Differences>>>,
    latest: Arc<Mutex<Latest>>,
    looked: Arc<Mutex<HashMap<PathBuf, (Digest, ScanResult)>>>,
    previews: Mutex<HashMap<String, Arc<Cached<Read>>>>,
}

/// A ledger file as it is read, or why it is refused.
pub type Read = Result<FilePreview, ReadError>;
/// Ledger files whose contents are kept.
const READINGS: usize = 8;

impl AppState {
    /// A desk over those places.
    pub fn new(places: Paths, auth: Auth, shelf: VersionedDir) -> Self {
        let output = std::path::absolute(&places.output).unwrap_or_else(|_| places.output.clone());
        let latest = Arc::new(Mutex::new(Latest::at(&history_of(&output))));
        Self {
            places,
            auth,
            shelf,
            jobs: Arc::default(),
            notes: FlashStore::default(),
            receiving: Semaphore::new(RECEIVING),
            settling: Mutex::default(),
            settings: Arc::default(),
            run: Arc::default(),
            analysis: Arc::default(),
            survey: Arc::default(),
            changes: Arc::default(),
            latest,
            looked: Arc::default(),
            previews: Mutex::default(),
        }
    }

    /// The settings as they are.
    ///
    /// # Errors
    /// With why they cannot be used.
    pub fn settings(&self) -> Result<Arc<Settings>, String> {
        let notice = self.places.notice.clone();
        let load = move || Settings::load(&notice).map(Arc::new).map_err(|error| chain(&error));
        match self.settings.get(stat_signature(self.of_settings()), Duration::from_secs(30), load) {
            CacheState::OwnedValue(settings) => settings.as_ref().clone(),
            CacheState::Making(_) => Err("通知设置没有读完，请稍后再试".to_owned()),
        }
    }

    /// The record of the last run, whoever made it.
    pub fn run(&self) -> Result<Arc<Result<RunManifest, String>>, String> {
        let output = self.places.output.clone();
        let file = output.join(manifest::FILE);
        let load = move || diff::load(&output).map(|side| side.run).map_err(|error| chain(&error));
        match self.run.get(stat_signature(std::iter::once(file.as_path())), Duration::from_secs(30), load) {
            CacheState::OwnedValue(run) => Ok(run),
            CacheState::Making(_) => Err("生成记录没有读完，请稍后再试".to_owned()),
        }
    }

    /// What is found in the ledgers as they are.
    pub fn analysis(&self, patience: Duration) -> CacheState<Result<Analysis, String>> {
        let input = self.places.input.as_path();
        let print = stat_signature(std::iter::once(input).chain(self.of_settings()));
        let places = self.places.clone();
        let settings = self.settings();
        self.analysis.get(print, patience, move || {
            let settings = settings?;
            let readers = cached_readers(&settings.notice, &places.worker, &places.output);
            analyze(&settings, &places.input, &readers, &NoProgress).map_err(|error| chain(&error))
        })
    }

    /// The signed copies that are there, and how they stand to the reports of `run`.
    pub fn survey(&self, run: Arc<Result<RunManifest, String>>, patience: Duration) -> CacheState<ScanInventory> {
        let record = self.places.output.join(manifest::FILE);
        let print = stat_signature([self.places.signed.as_path(), record.as_path()].into_iter());
        let (folder, looked) = (self.places.signed.clone(), Arc::clone(&self.looked));
        let inspector = Inspector { program: self.places.worker.clone() };
        let output = self.places.output.clone();
        self.survey.get(print, patience, move || match run.as_ref() {
            Ok(run) => {
                let survey = scans::survey_by(&folder, run, &|path| look(path, &inspector, &looked));
                // The home page in the folder tells it as well; where it cannot, this page still does.
                let _ = dashboard::tell_signed(&Dashboard::of(run, &survey), &output);
                survey
            }
            Err(_) => ScanInventory::default(),
        })
    }

    /// A ledger file as it is read; `None` while it is being read.
    pub fn reading(&self, file: &LedgerFile, settings: Arc<Settings>) -> Option<Arc<Read>> {
        let print = stat_signature(std::iter::once(file.path()).chain(self.of_settings()));
        let kept = {
            let mut previews = self.previews.lock().unwrap_or_else(PoisonError::into_inner);
            if previews.len() > READINGS {
                previews.clear();
            }
            Arc::clone(previews.entry(file.name().to_owned()).or_default())
        };
        let (file, worker) = (file.clone(), self.places.worker.clone());
        let crashed = || Err(ReadError::Crashed(String::new()));
        let read = move || {
            let one = (file.path(), file.name());
            previews(&[one], &settings.notice, &worker).pop().unwrap_or_else(crashed)
        };
        match kept.get(print, PATIENCE, read) {
            CacheState::OwnedValue(read) => Some(read),
            CacheState::Making(_) => None,
        }
    }

    /// What a build is asked for.
    pub fn options(&self, branches: Vec<String>, is_final: bool) -> Options {
        let places = &self.places;
        Options {
            notice: places.notice.clone(),
            input: places.input.clone(),
            worker: places.worker.clone(),
            output: places.output.clone(),
            formats: Format::ALL.to_vec(),
            branches,
            date: None,
            is_final,
            trace: false,
            force: false,
            prune: false,
            part: RunScope::Whole,
        }
    }

    /// The settings' file and the folder of templates beside it.
    fn of_settings(&self) -> impl Iterator<Item = &Path> {
        let file = self.places.notice.as_path();
        std::iter::once(file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(file))
    }

    /// Where a file of a report stands; `None` when the record names none, or one outside of the folder of reports.
    pub fn report(&self, record: &BranchRecord, extension: &str) -> Option<(String, PathBuf)> {
        let name = record.files.keys().find(|name| name.rsplit_once('.').is_some_and(|(_, own)| own == extension))?;
        Some((name.clone(), self.file_of(record, name)?))
    }

    /// Where a file of a report stands that the record names.
    pub fn file_of(&self, record: &BranchRecord, name: &str) -> Option<PathBuf> {
        let plain =
            [record.folder.as_str(), name].iter().all(|part| crate::archive::is_inside(part) && !part.contains('/'));
        let path = self.places.output.join(&record.folder).join(name);
        (plain && path.is_file()).then_some(path)
    }

    /// What the last run changed, whoever made it.
    pub fn changes(&self, patience: Duration) -> CacheState<Option<Differences>> {
        let output = self.places.output.clone();
        let print = stat_signature(std::iter::once(output.join(manifest::FILE).as_path()));
        let latest = Arc::clone(&self.latest);
        self.changes
            .get(print, patience, move || latest.lock().unwrap_or_else(PoisonError::into_inner).differences(&output))
    }
}

/// Looks into a scan, or remembers what it told.
fn look(path: &Path, inspector: &Inspector, looked: &Mutex<HashMap<PathBuf, (Digest, ScanResult)>>) -> ScanResult {
    let print = stat_signature(std::iter::once(path));
    let known = looked.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned();
    if let Some((_, told)) = known.filter(|(known, _)| *known == print) {
        return told;
    }
    let told = scans::read(path).and_then(|bytes| inspector.inspect(&bytes));
    looked.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), (print, told.clone()));
    told
}

/// Today, as it is in China.
pub fn today() -> Date {
    tz::offset(8).to_datetime(Timestamp::now()).date()
}

/// Now, as it is in China, to the minute.
pub fn now() -> String {
    tz::offset(8).to_datetime(Timestamp::now()).strftime("%Y-%m-%dT%H:%M").to_string()
}
