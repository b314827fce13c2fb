//! 封存清单 (seal list): the seals of all packages in a folder, to be kept elsewhere. Years later packages are verified
//! against it; whoever can change a package can change the register beside it as well.
//!
//! A line a package in the form of a manifest, so that `sha256sum -c` checks the folder without this program; the lines
//! before it, which begin with `#`, are for people. The list is made anew from the register by every run that archives.
//! It is signed as packages are, beside it in `封存清单.txt.minisig`.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use super::register::{Register, RegisterEntry};
use super::signature::{self, Signer, SignerError};
use super::xml::one_line;
use super::{ArchiveNumber, bag_manifest, layout};
use crate::store::{self, Digest, StoreError};

/// The list's name in the folder of packages.
pub const FILE: &str = "封存清单.txt";
/// What the name of its signature ends with.
const SIGNATURE_EXTENSION: &str = ".minisig";

/// The first lines of a list, for people.
const HEAD: [&str; 3] = [
    "# 封存清单：每个归档包的封存值。请另存别处（打印、刻盘、交档案室），以后凭它核对。",
    "# 核对：zicha verify 全部归档包 --seals 封存清单.txt",
    "# 没有程序时，在放归档包的文件夹里运行 sha256sum -c 封存清单.txt，再按各包的说明文件核对；压缩包先解开。",
];

/// What a list has by archive numbers.
pub type Seals = BTreeMap<String, ListedSeal>;

/// What a list has of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedSeal {
    /// Its seal, the hash of its SHA-256 tag manifest.
    pub seal: Digest,
    /// The line right above, without its sign, when it says something: whose package it is, who sealed it and when.
    pub description: Option<String>,
}

/// Why a list could not be written.
#[derive(Debug, thiserror::Error)]
pub enum SealListError {
    /// The system refuses.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It cannot be signed.
    #[error(transparent)]
    Sign(#[from] SignerError),
}

/// Whether a file of that name is a seal list or the signature of one.
pub fn is_own_file(name: &str) -> bool {
    name.strip_suffix(SIGNATURE_EXTENSION).unwrap_or(name) == FILE
}

/// The number of packages in the register that the list in the folder lacks: a run that dies behind the register's line has
/// not written the list yet. A list that cannot be read lacks none: it is replaced, whatever it says.
pub fn lacking(register: &Register) -> usize {
    let file = register.root().join(FILE);
    let text = match store::read_record_text(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(_) => return 0,
    };
    let Ok(listed) = parse(&text) else { return 0 };
    register.entries().iter().filter(|entry| !listed.contains_key(&entry.archive_number)).count()
}

/// Writes the list of all packages in the register, signed when there is a `signer`; where it is. Without one the
/// signature of another list is removed.
///
/// # Errors
/// When the system refuses or the list cannot be signed.
pub fn write(register: &Register, signer: Option<&Signer>, at: &str) -> Result<PathBuf, SealListError> {
    let file = register.root().join(FILE);
    let text = text(register.entries().iter());
    let is_other = store::is_other(&file, text.as_bytes());
    register.write(FILE, text.as_bytes())?;
    let signature_file = signature_file(&file);
    if let Some(signer) = signer {
        let signature = signer.sign(text.as_bytes(), &format!("{FILE} {at}"))?;
        register.write(&format!("{FILE}{SIGNATURE_EXTENSION}"), signature.as_bytes())?;
    } else if is_other && signature_file.exists() {
        std::fs::remove_file(&signature_file).map_err(|source| StoreError::new(&signature_file, source))?;
    }
    Ok(file)
}

fn text<'e>(entries: impl Iterator<Item = &'e RegisterEntry>) -> String {
    let mut text = HEAD.join("\n") + "\n";
    for entry in entries {
        let RegisterEntry { archive_number, subject, seal, by, at, .. } = entry;
        let description = description(subject, by, at);
        text.push_str(&format!("#\n# {description}\n{seal}  {archive_number}/{}\n", layout::SIGNED_MANIFEST));
    }
    text
}

