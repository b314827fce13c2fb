//! Ledgers that come in: taken out of zips, read by worker processes, and put into the folder of ledgers under safe
//! names. What cannot be read is not put there.

use std::collections::HashSet;
use std::io;
use std::path::Path;

use super::flash::Flash;
use super::form::{FILES, Received, WHOLE};
use super::state::{AppState, now};
use crate::archive::zip::{self, UnpackLimits};
use crate::ingest::{ReadError, is_ledger};
use crate::pipeline::{FilePreview, Settings, chain, previews};
use crate::store::{ChangeKind, Incoming, safe_path};

/// Files that are taken, by their extensions.
const KINDS: &str = ".xlsx、.xls、.xlsm、.xlsb、.ods、.csv、.tsv";

/// Files that are read at once: what is read of them is held until they are put.
const AT_ONCE: usize = 8;

/// What becomes of a file whose name is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Same {
    /// It takes the other's place; that one goes into the history.
    Replace,
    /// It gets a name of its own.
    Both,
}

/// Bytes that one ledger file may have.
pub fn each(settings: &Settings) -> u64 {
    settings.notice.limits.file_mib.saturating_mul(1 << 20)
}

/// Takes in what was received; what became of each file.
pub fn take(state: &AppState, settings: &Settings, received: Vec<Received>, same: Same) -> Flash {
    let mut tray = Tray { state, same, taken: HashSet::new(), note: Flash::default() };
    let mut named = Vec::new();
    for one in tray.unpacked(settings, received) {
        match safe_path(&one.name).filter(|name| is_ledger(name)) {
            Some(name) => named.push((one, name)),
            None => tray.refuse(&one.name, &format!("不是台账文件（{KINDS}）")),
        }
    }
    let mut named = named.into_iter();
    loop {
        let some: Vec<(Received, String)> = named.by_ref().take(AT_ONCE).collect();
        if some.is_empty() {
            break;
        }
        let places: Vec<(&Path, &str)> = some.iter().map(|(one, name)| (one.file.path(), name.as_str())).collect();
        let read = previews(&places, &settings.notice, &state.places.worker);
        for ((one, name), read) in some.into_iter().zip(read) {
            match read {
                Ok(read) => tray.put(one, &name, &understood(&read, settings)),
                Err(refusal) => tray.refuse(&one.name, &reason(&refusal)),
            }
        }
    }
    if tray.note.done.is_empty() && tray.note.refused.is_empty() {
        tray.note.refused.push("没有选文件".to_owned());
    }
    tray.note
}

/// What is being taken in.
struct Tray<'d> {
    state: &'d AppState,
    same: Same,
    /// The names that files of this tray were given: none of them takes another's place.
    taken: HashSet<String>,
    note: Flash,
}

impl Tray<'_> {
    /// The files that were received, those of zips instead of the zips.
    fn unpacked(&mut self, settings: &Settings, received: Vec<Received>) -> Vec<Received> {
        let mut files = Vec::new();
        for one in received {
            if one.name.to_lowercase().ends_with(".zip") {
                match unzip(self.state, settings, &one) {
                    Ok(inside) => files.extend(inside),
                    Err(error) => self.refuse(&one.name, &error.to_string()),
                }
            } else {
                // A browser gives a file's name alone; whoever gives a path means its last part.
                let name = one.name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
                files.push(Received { name, file: one.file });
            }
        }
        files
    }

    /// Puts a file that was read into its place.
    fn put(&mut self, one: Received, name: &str, understood: &str) {
        let Received { name: called, file } = one;
        let beside = self.same == Same::Both || self.taken.contains(name);
        let shelf = &self.state.shelf;
        let put = if beside { shelf.put_beside(file, name, &now()) } else { shelf.put(file, name, None, &now()) };
        match put {
            Ok(Some(change)) => {
                let is_instead = change.deed == ChangeKind::Replaced;
                let instead = if is_instead { "，换下了原来的同名文件" } else { "" };
                self.note.done.push(format!("收下“{}”{instead}：{understood}", change.name));
                self.note.undo.extend(is_instead.then_some(change.number));
                self.taken.insert(change.name);
            }
            Ok(None) => self.note.done.push(format!("“{name}”和已有的一样，没有变化")),
            Err(error) => self.refuse(&called, &chain(&error)),
        }
    }

    fn refuse(&mut self, name: &str, why: &str) {
        self.note.refused.push(format!("“{name}”没有收下：{why}"));
    }
}

/// The files of a zip, each received under a name of the program's own.
fn unzip(state: &AppState, settings: &Settings, zip: &Received) -> io::Result<Vec<Received>> {
    let most = UnpackLimits { files: FILES, each: each(settings), all: WHOLE as u64 };
    let mut files = Vec::new();
    zip::unpack(zip.file.path(), most, &mut |name, bytes| {
        let mut file = state.shelf.receive().map_err(|error| error.source)?;
        io::copy(bytes, file.as_file_mut())?;
        files.push(Received { name: name.to_owned(), file });
        Ok(())
    })?;
    Ok(files)
}

/// Reads what was received, as documents will call it.
///
/// # Errors
/// With why it is refused and what cures it.
pub fn read(state: &AppState, settings: &Settings, file: &Incoming, name: &str) -> Result<FilePreview, String> {
    let read = previews(&[(file.path(), name)], &settings.notice, &state.places.worker).pop();
    read.unwrap_or_else(|| Err(ReadError::Crashed(String::new()))).map_err(|refusal| reason(&refusal))
}

/// Why a file is refused and what cures it.
fn reason(refusal: &ReadError) -> String {
    format!("{}。办法：{}", refusal.reason(), refusal.cure())
}

/// What was understood of a file, in a sentence.
pub fn understood(read: &FilePreview, settings: &Settings) -> String {
    if read.sheets.is_empty() {
        return "文件里没有内容".to_owned();
    }
    let tables = read.sheets.iter().flat_map(|sheet| &sheet.tables);
    let titles = tables.filter_map(|table| Some(settings.notice.ledger.get_index(table.ledger)?.1.title.as_str()));
    let mut titles: Vec<&str> = titles.collect();
    titles.dedup();
    if titles.is_empty() {
        return "没有认出是哪一种台账，点开看看建议".to_owned();
    }
    let rows: usize = read.sheets.iter().map(|sheet| sheet.rows).sum();
    format!("认作《{}》，{rows} 行", titles.join("》《"))
}
