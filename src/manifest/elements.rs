//! What a final report states in its head and tail (GB/T 9704-2012, 7.2 and 7.4).

use serde::{Deserialize, Serialize};

use crate::report::{Inlines, LetterParts, plain};

/// The elements of a report's head and tail as printed; those that it does not have are `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Elements {
    /// 份号, six digits (7.2.1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copy_number: Option<String>,
    /// 密级和保密期限, such as 秘密★1年 (7.2.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secrecy: Option<String>,
    /// 紧急程度: 特急 or 加急 (7.2.3).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub urgency: Option<String>,
    /// 发文机关标志, on one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mark: Option<String>,
    /// 发文字号, such as 甲发〔2018〕3号 (7.2.5).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// 签发人, separated by 、.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signers: Option<String>,
    /// 抄送机关, without the full stop (7.4.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copy_to: Option<String>,
    /// 印发机关 (7.4.3).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub printer: Option<String>,
    /// 印发日期, as 2018-11-02 (7.4.3); `None` without 印发机关.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub printed: Option<String>,
}

impl Elements {
    /// The elements of a letter. A mark on preprinted paper is one, too.
    pub fn of(letter: &LetterParts) -> Self {
        let text = |text: &Option<Inlines>| text.as_deref().map(plain);
        let mut elements = Self::default();
        if let Some(head) = &letter.head {
            elements.copy_number = text(&head.copy_number);
            elements.secrecy = text(&head.secrecy);
            elements.urgency = text(&head.urgency);
            elements.mark = joined(&head.mark).map(|mark| mark + if head.document { "文件" } else { "" });
            elements.number = text(&head.number);
            elements.signers = joined(&head.signers);
        }
        if let Some(tail) = &letter.tail {
            elements.copy_to = text(&tail.copy_to);
            elements.printer = text(&tail.printer);
            elements.printed = tail.printed.map(|day| day.to_string());
        }
        elements
    }

    /// 密级, without 保密期限.
    pub fn secrecy_level(&self) -> Option<String> {
        self.secrecy.as_deref()?.split('★').next().map(str::to_owned)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Texts separated by 、; `None` without any.
fn joined(texts: &[Inlines]) -> Option<String> {
    let texts: Vec<String> = texts.iter().map(|text| plain(text)).collect();
    (!texts.is_empty()).then(|| texts.join("、"))
}
