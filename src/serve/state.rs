//! State shared by all request handlers: paths, authentication, the running job, and cached views of the files.
//!
//! Every cached value is keyed by the stat signature of the files it is derived from (size, times, inode), so changes
//! made by another program are noticed on the next request. Getters that take a `timeout` return a stale value when
//! the new one is not ready in time. Methods here read files and may block: call them inside
//! [`run_blocking`](super::response::run_blocking).

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, watch};

use super::auth::Auth;
use super::cache::{CacheState, Cached};
use super::clients::{ClientLocks, ClientSlots};
use super::draft_pages::DraftPages;
use super::flash::FlashStore;
use super::held_answers::HeldAnswers;
use super::held_scans::HeldScans;
use super::held_uploads::HeldUploads;
use super::job::Jobs;
use super::notice_drafts::NoticeDrafts;
use super::trials::Trials;
use crate::archive::register::{self, RegisterEntry};
use crate::dashboard::{self, Dashboard, DashboardInputs};
use crate::diff::{self, Differences, LastChange};
use crate::ingest::{LedgerFile, ReadError};
use crate::manifest::{self, RunManifest};
use crate::notice::{Words, settings_folders};
use crate::pipeline::{
    Analysis, FilePreview, NoProgress, Options, Paths, PdfNeed, Previewer, RunScope, Settings, StopSignal,
    cached_readers, chain, check, folder_name, other_notices, readers_with_cache,
};
use crate::render::Format;
use crate::scans::{self, Inspector, ScanInventory, ScanResult};
use crate::store::{Digest, VersionedDir, VersionedDirError, history_of, parent_folder, sha256, stat_signature};

/// How long a page waits for a cached value before it renders without it and asks the browser to reload.
pub(super) const PAGE_TIMEOUT: Duration = Duration::from_millis(800);
/// How long a page waits for the settings or the run manifest, without which it cannot be rendered.
const REQUIRED_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a download or an action waits for the analysis of all ledgers.
pub(super) const ANALYSIS_TIMEOUT: Duration = Duration::from_secs(60);
/// Drafts that are made at a time with texts that are not written yet.
const MAX_DRAFTS: usize = 4;
/// Ledger files whose previews are cached.
const MAX_PREVIEWS: usize = 8;
/// Cells of all cached previews, besides those of the last: about as many as one file may have.
const MAX_PREVIEW_CELLS: usize = 2_000_000;
/// Ledger files that are read for previews at the same time.
const PREVIEW_LANES: usize = 4;
/// Multipart requests received or waiting to be read at the same time; further ones are refused with 503.
const MAX_CONCURRENT_UPLOADS: usize = 24;
/// Those of one client; further ones are refused with 429.
const MAX_CONCURRENT_UPLOADS_PER_CLIENT: usize = 12;

/// The manifest of the last run, or why it cannot be read.
pub(super) type RunResult = Result<RunManifest, String>;
/// The analysis of all ledgers, or why there is none.
pub(super) type AnalysisResult = Result<Analysis, String>;
/// The preview of one ledger file, or why the file is refused.
pub(super) type PreviewResult = Result<FilePreview, ReadError>;
/// Results of scan inspections with the stat signature of the file inspected.
type ScanCache = Mutex<HashMap<PathBuf, (Digest, ScanResult)>>;

/// State shared by all request handlers.
pub(super) struct AppState {
    /// Input, output, archive and settings paths.
    pub paths: Paths,
    /// Names the notice in cookies and forms.
    pub notice_key: String,
    /// Host, origin, login and CSRF checks, common to all notices.
    pub auth: Arc<Auth>,
    /// The ledger folder with its undo history.
    pub ledgers: VersionedDir,
    /// The background job.
    pub jobs: Arc<Jobs>,
    /// Messages shown once after a redirect.
    pub flashes: FlashStore,
    /// Pages that answered forms.
    pub answers: HeldAnswers,
    /// Limits the number of multipart requests received or waiting to be read at the same time.
    pub upload_slots: Arc<Semaphore>,
    /// Limits those of each client.
    pub client_upload_slots: ClientSlots,
    /// Uploaded files are read one at a time for each client.
    pub upload_readers: ClientLocks,
    /// Uploaded files that wait for an answer.
    pub held_uploads: HeldUploads,
    /// Scans that wait to be put to the reports whose codes they have.
    pub held_scans: HeldScans,
    /// The pages of drafts.
    pub draft_pages: DraftPages,
    /// Held while a page of a scan is turned into a picture that browsers show.
    pub scan_picture_lane: Mutex<()>,
    /// Notices that are being made.
    pub notice_drafts: NoticeDrafts,
    /// Held while the settings file is edited.
    pub settings_lock: Mutex<()>,
    /// Reports of changed settings, compared with those of the settings as they are: one takes all processors.
    pub comparisons: Trials,
    /// Drafts with texts that are not written yet.
    pub drafts: Trials,
    /// The notice's folder with its undo history; opened when it is first needed.
    pub settings_history: Mutex<Option<Arc<VersionedDir>>>,
    /// The folder of signed copies with its undo history; opened when it is first needed.
    pub scans_history: Mutex<Option<Arc<VersionedDir>>>,
    settings: Arc<Cached<Result<Arc<Settings>, String>>>,
    run: Arc<Cached<RunResult>>,
    analysis: Arc<Cached<AnalysisResult>>,
    /// What the last analysis read, in place of the cache in the output folder, which a build of drafts leaves without
    /// the results of second readings.
    read_cache: Arc<Mutex<Option<Vec<u8>>>>,
    scans: Arc<Cached<ScanInventory>>,
    register: Arc<Cached<Vec<RegisterEntry>>>,
    changes: Arc<Cached<Option<Differences>>>,
    last_change: Arc<Mutex<LastChange>>,
    scan_cache: Arc<ScanCache>,
    previews: Mutex<HashMap<String, Arc<Cached<PreviewResult>>>>,
    /// Each held while a file is read for a preview; the file's name decides which.
    preview_lanes: Arc<[Mutex<()>; PREVIEW_LANES]>,
}

