//! Figures: paragraphs that consist of pictures.
//!
//! Input: a paragraph as parsed, and the caption above it (`图：`), if any. Output: a [`PictureGroup`]. Figures of one
//! picture each that follow each other form one group, so that two of them stand side by side, each with its caption.

use super::text::{Inline, Inlines, plain};
use super::tree::{Block, Caption, FigureCell, PictureGroup};

/// The pictures of a paragraph that consists of pictures, and of gaps where pictures are missing; `None` for any other.
pub(super) fn pictures_of(text: &[Inline]) -> Option<Vec<Inline>> {
    let mut pictures = Vec::new();
    for inline in text {
        match inline {
            Inline::Picture(_) | Inline::Gap(..) => pictures.push(inline.clone()),
            Inline::Break => {}
            Inline::Text(text) | Inline::Sourced(text, _) if text.trim().is_empty() => {}
            Inline::Text(_) | Inline::Sourced(..) => return None,
        }
    }
    (!pictures.is_empty()).then_some(pictures)
}

/// Adds the pictures of a paragraph with the caption above them.
pub(super) fn add(blocks: &mut Vec<Block>, pictures: Vec<Inline>, caption: Option<Caption>) {
    let alt = caption.as_ref().map(|caption| format!("{}　{}", caption.number, plain(&caption.text)));
    let mut cells: Vec<FigureCell> = pictures.into_iter().map(|picture| cell(picture, alt.as_deref())).collect();
    match (caption, &mut cells[..]) {
        (Some(caption), [only]) => {
            only.caption = Some(caption);
            match blocks.last_mut() {
                Some(Block::Pictures(group)) if group.cells.iter().all(|cell| cell.caption.is_some()) => {
                    group.cells.extend(cells);
                }
                _ => blocks.push(Block::Pictures(PictureGroup { cells, caption: None })),
            }
        }
        (caption, _) => blocks.push(Block::Pictures(PictureGroup { cells, caption })),
    }
}

/// A picture whose alternative text is its caption.
fn cell(picture: Inline, alt: Option<&str>) -> FigureCell {
    let picture = match (picture, alt) {
        (Inline::Picture(mut picture), Some(alt)) => {
            picture.alt = alt.to_owned();
            Inline::Picture(picture)
        }
        (picture, _) => picture,
    };
    FigureCell { picture: Inlines::from([picture]), caption: None }
}
