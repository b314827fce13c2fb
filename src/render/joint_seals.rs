//! 署名 of several issuers with seals (GB/T 9704-2012, 7.3.5.1): in rows, the last one above the date. A seal is 42 mm
//! wide and centred on its name, so that names are 44 mm apart and rows 43 mm: seals do not touch.

use crate::report::{Inlines, em_tenths, plain};

/// Distance of rows in mm.
pub(super) const ROW_MM: u32 = 43;
/// Width of a character of the body in hundredths of a millimetre.
const CHARACTER: usize = 556;

/// How the names are arranged.
pub(super) struct JointSeals<'r> {
    /// Width of a column in mm.
    pub column_mm: u32,
    /// Rows from top to bottom, all with as many cells as there are columns; `None` for a cell without a name.
    pub rows: Vec<Vec<Option<&'r Inlines>>>,
}

impl<'r> JointSeals<'r> {
    /// As many columns, at most three, as the longest name allows; the last row ends in the last column.
    pub(super) fn arrange(names: &'r [Inlines]) -> Self {
        let width = |name: &Inlines| plain(name).chars().map(em_tenths).sum::<usize>() * CHARACTER / 10;
        let widest = names.iter().map(width).max().unwrap_or(0);
        let (columns, column_mm) = match widest {
            0..=4_400 => (3, 44),
            4_401..=6_600 => (2, 66),
            _ => (1, 86),
        };
        let columns = columns.min(names.len().max(1));
        let mut rows: Vec<Vec<Option<&Inlines>>> =
            names.chunks(columns).map(|row| row.iter().map(Some).collect()).collect();
        if let Some(last) = rows.last_mut() {
            let missing = columns - last.len();
            last.splice(0..0, std::iter::repeat_n(None, missing));
        }
        Self { column_mm, rows }
    }
}

#[cfg(test)]
mod tests {
    use super::JointSeals;
    use crate::report::{Inline, Inlines, plain};

    fn arranged(names: &[&str]) -> (u32, Vec<String>) {
        let names: Vec<Inlines> = names.iter().map(|name| vec![Inline::Text((*name).to_owned())]).collect();
        let seals = JointSeals::arrange(&names);
        let row = |row: &Vec<Option<&Inlines>>| {
            row.iter().map(|name| name.map_or("-".to_owned(), |name| plain(name))).collect::<Vec<_>>().join(" ")
        };
        (seals.column_mm, seals.rows.iter().map(row).collect())
    }

    #[test]
    fn the_last_name_is_above_the_date() {
        assert_eq!(arranged(&["甲", "乙"]), (44, vec!["甲 乙".to_owned()]));
        assert_eq!(arranged(&["甲", "乙", "丙", "丁"]), (44, vec!["甲 乙 丙".to_owned(), "- - 丁".to_owned()]));
        let long = "信息工程学院党总支";
        assert_eq!(arranged(&["甲", long, "丙"]), (66, vec![format!("甲 {long}"), "- 丙".to_owned()]));
    }
}
