//! How a table is laid out on its pages.
//!
//! Input: a table's cells as [`Inlines`]. Output: each column's share of the table's width (`column_widths`) and whether
//! the table needs a landscape page. Every renderer uses the same shares, so that a table looks alike in every format.

use super::column_widths::{MIN_WIDTH, Measure, MeasuredColumn, measured_columns, widths};
use super::text::{Inline, Inlines};
use super::text_width::text_width;
use super::tree::{Align, Table, TableColumn};

/// Lines of a row that may be broken across pages: about half of an upright page and, since lines are longer there, of
/// a landscape one. LibreOffice loses text of an unbroken row that is taller than a page.
const MAX_UNBROKEN_LINES: usize = 20;
/// Lines of table text on an upright page and on a landscape one, the lines' share of borders included.
const UPRIGHT_LINES: usize = 40;
const LANDSCAPE_LINES: usize = 28;
/// How a table is laid out.
#[derive(Debug)]
pub(super) struct TableLayout {
    /// Alignment and share of each column.
    pub columns: Vec<TableColumn>,
    /// Whether the table needs a landscape page.
    pub landscape: bool,
    /// Whether it needs small type.
    pub small: bool,
}

/// 五号 (10.5 pt), the usual size of table text, in the 版心 of an upright page (156 mm; GB/T 9704-2012, 5.2.1).
const PORTRAIT: Measure = Measure { page_width: 421, cell_margins: 8 };
/// 五号 between the margins of a landscape page (225 mm).
const LANDSCAPE: Measure = Measure { page_width: 607, cell_margins: 8 };
/// 小六 (6.5 pt) on an upright page.
const SMALL_PORTRAIT: Measure = Measure { page_width: 680, cell_margins: 3 };
/// 小六 on a landscape page.
const SMALL_LANDSCAPE: Measure = Measure { page_width: 981, cell_margins: 3 };

/// Lays out a table. `aligns` are the template's; a column without one is centred.
///
/// A table gets a landscape page when its columns' minimums do not fit an upright one, or when it then takes three
/// quarters of the pages or fewer; it is set in small type when its minimums do not fit a landscape page either.
pub(super) fn lay_out(aligns: &[Align], head: &[Inlines], rows: &[Vec<Inlines>]) -> TableLayout {
    let columns = measured_columns(head, rows);
    let landscape = !PORTRAIT.fits(&columns) || saves_pages(&columns);
    let (shares, small) = shares(&columns, landscape);
    let column = |(col, share)| TableColumn { align: aligns.get(col).copied().unwrap_or(Align::Center), share };
    TableLayout { columns: shares.into_iter().enumerate().map(column).collect(), landscape, small }
}

/// Lays a table out anew for pages that are turned whatever it needs.
pub(super) fn fit(table: &mut Table, landscape: bool) {
    let (shares, small) = shares(&measured_columns(&table.head, &table.rows), landscape);
    table.columns.iter_mut().zip(shares).for_each(|(column, share)| column.share = share);
    (table.landscape, table.small) = (false, small);
}

/// Whether a table that needs more than an upright page takes at most three quarters of the pages when they are turned.
fn saves_pages(columns: &[MeasuredColumn]) -> bool {
    let upright = total_lines(columns, &widths(columns, PORTRAIT), PORTRAIT);
    if upright <= UPRIGHT_LINES {
        return false;
    }
    let landscape = total_lines(columns, &widths(columns, LANDSCAPE), LANDSCAPE);
    landscape * UPRIGHT_LINES * 4 <= upright * LANDSCAPE_LINES * 3
}

/// The lines of all rows together; a row takes those of its tallest cell.
fn total_lines(columns: &[MeasuredColumn], widths: &[usize], measure: Measure) -> usize {
    let rows = columns.first().map_or(0, |column| column.cells.len());
    let tallest = |row: usize| {
        let lines = |(column, width): (&MeasuredColumn, &usize)| {
            let width = width.saturating_sub(measure.cell_margins).max(MIN_WIDTH / 2);
            column.cells.get(row).map_or(1, |cell| cell.div_ceil(width).max(1))
        };
        columns.iter().zip(widths).map(lines).max().unwrap_or(0)
    };
    (0..rows).map(tallest).sum()
}

impl Table {
    /// Whether a row of the table is so tall that it may be broken across pages.
    pub(crate) fn may_break(&self, row: &[Inlines]) -> bool {
        let Measure { page_width, cell_margins } = if self.small { SMALL_PORTRAIT } else { PORTRAIT };
        let is_tall = |(cell, column): (&Inlines, &TableColumn)| {
            let width = usize::from(column.share) * page_width / 1000;
            line_count(cell, width.saturating_sub(cell_margins)) > MAX_UNBROKEN_LINES
        };
        row.iter().zip(&self.columns).any(is_tall)
    }
}

/// The lines of a cell of that width.
fn line_count(cell: &Inlines, width: usize) -> usize {
    let lines = cell.split(|inline| *inline == Inline::Break);
    lines.map(|line| text_width(line).div_ceil(width.max(MIN_WIDTH / 2)).max(1)).sum()
}

/// Each column's share of the width of a page, in thousandths, and whether the table is set in small type.
fn shares(columns: &[MeasuredColumn], landscape: bool) -> (Vec<u16>, bool) {
    let usual = if landscape { LANDSCAPE } else { PORTRAIT };
    let small = !usual.fits(columns);
    let measure = match (small, landscape) {
        (false, _) => usual,
        (true, true) => SMALL_LANDSCAPE,
        (true, false) => SMALL_PORTRAIT,
    };
    (thousandths(&widths(columns, measure)), small)
}

