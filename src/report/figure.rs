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

#[cfg(test)]
mod tests {
    use super::super::parse::parse;
    use super::super::passes::{CaptionCount, run};
    use super::{Block, Inline, PictureGroup};
    use crate::marker;
    use crate::picture::{Picture, PictureFormat, Pictures};
    use crate::report::plain;

    /// Two pictures, and their markers.
    fn pictures() -> (Pictures, [String; 2]) {
        let pictures = [1, 2].map(|byte| Picture {
            format: PictureFormat::Png,
            bytes: vec![byte],
            width: 8,
            height: 8,
            print_width: 21,
            print_height: 21,
        });
        let markers = pictures.each_ref().map(|picture| {
            let mut marker = String::new();
            marker::push_picture(&mut marker, &picture.digest().to_string());
            marker
        });
        (Pictures::of(pictures), markers)
    }

    /// The blocks of a template as text: of a group its pictures, each with its own caption, then the caption of all.
    fn blocks(template: &str) -> Vec<String> {
        let (pictures, [first, second]) = pictures();
        let markdown = template.replace('Ⅰ', &first).replace('Ⅱ', &second).replace('?', &marker::gap("照片"));
        let text = |block: Block| match block {
            Block::Paragraph { text, .. } => plain(&text),
            Block::Pictures(PictureGroup { cells, caption }) => {
                let caption_text = |caption: super::Caption| format!("<{} {}>", caption.number, plain(&caption.text));
                let cells = cells.into_iter().map(|cell| {
                    let picture = match &cell.picture[..] {
                        [Inline::Picture(printed)] => format!("{}:{}", printed.picture.bytes[0], printed.alt),
                        other => plain(other),
                    };
                    picture + &cell.caption.map(caption_text).unwrap_or_default()
                });
                cells.collect::<Vec<_>>().join(" ") + &caption.map(caption_text).unwrap_or_default()
            }
            other => format!("{other:?}"),
        };
        run(parse(&markdown).unwrap(), &pictures, &mut CaptionCount::default()).unwrap().into_iter().map(text).collect()
    }

    #[test]
    fn figures_of_one_picture_that_follow_each_other_are_one_group() {
        assert_eq!(blocks("图：甲\n\nⅠ\n\n图：乙\n\nⅡ\n\n段"), ["1:图1　甲<图1 甲> 2:图2　乙<图2 乙>", "段"]);
        assert_eq!(blocks("图：甲\n\nⅠ\n\n段\n\n图：乙\n\nⅡ"), ["1:图1　甲<图1 甲>", "段", "2:图2　乙<图2 乙>"]);
    }

    #[test]
    fn pictures_of_one_paragraph_share_its_caption() {
        assert_eq!(blocks("图：甲\n\nⅠ Ⅱ"), ["1:图1　甲 2:图1　甲<图1 甲>"]);
        assert_eq!(blocks("ⅠⅡ\n\n图：乙\n\nⅠ"), ["1: 2:", "1:图1　乙<图1 乙>"]);
    }

    #[test]
    fn a_gap_takes_the_place_of_a_picture_and_text_makes_a_paragraph() {
        assert_eq!(blocks("图：甲\n\n?\n\n图：乙\n\nⅡ"), ["【待填写：照片】<图1 甲> 2:图2　乙<图2 乙>"]);
        assert_eq!(blocks("?"), ["【待填写：照片】"]);
        assert_eq!(blocks("图：甲\n\n见Ⅰ"), ["图：甲", "见图片"]);
    }
}
