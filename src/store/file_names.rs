//! Names and paths that Windows, Linux and macOS accept, made from what people call things.

use std::collections::{HashMap, HashSet};

use unicode_normalization::UnicodeNormalization;

use crate::escape::is_invisible;

/// The longest file name that every system accepts, in bytes.
const MAX_NAME_BYTES: usize = 255;
/// Bytes kept free in a folder's name: the names of its files are longer than it by the report's file name, a number
/// and an extension.
const RESERVED: usize = 80;

/// The characters that Windows has in no name, beside control characters.
const FORBIDDEN: &str = "<>:\"/\\|?*";
/// The characters that Windows takes away at the end of a name.
const IGNORED_AT_END: [char; 2] = ['.', ' '];

/// The most parts that a file's path below a folder of ledgers may have.
pub(super) const MAX_DEPTH: usize = 4;

/// A safe name for each of `names`, in their order, none of them `reserved`. No two are equal on any system, also where
/// case, width or the composition of characters does not count: later ones get a number.
pub fn safe_names<'a>(names: impl Iterator<Item = &'a str>, reserved: &dyn Fn(&str) -> bool) -> Vec<String> {
    let mut taken = HashSet::new();
    names
        .map(|name| {
            let safe = safe_name(name);
            let mut candidates = std::iter::once(safe.clone()).chain((2..).map(|n| format!("{safe}-{n}")));
            candidates.find(|name| !reserved(&collated(name)) && taken.insert(collated(name))).unwrap_or(safe)
        })
        .collect()
}

/// What a name has in common with those that some system takes for the same.
fn collated(name: &str) -> String {
    name.nfkc().collect::<String>().to_lowercase().nfc().collect()
}

/// A name that every system accepts: forbidden and invisible characters become `_`, device names of Windows (CON, LPT1,
/// COM¹ …) get a `_` before them, and it is at most 175 bytes long.
fn safe_name(name: &str) -> String {
    let replaced: String =
        name.chars().map(|c| if is_invisible(c) || FORBIDDEN.contains(c) { '_' } else { c }).collect();
    let mut cut = String::new();
    for c in replaced.trim().chars() {
        if cut.len() + c.len_utf8() > MAX_NAME_BYTES - RESERVED {
            break;
        }
        cut.push(c);
    }
    let trimmed = cut.trim_end_matches(IGNORED_AT_END).trim_start_matches('.');
    if trimmed.is_empty() || is_device(trimmed) { format!("_{trimmed}") } else { trimmed.to_owned() }
}

/// Whether Windows takes a name for that of a device, whatever its extension.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).to_ascii_uppercase();
    match stem.trim_end() {
        "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$" => true,
        numbered => numbered.strip_prefix("COM").or(numbered.strip_prefix("LPT")).is_some_and(|number| {
            let mut digits = number.chars();
            digits.next().is_some_and(|c| c.is_ascii_digit() || "¹²³".contains(c)) && digits.next().is_none()
        }),
    }
}

/// Whether every system can have files of that name, which was not made here: [`safe_names`] are stricter.
pub fn is_portable_name(name: &str) -> bool {
    let has_forbidden = name.contains(|c: char| c.is_ascii_control() || FORBIDDEN.contains(c));
    !has_forbidden && !name.ends_with(IGNORED_AT_END) && !is_device(name)
}

/// The first two paths, with `/` between their parts, that cannot be below one folder where case and the composition of
/// characters do not count: they, or folders on the way, have names that differ in nothing else. Gives their positions.
pub fn first_clash<'p>(paths: impl Iterator<Item = &'p str>) -> Option<(usize, usize)> {
    let mut seen: HashMap<String, (&str, usize)> = HashMap::new();
    for (at, path) in paths.enumerate() {
        let ends = path.match_indices('/').map(|(end, _)| end).chain([path.len()]);
        for part in ends.map(|end| &path[..end]) {
            let key = part.nfc().collect::<String>().to_lowercase();
            let (first, first_at) = *seen.entry(key).or_insert((part, at));
            if first != part {
                return Some((first_at, at));
            }
        }
    }
    None
}

/// A relative path that every system accepts, made from the path by which a browser or a zip names a file: at most
/// [`MAX_DEPTH`] parts, none of them `..`. `None` when no file name with an extension is left.
pub fn safe_path(name: &str) -> Option<String> {
    let parts: Vec<&str> =
        name.split(['/', '\\']).map(str::trim).filter(|part| !matches!(*part, "" | "." | "..")).collect();
    let (file, folders) = parts.split_last()?;
    // The prefixes `~$` and `.` mark temporary and hidden files, which are not read as ledgers.
    let file = file.trim_start_matches(['~', '$', '.']);
    let (stem, extension) = file.rsplit_once('.')?;
    let extension: String = extension.chars().filter(char::is_ascii_alphanumeric).take(8).collect();
    let folders = &folders[folders.len().saturating_sub(MAX_DEPTH - 1)..];
    let mut path: Vec<String> = folders.iter().map(|folder| safe_name(folder)).collect();
    path.push(format!("{}.{extension}", safe_name(stem)));
    Some(path.join("/"))
}

