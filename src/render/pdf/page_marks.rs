//! What is on every page: its number (GB/T 9704-2012, 7.5), and 草稿 across the pages of drafts. Lengths are twips.

use super::atoms::{Atom, AtomKind, AtomList, line_width};
use super::page::{Color, Direction, Document, Item, Mark, Page, PlacedGlyph, Run};
use super::style::{self, TextStyle};
use crate::fonts::{Fonts, Typeface};
use crate::render::geometry::{BOTTOM, LEFT, PAGE_WIDTH, RIGHT, TOP};

/// From the page's upper edge to the middle of its number: 269 mm. On landscape pages that is from the right edge.
const NUMBER_MIDDLE: f32 = 15_250.0;
/// From the left edge of a landscape page to the middle of its number: 28 mm, the foot of the upright sheet.
const TURNED_MIDDLE: f32 = 1_588.0;
/// The middle of digits above their base line, in units of the size.
const DIGIT_MIDDLE: f32 = 0.38;
/// The middle of Chinese characters above their base line.
const CHARACTER_MIDDLE: f32 = 0.36;
/// A character of the mark of drafts: 180 pt.
const DRAFT_SIZE: f32 = 3_600.0;

/// Adds page numbers, and the mark of drafts.
pub(super) fn add(document: &mut Document, fonts: &Fonts, is_draft: bool) {
    for (at, page) in document.pages.iter_mut().enumerate() {
        // The blank page before 版记 stays blank.
        if is_draft && !page.items.is_empty() {
            page.behind.extend(draft_mark(fonts, page));
        }
        if !page.unnumbered {
            let marks = number(fonts, page, at + 1);
            page.items.extend(marks);
        }
    }
}

/// The number between dashes: on the right of odd pages, on the left of even ones, in by one character.
fn number(fonts: &Fonts, page: &Page, number: usize) -> Vec<Item> {
    let style = style::page_number();
    let mut list = AtomList::new(fonts, f32::MAX);
    list.text(&format!("— {number} —"), style);
    let width = line_width(&list.atoms);
    let is_odd = number % 2 == 1;
    if page.width > page.height {
        let x = TURNED_MIDDLE - DIGIT_MIDDLE * style.size;
        let y = if is_odd { PAGE_WIDTH as f32 - RIGHT as f32 - style.size - width } else { LEFT as f32 + style.size };
        return runs(&list.atoms, x, y, Direction::Down);
    }
    let x = if is_odd { PAGE_WIDTH as f32 - RIGHT as f32 - style.size - width } else { LEFT as f32 + style.size };
    runs(&list.atoms, x, NUMBER_MIDDLE + DIGIT_MIDDLE * style.size, Direction::Across)
}

/// 草稿 from the lower left to the upper right, in the middle between the margins.
fn draft_mark(fonts: &Fonts, page: &Page) -> Vec<Item> {
    let style = TextStyle {
        typeface: Typeface::PageNumber,
        size: DRAFT_SIZE,
        spacing: 0.0,
        color: Color::Grey,
        underlined: false,
    };
    let mut list = AtomList::new(fonts, f32::MAX);
    list.text("草稿", style);
    let width = line_width(&list.atoms);
    let [top, right, bottom, left] =
        if page.width > page.height { [LEFT, TOP, RIGHT, BOTTOM] } else { [TOP, RIGHT, BOTTOM, LEFT] };
    let middle_x = (left as f32 + page.width - right as f32) / 2.0;
    let middle_y = (top as f32 + page.height - bottom as f32) / 2.0;
    let slope = std::f32::consts::FRAC_1_SQRT_2;
    let (along, across) = (width / 2.0, CHARACTER_MIDDLE * DRAFT_SIZE);
    let x = middle_x - slope * along + slope * across;
    let y = middle_y + slope * along + slope * across;
    runs(&list.atoms, x, y, Direction::Rising)
}

/// The runs of a line of characters in that direction, none of which belongs to the structure.
fn runs(atoms: &[Atom], x: f32, y: f32, direction: Direction) -> Vec<Item> {
    let (mut runs, mut along) = (Vec::<Run>::new(), 0.0);
    let (dx, dy) = direction.unit();
    for atom in atoms {
        if let AtomKind::Char(c, glyph) = &atom.kind {
            let size = atom.style.size;
            let placed = PlacedGlyph { id: glyph.id, advance: atom.width / size };
            match runs.last_mut().filter(|run| run.face == glyph.face) {
                Some(run) => {
                    run.text.push(*c);
                    run.glyphs.push(placed);
                }
                None => runs.push(Run {
                    x: x + dx * along,
                    y: y + dy * along,
                    size,
                    face: glyph.face,
                    color: atom.style.color,
                    direction,
                    text: c.to_string(),
                    glyphs: vec![placed],
                }),
            }
        }
        along += atom.width;
    }
    runs.into_iter().map(|run| Item { element: None, mark: Mark::Run(run) }).collect()
}