impl AppState {
    /// Opens the ledger folder with its history and removes what a killed server left in the other histories; the
    /// caches are empty. `stopped` is true when the server shuts down.
    ///
    /// # Errors
    /// As for [`VersionedDir::open`] of the ledger folder.
    pub(super) fn open(
        paths: Paths,
        auth: Arc<Auth>,
        stopped: watch::Receiver<bool>,
    ) -> Result<Arc<Self>, VersionedDirError> {
        let ledgers = VersionedDir::open(&paths.input)?;
        VersionedDir::recover(&paths.signed);
        VersionedDir::recover(parent_folder(&paths.notice));
        let output = std::path::absolute(&paths.output).unwrap_or_else(|_| paths.output.clone());
        let last_change = Arc::new(Mutex::new(LastChange::new(&history_of(&output))));
        Ok(Arc::new(Self {
            notice_key: notice_key(&paths.notice),
            paths,
            auth,
            ledgers,
            jobs: Arc::default(),
            flashes: FlashStore::default(),
            answers: HeldAnswers::default(),
            upload_slots: Arc::new(Semaphore::new(MAX_CONCURRENT_UPLOADS)),
            client_upload_slots: ClientSlots::new(MAX_CONCURRENT_UPLOADS_PER_CLIENT),
            upload_readers: ClientLocks::default(),
            held_uploads: HeldUploads::default(),
            held_scans: HeldScans::default(),
            draft_pages: DraftPages::default(),
            scan_picture_lane: Mutex::default(),
            notice_drafts: NoticeDrafts::default(),
            settings_lock: Mutex::default(),
            comparisons: Trials::new(1, stopped.clone()),
            drafts: Trials::new(MAX_DRAFTS, stopped),
            settings_history: Mutex::default(),
            scans_history: Mutex::default(),
            settings: Arc::default(),
            run: Arc::default(),
            analysis: Arc::default(),
            read_cache: Arc::default(),
            scans: Arc::default(),
            register: Arc::default(),
            changes: Arc::default(),
            last_change,
            scan_cache: Arc::default(),
            previews: Mutex::default(),
            preview_lanes: Arc::default(),
        }))
    }

    /// The notice settings.
    ///
    /// # Errors
    /// With the message to show when the settings are invalid or not loaded in time.
    pub(super) fn settings(&self) -> Result<Arc<Settings>, String> {
        let notice = self.paths.notice.clone();
        let load = move || Settings::load(&notice).map(Arc::new).map_err(|error| chain(&error));
        match self.settings.get(
            stat_signature(self.settings_folders().iter().map(PathBuf::as_path)),
            REQUIRED_TIMEOUT,
            load,
        ) {
            CacheState::Fresh(settings) => settings.as_ref().clone(),
            CacheState::Stale(_) => Err("通知设置没有读完，请稍后再试".to_owned()),
        }
    }

    /// The manifest of the last run, by this server or by the command line.
    ///
    /// # Errors
    /// When the manifest is not loaded in time; a manifest that cannot be read is an `Err` inside.
    pub(super) fn run(&self) -> Result<Arc<RunResult>, String> {
        let output = self.paths.output.clone();
        let file = output.join(manifest::FILE);
        let load = move || diff::load(&output).map(|side| side.run).map_err(|error| chain(&error));
        match self.run.get(stat_signature(std::iter::once(file.as_path())), REQUIRED_TIMEOUT, load) {
            CacheState::Fresh(run) => Ok(run),
            CacheState::Stale(_) => Err("生成记录没有读完，请稍后再试".to_owned()),
        }
    }

