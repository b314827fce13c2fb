//! Measures of the page. Unless stated otherwise in twips (1/20 pt; 1 mm = 56.7 twips). Sizes are from GB/T 9704-2012,
//! 5.2; offsets were adjusted until LibreOffice and Word placed lines where the standard requires.

/// Width of A4: 210 mm.
pub(super) const PAGE_WIDTH: u32 = 11_906;
/// Height of A4: 297 mm.
pub(super) const PAGE_HEIGHT: u32 = 16_838;
/// 天头: 37 mm.
pub(super) const TOP: i32 = 2_098;
/// 订口: 28 mm.
pub(super) const LEFT: i32 = 1_587;
/// Margin below the 版心: 35 mm, which leaves 225 mm.
pub(super) const BOTTOM: i32 = 1_984;
/// Margin right of the 版心: 26 mm, which leaves 156 mm.
pub(super) const RIGHT: i32 = 1_474;
/// From the page's upper edge to the (empty) header: 15 mm, Word's default.
pub(super) const HEADER: i32 = 851;
/// From the page's upper edge to the 发文机关标志 of 信函格式: 30 mm.
pub(super) const LETTER_HEADER: i32 = 1_701;
/// From the page's lower edge to the footer, so that the middle of the page number is 269 mm from the upper edge.
pub(super) const FOOTER: i32 = 1_447;
/// The same on landscape pages, whose number is elsewhere: the footer, one line high, stays in the margin of 26 mm.
pub(super) const LANDSCAPE_FOOTER: i32 = 850;
/// Width of the 版心: 156 mm.
pub(super) const TEXT_WIDTH: u32 = 8_845;
/// Width between the margins of a landscape page: 225 mm.
pub(super) const LANDSCAPE_TEXT_WIDTH: u32 = 12_756;
/// Line pitch: 28.95 pt, 22 lines a page.
pub(super) const LINE_PITCH: usize = 579;
/// Width of a character of the body: 16 pt less 0.25 pt, 28 characters a line.
pub(super) const CHARACTER: i32 = 315;
/// The character spacing that makes [`CHARACTER`] of 三号.
pub(super) const CHARACTER_SPACING: i32 = -5;
/// `w:charSpace` of the character grid, in 1/4096 pt: 15.79 pt a character, 28 characters in 156 mm.
pub(super) const CHARACTER_GRID: isize = -842;
/// 三号, the body, in half-points.
pub(super) const BODY_SIZE: usize = 32;
/// 二号, the title, in half-points.
pub(super) const TITLE_SIZE: usize = 44;
/// Line height of the title: 34 pt.
pub(super) const TITLE_LINE: i32 = 680;
/// Line height of page numbers: 14 pt.
pub(super) const PAGE_NUMBER_LINE: i32 = 280;
/// Line height of captions: 20 pt.
pub(super) const CAPTION_LINE: i32 = 400;
/// Line height of table text: 15 pt.
pub(super) const TABLE_LINE: i32 = 300;
/// Line height of 版记: 24 pt.
pub(super) const TAIL_LINE: i32 = 480;
/// Height of the empty line below a table: 8 pt.
pub(super) const AFTER_TABLE: i32 = 160;
/// 四号, page numbers, in half-points.
pub(super) const PAGE_NUMBER_SIZE: usize = 28;
/// 小四, captions, in half-points.
pub(super) const CAPTION_SIZE: usize = 24;
/// 五号, tables, in half-points.
pub(super) const TABLE_SIZE: usize = 21;
