//! Where 署名 and 成文日期 end (GB/T 9704-2012, 7.3.5).

use crate::report::{Inlines, em_tenths, plain};

/// The width of a text in hundredths of a character.
pub(super) fn hundredths(text: &Inlines) -> i32 {
    plain(text).chars().map(|c| em_tenths(c) as i32 * 10).sum()
}

/// Right indents in hundredths of a character (GB/T 9704-2012, 7.3.5).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SignatureIndents {
    /// The indent of 署名.
    pub organisation: i32,
    /// The indent of 成文日期.
    pub date: i32,
}

impl SignatureIndents {
    /// Sealed: the date four characters in, 署名 centred on it. Unsealed: 署名 two characters in, the date's first
    /// character two to the right of 署名's first; a date longer than that is two characters in itself, and 署名
    /// further.
    pub(super) fn new(organisation_width: i32, date_width: i32, seal: bool) -> Self {
        if seal {
            let centred = 400 + (date_width - organisation_width) / 2;
            if centred >= 0 {
                Self { organisation: centred, date: 400 }
            } else {
                Self { organisation: 0, date: (organisation_width - date_width) / 2 }
            }
        } else if organisation_width >= date_width {
            Self { organisation: 200, date: organisation_width - date_width }
        } else {
            Self { organisation: 400 + date_width - organisation_width, date: 200 }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{SignatureIndents, hundredths};
    use crate::report::{Inline, Inlines};

    #[test]
    fn signatures_are_placed_as_the_standard_says() {
        let text = |text: &str| -> Inlines { vec![Inline::Text(text.to_owned())] };
        let date = text("2018年11月2日");
        let indents = |organisation: &str, seal| {
            let indents = SignatureIndents::new(hundredths(&text(organisation)), hundredths(&date), seal);
            (indents.organisation, indents.date)
        };
        assert_eq!(indents("教务处党支部", true), (425, 400));
        assert_eq!(indents("机电工程学院党总支", true), (275, 400));
        assert_eq!(indents(&"长".repeat(20), true), (0, 675));
        assert_eq!(indents("机电工程学院党总支", false), (200, 250));
        assert_eq!(indents("教务处", false), (750, 200));
    }
}
