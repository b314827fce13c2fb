//! Measures of the page in twips (1/20 pt; 1 mm = 56.7 twips), from GB/T 9704-2012, 5.2, and what was measured
//! to hold in LibreOffice and Word.

/// A4, across.
pub const PAGE_WIDTH: u32 = 11_906;
/// A4, down.
pub const PAGE_HEIGHT: u32 = 16_838;
/// 天头: 37 mm.
pub const TOP: i32 = 2_098;
/// 订口: 28 mm.
pub const LEFT: i32 = 1_587;
/// Below the 版心: 35 mm, so that 225 mm remain.
pub const BOTTOM: i32 = 1_984;
/// Right of the 版心: 26 mm, so that 156 mm remain.
pub const RIGHT: i32 = 1_474;
/// From the page's lower edge to the page number's line, so that the number's middle is 269 mm from the top.
pub const FOOTER: i32 = 1_447;
/// The 版心's width: 156 mm.
pub const TEXT_WIDTH: u32 = 8_845;
/// The width between the margins of a page on its side.
pub const LANDSCAPE_TEXT_WIDTH: u32 = 12_756;
/// One of 22 lines: 28.95 pt.
pub const LINE_PITCH: usize = 579;
/// One of 28 characters: 16 pt less 0.25 pt.
pub const CHARACTER: i32 = 315;
/// The spacing that makes it so, in twips.
pub const CHARACTER_SPACING: i32 = -5;
/// 三号, in half-points.
pub const BODY_SIZE: usize = 32;
/// 二号, in half-points.
pub const TITLE_SIZE: usize = 44;
/// The title's line, in twips.
pub const TITLE_LINE: i32 = 680;
/// 四号 of page numbers, in half-points.
pub const PAGE_NUMBER_SIZE: usize = 28;
/// 小四 of table captions, in half-points.
pub const CAPTION_SIZE: usize = 24;
/// 五号 of tables, in half-points.
pub const TABLE_SIZE: usize = 21;
