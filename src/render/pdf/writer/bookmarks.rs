//! Bookmarks of a document, nested by the levels of their headings, those of the first level shown.

use pdf_writer::{Finish, Ref, TextStr};

use super::content::milli;
use super::file::{PdfFile, int};
use crate::render::pdf::page::{Bookmark, POINT, Page};
use crate::render::renderer::RenderError;

/// A bookmark among the others.
struct Entry {
    id: Ref,
    /// The index of the one that it is below.
    parent: Option<usize>,
    /// The indices of those directly below it.
    children: Vec<usize>,
}

/// Writes bookmarks; `None` without any. `pages` are the pages with their numbers.
///
/// # Errors
/// When the data are larger than memory.
pub(super) fn write(
    bookmarks: &[Bookmark],
    pages: &[(&Page, Ref)],
    file: &mut PdfFile,
) -> Result<Option<Ref>, RenderError> {
    let mut entries: Vec<Entry> = Vec::with_capacity(bookmarks.len());
    let (mut top, mut open) = (Vec::new(), Vec::<usize>::new());
    for (at, bookmark) in bookmarks.iter().enumerate() {
        open.retain(|above| bookmarks[*above].level < bookmark.level);
        let parent = open.last().copied();
        match parent {
            Some(parent) => entries[parent].children.push(at),
            None => top.push(at),
        }
        open.push(at);
        entries.push(Entry { id: file.reserve(), parent, children: Vec::new() });
    }
    let id_of = |at: usize| entries.get(at).map(|entry| entry.id);
    let ends = |children: &[usize]| Some((id_of(*children.first()?)?, id_of(*children.last()?)?));
    let Some((first, last)) = ends(&top) else { return Ok(None) };
    let root = file.reserve();
    file.object(root)?.outline(root).first(first).last(last).count(int(top.len()));
    for (at, (entry, bookmark)) in entries.iter().zip(bookmarks).enumerate() {
        let siblings = entry.parent.map_or(&top, |parent| &entries[parent].children);
        let place = siblings.binary_search(&at).unwrap_or_default();
        let mut item = file.object(entry.id)?.outline_item(entry.id);
        item.title(TextStr(&bookmark.title)).parent(entry.parent.and_then(id_of).unwrap_or(root));
        if let Some(previous) = place.checked_sub(1).and_then(|before| id_of(siblings[before])) {
            item.prev(previous);
        }
        if let Some(next) = siblings.get(place + 1).and_then(|next| id_of(*next)) {
            item.next(next);
        }
        if let Some((first, last)) = ends(&entry.children) {
            item.first(first).last(last).count(-int(entry.children.len()));
        }
        if let Some((page, id)) = pages.get(bookmark.page) {
            let top = milli((page.height - bookmark.y) * POINT) as f32 / 1_000.0;
            item.dest().page(*id).xyz(0.0, top, None);
        }
        item.finish();
    }
    Ok(Some(root))
}
