//! Bookmarks of a document, nested by the levels of their headings.

use krilla::destination::XyzDestination;
use krilla::geom::Point;
use krilla::outline::{Outline, OutlineNode};

use crate::render::pdf::page::{Bookmark, POINT};

/// Bookmarks, nested by their levels; `None` without any.
pub(super) fn outline(bookmarks: &[Bookmark]) -> Option<Outline> {
    let mut outline = Outline::new();
    let mut rest = bookmarks;
    while let Some((first, behind)) = rest.split_first() {
        let count = behind.iter().take_while(|other| other.level > first.level).count();
        let (children, next) = behind.split_at(count);
        outline.push_child(outline_node(first, children));
        rest = next;
    }
    (!bookmarks.is_empty()).then_some(outline)
}

/// An entry with those below it. Recurses as deep as there are levels.
fn outline_node(bookmark: &Bookmark, mut rest: &[Bookmark]) -> OutlineNode {
    let place = XyzDestination::new(bookmark.page, Point::from_xy(0.0, bookmark.y * POINT));
    let mut node = OutlineNode::new(bookmark.title.clone(), place);
    while let Some((first, behind)) = rest.split_first() {
        let count = behind.iter().take_while(|other| other.level > first.level).count();
        let (children, next) = behind.split_at(count);
        node.push_child(outline_node(first, children));
        rest = next;
    }
    node
}
