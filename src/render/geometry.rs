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
/// A character of 四号, in which 版记 is set.
pub(super) const TAIL_CHARACTER: u32 = 280;

/// From the 版心's upper edge to that of 发文机关标志: 35 mm (7.2.4).
pub(super) const ABOVE_MARK: u32 = 1_984;
/// Free in a line of the head, as high as [`LINE_PITCH`], below 三号, as measured.
pub(super) const BELOW_HEAD_TEXT: u32 = 63;
/// 4 mm (7.2.7 and 10.1).
pub(super) const FOUR_MM: u32 = 227;
/// 发文字号's upper edge is 7/8 of a character (280) below the rule of 信函格式, 182 of which its line leaves free
/// (10.1).
pub(super) const BELOW_LETTER_RULE: u32 = 98;
/// Width of the rules of 信函格式: 170 mm (10.1).
pub(super) const LETTER_RULE_WIDTH: u32 = 9_638;
/// From the page's left edge to these rules, which are centred on it.
pub(super) const LETTER_RULE_LEFT: u32 = 1_134;
/// From the page's upper edge to the lower rule, 20 mm above the lower edge (10.1).
pub(super) const LOWER_RULE_TOP: u32 = 15_704;

/// Right indent of 成文日期 below joint seals, in hundredths of a character.
pub(super) const JOINT_DATE_INDENT: i32 = 400;
/// Underlined blanks of the line to sign on: eight characters.
pub(super) const SIGNING_LINE: &str = "　　　　　　　　";
/// A side of the QR code, in mm.
pub(super) const QR_MM: u32 = 18;
/// How many of the last entries of 附件说明 stay on the page of the signature.
pub(super) const KEPT_ANNEX_ENTRIES: usize = 5;

/// A cell's margin left of its text, and right of it.
pub(super) const CELL_MARGIN: u32 = 70;
/// The greatest height of a picture in mm: less than a landscape page has.
pub(super) const MAX_PICTURE_MM: u32 = 150;
/// Widths of a chart's columns.
pub(super) struct ChartWidths {
    pub name: u32,
    pub bar: u32,
    pub value: u32,
}
/// They sum to [`TEXT_WIDTH`].
pub(super) const CHART_WIDTHS: ChartWidths = ChartWidths { name: 3_007, bar: 4_423, value: 1_415 };
/// The longest bar: its column less its cell's margins and 1 pt.
pub(super) const LONGEST_BAR: u32 = CHART_WIDTHS.bar - 2 * CELL_MARGIN - 20;
/// Height of a bar: 11 pt.
pub(super) const BAR_HEIGHT: u32 = 220;

/// A length in mm as twips.
pub(super) const fn twips(mm: u32) -> u32 {
    mm * 567 / 10
}
