//! Puts PDF files together.

use hayro_syntax::Pdf as Source;
use hayro_syntax::PdfVersion;
use hayro_write::{ExtractionQuery, extract};
use pdf_writer::types::PageMode;
use pdf_writer::{Finish, Name, Pdf, Rect, Ref, Settings, TextStr};

/// The language of what is bound.
const LANGUAGE: &str = "zh-CN";
/// A4 in points, the size of blank pages.
const A4: Rect = Rect { x1: 0.0, y1: 0.0, x2: 595.28, y2: 841.89 };

/// Files that follow each other, of which the first begins on a right-hand page.
pub(crate) struct BoundPart {
    /// The bookmark that leads to it.
    pub title: String,
    /// The files, in their order.
    pub files: Vec<Vec<u8>>,
}

/// The bound file.
pub(crate) struct BoundPdf {
    /// The PDF file.
    pub bytes: Vec<u8>,
    /// Its pages, blank ones included.
    pub pages: usize,
}

/// Why files cannot be bound: a fault of the program, since it has written them.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BindError {
    /// A file cannot be read again.
    #[error("“{0}”的 PDF 读不出")]
    Read(String),
}

/// Binds parts into one file. The same files give the same bytes.
///
/// # Errors
/// When one of them is no PDF with pages.
pub(crate) fn bind(title: &str, parts: &[BoundPart]) -> Result<BoundPdf, BindError> {
    let mut binder = Binder::new();
    for part in parts {
        binder.begin_sheet();
        let first = binder.children.len();
        for file in &part.files {
            binder.append(file).ok_or_else(|| BindError::Read(part.title.clone()))?;
        }
        binder.bookmarks.extend(binder.children.get(first).map(|child| (part.title.clone(), child.first_page)));
    }
    let pages = binder.count();
    Ok(BoundPdf { bytes: binder.finish(title), pages })
}

/// A file's pages, or a blank page: a child of the page tree.
#[derive(Clone, Copy)]
struct Child {
    id: Ref,
    first_page: Ref,
    pages: usize,
}

/// Copies the pages of files into one page tree, with references numbered anew.
struct Binder {
    pdf: Pdf,
    /// The next free reference.
    next: Ref,
    /// The root of the page tree.
    root: Ref,
    children: Vec<Child>,
    bookmarks: Vec<(String, Ref)>,
    version: PdfVersion,
}

impl Binder {
    fn new() -> Self {
        let mut next = Ref::new(1);
        let root = next.bump();
        let (children, bookmarks, version) = (Vec::new(), Vec::new(), PdfVersion::Pdf17);
        Self { pdf: Pdf::new(), next, root, children, bookmarks, version }
    }

    fn count(&self) -> usize {
        self.children.iter().map(|child| child.pages).sum()
    }

    /// The next page is on the front of a sheet: a blank page in front of it where it would be on the back.
    fn begin_sheet(&mut self) {
        if self.count().is_multiple_of(2) {
            return;
        }
        let id = self.next.bump();
        let mut page = self.pdf.page(id);
        page.parent(self.root).media_box(A4);
        page.resources();
        page.finish();
        self.children.push(Child { id, first_page: id, pages: 1 });
    }

    /// Appends all pages of a file; `None` when it has none, or cannot be read.
    fn append(&mut self, file: &[u8]) -> Option<()> {
        let source = Source::new(file.to_vec()).ok()?;
        let queries: Vec<ExtractionQuery> = (0..source.pages().len()).map(ExtractionQuery::new_page).collect();
        let mut next = self.next;
        let extracted = extract(&source, Box::new(|| next.bump()), Settings::default(), &queries).ok()?;
        self.next = next;
        let pages: Vec<Ref> = extracted.root_refs.into_iter().collect::<Result<_, _>>().ok()?;
        let (id, first_page) = (extracted.page_tree_parent_ref, *pages.first()?);
        self.pdf.extend(&extracted.chunk);
        self.pdf.pages(id).parent(self.root).kids(pages.iter().copied()).count(int(pages.len()));
        self.children.push(Child { id, first_page, pages: pages.len() });
        self.version = self.version.max(source.version());
        Some(())
    }

    /// The bytes of the file.
    fn finish(mut self, title: &str) -> Vec<u8> {
        let (children, count) = (self.children.iter().map(|child| child.id), int(self.count()));
        self.pdf.pages(self.root).kids(children).count(count);
        let outline = self.outline();
        let (catalog, info) = (self.next.bump(), self.next.bump());
        let mut catalog = self.pdf.catalog(catalog);
        catalog.pages(self.root).lang(TextStr(LANGUAGE));
        if let Some(outline) = outline {
            catalog.outlines(outline).page_mode(PageMode::UseOutlines);
        }
        let mut preferences = catalog.viewer_preferences();
        preferences.display_doc_title(true);
        // Right-hand pages are meant for both sides of the paper, turned over the long edge.
        preferences.pair(Name(b"Duplex"), Name(b"DuplexFlipLongEdge"));
        preferences.finish();
        catalog.finish();
        self.pdf.document_info(info).title(TextStr(title)).creator(TextStr("zicha"));
        if self.version > PdfVersion::Pdf17 {
            self.pdf.set_version(2, 0);
        }
        self.pdf.finish()
    }

    /// The bookmarks; `None` without any.
    fn outline(&mut self) -> Option<Ref> {
        let bookmarks = std::mem::take(&mut self.bookmarks);
        let root = self.next.bump();
        let ids: Vec<Ref> = bookmarks.iter().map(|_| self.next.bump()).collect();
        let (first, last) = (*ids.first()?, *ids.last()?);
        self.pdf.outline(root).first(first).last(last).count(int(ids.len()));
        for (at, (title, page)) in bookmarks.iter().enumerate() {
            let mut item = self.pdf.outline_item(ids[at]);
            item.title(TextStr(title)).parent(root);
            if let Some(previous) = at.checked_sub(1) {
                item.prev(ids[previous]);
            }
            if let Some(next) = ids.get(at + 1) {
                item.next(*next);
            }
            item.dest().page(*page).fit();
        }
        Some(root)
    }
}

fn int(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
