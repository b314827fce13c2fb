//! Parses the records that this program keeps (`run.json`, `sources.json`, lines of a register) within a bound of memory.
//!
//! A file of at most 64 MiB can hold twenty million empty objects, each of which becomes a struct of a kilobyte. The values
//! are counted in the text before anything is made of them: objects, arrays and commas, those within texts too, which
//! costs less than a thousandth of the parsing and never counts too few.

use std::io;
use std::path::Path;

use serde::de::{DeserializeOwned, Error as _};

use super::files::{open_regular, read_record};

/// Bytes that the values of one record may take, by the count: of 20,000 branches with a hundred metrics each they take
/// 300 MiB. While a list grows, it takes up to three times as much for a moment.
const MAX_PARSED: usize = 512 << 20;
/// Bytes that a single value takes at most beside its text: a text and its hash in a map.
const VALUE: usize = 64;

/// Parses a record, a JSON object of which no part is larger than `part` bytes in memory beside its texts.
///
/// # Errors
/// When it is no such object, or takes more memory than any record of this program.
pub fn parse_record<T: DeserializeOwned>(json: &[u8], part: usize) -> serde_json::Result<T> {
    // A list of fields would do for a struct as well.
    if json.trim_ascii_start().first() != Some(&b'{') {
        return Err(serde_json::Error::custom("不是一条记录"));
    }
    if size_in_memory(json, part) > MAX_PARSED {
        return Err(serde_json::Error::custom("里面的项太多，本程序的记录不会有这么多"));
    }
    serde_json::from_slice(json)
}

/// The bytes of a record in a folder into which others can write: as [`read_record`], links not followed.
///
/// # Errors
/// As [`read_record`], and when there is a link.
pub fn read_unlinked_record(path: &Path) -> io::Result<Vec<u8>> {
    open_regular(path)?;
    read_record(path)
}

/// Refuses lines of records that take more memory than any file of this program.
///
/// # Errors
/// With the reason, in Chinese.
pub(super) fn check_lines(json: &[u8], part: usize) -> io::Result<()> {
    if size_in_memory(json, part) > MAX_PARSED {
        return Err(io::Error::other("里面的行太多，本程序的记录不会有这么多"));
    }
    Ok(())
}

fn size_in_memory(json: &[u8], part: usize) -> usize {
    let (mut parts, mut values) = (0_usize, 0_usize);
    for byte in json {
        parts += usize::from(matches!(byte, b'{' | b'['));
        values += usize::from(matches!(byte, b'{' | b'[' | b','));
    }
    parts.saturating_mul(part).saturating_add(values.saturating_mul(VALUE))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{check_lines, parse_record};

    #[test]
    fn a_record_that_unfolds_to_many_times_its_size_is_refused_before_it_is_parsed() {
        type Lists = BTreeMap<String, Vec<Option<u64>>>;
        let of = |element: &str, count: usize| format!("{{\"a\":[{}1]}}", format!("{element},").repeat(count));
        assert_eq!(parse_record::<Lists>(of("2", 3).as_bytes(), 1000).unwrap()["a"].len(), 4);
        for bomb in [of("null", 9_000_000), of("{}", 600_000), of("[]", 600_000)] {
            let refused = parse_record::<Lists>(bomb.as_bytes(), 1000).unwrap_err().to_string();
            assert_eq!(refused, "里面的项太多，本程序的记录不会有这么多");
        }
        assert!(check_lines("{}\n".repeat(600_000).as_bytes(), 1000).is_err());
        assert!(check_lines("{}\n".repeat(6_000).as_bytes(), 1000).is_ok());
    }

    #[test]
    fn a_list_is_no_record() {
        for list in ["[]", " \n[\"1\"]", "", "null", "\"1\""] {
            assert!(parse_record::<BTreeMap<String, u64>>(list.as_bytes(), 1).is_err(), "{list}");
        }
        assert!(parse_record::<BTreeMap<String, u64>>(b" \n{}", 1).is_ok());
    }
}
