//! Markers: characters inside printed text that carry gaps, provenance and line breaks through tera and Markdown.
//!
//! A value becomes a string before a template prints it, so what is known about the value has to travel inside that
//! string. Markers are Unicode noncharacters (U+FDD0 to U+FDEF). `ingest::normalize` removes them from ledgers, tera
//! and pulldown-cmark copy them unchanged, and `report::inline` turns each into a node of the report tree or drops it,
//! so that no renderer and no user ever sees one.
//!
//! The way of a gap (待填写), from a blank cell to yellow text:
//! 1. `ingest::cell_reader` reads a blank or unreadable cell as `Missing`. `template::value` prints it, or a metric
//!    without a value, as [`gap`], inside the value's provenance ([`push_with_provenance`]). Templates add gaps with
//!    `gap(what="…")`; `template` adds one for a part without data, and one for a metric without a value that only an
//!    evaluated condition reads; `report::annex` and `report::inline` add those for an annex and a picture that are not
//!    there.
//! 2. tera copies the string; `template::escape` protects what Markdown would take for syntax ([`protected`]), and
//!    `report::parse` puts it back.
//! 3. `report::inline` reads the markers and makes `report::Inline::Gap` of them; `report::gap_text` is its wording.
//! 4. Each renderer highlights that node: `render::markdown` writes 【待填写：…】, `render::html` wraps it in
//!    `<mark class="gap">`, `render::docx::wml` gives its run the style `Gap` and a yellow highlight,
//!    `render::pdf::atoms` draws it on yellow.
//! 5. `report::Report::gaps` lists the nodes; `pipeline` records them in `run.json` and makes no final report of a
//!    branch that has any.

/// Opens a gap; the label of what is missing follows.
pub(crate) const GAP_OPEN: char = '\u{fdd0}';
/// Closes a gap.
pub(crate) const GAP_CLOSE: char = '\u{fdd1}';
/// A line break inside a value.
pub(crate) const LINE_BREAK: char = '\u{fdd2}';
/// Opens a value that contains line breaks.
pub(crate) const MULTILINE_OPEN: char = '\u{fdd3}';
/// Closes a value that contains line breaks.
pub(crate) const MULTILINE_CLOSE: char = '\u{fdd4}';
/// Opens a value with provenance; its key follows in decimal digits.
pub(crate) const PROVENANCE_OPEN: char = '\u{fdd5}';
/// Ends the key; the value's text follows.
pub(crate) const PROVENANCE_TEXT: char = '\u{fdd6}';
/// Closes a value with provenance.
pub(crate) const PROVENANCE_CLOSE: char = '\u{fdd7}';
/// Opens the id of a metric that an evaluated condition read; `template` takes it out again.
pub(crate) const CONDITION_OPEN: char = '\u{fdd8}';
/// Closes such an id.
pub(crate) const CONDITION_CLOSE: char = '\u{fdd9}';

/// Opens a picture; its hash follows in hexadecimal digits.
pub(crate) const PICTURE_OPEN: char = '\u{fdec}';
/// Closes a picture.
pub(crate) const PICTURE_CLOSE: char = '\u{fded}';

/// Opens a reference to an annex; the annex's index in the settings follows in decimal digits. `report` puts its mark
/// (附件1) in place of it.
pub(crate) const ANNEX_OPEN: char = '\u{fdee}';
/// Closes such a reference.
pub(crate) const ANNEX_CLOSE: char = '\u{fdef}';

/// ASCII punctuation to which Markdown gives a meaning somewhere. A printed value has a character of its own in place
/// of each, from [`FIRST_PROTECTED`] on: one of at most three bytes for each byte, and the parser sees plain text. A
/// backslash before each would make every character a node of its parse tree, fifty times the text's size.
const PROTECTED: &[u8; 18] = b"\\`*_[])#+-.|<>&~=:";
/// The character in place of the first of [`PROTECTED`]; the others follow it.
const FIRST_PROTECTED: u32 = 0xfdda;

/// The character that stands for `c` where Markdown must not see it; `None` when Markdown may.
pub(crate) fn protected(c: char) -> Option<char> {
    let index = PROTECTED.iter().position(|protected| char::from(*protected) == c)?;
    char::from_u32(FIRST_PROTECTED + index as u32)
}

/// The character that such a character stands for; `None` when it is no such character.
pub(crate) fn unprotected(c: char) -> Option<char> {
    let index = u32::from(c).checked_sub(FIRST_PROTECTED)?;
    PROTECTED.get(index as usize).map(|protected| char::from(*protected))
}

/// Appends a text with the characters that its protected ones stand for.
pub(crate) fn push_unprotected(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find(|c| unprotected(c).is_some()) {
        out.push_str(&rest[..at]);
        let mut chars = rest[at..].chars();
        out.extend(chars.next().and_then(unprotected));
        rest = chars.as_str();
    }
    out.push_str(rest);
}

/// Whether a character is a marker or one of the noncharacters reserved for them.
pub(crate) fn is_marker(c: char) -> bool {
    matches!(c, '\u{fdd0}'..='\u{fdef}')
}

/// The text without markers, as a message shows it: of a value with provenance the value stays, a line break becomes a
/// blank.
pub(crate) fn without_markers(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut in_key = false;
    for c in text.chars() {
        match c {
            PROVENANCE_OPEN => in_key = true,
            PROVENANCE_TEXT => in_key = false,
            LINE_BREAK => kept.push(' '),
            c => match unprotected(c) {
                Some(c) => kept.push(c),
                None if is_marker(c) || in_key => {}
                None => kept.push(c),
            },
        }
    }
    kept
}

/// Whether a text has a gap.
pub(crate) fn has_gap(text: &str) -> bool {
    text.contains(GAP_OPEN)
}

/// A gap with the label of what is missing.
pub(crate) fn gap(label: &str) -> String {
    format!("{GAP_OPEN}{label}{GAP_CLOSE}")
}

/// Appends a picture.
pub(crate) fn push_picture(out: &mut String, hash: &str) {
    out.push(PICTURE_OPEN);
    out.push_str(hash);
    out.push(PICTURE_CLOSE);
}

/// A reference to the annex with that index in the settings.
pub(crate) fn annex_reference(index: usize) -> String {
    format!("{ANNEX_OPEN}{index}{ANNEX_CLOSE}")
}

/// Appends the text that `push_text` writes, between the markers of its provenance. `key` is scoped to one report:
/// `provenance::Keys` gives it out.
pub(crate) fn push_with_provenance(out: &mut String, key: u32, push_text: impl FnOnce(&mut String)) {
    out.push(PROVENANCE_OPEN);
    out.push_str(itoa::Buffer::new().format(key));
    out.push(PROVENANCE_TEXT);
    push_text(out);
    out.push(PROVENANCE_CLOSE);
}
