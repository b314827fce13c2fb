//! Whether the rows of a register are consistent in themselves, as this program writes them. A row that is not is a
//! finding where the register is verified, and keeps packages from being sealed.
//!
//! | what is asked of a row | why |
//! |---|---|
//! | its number is an archive number that no other row has | a number is given once |
//! | its package is named by the number | whoever looks for a package asks for its number |
//! | it is behind the smaller numbers of its series | numbers are given in order |
//! | no number of its series is skipped | a row that was taken away leaves a gap |
//! | it replaces the last row before it of its notice and subject | the last of them is the package that is valid now |
//!
//! A run that had lost the register replaces nothing, and its rows may have been put behind the older ones later: a row
//! behind an earlier one of its subject may replace nothing when both are of one series, whose numbers order them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use super::ArchiveNumber;
use super::register::RegisterEntry;
use super::xml::{beginning, one_line};
use crate::diagnostics::{Diagnostic, Location, code};
use crate::store::{list_folder, parent_folder};

/// What the reader can do about rows that are not as they were written.
const CURE: &str = "登记册只由程序一行一行地添上：用另存的登记册恢复";
/// Ranges of numbers, and rows of one number, that a finding names.
const MAX_RANGES: usize = 5;
const MAX_PLACES: usize = 5;

/// The places of rows, from 1, by their sequence numbers.
type Places = BTreeMap<u64, Vec<usize>>;

/// A finding for each row of the register `file` that is not as the program writes it, one for all rows of a repeated
/// number, and one for each series that lacks numbers which no package beside the register has either. Cost: n log n.
pub fn row_faults(file: &Path, entries: &[RegisterEntry]) -> Vec<Diagnostic> {
    let mut rows = Rows { entries, ..Rows::default() };
    for (at, entry) in (1..).zip(entries) {
        rows.add(at, entry);
    }
    rows.count_repeated();
    rows.find_gaps(parent_folder(file));
    let location = || Location::File(file.display().to_string());
    rows.faults.into_iter().map(|fault| Diagnostic::new(&code::SEAL, location(), fault).cure(CURE)).collect()
}

/// The rows that were looked at.
#[derive(Default)]
struct Rows<'e> {
    entries: &'e [RegisterEntry],
    faults: Vec<String>,
    series: BTreeMap<String, Places>,
    /// The last row of each notice and subject, with its series.
    last: HashMap<(&'e str, String), LastRow<'e>>,
}

/// The last row of a notice and subject.
struct LastRow<'e> {
    number: &'e str,
    series: String,
}

impl<'e> Rows<'e> {
    fn add(&mut self, at: usize, entry: &'e RegisterEntry) {
        let number = &entry.archive_number;
        let Some(parsed) = ArchiveNumber::parse(number) else {
            self.faults.push(format!("登记册第{at}条的档号“{}”不成档号", beginning(number)));
            return;
        };
        let known = self.series.entry(parsed.series()).or_default();
        if let Some(places) = known.get_mut(&parsed.sequence) {
            places.push(at);
            return;
        }
        if let Some((last, places)) = known.last_key_value().filter(|(last, _)| **last > parsed.sequence) {
            let (last, other) = (parsed.with_sequence(*last), places.first().copied().unwrap_or_default());
            self.faults.push(format!("登记册第{at}条 {number} 在第{other}条 {last} 后面，次序颠倒了"));
        }
        known.insert(parsed.sequence, vec![at]);
        if !entry.is_named_by_number() {
            let package = beginning(&entry.package);
            self.faults.push(format!("登记册第{at}条 {number} 的归档包写成“{package}”，应是 {number} 或 {number}.zip"));
        }
        self.check_replaced(at, entry, parsed.series());
    }

    /// Checks which row an entry replaces.
    fn check_replaced(&mut self, at: usize, entry: &'e RegisterEntry, series: String) {
        let number = entry.archive_number.as_str();
        let row = LastRow { number, series: series.clone() };
        let last = self.last.insert((&entry.notice, one_line(&entry.subject)), row);
        let fault = match (last, entry.replaces.as_deref()) {
            (None, None) => return,
            (Some(last), Some(replaced)) if last.number == replaced => return,
            (Some(last), None) if last.series == series => return,
            (None, Some(replaced)) => format!("代替 {}，它前面却没有这个单位的归档包", beginning(replaced)),
            (Some(last), replaced) => {
                format!("代替的应是这个单位的上一个 {}，写的是 {}", last.number, beginning(replaced.unwrap_or("无")))
            }
        };
        self.faults.push(format!("登记册第{at}条 {number} {fault}"));
    }

    /// One fault for each number that several rows have.
    fn count_repeated(&mut self) {
        for places in self.series.values().flat_map(Places::values).filter(|places| places.len() > 1) {
            let rows = || places.iter().filter_map(|at| self.entries.get(at - 1));
            let Some(first) = rows().next() else { continue };
            let listed: Vec<String> = places.iter().take(MAX_PLACES).map(|at| format!("第{at}条")).collect();
            let more = if places.len() > MAX_PLACES { "等" } else { "" };
            let (last, others) = listed.split_last().map_or(("", &[][..]), |(last, others)| (last.as_str(), others));
            let number = &first.archive_number;
            let what = match places.len() {
                2 if rows().all(|row| row == first) => "是同一条，写了两遍".to_owned(),
                2 => "的件号相同".to_owned(),
                all => format!("{more}共 {all} 条的件号相同"),
            };
            self.faults.push(format!("登记册{}和{last}{what}：{number}", others.join("、")));
        }
    }

    /// A fault for each series that lacks numbers which no package in `folder` has.
    fn find_gaps(&mut self, folder: &Path) {
        let beside = numbers_in(folder);
        for (series, known) in &self.series {
            let mut given: BTreeSet<u64> = known.keys().copied().collect();
            given.extend(beside.get(series).into_iter().flatten());
            let last = known.last_key_value().map_or(0, |(last, _)| *last);
            let gaps = gaps(&given, last);
            self.faults.extend(gaps.map(|gaps| format!("登记册里 {series} 缺件号 {gaps}：件号从 1 起，一个不跳")));
        }
    }
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