/// Widths as thousandths of their sum; rounding remainders go to the first columns, so that they sum to exactly 1000.
fn thousandths(widths: &[usize]) -> Vec<u16> {
    let total = widths.iter().sum::<usize>().max(1);
    let mut shares: Vec<u16> = widths.iter().map(|width| (width * 1000 / total) as u16).collect();
    let left = 1000_u16.saturating_sub(shares.iter().sum());
    shares.iter_mut().take(usize::from(left)).for_each(|share| *share += 1);
    shares
}

#[cfg(test)]
mod tests {
    use super::{Inline, Inlines, Table, lay_out, text_width};

    fn cell(text: &str) -> Inlines {
        vec![Inline::Text(text.to_owned())]
    }

    #[test]
    fn shares_sum_to_the_whole_and_follow_the_content() {
        let head = vec![cell("序号"), cell("整改措施"), cell("状态")];
        let rows = vec![vec![cell("1"), cell("补齐会议记录并统一归档保存备查以备检查"), cell("已完成")]];
        let layout = lay_out(&[], &head, &rows);
        assert_eq!(layout.columns.iter().map(|c| c.share).sum::<u16>(), 1000);
        assert!(layout.columns[1].share > layout.columns[0].share * 2, "{layout:?}");
        assert!(!layout.landscape);
    }

    #[test]
    fn only_tall_rows_may_be_broken() {
        let head = vec![cell("序号"), cell("内容")];
        let short = vec![cell("1"), cell(&"长".repeat(300))];
        let tall = vec![cell("2"), cell(&"长".repeat(1000))];
        let lines = vec![cell("3"), vec![vec![Inline::Text("行".to_owned()), Inline::Break]; 21].concat()];
        let rows = vec![short, tall, lines];
        let layout = lay_out(&[], &head, &rows);
        let table = Table { caption: None, columns: layout.columns, head, rows, landscape: false, small: false };
        let may_break: Vec<bool> = table.rows.iter().map(|row| table.may_break(row)).collect();
        assert_eq!(may_break, [false, true, true]);
    }

    #[test]
    fn long_texts_share_the_width_by_their_length() {
        let head = ["序号", "问题表现", "整改措施"].map(cell).to_vec();
        let row = vec![cell("1"), cell(&"长".repeat(60)), cell(&"短".repeat(20))];
        let layout = lay_out(&[], &head, &[row]);
        // 421 tenths of an em less three times 8 for margins and 20 for the number: 377, enough for texts of 600 and
        // 200 in three lines, not in two.
        let [_, long, short] = [0, 1, 2].map(|col| usize::from(layout.columns[col].share) * 421 / 1000 - 8);
        assert!(long >= 200 && short >= 67, "{layout:?}");
    }

    #[test]
    fn short_texts_stay_whole_before_wider_ones_are_less_broken() {
        let head = [
            "序号",
            "团队名称",
            "类型",
            "带头人",
            "成员数（人）",
            "重点任务",
            "阶段性成果",
            "建设目标完成率",
            "建设成效",
        ];
        let row = [
            "1",
            "阅读推广服务队",
            "技术服务",
            "张平涛",
            "14",
            "进学院阅读推广",
            "目前活动场次不足计划一半",
            "50%",
            "成效不明显",
        ];
        let layout = lay_out(&[], &head.map(cell), &[row.map(cell).to_vec()]);
        // Four and five characters and the margins of the cell: 48 and 58 tenths of an em of 421.
        let [kind, effect] = [2, 8].map(|col| usize::from(layout.columns[col].share) * 421 / 1000);
        assert!(kind >= 47 && effect >= 57, "{layout:?}");
    }

    #[test]
    fn names_of_columns_that_are_wide_numbers_are_not_broken() {
        for name in ["2024年10月", "ISO9001-2015", "A/B/C/D/E/F", "Equipment_name"] {
            let layout = lay_out(&[], &[name, "数量"].map(cell), &[["1", "2"].map(cell).to_vec()]);
            let own = usize::from(layout.columns[0].share) * 421 / 1000;
            assert!(own >= text_width(&cell(name)) + 8, "{name} {layout:?}");
        }
    }

    #[test]
    fn a_table_of_many_pages_is_turned_when_that_saves_a_quarter() {
        let head =
            ["序号", "党支部", "问题类别", "问题表现", "整改措施", "责任人", "整改时限", "完成情况"].map(cell).to_vec();
        let row = || {
            let texts = [
                "1",
                "学生第二党支部",
                "组织生活严肃性不高",
                "第一次检查时会议记录缺项，没有写明主持人",
                "补记会议情况，由参会人员签字确认",
                "王建国",
                "2018年11月30日",
                "已完成",
            ];
            texts.map(cell).to_vec()
        };
        let few: Vec<_> = (0..4).map(|_| row()).collect();
        let many: Vec<_> = (0..40).map(|_| row()).collect();
        assert!(!lay_out(&[], &head, &few).landscape, "fits one page");
        assert!(lay_out(&[], &head, &many).landscape);
    }

    #[test]
    fn many_columns_need_a_landscape_page() {
        let head: Vec<Inlines> = (0..16).map(|n| cell(&format!("第{n:02}项"))).collect();
        let layout = lay_out(&[], &head, &[]);
        assert!(layout.landscape && !layout.small);
    }

    #[test]
    fn forty_columns_need_small_type() {
        let head: Vec<Inlines> = (0..40).map(|n| cell(&format!("第{n}项指标"))).collect();
        let layout = lay_out(&[], &head, &[]);
        assert!(layout.landscape && layout.small);
        // Two characters fit into each.
        assert!(layout.columns.iter().all(|column| column.share * 98 / 100 >= 23), "{layout:?}");
    }
}
