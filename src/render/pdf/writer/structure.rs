//! The structure of a document: which pieces of content on its pages belong to which element.

use pdf_writer::{Finish, Name, Ref, TextStr};

use super::file::{PdfFile, int};
use crate::render::pdf::page::{Element, ElementId, ElementKind, LANGUAGE, Structure};
use crate::render::renderer::RenderError;

/// The pieces of content of each element.
pub(super) struct Tags {
    /// By element.
    pieces: Vec<Vec<Piece>>,
    /// The element of each piece of a page, by page.
    pages: Vec<Vec<usize>>,
}

/// A piece of content.
#[derive(Clone, Copy)]
struct Piece {
    page: usize,
    /// Its number on the page.
    number: usize,
}

impl Tags {
    pub(super) fn new(structure: &Structure) -> Self {
        Self { pieces: vec![Vec::new(); structure.elements.len()], pages: Vec::new() }
    }

    /// What is added from now on is on the next page.
    pub(super) fn begin_page(&mut self) {
        self.pages.push(Vec::new());
    }

    /// Adds a piece of the page; its number there.
    pub(super) fn add(&mut self, element: ElementId) -> usize {
        let page = self.pages.len().saturating_sub(1);
        let Some(elements) = self.pages.last_mut() else { return 0 };
        let number = elements.len();
        elements.push(element.index());
        if let Some(own) = self.pieces.get_mut(element.index()) {
            own.push(Piece { page, number });
        }
        number
    }

    /// Writes the tree of all elements that have content; `pages` are the numbers of the pages.
    ///
    /// # Errors
    /// When the data are larger than memory.
    pub(super) fn write(&self, structure: &Structure, pages: &[Ref], file: &mut PdfFile) -> Result<Ref, RenderError> {
        let [root, document] = [(); 2].map(|()| file.reserve());
        let ids: Vec<Option<Ref>> =
            self.have_content(structure).into_iter().map(|has_content| has_content.then(|| file.reserve())).collect();
        let mut children: Vec<Vec<Ref>> = vec![Vec::new(); structure.elements.len()];
        let mut top = Vec::new();
        for (element, id) in structure.elements.iter().zip(&ids) {
            let siblings = element.parent.and_then(|parent| children.get_mut(parent.index())).unwrap_or(&mut top);
            siblings.extend(id);
        }
        for (index, (element, id)) in structure.elements.iter().zip(&ids).enumerate() {
            let Some(id) = *id else { continue };
            let parent = element.parent.and_then(|parent| ids.get(parent.index()).copied().flatten());
            let content = ElementContent { pieces: &self.pieces[index], children: &children[index], pages };
            write_element(file, id, element, parent.unwrap_or(document), &content)?;
        }
        let mut own = file.object(document)?.struct_element(document);
        own.pair(Name(b"S"), Name(b"Document"));
        own.parent(root).lang(TextStr(LANGUAGE));
        own.insert(Name(b"K")).array().items(top);
        own.finish();
        self.write_root(file, root, document, &ids)?;
        Ok(root)
    }

    /// Whether elements, or what they hold, are on pages. Each element is behind its parent.
    fn have_content(&self, structure: &Structure) -> Vec<bool> {
        let mut have: Vec<bool> = self.pieces.iter().map(|pieces| !pieces.is_empty()).collect();
        for (index, element) in structure.elements.iter().enumerate().rev() {
            if let Some(parent) = element.parent
                && have.get(index) == Some(&true)
                && let Some(own) = have.get_mut(parent.index())
            {
                *own = true;
            }
        }
        have
    }

    /// The root, and for each page the elements of its pieces.
    fn write_root(&self, file: &mut PdfFile, root: Ref, document: Ref, ids: &[Option<Ref>]) -> Result<(), RenderError> {
        let mut lists = Vec::with_capacity(self.pages.len());
        for elements in &self.pages {
            let id = file.reserve();
            let own = elements.iter().filter_map(|element| ids.get(*element).copied().flatten());
            file.object(id)?.indirect(id).array().items(own);
            lists.push(id);
        }
        let mut tree = file.object(root)?.indirect(root).dict();
        tree.pair(Name(b"Type"), Name(b"StructTreeRoot"));
        tree.insert(Name(b"K")).array().item(document);
        let mut parents = tree.insert(Name(b"ParentTree")).dict();
        let mut numbers = parents.insert(Name(b"Nums")).array();
        for (page, list) in lists.iter().enumerate() {
            numbers.item(int(page)).item(*list);
        }
        numbers.finish();
        parents.finish();
        tree.pair(Name(b"ParentTreeNextKey"), int(lists.len()));
        // `Title` is an element of PDF 2.0.
        tree.insert(Name(b"RoleMap")).dict().pair(Name(b"Title"), Name(b"P"));
        Ok(())
    }
}

/// What an element holds.
struct ElementContent<'c> {
    pieces: &'c [Piece],
    children: &'c [Ref],
    pages: &'c [Ref],
}

fn write_element(
    file: &mut PdfFile,
    id: Ref,
    element: &Element,
    parent: Ref,
    content: &ElementContent<'_>,
) -> Result<(), RenderError> {
    let mut own = file.object(id)?.struct_element(id);
    own.pair(Name(b"S"), Name(role(&element.kind).as_bytes()));
    own.parent(parent);
    match &element.kind {
        ElementKind::HeadCell => {
            let mut attributes = own.insert(Name(b"A")).dict();
            attributes.pair(Name(b"O"), Name(b"Table")).pair(Name(b"Scope"), Name(b"Column"));
        }
        ElementKind::Figure(alt) => {
            own.alt(TextStr(alt));
        }
        _ => {}
    }
    let own_page = content.pieces.first().map(|piece| piece.page);
    if let Some(page) = own_page.and_then(|page| content.pages.get(page)) {
        own.page(*page);
    }
    let mut children = own.children();
    for piece in content.pieces {
        match content.pages.get(piece.page).filter(|_| Some(piece.page) != own_page) {
            None => {
                children.marked_content_id(int(piece.number));
            }
            Some(page) => {
                children.marked_content_ref().marked_content_id(int(piece.number)).page(*page);
            }
        }
    }
    content.children.iter().for_each(|child| {
        children.struct_element(*child);
    });
    Ok(())
}

/// The type of an element.
fn role(kind: &ElementKind) -> &'static str {
    const HEADINGS: [&str; 6] = ["H1", "H2", "H3", "H4", "H5", "H6"];
    match kind {
        ElementKind::Title => "Title",
        ElementKind::Heading(level) => HEADINGS[usize::from(*level).clamp(1, HEADINGS.len()) - 1],
        ElementKind::Paragraph => "P",
        ElementKind::Caption => "Caption",
        ElementKind::Table => "Table",
        ElementKind::Row => "TR",
        ElementKind::HeadCell => "TH",
        ElementKind::Cell => "TD",
        ElementKind::Figure(_) => "Figure",
    }
}
