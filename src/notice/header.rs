//! Headers as the settings write them: `组/列` is a column under a group, `//` is a stroke of the text itself.

use std::borrow::Cow;

/// The texts of a header, from the highest group down to the column.
pub fn header_levels(header: &str) -> Vec<Cow<'_, str>> {
    if !header.contains("//") {
        return header.split('/').map(Cow::Borrowed).collect();
    }
    let mut levels = vec![String::new()];
    let mut rest = header;
    while let Some(at) = rest.find('/') {
        let (before, after) = (&rest[..at], &rest[at + 1..]);
        let level = levels.last_mut().map_or_else(String::new, std::mem::take) + before;
        match after.strip_prefix('/') {
            Some(after) => {
                set_last(&mut levels, level + "/");
                rest = after;
            }
            None => {
                set_last(&mut levels, level);
                levels.push(String::new());
                rest = after;
            }
        }
    }
    let last = levels.pop().unwrap_or_default() + rest;
    levels.push(last);
    levels.into_iter().map(Cow::Owned).collect()
}

fn set_last(levels: &mut [String], level: String) {
    if let Some(last) = levels.last_mut() {
        *last = level;
    }
}

/// A header as it is on a sheet, its levels joined by `/`.
pub fn sheet_header(header: &str) -> Cow<'_, str> {
    if header.contains("//") { Cow::Owned(header.replace("//", "/")) } else { Cow::Borrowed(header) }
}

/// The text of one cell of a sheet's header as the settings write it.
pub fn settings_header(text: &str) -> String {
    text.replace('/', "//")
}

#[cfg(test)]
mod tests {
    use super::{header_levels, settings_header, sheet_header};

    #[test]
    fn one_stroke_parts_levels_and_two_are_one_of_the_text() {
        for (header, levels, sheet) in [
            ("科室", &["科室"][..], "科室"),
            ("整改/责任人", &["整改", "责任人"], "整改/责任人"),
            ("科室//院区", &["科室/院区"], "科室/院区"),
            ("甲//乙/丙//丁", &["甲/乙", "丙/丁"], "甲/乙/丙/丁"),
            ("a///b", &["a/", "b"], "a//b"),
            ("/", &["", ""], "/"),
        ] {
            assert_eq!(header_levels(header), levels, "{header}");
            assert_eq!(sheet_header(header), sheet, "{header}");
        }
        assert_eq!(header_levels(&settings_header("科室/院区")), ["科室/院区"]);
    }
}
