//! Bytes of files from outside, and of what reader processes answer.

use super::in_folder;
use crate::binding;
use crate::diagnostics::Location;
use crate::fonts::{Fonts, Typeface};
use crate::ingest::{self, ReadLimits};
use crate::notice::Typography;

const LIMITS: ReadLimits =
    ReadLimits { file: 1 << 20, unpacked: 1 << 22, memory: 1 << 30, seconds: 5, cells: 10_000, text: 1 << 20 };

/// A workbook whose forms are asked for what they say: read or refused.
pub fn form_hints(workbook: &[u8]) {
    ingest::check_form_hints(workbook, &LIMITS);
}

/// A font: its glyphs are found and drawn, or it is passed over.
pub fn font(bytes: &[u8]) {
    in_folder(|folder| {
        std::fs::write(folder.join("a.ttf"), bytes)?;
        let location = Location::File("notice.toml".to_owned());
        let fonts = Fonts::find(&Typography::default(), &[folder.to_owned()], &location).output;
        for c in fonts.iter().flat_map(|_| "一的A1，\u{20000}".chars()) {
            let glyph = fonts.as_ref().and_then(|fonts| fonts.glyph(Typeface::Body, c));
            let face = glyph.and_then(|glyph| fonts.as_ref()?.face(glyph.face)).zip(glyph);
            let _ = face.map(|(face, glyph)| (face.measures().weight, face.program(glyph.id)));
        }
        Ok(())
    });
}

/// A PDF that is bound into a set for the printer: written anew or refused.
pub fn annex(bytes: &[u8]) {
    let _ = binding::write_anew(bytes.to_vec());
}

/// What a reader process answers, or what it is asked: understood or not.
pub fn protocol(bytes: &[u8]) {
    ingest::check_protocol(bytes);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{annex, font, form_hints, protocol};

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_bytes_of_a_file_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            form_hints(&bytes);
            annex(&bytes);
            protocol(&bytes);
            font(&[b"\0\x01\0\0", &bytes[..]].concat());
        }
    }
}
