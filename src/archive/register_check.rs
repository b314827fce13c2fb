//! Whether a register agrees with itself ([`super::register_rows`]), and with the packages and the seal list beside it.
//!
//! A row that is removed at the end of the register, with its package, leaves no trace in either; the seal list, of
//! which a copy is kept elsewhere, still has it.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use super::package_facts::{Difference, PackageFacts};
use super::package_in_place::package_path;
use super::register::{self, Register, RegisterEntry};
use super::register_rows::row_faults;
use super::{ArchiveNumber, PackageReader, seal_list};
use crate::diagnostics::localize;
use crate::diagnostics::{Diagnostic, Location, code};
use crate::store::{list_folder, read_record_text};

/// Hexadecimal digits of a hash, and how many of them messages show.
const HASH_DIGITS: usize = 64;
const SHOWN_DIGITS: usize = 12;

/// A finding when the package at `path` contradicts its row. `is_in_its_place` says that it is in the folder of the
/// register.
pub fn row_finding(
    path: &Path,
    facts: &PackageFacts,
    entry: &RegisterEntry,
    is_in_its_place: bool,
) -> Option<Diagnostic> {
    let mut differences = facts.differences(entry, is_in_its_place);
    let number = &entry.archive_number;
    let is_changed = entry.seal != facts.seal;
    if is_changed {
        // The payload changed with the seal.
        differences.retain(|difference| !difference.is_hash);
    }
    let labels: Vec<&str> = differences.iter().map(|difference| difference.label).collect();
    let labels = labels.join("、");
    let message = match (is_changed, differences.is_empty()) {
        (false, true) => return None,
        (true, true) => format!("{number} 的封存值与登记册里的不同，封存后改过"),
        (true, false) => {
            format!("{number} 的封存值与登记册里的不同，封存后改过；登记册这一行的{labels}也与归档包里的不同")
        }
        (false, false) => format!("登记册里 {number} 这一行的{labels}与归档包里的不同"),
    };
    let finding = Diagnostic::new(&code::SEAL, Location::File(path.display().to_string()), message);
    if differences.is_empty() {
        return Some(finding);
    }
    let values = |value: fn(&Difference) -> &str| {
        let each = differences.iter().map(|difference| format!("{} {}", difference.label, shown(value(difference))));
        each.collect::<Vec<_>>().join("；")
    };
    let finding = finding.found(values(|difference| &difference.recorded));
    let finding = finding.expected(values(|difference| &difference.actual));
    Some(if is_changed {
        finding
    } else {
        finding.cure("封存值相符，归档包是封装时的样子：用另存的登记册恢复这一行，没有另存的照归档包里的改回")
    })
}

/// The text, of a hash its first digits.
fn shown(text: &str) -> String {
    let is_hash = text.len() == HASH_DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hash { format!("{}…", &text[..SHOWN_DIGITS]) } else { text.to_owned() }
}

/// What a register contradicts: itself, the packages that it names and that are in its folder, as far as these can be
/// read, and the seal list there. The hashes of files are not checked, so that it takes a moment a package.
pub fn contradictions(register: &Register) -> Vec<Diagnostic> {
    let file = register.root().join(register::FILE);
    let mut findings = row_faults(&file, register.entries());
    // Of a repeated number the first row; that it is repeated is said of the rows.
    let mut rows: HashMap<&str, &RegisterEntry> = HashMap::new();
    for entry in register.entries().iter().filter(|entry| entry.is_named_by_number()) {
        if rows.insert(&entry.archive_number, entry).is_some() {
            continue;
        }
        let path = package_path(register.root(), entry);
        let facts = PackageReader::open(&path).ok().and_then(|mut package| PackageFacts::read(&mut package));
        findings.extend(facts.and_then(|facts| row_finding(&path, &facts, entry, true)));
    }
    findings.extend(listed_otherwise(register));
    findings
}

/// What the seal list in the folder of a register says otherwise than the register.
fn listed_otherwise(register: &Register) -> Vec<Diagnostic> {
    let list = register.root().join(seal_list::FILE);
    let text = match read_record_text(&list) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Vec::new(),
        text => text,
    };
    let seals: HashMap<&str, _> =
        register.entries().iter().map(|entry| (entry.archive_number.as_str(), entry.seal)).collect();
    let said = match text.map(|text| seal_list::parse(&text)) {
        Err(error) => vec![format!("封存清单读不出：{}", localize::io_error(&error))],
        Ok(Err(line)) => vec![format!("封存清单第{line}行不是封存清单的内容")],
        Ok(Ok(listed)) => {
            let differing = listed.iter().filter_map(|(number, listed)| match seals.get(number.as_str()) {
                Some(seal) if *seal == listed.seal => None,
                Some(_) => Some(format!("{number} 的封存值，封存清单上的与登记册里的不同")),
                None => Some(format!("封存清单上有 {number}，登记册里没有")),
            });
            differing.collect()
        }
    };
    let cure = "用另存的登记册恢复；改过的是清单的，把它移走，归档时会照登记册重写";
    let location = || Location::File(list.display().to_string());
    said.into_iter().map(|said| Diagnostic::new(&code::SEAL, location(), said).cure(cure)).collect()
}

/// The names of packages in the folder of a register that has no row of them.
pub fn unregistered(register: &Register) -> Vec<String> {
    let known: BTreeSet<&str> = register.entries().iter().map(|entry| entry.archive_number.as_str()).collect();
    let mut names = Vec::new();
    for path in list_folder(register.root()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let number = name.strip_suffix(".zip").unwrap_or(&name);
        if ArchiveNumber::parse(number).is_some() && !known.contains(number) {
            names.push(number.to_owned());
        }
    }
    names.sort();
    names
}