/// The text of a list with the packages of `seals` alone, as the rows of a register give it; `None` where the list has
/// a package otherwise than its row, or one without a row.
pub(super) fn expected(seals: &Seals, rows: &[RegisterEntry]) -> Option<String> {
    let first: HashMap<&str, &RegisterEntry> =
        rows.iter().rev().map(|row| (row.archive_number.as_str(), row)).collect();
    let agrees = |(number, listed): (&String, &ListedSeal)| {
        let Some(row) = first.get(number.as_str()) else { return false };
        let described = listed.description.as_ref();
        row.seal == listed.seal && described.is_none_or(|said| *said == description(&row.subject, &row.by, &row.at))
    };
    let is_listed = |row: &&RegisterEntry| seals.contains_key(&row.archive_number);
    seals.iter().all(agrees).then(|| text(rows.iter().filter(is_listed)))
}

/// What a list says of a package, in the line above its seal.
pub(super) fn description(subject: &str, by: &str, at: &str) -> String {
    format!("{}，{} {} 封装", one_line(subject), one_line(by), one_line(at))
}

/// The seals in the text of a list.
///
/// # Errors
/// With the number of the first line that is malformed, from 1.
pub fn parse(text: &str) -> Result<Seals, usize> {
    let mut seals = Seals::new();
    let mut above = None;
    for (at, line) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
        if let Some(said) = line.strip_prefix('#') {
            let says_something = !said.trim().is_empty() && !HEAD.contains(&line);
            above = says_something.then(|| said.trim().to_owned());
            continue;
        }
        for listed in bag_manifest::parse(line).map_err(|_| at)? {
            let number = listed.path.strip_suffix(layout::SIGNED_MANIFEST).and_then(|path| path.strip_suffix('/'));
            // Any other name could lead out of the folder.
            let number = number.filter(|number| ArchiveNumber::parse(number).is_some());
            let (Some(number), Ok(seal)) = (number, listed.digits.parse::<Digest>()) else { return Err(at) };
            let listed = ListedSeal { seal, description: above.take() };
            if seals.insert(number.to_owned(), listed).is_some_and(|other| other.seal != seal) {
                return Err(at);
            }
        }
    }
    Ok(seals)
}

/// The file with the signature of the list `file`.
pub fn signature_file(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(SIGNATURE_EXTENSION);
    PathBuf::from(name)
}

/// Whether `signature`, the text of a signature's file, is one of the list `text` by `key`, the text of a public key's
/// file.
pub fn is_signed_by(text: &str, signature: &str, key: &str) -> bool {
    signature::verify(text.as_bytes(), signature, key)
}

#[cfg(test)]
mod tests {
    use super::{ListedSeal, RegisterEntry, Seals, parse, text};
    use crate::store::sha256;

    #[test]
    fn a_list_is_parsed_as_it_is_written_and_a_malformed_line_is_named() {
        let (number, seal) = ("Z1-WS·2018-Y-A-001", sha256(b"manifest"));
        let entry = RegisterEntry {
            archive_number: number.to_owned(),
            package: format!("{number}.zip"),
            notice: String::new(),
            subject: "甲\n# 党支部".to_owned(),
            codes: Vec::new(),
            payload: sha256(b""),
            seal,
            replaces: None,
            by: "张三".to_owned(),
            at: "2018-11-05".to_owned(),
        };
        let list = text([entry].iter());
        assert!(
            list.contains(&format!("\n# 甲 # 党支部，张三 2018-11-05 封装\n{seal}  {number}/tagmanifest-sha256.txt\n"))
        );
        let description = Some("甲 # 党支部，张三 2018-11-05 封装".to_owned());
        assert_eq!(parse(&list), Ok(Seals::from([(number.to_owned(), ListedSeal { seal, description })])));
        let lines = list.lines().count();
        let elsewhere =
            [".", "..", "/etc", ".zicha", "登记册.jsonl", &format!("./{number}"), &format!("{number}/data")];
        let elsewhere = elsewhere.map(|path| format!("{seal}  {path}/tagmanifest-sha256.txt"));
        let malformed = [format!("{seal}  {number}"), format!("ab  {number}/tagmanifest-sha256.txt")];
        for wrong in elsewhere.iter().chain(&malformed).map(String::as_str).chain(["x"]) {
            assert_eq!(parse(&format!("{list}{wrong}\n")), Err(lines + 1), "{wrong}");
        }
        let other = sha256(b"other");
        assert_eq!(parse(&format!("{list}{other}  {number}/tagmanifest-sha256.txt\n")), Err(lines + 1), "two seals");
    }
}