/// `name`, or the first name with a number behind its stem, such as 学习-2.xlsx, that is not taken.
pub(super) fn free_name(name: &str, is_taken: &dyn Fn(&str) -> bool) -> String {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let mut candidates = std::iter::once(name.to_owned()).chain((2..).map(|n| format!("{stem}-{n}.{extension}")));
    candidates.find(|name| !is_taken(name)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{first_clash, free_name, is_portable_name, safe_names, safe_path};

    #[test]
    fn names_are_safe_and_distinct() {
        let safe = |names: &[&str]| safe_names(names.iter().copied(), &|name| name == "run.json");
        let names = ["甲/乙:丙", "甲?乙:丙", "con", "尾点. ", "..", "A", "a", ""];
        assert_eq!(safe(&names), ["甲_乙_丙", "甲_乙_丙-2", "_con", "尾点", "_", "A", "a-2", "_-2"]);
        assert!(safe(&["长".repeat(200).as_str()])[0].len() <= 175);
        assert_eq!(safe(&["RUN.json", "run.json", "run.json-2"]), ["RUN.json-2", "run.json-3", "run.json-2-2"]);
    }

    #[test]
    fn names_that_some_system_takes_for_the_same_are_distinct() {
        let safe = |names: &[&str]| safe_names(names.iter().copied(), &|_| false);
        // Width, composition, compatibility ideographs.
        assert_eq!(safe(&["A支部", "Ａ支部", "ａ支部"]), ["A支部", "Ａ支部-2", "ａ支部-3"]);
        assert_eq!(safe(&["caf\u{e9}", "cafe\u{301}", "CAFE\u{301}"]), ["caf\u{e9}", "cafe\u{301}-2", "CAFE\u{301}-3"]);
        assert_eq!(safe(&["李", "\u{f9e1}"]), ["李", "\u{f9e1}-2"]);
        // Devices of Windows; a character that shows nothing.
        assert_eq!(
            safe(&["COM¹", "lpt3.x", "COM", "COM12", "CONIN$", "nul .a", "甲\u{202e}乙\u{200b}"]),
            ["_COM¹", "_lpt3.x", "COM", "COM12", "_CONIN$", "_nul .a", "甲_乙_"]
        );
    }

    #[test]
    fn names_that_windows_cannot_hold_are_known() {
        for name in [
            "NUL.csv",
            "con",
            "aux.tar.gz",
            "com1.xlsx",
            "LPT³",
            "nul .a",
            "尾点.",
            "尾空格 ",
            "10:30.csv",
            "是？?",
            "a\tb",
        ] {
            assert!(!is_portable_name(name), "{name:?}");
        }
        for name in
            ["NULL.csv", "console.csv", "表.con", "COM10", ".隐藏", " 首空格.csv", "甲\u{200b}.csv", "100%.xlsx"]
        {
            assert!(is_portable_name(name), "{name:?}");
        }
    }

    #[test]
    fn paths_that_windows_takes_for_one_clash() {
        let clash = |paths: &[&str]| first_clash(paths.iter().copied());
        assert_eq!(clash(&["b.csv", "a/学习A.csv", "a/学习a.csv"]), Some((1, 2)));
        assert_eq!(clash(&["甲A/1.csv", "甲a/2.csv"]), Some((0, 1)));
        assert_eq!(clash(&["caf\u{e9}", "cafe\u{301}"]), Some((0, 1)));
        // Windows distinguishes widths and circled numbers.
        assert_eq!(clash(&["a/1.csv", "a/①.csv", "a/１.csv", "b/1.csv", "Ａ", "ab"]), None);
    }

    #[test]
    fn a_name_that_is_taken_gets_a_number() {
        let taken = |name: &str| ["甲/a.csv", "甲/a-2.csv"].contains(&name);
        assert_eq!(free_name("甲/a.csv", &taken), "甲/a-3.csv");
        assert_eq!(free_name("b.csv", &taken), "b.csv");
    }

    #[test]
    fn paths_from_outside_are_made_relative() {
        let safe = [
            ("../../etc/passwd.csv", "etc/passwd.csv"),
            ("C:\\资料\\学习.xlsx", "C_/资料/学习.xlsx"),
            ("~$学习.xlsx", "学习.xlsx"),
            (".x.csv", "x.csv"),
            ("a<b>\".csv", "a_b__.csv"),
            ("con.csv", "_con.csv"),
        ];
        for (name, path) in safe {
            assert_eq!(safe_path(name).as_deref(), Some(path), "{name}");
        }
        for name in ["", "..", "没有扩展名", "a/.."] {
            assert_eq!(safe_path(name), None, "{name}");
        }
    }
}
