//! The notices beside one another, of which each browser works on one at a time.
//!
//! A cookie names the notice by a hash of its folder's name; each notice has its own [`AppState`] and router, made when
//! it is first opened. Forms carry the notice of their page, so that what was typed on a page of one notice never
//! changes another ([`form`](super::form)). Sessions are common to all.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::http::HeaderMap;
use tokio::sync::watch;

use super::auth::Auth;
use super::auto_build;
use super::job::Jobs;
use super::middleware::cookies;
use super::router::router;
use super::state::{AppState, notice_key};
use crate::notice::edit::{WrittenValue, written_value};
use crate::notice::read_text;
use crate::pipeline::{OwnFolders, Paths, Settings, chain, folder_name, notices_beside};
use crate::store::is_below;

/// The notices of a server.
pub(super) struct Notices {
    /// Where the notice is that the server was started with, and its folders.
    first: Paths,
    auth: Arc<Auth>,
    /// Changes when the server shuts down.
    stopped: watch::Receiver<bool>,
    /// Held for a moment only: requests ask for their router on the threads of the runtime.
    open: Mutex<HashMap<String, OpenNotice>>,
    /// Held while a notice is opened.
    opening: Mutex<()>,
    first_router: Router,
}

/// A notice whose pages can be asked for.
#[derive(Clone)]
struct OpenNotice {
    state: Arc<AppState>,
    router: Router,
}

/// A notice as the page of all notices lists it.
pub(super) struct ListedNotice {
    /// The key in forms and in the cookie.
    pub key: String,
    /// The name of its folder.
    pub folder: String,
    /// Its title; empty when the settings cannot be read.
    pub title: String,
    /// Whether it has ledgers of its own, or is the only one that has those of no other.
    pub has_ledgers: bool,
    /// The folder of its reports.
    pub output: PathBuf,
}

impl Notices {
    /// A server that was started with the notice of `state`.
    pub(super) fn new(state: Arc<AppState>, stopped: watch::Receiver<bool>) -> Self {
        let first_router = router(Arc::clone(&state), stopped.clone());
        let (first, auth) = (state.paths.clone(), Arc::clone(&state.auth));
        let open = HashMap::from([(notice_key(&first.notice), OpenNotice { state, router: first_router.clone() })]);
        Self { first, auth, stopped, open: Mutex::new(open), opening: Mutex::default(), first_router }
    }

    /// The router of the notice that a request's cookie names; that of the first notice for any other request.
    ///
    /// # Errors
    /// With the key of a notice that is to be opened first: the server may have been started anew.
    pub(super) fn router(&self, headers: &HeaderMap) -> Result<Router, String> {
        let cookies = cookies(headers);
        let name = self.auth.notice_cookie();
        let mut pairs = cookies.split(';').filter_map(|cookie| cookie.trim().split_once('='));
        let named = pairs.find(|(known, _)| *known == name).map(|(_, key)| key.to_owned());
        let Some(key) = named.or_else(|| self.in_place_of_first()) else { return Ok(self.first_router.clone()) };
        let known = self.open_notice(&key).map(|open| open.router);
        let is_allowed = !self.auth.requires_login() || self.auth.has_session(&cookies);
        match known {
            Some(router) => Ok(router),
            None if is_allowed => Err(key),
            None => Ok(self.first_router.clone()),
        }
    }

    /// The notice that a browser works on that named none, where that of the server has not been made: the last of those
    /// beside it.
    fn in_place_of_first(&self) -> Option<String> {
        if self.first.notice.exists() {
            return None;
        }
        notices_beside(&self.first.notice).last().map(|notice| notice_key(notice))
    }