    /// The branches of the ledgers as they are on disk, and all that `zicha check` finds.
    pub(super) fn analysis(&self, timeout: Duration) -> CacheState<AnalysisResult> {
        let settings = self.settings();
        let signature = self.inputs_signature();
        let paths = self.paths.clone();
        let read_cache = Arc::clone(&self.read_cache);
        self.analysis.get(signature, timeout, move || {
            let settings = settings?;
            let mut kept = read_cache.lock().unwrap_or_else(PoisonError::into_inner);
            let readers = match &*kept {
                Some(cache) => readers_with_cache(&settings.notice, &paths.machine, cache.clone()),
                None => cached_readers(&settings.notice, &paths.machine, &paths.output),
            };
            let readers = readers.reading_twice();
            let analysis = check(&settings, &paths.input, &readers, &NoProgress).map_err(|error| chain(&error));
            if let Some(cache) = readers.into_cache() {
                *kept = Some(cache);
            }
            analysis
        })
    }

    /// Keeps other changes of settings out until a confirmed one is written. One that is only tried needs no lock: a
    /// trial runs for as long as the settings ask.
    pub(super) fn lock_settings(&self) -> MutexGuard<'_, ()> {
        self.settings_lock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The branches of the ledgers and all findings, with other settings than those on disk. Nothing is kept of it.
    ///
    /// # Errors
    /// With the message to show when the ledgers cannot be read.
    pub(super) fn analysis_with(&self, settings: &Settings, stop: &StopSignal) -> Result<Analysis, String> {
        let cache = self.read_cache.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let readers = match cache {
            Some(cache) => readers_with_cache(&settings.notice, &self.paths.machine, cache),
            None => cached_readers(&settings.notice, &self.paths.machine, &self.paths.output),
        };
        let analysis = check(settings, &self.paths.input, &readers.reading_twice(), stop);
        analysis.map_err(|error| chain(&error))
    }

    /// What the notice calls branches and the department; the default words while the settings cannot be read.
    pub(super) fn words(&self) -> Words {
        self.settings().map(|settings| settings.notice.words.clone()).unwrap_or_default()
    }

    /// Like [`Self::analysis`], waiting up to [`ANALYSIS_TIMEOUT`] for a fresh one.
    ///
    /// # Errors
    /// With the message to show when it takes longer.
    pub(super) fn fresh_analysis(&self) -> Result<Arc<AnalysisResult>, String> {
        match self.analysis(ANALYSIS_TIMEOUT) {
            CacheState::Fresh(analysis) => Ok(analysis),
            CacheState::Stale(_) => Err("台账还没有核对完，请稍后再试".to_owned()),
        }
    }

    /// The signed copies on disk, matched with the reports of `run`. Also refreshes the script beside the dashboard
    /// in the output folder that lists them.
    pub(super) fn scans(&self, run: Arc<RunResult>, timeout: Duration) -> CacheState<ScanInventory> {
        let record = self.paths.output.join(manifest::FILE);
        let signature = stat_signature([self.paths.signed.as_path(), record.as_path()].into_iter());
        let (folder, cache) = (self.paths.signed.clone(), Arc::clone(&self.scan_cache));
        let inspector = Inspector { program: self.paths.machine.program.clone() };
        let output = self.paths.output.clone();
        let others = other_notices(&self.paths.notice);
        self.scans.get(signature, timeout, move || match run.as_ref() {
            Ok(run) => {
                let scans = scans::survey_with(&folder, &others, run, &|path| inspect_scan(path, &inspector, &cache));
                // The pages of this server do not depend on that script, so a failure to write it is ignored.
                let evidence = DashboardInputs { scans: Some(&scans), ..DashboardInputs::of_run(run) };
                let _ = dashboard::write_signed_script(&Dashboard::new(evidence), &output);
                scans
            }
            Err(_) => ScanInventory::default(),
        })
    }

    /// The lines of the register of packages; none when it cannot be read, which archiving and verifying say.
    pub(super) fn register(&self) -> Arc<Vec<RegisterEntry>> {
        let folder = self.paths.packages.clone();
        let signature = stat_signature(std::iter::once(folder.join(register::FILE).as_path()));
        let read = move || register::read_entries_with_codes(&folder).unwrap_or_default();
        match self.register.get(signature, REQUIRED_TIMEOUT, read) {
            CacheState::Fresh(entries) | CacheState::Stale(Some(entries)) => entries,
            CacheState::Stale(None) => Arc::default(),
        }
    }

