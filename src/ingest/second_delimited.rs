//! Second reader of delimited text, for comparison with `delimited`: quotes and line ends by the crate `csv`.

use super::delimited;
use super::merges::Merges;
use super::raw_sheet::RawSheet;

/// Reads a text as one sheet without a name.
pub(super) fn read(text: &str) -> RawSheet {
    let mut sheet = RawSheet { merges: Some(Merges::default()), ..RawSheet::default() };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimited::delimiter(text))
        .from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    let mut row = 0;
    loop {
        row += blank_lines(text, reader.position().byte() as usize);
        // Reading a record fails for bytes that are not UTF-8 or for an uneven length; neither can occur here.
        if !reader.read_record(&mut record).unwrap_or(false) {
            return sheet;
        }
        for (col, field) in record.iter().enumerate() {
            sheet.push(row, col as u32, delimited::cell(field));
        }
        row += 1;
    }
}

/// The number of blank lines at `offset`, where the reader ended a record (perhaps between `\r` and `\n`). The reader
/// skips them, spreadsheet programs count them.
fn blank_lines(text: &str, offset: usize) -> u32 {
    let (before, rest) = text.split_at_checked(offset).unwrap_or((text, ""));
    let rest = if before.ends_with('\r') { rest.strip_prefix('\n').unwrap_or(rest) } else { rest };
    let ends = rest.trim_start_matches(['\r', '\n']).len();
    rest[..rest.len() - ends].replace("\r\n", "\n").len() as u32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::read;
    use crate::ingest::delimited;
    use crate::ingest::second_reading::SecondReading;

    #[test]
    fn quotes_and_blank_lines_are_read() {
        let sheet = read("甲,\"乙\"\"\n丙\"\r\n\r\n丁,戊");
        let cell = |row, col| sheet.get(row, col).map(|cell| cell.to_text().into_owned());
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
            // What looks like rows within quotes is refused.
            let Ok(first) = delimited::read(&text) else { return Ok(()) };
            let second_reading = SecondReading::new(&[first], Ok(&[read(&text)]));
            prop_assert_eq!(second_reading.sheets, vec![vec![]], "{}", text);
        }
    }
}
