//! The typefaces of the settings.

use crate::notice::Typography;

/// A typeface of the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Typeface {
    /// The typeface of the title and the 发文机关标志.
    Title,
    /// The typeface of body text, and of everything that no other is named for.
    Body,
    /// The typeface of first-level headings, captions and heads of tables.
    Heading1,
    /// The typeface of second-level headings.
    Heading2,
    /// The typeface of page numbers.
    PageNumber,
}

impl Typeface {
    /// All typefaces. A character that the face of one lacks is looked for in the others in this order.
    pub const ALL: [Self; 5] = [Self::Body, Self::PageNumber, Self::Heading1, Self::Heading2, Self::Title];

    /// What it is used for, as messages name it.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Title => "标题",
            Self::Body => "正文",
            Self::Heading1 => "一级标题",
            Self::Heading2 => "二级标题",
            Self::PageNumber => "页码",
        }
    }

    pub(super) fn names(self, typography: &Typography) -> &[String] {
        match self {
            Self::Title => &typography.title,
            Self::Body => &typography.body,
            Self::Heading1 => &typography.heading1,
            Self::Heading2 => &typography.heading2,
            Self::PageNumber => &typography.page_number,
        }
    }
}
