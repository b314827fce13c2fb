//! Blocks onto pages: what stays with the next block, what may be broken, where pages begin.

use super::lines::Line;
use super::page::{Bookmark, Document, Item, Page, Structure};
use super::page_kind::PageKind;
use super::table::{Row, TableBlock};

/// Something that takes its height on pages.
#[derive(Clone, Debug)]
pub(super) enum Block {
    Paragraph(Paragraph),
    Table(TableBlock),
    /// The next block begins a page of this kind.
    Turn(PageKind),
}

/// Lines, placed from the left edge of the column on.
#[derive(Clone, Debug, Default)]
pub(super) struct Paragraph {
    pub lines: Vec<Line>,
    pub before: f32,
    pub after: f32,
    pub keep: Keep,
    pub begins_page: bool,
    /// The entry of the bookmarks that leads here: its level and title.
    pub bookmark: Option<(u8, String)>,
}

/// What a paragraph does not part from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Keep {
    /// Nothing.
    #[default]
    Free,
    /// Its own lines.
    Lines,
    /// Its own lines and the block below it.
    Next,
}

/// What rounding may add to a page that is full.
const TOLERANCE: f32 = 0.5;

impl Block {
    fn keeps_next(&self) -> bool {
        match self {
            Self::Paragraph(paragraph) => paragraph.keep == Keep::Next,
            Self::Table(table) => table.keeps_next,
            Self::Turn(_) => false,
        }
    }

    /// Whether it may be put on the page of the block above it.
    fn follows_on(&self) -> bool {
        match self {
            Self::Paragraph(paragraph) => !paragraph.begins_page,
            Self::Table(_) => true,
            Self::Turn(_) => false,
        }
    }

    fn height(&self) -> f32 {
        match self {
            Self::Paragraph(paragraph) => paragraph.before + lines_height(&paragraph.lines) + paragraph.after,
            Self::Table(table) => table.height(),
            Self::Turn(_) => 0.0,
        }
    }

    /// The least height of it that a page must hold.
    fn first_part(&self) -> f32 {
        match self {
            Self::Paragraph(paragraph) if paragraph.keep == Keep::Free => {
                paragraph.before + paragraph.lines.first().map_or(0.0, |line| line.height)
            }
            Self::Paragraph(paragraph) => paragraph.before + lines_height(&paragraph.lines),
            Self::Table(table) => table.first_part(),
            Self::Turn(_) => 0.0,
        }
    }
}

fn lines_height(lines: &[Line]) -> f32 {
    lines.iter().map(|line| line.height).sum()
}

/// Puts blocks onto pages, one after the other.
#[derive(Debug)]
pub(super) struct Flow {
    pages: Vec<Page>,
    kind: PageKind,
    /// The height that is used, from the upper edge of the text.
    y: f32,
    bookmarks: Vec<Bookmark>,
}

impl Flow {
    /// Puts blocks onto pages, the first of which is of that kind.
    pub(super) fn lay_out(blocks: Vec<Block>, first: PageKind) -> Self {
        let mut flow = Self { pages: vec![first.page()], kind: first, y: 0.0, bookmarks: Vec::new() };
        let needs: Vec<f32> = (0..blocks.len()).map(|at| needed(&blocks[at..])).collect();
        for (block, needed) in blocks.into_iter().zip(needs) {
            flow.place(block, needed);
        }
        flow
    }

    /// The pages with the structure of what is on them.
    pub(super) fn into_document(self, structure: Structure) -> Document {
        Document { pages: self.pages, structure, bookmarks: self.bookmarks, gaps: Vec::new() }
    }

    /// The number of the last page, from 1.
    pub(super) fn last_number(&self) -> usize {
        self.pages.len()
    }

    /// The page that blocks are placed on; `None` before the first [`Flow::begin_page`].
    pub(super) fn last_page(&mut self) -> Option<&mut Page> {
        self.pages.last_mut()
    }

    /// Height for text on the last page.
    pub(super) fn text_height(&self) -> f32 {
        self.kind.text_height()
    }

    /// The height that is used on the last page.
    pub(super) fn used(&self) -> f32 {
        self.y
    }

