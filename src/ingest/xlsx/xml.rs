//! XML as parts hold it: parsed in stretches, each up to the end of an element.

use std::borrow::Cow;
use std::io::Read;

use memchr::memmem;

use super::super::limits::ReadError;
use super::scan::{Piece, Scanner, Tag};

/// Bytes of a part parsed at once.
const STRETCH: u64 = 1 << 18;

/// Parses XML and hands out each start tag.
///
/// # Errors
/// When it is not whole, or declares a type of document.
pub fn each_start(xml: &str, mut take: impl FnMut(Tag<'_>)) -> Result<(), ReadError> {
    let mut scanner = Scanner::new(xml);
    while let Some(piece) = scanner.next()? {
        if let Piece::Start(tag) = piece {
            take(tag);
        }
    }
    Ok(())
}

/// Whether an attribute's value says yes.
pub fn is_true(value: &str) -> bool {
    matches!(value, "1" | "true")
}

/// Whether the part's outermost element ends, or has nothing in it.
pub fn is_whole(xml: &str, element: &str) -> bool {
    let empty = || {
        let tag = xml.rfind('<').and_then(|at| xml.get(at + 1..)?.trim_end().strip_suffix("/>"));
        tag.and_then(|tag| tag.split_ascii_whitespace().next()?.rsplit(':').next()) == Some(element)
    };
    last_end(xml.as_bytes(), element).is_some() || empty()
}

/// Text without the escapes of spreadsheet programs: `_x000D_` for a character that XML has no other way to hold.
pub fn unescaped(text: &str) -> Cow<'_, str> {
    let code = |text: &str| -> Option<u16> {
        let digits = text.strip_prefix("_x").filter(|rest| rest.as_bytes().get(4) == Some(&b'_'))?.get(..4)?;
        digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok())?
    };
    if !text.contains("_x") {
        return Cow::Borrowed(text);
    }
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find("_x") {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let mut codes = Vec::new();
        while let Some(code) = code(rest) {
            codes.push(code);
            rest = &rest["_xFFFF_".len()..];
        }
        if codes.is_empty() {
            out.push('_');
            rest = &rest[1..];
        }
        out.extend(char::decode_utf16(codes).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Hands a part out in stretches, each up to the end of an element of that name, the last up to the part's end.
pub fn stretches(
    mut part: impl Read,
    element: &str,
    mut take: impl FnMut(&str) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    let damaged = |error: &dyn std::fmt::Display| ReadError::Damaged(error.to_string());
    let mut take = |xml: &[u8]| take(std::str::from_utf8(xml).map_err(|_| damaged(&"内容不是 UTF-8 编码"))?);
    let mut xml = Vec::new();
    loop {
        if part.by_ref().take(STRETCH).read_to_end(&mut xml).map_err(|error| damaged(&error))? == 0 {
            return take(&xml);
        }
        if let Some(end) = last_end(&xml, element) {
            take(&xml[..end])?;
            xml.drain(..end);
        }
    }
}

/// Where the last end tag of that name ends, with or without a prefix.
fn last_end(xml: &[u8], element: &str) -> Option<usize> {
    let closing = format!("{element}>");
    let found = memmem::rfind_iter(xml, closing.as_bytes()).find(|at| {
        let start = memchr::memrchr(b'<', &xml[..*at]);
        let before = start.and_then(|start| xml.get(start + 1..*at)).unwrap_or_default();
        before == b"/" || before.starts_with(b"/") && before.ends_with(b":")
    })?;
    Some(found + closing.len())
}

#[cfg(test)]
mod tests {
    use super::{is_whole, last_end, stretches, unescaped};

    #[test]
    fn escapes_become_characters() {
        assert_eq!(unescaped("a_x000D__x000a_b_x5F_c_x005F_x000D_"), "a\r\nb_x5F_c_x000D_");
        assert_eq!(unescaped("_xD83D__xDE00_ _xD83D_ _xzzzz_ _x"), "\u{1f600} \u{fffd} _xzzzz_ _x");
        assert_eq!(unescaped("甲_x乙"), "甲_x乙");
    }

    #[test]
    fn a_part_is_whole_when_its_outermost_element_ends() {
        for whole in ["<a><b/></a>", "<x:a><b/></x:a>\n", "<?xml?><a/>", "<x:a b=\"1\"/> "] {
            assert!(is_whole(whole, "a"), "{whole}");
        }
        for half in ["<a><b/>", "<a><b></b>", "<a", ""] {
            assert!(!is_whole(half, "a"), "{half}");
        }
    }

    #[test]
    fn a_part_comes_in_stretches_that_end_with_an_element() {
        assert_eq!(last_end(b"<row><c></row><row>arrow></x:row>", "row"), Some(33));
        assert_eq!(last_end(b"<row>arrow>", "row"), None);
        let xml = format!("<a>{}</a>", "<row>1</row>".repeat(60_000));
        let (mut whole, mut count) = (String::new(), 0);
        let told = stretches(xml.as_bytes(), "row", |stretch| {
            assert!(stretch.ends_with("</row>") || stretch.ends_with("</a>"));
            whole.push_str(stretch);
            count += 1;
            Ok(())
        });
        assert!(told.is_ok() && whole == xml && count > 2);
    }
}
