//! Names that every system takes.

use std::collections::HashSet;

/// The longest file name that every system takes, in bytes.
const LONGEST: usize = 255;
/// Room kept in a folder's name for what files in it are called beyond the branch's name.
const RESERVED: usize = 80;

/// Parts that a file's path below a folder may have.
pub const DEEPEST: usize = 4;

/// Names for folders and files, one for each of `names`, no two alike even where case does not count.
pub fn safe_names<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut taken = HashSet::new();
    names
        .map(|name| {
            let safe = safe_name(name);
            let tries = std::iter::once(safe.clone()).chain((2..).map(|n| format!("{safe}-{n}")));
            tries.into_iter().find(|name| taken.insert(name.to_lowercase())).unwrap_or(safe)
        })
        .collect()
}

/// A name that Windows, Linux and macOS take.
fn safe_name(name: &str) -> String {
    let replaced: String =
        name.chars().map(|c| if c.is_control() || "<>:\"/\\|?*".contains(c) { '_' } else { c }).collect();
    let mut cut = String::new();
    for c in replaced.trim().chars() {
        if cut.len() + c.len_utf8() > LONGEST - RESERVED {
            break;
        }
        cut.push(c);
    }
    let cut = cut.trim_end_matches(['.', ' ']).trim_start_matches('.');
    let stem = cut.split('.').next().unwrap_or(cut).to_ascii_uppercase();
    let device = matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL")
        || (stem.len() == 4
            && (stem.starts_with("COM") || stem.starts_with("LPT"))
            && stem.ends_with(|c: char| c.is_ascii_digit()));
    if cut.is_empty() || device { format!("_{cut}") } else { cut.to_owned() }
}

/// A file's path as every system takes it, made of what somebody calls it: folders, then the file with its extension.
/// `None` when nothing is left of it.
pub fn safe_path(name: &str) -> Option<String> {
    let parts: Vec<&str> =
        name.split(['/', '\\']).map(str::trim).filter(|part| !matches!(*part, "" | "." | "..")).collect();
    let (file, folders) = parts.split_last()?;
    // What programs of spreadsheets call their temporary files is not read.
    let file = file.trim_start_matches(['~', '$', '.']);
    let (stem, extension) = file.rsplit_once('.')?;
    let extension: String = extension.chars().filter(char::is_ascii_alphanumeric).take(8).collect();
    let folders = &folders[folders.len().saturating_sub(DEEPEST - 1)..];
    let mut path: Vec<String> = folders.iter().map(|folder| safe_name(folder)).collect();
    path.push(format!("{}.{extension}", safe_name(stem)));
    Some(path.join("/"))
}

/// A name like this one that is not taken: 学习-2.xlsx.
pub fn free_name(name: &str, is_taken: &dyn Fn(&str) -> bool) -> String {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let tries = std::iter::once(name.to_owned()).chain((2..).map(|n| format!("{stem}-{n}.{extension}")));
    tries.into_iter().find(|name| !is_taken(name)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{free_name, safe_names, safe_path};

    #[test]
    fn names_are_safe_everywhere_and_told_apart() {
        let names = ["甲/乙:丙", "甲?乙:丙", "con", "尾点. ", "..", "A", "a", ""];
        assert_eq!(safe_names(names.into_iter()), ["甲_乙_丙", "甲_乙_丙-2", "_con", "尾点", "_", "A", "a-2", "_-2"]);
        assert!(safe_names(["长".repeat(200).as_str()].into_iter())[0].len() <= 175);
    }

    #[test]
    fn a_name_that_is_taken_gets_a_number() {
        let taken = |name: &str| ["甲/a.csv", "甲/a-2.csv"].contains(&name);
        assert_eq!(free_name("甲/a.csv", &taken), "甲/a-3.csv");
        assert_eq!(free_name("b.csv", &taken), "b.csv");
    }

    #[test]
    fn paths_that_others_give_stay_below() {
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
