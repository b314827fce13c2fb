//! `[letter.tail]`: 版记, at the foot of the last page (GB/T 9704-2012, 7.4). All of it is optional.

use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;

use super::calendar::{self, written_day};

/// The tail of a report. Texts are templates over the branch; one that comes out empty is left out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LetterTail {
    /// 抄送机关, without the full stop; a template. None by default.
    pub copy_to: Option<Spanned<String>>,
    /// 印发机关; a template. None by default.
    pub printer: Option<Spanned<String>>,
    /// 印发日期; 成文日期 by default.
    #[serde(default, deserialize_with = "calendar::optional_day")]
    pub printed: Option<Date>,
}

/// A text of the tail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TailElement {
    /// 抄送机关, without the word 抄送 and the full stop (7.4.2).
    CopyTo,
    /// 印发机关, without the word 印发 (7.4.3).
    Printer,
}

/// A text of the tail as the settings have it.
#[derive(Clone, Copy, Debug)]
pub struct TailText<'n> {
    /// The element of the standard that the text is.
    pub element: TailElement,
    /// The template, with its place in the settings.
    pub text: &'n Spanned<String>,
}

impl LetterTail {
    /// The texts in reading order.
    pub fn texts(&self) -> impl Iterator<Item = TailText<'_>> {
        let copy_to = self.copy_to.iter().map(|text| TailText { element: TailElement::CopyTo, text });
        copy_to.chain(self.printer.iter().map(|text| TailText { element: TailElement::Printer, text }))
    }
}

impl TailElement {
    /// What is wrong with the text of an element, and the cure, in Chinese; `None` when nothing is.
    pub fn fault(self, text: &str) -> Option<String> {
        match self {
            Self::CopyTo if text.ends_with(['。', '.', '．']) => {
                Some(format!("抄送机关“{text}”末尾的句号不用写：程序会加上"))
            }
            Self::CopyTo if text.starts_with("抄送") => {
                Some(format!("抄送机关“{text}”里的“抄送”二字不用写：只写机关名称"))
            }
            Self::Printer if text.ends_with("印发") => {
                Some(format!("印发机关“{text}”里的“印发”二字不用写：只写机关名称，日期写在 printed"))
            }
            Self::CopyTo | Self::Printer => None,
        }
    }
}

/// Why 印发日期 cannot be `printed` for a report of that 成文日期, in Chinese.
pub fn printed_fault(printed: Date, issued: Date) -> Option<String> {
    (printed < issued).then(|| {
        format!("印发日期（{}）早于成文日期（{}）：核对 printed 和成文日期", written_day(printed), written_day(issued))
    })
}

#[cfg(test)]
mod tests {
    use super::TailElement;

    #[test]
    fn words_that_the_program_adds_are_not_written() {
        for (element, wrong, right) in [
            (TailElement::CopyTo, "学院党委。", "学院党委，各党总支"),
            (TailElement::CopyTo, "抄送：学院党委", "学院党委"),
            (TailElement::Printer, "组织人事处印发", "组织人事处"),
        ] {
            assert!(element.fault(wrong).is_some() && element.fault(right).is_none(), "{wrong}");
        }
    }
}
