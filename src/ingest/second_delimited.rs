//! Second reader of delimited text, for comparison with `delimited`: quotes and line ends by RFC 4180, without a crate.

use super::delimited;
use super::raw_cell::RawCell;
use super::raw_sheet::{Merges, RawSheet};

/// Reads a text as one sheet without a name.
pub(super) fn read(text: &str) -> Vec<RawSheet> {
    let delimiter = char::from(delimited::delimiter(text));
    let mut sheet = RawSheet { merges: Some(Merges::default()), ..RawSheet::default() };
    let (mut row, mut col, mut field, mut in_quotes) = (0, 0, String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if in_quotes && chars.next_if_eq(&'"').is_some() => field.push('"'),
            '"' if in_quotes => in_quotes = false,
            '"' if field.is_empty() => in_quotes = true,
            c if in_quotes => field.push(c),
            '\r' | '\n' => {
                if c == '\r' {
                    chars.next_if_eq(&'\n');
                }
                sheet.push(row, col, RawCell::text(&std::mem::take(&mut field)));
                (row, col) = (row + 1, 0);
            }
            c if c == delimiter => {
                sheet.push(row, col, RawCell::text(&std::mem::take(&mut field)));
                col += 1;
            }
            c => field.push(c),
        }
    }
    sheet.push(row, col, RawCell::text(&field));
    vec![sheet]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::read;
    use crate::ingest::delimited;
    use crate::ingest::second_reading::Verdict;

    #[test]
    fn quotes_and_blank_lines_are_read() {
        let sheets = read("甲,\"乙\"\"\n丙\"\r\n\r\n丁,戊");
        let cell = |row, col| sheets[0].get(row, col).map(|cell| cell.to_text().into_owned());
        assert_eq!([cell(0, 0), cell(0, 1), cell(1, 0)], [Some("甲".to_owned()), Some("乙\"\n丙".to_owned()), None]);
        assert_eq!([cell(2, 0), cell(2, 1)], [Some("丁".to_owned()), Some("戊".to_owned())]);
    }

    proptest! {
        #[test]
        fn both_readers_agree_on_whole_tables(
            rows in proptest::collection::vec(proptest::collection::vec("[甲乙 ,\"\n1a]{0,4}", 2..4), 1..6),
        ) {
            let quoted = |field: &String| format!("\"{}\"", field.replace('"', "\"\""));
            let lines: Vec<String> = rows.iter().map(|row| row.iter().map(quoted).collect::<Vec<_>>().join(",")).collect();
            let text = lines.join("\r\n");
            let verdict = Verdict::new(&delimited::read(&text), &read(&text));
            prop_assert_eq!(verdict.sheets, vec![vec![]], "{}", text);
        }
    }
}
