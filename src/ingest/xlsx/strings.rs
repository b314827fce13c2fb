//! The texts that the cells of a workbook share.

use std::io::Read;

use super::super::limits::ReadError;
use super::super::raw_sheet::is_blank;
use super::scan::{Piece, Scanner};
use super::xml::{stretches, unescaped};

/// Shared texts, one after the other in one place.
#[derive(Debug, Default)]
pub struct Strings {
    texts: String,
    /// Where each ends.
    ends: Vec<usize>,
    /// The number that each was given with its first cell; nobody sees anything of a blank one.
    numbers: Vec<Number>,
    given: u32,
}

/// What a text is called among those handed out.
#[derive(Clone, Copy, Debug)]
enum Number {
    None,
    Blank,
    Given(u32),
}

impl Strings {
    /// Reads the part of shared texts, which may come to `limit` bytes. How many it says it has is not asked.
    ///
    /// # Errors
    /// When there is more text, or the part cannot be read.
    pub fn read(part: impl Read, limit: usize) -> Result<Self, ReadError> {
        let mut strings = Self::default();
        let mut text = String::new();
        // Inside <t>, and inside <rPh>, which holds how a text is read aloud.
        let (mut inside, mut aloud) = (false, false);
        stretches(part, "si", |xml| {
            let mut scanner = Scanner::new(xml);
            while let Some(piece) = scanner.next()? {
                match piece {
                    Piece::Start(tag) => match tag.name() {
                        "si" => text.clear(),
                        "t" => inside = !aloud,
                        "rPh" => aloud = true,
                        _ => {}
                    },
                    Piece::End(name) => match name {
                        "si" => strings.push(&unescaped(&text)),
                        "t" => inside = false,
                        "rPh" => aloud = false,
                        _ => {}
                    },
                    Piece::Text(run) if inside => run.add_to(&mut text)?,
                    Piece::Text(_) => {}
                }
                if strings.texts.len() + text.len() > limit {
                    return Err(ReadError::TooLarge("内容太多".to_owned()));
                }
            }
            Ok(())
        })?;
        strings.numbers = vec![Number::None; strings.ends.len()];
        Ok(strings)
    }

    fn push(&mut self, text: &str) {
        self.texts.push_str(text);
        self.ends.push(self.texts.len());
    }

    /// The text at `index` and its number, from 0 in the order of first questions; no number for a blank one. `None`
    /// when there is no such text.
    pub fn get(&mut self, index: usize) -> Option<(&str, Option<u32>)> {
        let from = index.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        let text = self.texts.get(from..*self.ends.get(index)?)?;
        let number = self.numbers.get_mut(index)?;
        if matches!(number, Number::None) {
            *number = if is_blank(text) { Number::Blank } else { Number::Given(self.given) };
            self.given += u32::from(matches!(number, Number::Given(_)));
        }
        match *number {
            Number::Given(number) => Some((text, Some(number))),
            Number::None | Number::Blank => Some((text, None)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Strings;

    #[test]
    fn runs_are_joined_and_what_is_read_aloud_is_left_out() {
        let xml = "<x:sst uniqueCount=\"4000000000\"><x:si><x:t>甲&amp;&#x4e59;</x:t></x:si><si/><si><t> </t></si>\
            <si><r><rPr/><t xml:space=\"preserve\">一 </t></r><r><t>二<![CDATA[<三>]]>_x000A_</t></r>\
            <rPh><t>yī</t></rPh></si></x:sst>";
        let mut strings = Strings::read(xml.as_bytes(), 99).unwrap();
        assert_eq!(strings.get(3), Some(("一 二<三>\n", Some(0))));
        assert_eq!(strings.get(2), Some((" ", None)));
        assert_eq!(strings.get(1), Some(("", None)));
        assert_eq!(strings.get(0), Some(("甲&乙", Some(1))));
        assert_eq!(strings.get(3), Some(("一 二<三>\n", Some(0))));
        assert_eq!(strings.get(4), None);
        assert!(Strings::read(xml.as_bytes(), 10).is_err());
    }
}
