//! The texts that the cells of a workbook share (`xl/sharedStrings.xml`).

use std::io::BufRead;

use quick_xml::events::Event;

use super::super::limits::ReadError;
use super::super::raw_sheet::is_blank;
use super::super::xml::{XmlReader, append_text, unescape_code_units};

/// Shared texts in one allocation, in the order of the part.
#[derive(Debug, Default)]
pub(super) struct SharedStrings {
    texts: String,
    /// The end of each text in `texts`.
    ends: Vec<usize>,
    /// For each text, its number among those that were handed out.
    numbers: Vec<TextNumber>,
    next_number: u32,
}

/// The number of a shared text in the reader's output.
#[derive(Clone, Copy, Debug)]
enum TextNumber {
    /// No cell has used the text yet.
    Unused,
    /// The text is blank: its cells are left out.
    Blank,
    Given(u32),
}

/// A text that cells share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SharedString<'s> {
    /// Its characters.
    pub text: &'s str,
    /// Its number, from 0 in the order of first use; `None` for a blank text.
    pub number: Option<u32>,
}

impl SharedStrings {
    /// Reads the part, up to `limit` bytes of text. The count that the part declares is ignored.
    ///
    /// # Errors
    /// When there is more text, or the part cannot be read.
    pub(super) fn read(part: impl BufRead, limit: usize) -> Result<Self, ReadError> {
        let mut strings = Self::default();
        let mut reader = XmlReader::new(part);
        let mut text = String::new();
        // <rPh> holds a text's pronunciation; its <t> is not part of the text.
        let (mut in_text, mut in_phonetic) = (false, false);
        loop {
            match reader.next_event()? {
                Event::Start(tag) => match tag.local_name().as_ref() {
                    "si" => text.clear(),
                    "t" => in_text = !in_phonetic,
                    "rPh" => in_phonetic = true,
                    _ => {}
                },
                Event::Empty(tag) if tag.local_name().as_ref() == "si" => strings.push(""),
                Event::End(tag) => match tag.local_name().as_ref() {
                    "si" => strings.push(&unescape_code_units(&text)),
                    "t" => in_text = false,
                    "rPh" => in_phonetic = false,
                    _ => {}
                },
                Event::Eof => break,
                event if in_text => append_text(&event, &mut text)?,
                _ => {}
            }
            if strings.texts.len() + text.len() > limit {
                return Err(ReadError::TooLarge("内容太多".to_owned()));
            }
        }
        strings.numbers = vec![TextNumber::Unused; strings.ends.len()];
        Ok(strings)
    }

    fn push(&mut self, text: &str) {
        self.texts.push_str(text);
        self.ends.push(self.texts.len());
    }

    /// The text at `index`, which is given a number at its first use; `None` when there is no such text.
    pub(super) fn get(&mut self, index: usize) -> Option<SharedString<'_>> {
        let start = index.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        let text = self.texts.get(start..*self.ends.get(index)?)?;
        let number = self.numbers.get_mut(index)?;
        if matches!(number, TextNumber::Unused) {
            if is_blank(text) {
                *number = TextNumber::Blank;
            } else {
                *number = TextNumber::Given(self.next_number);
                self.next_number += 1;
            }
        }
        let number = if let TextNumber::Given(number) = *number { Some(number) } else { None };
        Some(SharedString { text, number })
    }
}

#[cfg(test)]
mod tests {
    use super::{SharedString, SharedStrings};

    #[test]
    fn runs_are_joined_and_pronunciations_left_out() {
        let xml = "<x:sst uniqueCount=\"4000000000\"><x:si><x:t>甲&amp;&#x4e59;</x:t></x:si><si/><si><t> </t></si>\
            <si><r><rPr/><t xml:space=\"preserve\">一 </t></r><r><t>二<![CDATA[<三>]]>_x000A_</t></r>\
            <rPh><t>yī</t></rPh></si></x:sst>";
        let mut strings = SharedStrings::read(xml.as_bytes(), 99).unwrap();
        let expected = |text, number| Some(SharedString { text, number });
        assert_eq!(strings.get(3), expected("一 二<三>\n", Some(0)));
        assert_eq!(strings.get(2), expected(" ", None));
        assert_eq!(strings.get(1), expected("", None));
        assert_eq!(strings.get(0), expected("甲&乙", Some(1)));
        assert_eq!(strings.get(3), expected("一 二<三>\n", Some(0)));
        assert_eq!(strings.get(4), None);
        assert!(SharedStrings::read(xml.as_bytes(), 10).is_err());
    }
}
