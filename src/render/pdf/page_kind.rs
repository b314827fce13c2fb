//! The kinds of pages, and the type area of each. Lengths are twips.

use super::page::Page;
use crate::render::geometry::{BOTTOM, LANDSCAPE_TEXT_WIDTH, LEFT, PAGE_HEIGHT, PAGE_WIDTH, RIGHT, TEXT_WIDTH, TOP};

/// The kind of a page, which decides its size, its margins and whether it has a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum PageKind {
    Portrait,
    /// Turned by a quarter: the upright page's left margin is on top.
    Landscape,
    /// The first page of 信函格式, whose text begins that far from the upper edge.
    LetterForm {
        top: f32,
    },
}

impl PageKind {
    /// The kind of the page behind it.
    pub(super) fn next(self) -> Self {
        match self {
            Self::LetterForm { .. } => Self::Portrait,
            other => other,
        }
    }

    pub(super) fn page(self) -> Page {
        let (width, height) = match self {
            Self::Landscape => (PAGE_HEIGHT, PAGE_WIDTH),
            Self::Portrait | Self::LetterForm { .. } => (PAGE_WIDTH, PAGE_HEIGHT),
        };
        let unnumbered = matches!(self, Self::LetterForm { .. });
        let (width, height) = (width as f32, height as f32);
        Page { width, height, unnumbered, behind: Vec::new(), shapes: Vec::new(), items: Vec::new() }
    }

    pub(super) fn left(self) -> f32 {
        match self {
            Self::Landscape => BOTTOM as f32,
            Self::Portrait | Self::LetterForm { .. } => LEFT as f32,
        }
    }

    pub(super) fn top(self) -> f32 {
        match self {
            Self::Landscape => LEFT as f32,
            Self::Portrait => TOP as f32,
            Self::LetterForm { top } => top,
        }
    }

    /// Width between the margins.
    pub(super) fn text_width(self) -> f32 {
        match self {
            Self::Landscape => LANDSCAPE_TEXT_WIDTH as f32,
            Self::Portrait | Self::LetterForm { .. } => TEXT_WIDTH as f32,
        }
    }

    /// Height between the margins.
    pub(super) fn text_height(self) -> f32 {
        let bottom = match self {
            Self::Landscape => PAGE_WIDTH as f32 - RIGHT as f32,
            Self::Portrait | Self::LetterForm { .. } => PAGE_HEIGHT as f32 - BOTTOM as f32,
        };
        bottom - self.top()
    }
}
