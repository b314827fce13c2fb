//! The texts that the cells of a workbook share (`xl/sharedStrings.xml`).

use std::collections::HashMap;
use std::io::Read;

use quick_xml::events::Event;

use super::super::limits::ReadError;
use super::super::xml::XmlReader;
use super::rich_text::RichText;

/// Shared texts in one allocation, in the order of the part.
#[derive(Debug, Default)]
pub(super) struct SharedStrings {
    texts: String,
    /// The end of each text in `texts`.
    ends: Vec<usize>,
    /// For each text, its number among those that were sent.
    numbers: Vec<Option<u32>>,
    next_number: u32,
    /// What is struck out of a text, by the text's index.
    struck: HashMap<usize, String>,
}

/// A text that cells share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SharedString<'s> {
    /// Its characters.
    pub text: &'s str,
    /// What is struck out of the text, if any.
    pub struck: Option<&'s str>,
}

impl SharedStrings {
    /// Reads the part, up to `limit` bytes of text. The count that the part declares is ignored.
    ///
    /// # Errors
    /// When there is more text, or the part cannot be read.
    pub(super) fn read(part: impl Read, limit: usize) -> Result<Self, ReadError> {
        let mut strings = Self::default();
        let mut text = RichText::default();
        XmlReader::new(part).for_each(|event| {
            match event {
                Event::Start(tag) if tag.local_name().as_ref() == "si" => text.clear(),
                Event::Start(tag) => text.start(&tag),
                Event::Empty(tag) if tag.local_name().as_ref() == "si" => {
                    text.clear();
                    strings.push(&text);
                }
                Event::Empty(tag) => {
                    text.start(&tag);
                    text.end(tag.local_name().as_ref());
                }
                Event::End(tag) if tag.local_name().as_ref() == "si" => strings.push(&text),
                Event::End(tag) => text.end(tag.local_name().as_ref()),
                event => text.text(&event)?,
            }
            if strings.texts.len() + text.len() > limit {
                return Err(ReadError::TooLarge("内容太多".to_owned()));
            }
            Ok(())
        })?;
        strings.numbers = vec![None; strings.ends.len()];
        Ok(strings)
    }

    fn push(&mut self, text: &RichText) {
        if !text.struck.is_empty() {
            self.struck.insert(self.ends.len(), text.struck.clone());
        }
        self.texts.push_str(&text.rest);
        self.ends.push(self.texts.len());
    }

    /// The text at `index`; `None` when there is no such text.
    pub(super) fn get(&self, index: usize) -> Option<SharedString<'_>> {
        let start = index.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        let text = self.texts.get(start..*self.ends.get(index)?)?;
        Some(SharedString { text, struck: self.struck.get(&index).map(String::as_str) })
    }

    /// The text at `index` and its number; it gets the next number at its first use. To be called only for a text that
    /// is then sent: receivers count the texts that arrive.
    pub(super) fn share(&mut self, index: usize) -> Option<(u32, &str)> {
        let number = *self.numbers.get_mut(index)?.get_or_insert_with(|| {
            let next = self.next_number;
            self.next_number += 1;
            next
        });
        self.get(index).map(|string| (number, string.text))
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
        let texts: Vec<_> = (0..5).map(|index| strings.get(index).map(|string| string.text)).collect();
        assert_eq!(texts, [Some("甲&乙"), Some(""), Some(""), Some("一 二<三>\n"), None]);
        assert_eq!(
            [3, 0, 3, 4].map(|index| strings.share(index).map(|(number, _)| number)),
            [Some(0), Some(1), Some(0), None]
        );
        assert!(SharedStrings::read(xml.as_bytes(), 10).is_err());
    }

    #[test]
    fn what_is_raised_or_struck_out_is_no_digit() {
        let xml = "<sst><si><r><t>12</t></r><r><rPr><vertAlign val=\"superscript\"/></rPr><t>1</t></r></si>\
            <si><r><rPr><strike/></rPr><t>3</t></r><r><t>38</t></r></si>\
            <si><r><rPr><strike val=\"0\"/></rPr><t>5</t></r></si></sst>";
        let strings = SharedStrings::read(xml.as_bytes(), 99).unwrap();
        let string = |text, struck| Some(SharedString { text, struck });
        assert_eq!(strings.get(0), string("12¹", None));
        assert_eq!(strings.get(1), string("38", Some("3")));
        assert_eq!(strings.get(2), string("5", None));
    }
}