    /// Begins a page of that kind, with nothing used of its height.
    pub(super) fn begin_page(&mut self, kind: PageKind) {
        self.kind = kind;
        self.y = 0.0;
        self.pages.push(kind.page());
    }

    /// Places a block; `needed` is the height that it, and what it stays with, need on one page.
    fn place(&mut self, block: Block, needed: f32) {
        let begins_page = !block.follows_on();
        let is_used = self.y > 0.0;
        if let Block::Turn(kind) = block {
            return self.begin_page(kind);
        }
        let fits_a_page = needed <= self.kind.next().text_height() + TOLERANCE;
        if is_used && (begins_page || fits_a_page && needed > self.free_height()) {
            self.begin_page(self.kind.next());
        }
        match block {
            Block::Paragraph(paragraph) => self.paragraph(paragraph),
            Block::Table(table) => self.table(&table),
            Block::Turn(_) => {}
        }
    }

    /// The height that is free on the page.
    fn free_height(&self) -> f32 {
        self.kind.text_height() - self.y + TOLERANCE
    }

    fn paragraph(&mut self, paragraph: Paragraph) {
        self.y += paragraph.before;
        let mut bookmark = paragraph.bookmark;
        for line in paragraph.lines {
            if line.height > self.free_height() && self.y > 0.0 {
                self.begin_page(self.kind.next());
            }
            if let Some((level, title)) = bookmark.take() {
                let (page, y) = (self.pages.len() - 1, self.kind.top() + self.y);
                self.bookmarks.push(Bookmark { level, title, page, y });
            }
            let height = line.height;
            self.put(line.items, line.shapes, self.y);
            self.y += height;
        }
        self.y += paragraph.after;
    }

    /// Puts what is placed relative to a point at the left edge of the text, `y` below its upper edge.
    fn put(&mut self, items: Vec<Item>, shapes: Vec<super::page::Shape>, y: f32) {
        let (dx, dy) = (self.kind.left(), self.kind.top() + y);
        let Some(page) = self.pages.last_mut() else { return };
        page.items.extend(items.into_iter().map(|item| Item { mark: item.mark.moved(dx, dy), ..item }));
        page.shapes.extend(shapes.into_iter().map(|shape| shape.moved(dx, dy)));
    }

    /// A table, with its head on every page; rows are broken when they may be, or are taller than a page.
    fn table(&mut self, table: &TableBlock) {
        let mut is_repeated = false;
        self.head_of(table, is_repeated);
        for row in &table.rows {
            let mut rest = row.clone();
            while !rest.fits(self.free_height()) {
                let head = table.head_height();
                let is_alone = self.y <= head + TOLERANCE;
                let is_tall = || !rest.fits(self.kind.next().text_height() - head);
                let is_broken = rest.may_break || is_alone || is_tall();
                let upper = if is_broken { rest.take_upper(self.free_height()) } else { None };
                match upper {
                    Some(upper) => self.row(table, &upper),
                    // Not even a line fits on a page of its own: it is put there whatever its height.
                    None if is_alone => break,
                    None => {}
                }
                is_repeated = true;
                self.begin_page(self.kind.next());
                self.head_of(table, is_repeated);
            }
            self.row(table, &rest);
        }
    }

    fn head_of(&mut self, table: &TableBlock, is_repeated: bool) {
        self.y += table.border();
        if let Some(head) = &table.head {
            let mut head = head.clone();
            if is_repeated {
                head.forget_elements();
            }
            self.row(table, &head);
        }
    }

    fn row(&mut self, table: &TableBlock, row: &Row) {
        let placed = row.placed(table);
        self.put(placed.items, placed.shapes, self.y);
        self.y += row.height();
    }
}

/// The height that the first block needs on one page, with the blocks that it stays with.
fn needed(blocks: &[Block]) -> f32 {
    let mut height = 0.0;
    for (at, block) in blocks.iter().enumerate() {
        let stays = block.keeps_next() && blocks.get(at + 1).is_some_and(Block::follows_on);
        if !stays {
            return height + block.first_part();
        }
        height += block.height();
    }
    height
}