    /// The archive numbers of this notice by the names of branches and department: of each the last one given.
    pub(super) fn archive_numbers(&self) -> HashMap<String, String> {
        let Ok(settings) = self.settings() else { return HashMap::new() };
        let code = settings.notice.code();
        let register = self.register();
        let own = register.iter().filter(|entry| entry.notice == code);
        own.map(|entry| (entry.subject.clone(), entry.archive_number.clone())).collect()
    }

    /// The preview of a ledger file; `None` while it is not read yet.
    pub(super) fn preview(&self, file: &LedgerFile, settings: Arc<Settings>) -> Option<Arc<PreviewResult>> {
        let signature =
            stat_signature(std::iter::once(file.path()).chain(self.settings_folders().iter().map(PathBuf::as_path)));
        let cached = {
            let mut previews = self.previews.lock().unwrap_or_else(PoisonError::into_inner);
            let cells = |cached: &Arc<Cached<PreviewResult>>| Some(cached.latest()?.as_ref().as_ref().ok()?.cells());
            let is_full = previews.len() >= MAX_PREVIEWS
                || previews.values().filter_map(cells).sum::<usize>() > MAX_PREVIEW_CELLS;
            if is_full && !previews.contains_key(file.name()) {
                previews.clear();
            }
            Arc::clone(previews.entry(file.name().to_owned()).or_default())
        };
        let lanes = Arc::clone(&self.preview_lanes);
        let lane = usize::from(sha256(file.name().as_bytes()).as_bytes()[0]) % PREVIEW_LANES;
        let (file, program) = (file.clone(), self.paths.machine.program.clone());
        let read = move || {
            let _lane = lanes[lane].lock().unwrap_or_else(PoisonError::into_inner);
            Previewer::new(&settings.notice, &program).read(file.path(), file.name())
        };
        match cached.get(signature, PAGE_TIMEOUT, read) {
            CacheState::Fresh(preview) => Some(preview),
            CacheState::Stale(_) => None,
        }
    }

    /// Options of a build over `branches` (all when empty), in all formats that such a build makes.
    pub(super) fn build_options(&self, branches: Vec<String>, is_final: bool) -> Options {
        Options {
            notice: self.paths.notice.clone(),
            input: self.paths.input.clone(),
            previous: None,
            machine: self.paths.machine.clone(),
            output: self.paths.output.clone(),
            signed: self.paths.signed.clone(),
            archive: self.paths.packages.clone(),
            formats: if is_final { Format::ALL.to_vec() } else { Format::DRAFT.to_vec() },
            pdf: PdfNeed::WhenPossible,
            fonts: self.paths.fonts.clone(),
            branches,
            date: None,
            is_final,
            redraft: false,
            replace_signed: false,
            trace: false,
            force: false,
            prune: false,
            scope: RunScope::Whole,
        }
    }

    /// A signature of the ledger folder, the settings and the templates, and of the earlier run that they name.
    pub(super) fn inputs_signature(&self) -> Digest {
        let settings = self.settings();
        // What an earlier run reported counts, too: a folder with its record, or a file.
        let previous = settings.as_ref().ok().and_then(|settings| settings.previous.clone());
        let previous = previous.map(|path| if path.is_dir() { path.join(manifest::FILE) } else { path });
        let (folders, previous) = (self.settings_folders(), previous.as_deref());
        let input = [self.paths.input.as_path()].into_iter();
        stat_signature(input.chain(previous).chain(folders.iter().map(PathBuf::as_path)))
    }

    /// The folders of the settings and their templates.
    fn settings_folders(&self) -> Vec<PathBuf> {
        settings_folders(&self.paths.notice)
    }

    /// What the last run that changed any report changed, by this server or by the command line.
    pub(super) fn changes(&self, timeout: Duration) -> CacheState<Option<Differences>> {
        let output = self.paths.output.clone();
        let signature = stat_signature(std::iter::once(output.join(manifest::FILE).as_path()));
        let last_change = Arc::clone(&self.last_change);
        self.changes.get(signature, timeout, move || {
            last_change.lock().unwrap_or_else(PoisonError::into_inner).differences(&output)
        })
    }
}

/// The key of the notice with those settings: a hash of the name of its folder.
pub(super) fn notice_key(notice: &Path) -> String {
    let name = folder_name(notice).unwrap_or_default();
    sha256(name.as_bytes()).to_string().chars().take(20).collect()
}

/// Inspects a scan unless the same version of the file was inspected before.
fn inspect_scan(path: &Path, inspector: &Inspector, cache: &ScanCache) -> ScanResult {
    let signature = stat_signature(std::iter::once(path));
    let cached = cache.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned();
    if let Some((_, result)) = cached.filter(|(cached_signature, _)| *cached_signature == signature) {
        return result;
    }
    let result = scans::read(path).and_then(|bytes| inspector.inspect(&bytes));
    cache.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), (signature, result.clone()));
    result
}
