//! Ledgers that come in: taken out of zips, read by worker processes, and put into the folder of ledgers under safe
//! names. What cannot be read is not put there.

use std::collections::HashSet;
use std::io;

use super::desk::{Desk, now};
use super::form::{FILES, Received, WHOLE};
use super::note::Note;
use crate::archive::bundle::{self, Most};
use crate::ingest::is_ledger;
use crate::pipeline::{Reading, Settings, reading};
use crate::store::{Deed, Incoming, safe_path};

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
pub fn take(desk: &Desk, settings: &Settings, received: Vec<Received>, same: Same) -> Note {
    let mut note = Note::default();
    let mut files = Vec::new();
    for one in received {
        if one.name.to_lowercase().ends_with(".zip") {
            match unzip(desk, settings, &one) {
                Ok(inside) => files.extend(inside),
                Err(error) => note.refused.push(format!("“{}”没有收下：{error}", one.name)),
            }
        } else {
            // A browser gives a file's name alone; whoever gives a path means its last part.
            let name = one.name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
            files.push(Received { name, file: one.file });
        }
    }
    let mut taken = HashSet::new();
    for one in files {
        put(desk, settings, one, same, &mut taken, &mut note);
    }
    if note.done.is_empty() && note.refused.is_empty() {
        note.refused.push("没有选文件".to_owned());
    }
    note
}

/// The files of a zip, each received under a name of the program's own.
fn unzip(desk: &Desk, settings: &Settings, zip: &Received) -> io::Result<Vec<Received>> {
    let most = Most { files: FILES, each: each(settings), all: WHOLE as u64 };
    let mut files = Vec::new();
    bundle::unpack(zip.file.path(), most, &mut |name, bytes| {
        let mut file = desk.shelf.receive().map_err(|error| error.source)?;
        io::copy(bytes, file.as_file_mut())?;
        files.push(Received { name: name.to_owned(), file });
        Ok(())
    })?;
    Ok(files)
}

/// Reads a file and puts it into its place.
fn put(desk: &Desk, settings: &Settings, one: Received, same: Same, taken: &mut HashSet<String>, note: &mut Note) {
    let Received { name: called, file } = one;
    let name = safe_path(&called).filter(|name| is_ledger(name));
    let Some(name) = name else {
        note.refused.push(format!("“{called}”没有收下：不是台账文件（.xlsx、.xls、.xlsm、.xlsb、.ods、.csv、.tsv）"));
        return;
    };
    let read = match read(desk, settings, &file, &name) {
        Ok(read) => read,
        Err(reason) => {
            note.refused.push(format!("“{called}”没有收下：{reason}"));
            return;
        }
    };
    let is_taken = |name: &str| taken.contains(name) || desk.shelf.root().join(name).exists();
    let free = if same == Same::Both || taken.contains(&name) { free_name(&name, &is_taken) } else { name };
    match desk.shelf.put(file, &free, None, &now()) {
        Ok(Some(change)) => {
            let instead = if change.deed == Deed::Replaced { "，换下了原来的同名文件" } else { "" };
            note.done.push(format!("收下“{free}”{instead}：{}", understood(&read, settings)));
            note.undo.extend((change.deed == Deed::Replaced).then_some(change.number));
        }
        Ok(None) => note.done.push(format!("“{free}”和已有的一样，没有变化")),
        Err(error) => note.refused.push(format!("“{called}”没有收下：{}", crate::pipeline::chain(&error))),
    }
    taken.insert(free);
}

/// Reads what was received, as documents will call it.
///
/// # Errors
/// With why it is refused and what cures it.
pub fn read(desk: &Desk, settings: &Settings, file: &Incoming, name: &str) -> Result<Reading, String> {
    let read = reading(file.path(), name, &settings.notice, &desk.places.worker);
    read.map_err(|refusal| format!("{}。办法：{}", refusal.reason(), refusal.cure()))
}

/// What was understood of a file, in a sentence.
pub fn understood(read: &Reading, settings: &Settings) -> String {
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

/// A name like this one that nobody has: 学习-2.xlsx.
fn free_name(name: &str, is_taken: &dyn Fn(&str) -> bool) -> String {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let tries = std::iter::once(name.to_owned()).chain((2..10_000).map(|n| format!("{stem}-{n}.{extension}")));
    tries.into_iter().find(|name| !is_taken(name)).unwrap_or_else(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::free_name;

    #[test]
    fn a_name_that_is_taken_gets_a_number() {
        let taken = |name: &str| ["甲/a.csv", "甲/a-2.csv"].contains(&name);
        assert_eq!(free_name("甲/a.csv", &taken), "甲/a-3.csv");
        assert_eq!(free_name("b.csv", &taken), "b.csv");
    }
}