    /// A notice that is open already.
    fn open_notice(&self, key: &str) -> Option<OpenNotice> {
        self.locked().get(key).cloned()
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<String, OpenNotice>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The ledger folders of the notices that are open, by the notices' keys.
    fn open_inputs(&self) -> HashMap<String, PathBuf> {
        self.locked().iter().map(|(key, open)| (key.clone(), open.state.paths.input.clone())).collect()
    }

    /// The router of a notice that is opened now, or of the first notice where that is not possible. Reads files.
    pub(super) fn opened_router(&self, key: &str) -> Router {
        self.open(key).unwrap_or_else(|_| self.first_router.clone())
    }

    /// Opens a notice beside the first one.
    ///
    /// # Errors
    /// With the reason, in Chinese, when there is no such notice or its ledgers cannot be opened.
    pub(super) fn open(&self, key: &str) -> Result<Router, String> {
        self.opened(key).map(|open| open.router)
    }

    /// Opens a notice beside the first one, and gives its state.
    ///
    /// # Errors
    /// As for [`open`](Self::open).
    pub(super) fn open_state(&self, key: &str) -> Result<Arc<AppState>, String> {
        self.opened(key).map(|open| open.state)
    }

    fn opened(&self, key: &str) -> Result<OpenNotice, String> {
        let _opening = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = self.open_notice(key) {
            return Ok(known);
        }
        let notices = notices_beside(&self.first.notice);
        let notice = notices.into_iter().find(|notice| notice_key(notice) == key);
        let notice = notice.ok_or_else(|| "没有这份通知，可能刚被移走".to_owned())?;
        let paths = self.paths_of(notice, &self.open_inputs());
        let opened = AppState::open(paths, Arc::clone(&self.auth), self.stopped.clone());
        let state = opened.map_err(|error| chain(&error))?;
        auto_build::watch(&state);
        let router = router(Arc::clone(&state), self.stopped.clone());
        let opened = OpenNotice { state, router };
        self.locked().insert(key.to_owned(), opened.clone());
        Ok(opened)
    }

    /// The folders of a notice. Where one of those that are open has the ledgers that belong to no notice, it gets
    /// folders of its own.
    fn paths_of(&self, notice: PathBuf, open_inputs: &HashMap<String, PathBuf>) -> Paths {
        let own = OwnFolders::of(&notice);
        let is_taken = open_inputs.values().any(|other| is_same(other, &own.input));
        let OwnFolders { input, output, signed, print } = match folder_name(&notice).filter(|_| is_taken) {
            Some(name) => OwnFolders::named(&name),
            None => own,
        };
        Paths { notice, input, output, signed, print, ..self.first.clone() }
    }

    /// The notices beside the first one, it included.
    pub(super) fn list(&self) -> Vec<ListedNotice> {
        let open = self.open_inputs();
        let listed = |notice: PathBuf| {
            let key = notice_key(&notice);
            let paths = self.paths_of(notice.clone(), &open);
            let folder = folder_name(&notice).unwrap_or_default();
            ListedNotice {
                has_ledgers: open.contains_key(&key) || paths.input.is_dir(),
                title: shown_title(&notice),
                output: paths.output,
                key,
                folder,
            }
        };
        notices_beside(&self.first.notice).into_iter().map(listed).collect()
    }

    /// The jobs of all notices.
    pub(super) fn jobs(&self) -> Vec<Arc<Jobs>> {
        self.locked().values().map(|open| Arc::clone(&open.state.jobs)).collect()
    }
}

/// The title of a notice with its variables put in; as written where its settings cannot be used.
fn shown_title(notice: &Path) -> String {
    Settings::load(notice).map_or_else(|_| title(notice), |settings| settings.notice.facts.title)
}

/// The title of a notice as written; empty when its settings cannot be read.
pub(super) fn title(notice: &Path) -> String {
    let text = read_text(notice).unwrap_or_default();
    match written_value(&text, &["notice", "title"]) {
        Some(WrittenValue::Text(title)) => title,
        _ => String::new(),
    }
}

/// Whether two folders are the same one.
fn is_same(one: &Path, other: &Path) -> bool {
    is_below(one, other) && is_below(other, one)
}
