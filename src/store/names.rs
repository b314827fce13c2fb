//! Names that every system takes.

use std::collections::HashSet;

/// The longest file name that every system takes, in bytes.
const LONGEST: usize = 255;
/// Room kept in a folder's name for what files in it are called beyond the branch's name.
const RESERVED: usize = 80;

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

#[cfg(test)]
mod tests {
    use super::safe_names;

    #[test]
    fn names_are_safe_everywhere_and_told_apart() {
        let names = ["甲/乙:丙", "甲?乙:丙", "con", "尾点. ", "..", "A", "a", ""];
        assert_eq!(safe_names(names.into_iter()), ["甲_乙_丙", "甲_乙_丙-2", "_con", "尾点", "_", "A", "a-2", "_-2"]);
        assert!(safe_names(["长".repeat(200).as_str()].into_iter())[0].len() <= 175);
    }
}
