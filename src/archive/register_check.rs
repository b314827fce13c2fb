//! Whether a register is as this program keeps it, and agrees with the packages and the seal list beside it.
//!
//! A row that is removed at the end of the register, with its package, leaves no trace in either; the seal list, of
//! which a copy is kept elsewhere, still has it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use super::package_facts::{Difference, PackageFacts};
use super::register::{self, Register, RegisterEntry};
use super::{ArchiveNumber, PackageReader, seal_list};
use crate::diagnostics::{Diagnostic, Location, code};
use crate::store::{is_plain_name, list_folder, read_record_text};

/// What the reader can do about rows that are not as they were written.
const CURE: &str = "登记册只由程序一行一行地添上：用另存的登记册恢复";
/// Ranges of numbers that a finding names.
const MAX_RANGES: usize = 5;
/// Hexadecimal digits of a hash, and how many of them messages show.
const HASH_DIGITS: usize = 64;
const SHOWN_DIGITS: usize = 12;

/// A finding for each row of the register `file` whose archive number is malformed, repeated, or behind a greater one
/// of its series, and for each series that lacks numbers which no package beside the register has either.
pub fn row_faults(file: &Path, entries: &[RegisterEntry]) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    let mut series: HashMap<String, BTreeMap<u64, usize>> = HashMap::new();
    for (at, entry) in (1..).zip(entries) {
        let number = &entry.archive_number;
        let Some(parsed) = ArchiveNumber::parse(number) else {
            faults.push(format!("登记册第{at}条的档号“{number}”不成档号"));
            continue;
        };
        let known = series.entry(parsed.series()).or_default();
        if let Some(other) = known.get(&parsed.sequence) {
            let what =
                if entries.get(other - 1) == Some(entry) { "是同一条，写了两遍" } else { "的件号相同" };
            faults.push(format!("登记册第{other}条和第{at}条{what}：{number}"));
            continue;
        }
        if let Some((last, other)) = known.last_key_value().filter(|(last, _)| **last > parsed.sequence) {
            let last = parsed.with_sequence(*last);
            faults.push(format!("登记册第{at}条 {number} 在第{other}条 {last} 后面，次序颠倒了"));
        }
        known.insert(parsed.sequence, at);
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let beside = numbers_in(folder.unwrap_or(Path::new(".")));
    for (series, known) in &series {
        let mut given: BTreeSet<u64> = known.keys().copied().collect();
        given.extend(beside.get(series).into_iter().flatten());
        let last = known.last_key_value().map_or(0, |(last, _)| *last);
        faults.extend(gaps(&given, last).map(|gaps| format!("登记册里 {series} 缺件号 {gaps}：件号从 1 起，一个不跳")));
    }
    let location = || Location::File(file.display().to_string());
    faults.into_iter().map(|fault| Diagnostic::new(&code::SEAL, location(), fault).cure(CURE)).collect()
}

/// The sequence numbers of the packages in a folder, by series.
fn numbers_in(folder: &Path) -> HashMap<String, BTreeSet<u64>> {
    let mut numbers: HashMap<String, BTreeSet<u64>> = HashMap::new();
    for path in list_folder(folder) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if let Some(number) = ArchiveNumber::parse(name.strip_suffix(".zip").unwrap_or(&name)) {
            numbers.entry(number.series()).or_default().insert(number.sequence);
        }
    }
    numbers
}

/// The numbers below `last` that are not given; `None` when all are.
fn gaps(given: &BTreeSet<u64>, last: u64) -> Option<String> {
    let (mut next, mut ranges, mut more) = (1, Vec::new(), "");
    for number in given.iter().copied().filter(|number| *number <= last) {
        if number > next {
            match ranges.len() {
                MAX_RANGES => more = "等",
                _ if number == next + 1 => ranges.push(next.to_string()),
                _ => ranges.push(format!("{next}—{}", number - 1)),
            }
        }
        next = number + 1;
    }
    (!ranges.is_empty()).then(|| ranges.join("、") + more)
}

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
    for entry in register.entries().iter().filter(|entry| is_plain_name(&entry.package)) {
        let path = register.root().join(&entry.package);
        let facts = PackageReader::open(&path).ok().and_then(|mut package| PackageFacts::read(&mut package));
        findings.extend(facts.and_then(|facts| row_finding(&path, &facts, entry, true)));
    }
    let list = register.root().join(seal_list::FILE);
    let listed = read_record_text(&list).ok().and_then(|text| seal_list::parse(&text).ok()).unwrap_or_default();
    let seals: HashMap<&str, _> =
        register.entries().iter().map(|entry| (entry.archive_number.as_str(), entry.seal)).collect();
    for (number, listed) in &listed {
        let message = match seals.get(number.as_str()) {
            Some(seal) if *seal == listed.seal => continue,
            Some(_) => format!("{number} 的封存值，封存清单上的与登记册里的不同"),
            None => format!("封存清单上有 {number}，登记册里没有"),
        };
        let cure = "用另存的登记册恢复；改过的是清单的，把它移走，归档时会照登记册重写";
        findings.push(Diagnostic::new(&code::SEAL, Location::File(list.display().to_string()), message).cure(cure));
    }
    findings
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
