//! The structure of a document: which pieces of content on its pages belong to which element.

use krilla::tagging::{Identifier, Node, TableHeaderScope, Tag, TagGroup, TagKind, TagTree};

use crate::render::pdf::page::{ElementId, ElementKind, LANGUAGE, Structure};

/// The pieces of content of each element.
pub(super) struct Tags {
    content: Vec<Vec<Identifier>>,
}

impl Tags {
    pub(super) fn new(structure: &Structure) -> Self {
        Self { content: vec![Vec::new(); structure.elements.len()] }
    }

    pub(super) fn add(&mut self, element: ElementId, content: Identifier) {
        if let Some(own) = self.content.get_mut(element.index()) {
            own.push(content);
        }
    }

    /// The tree of all elements that have content.
    pub(super) fn tree(self, structure: &Structure) -> TagTree {
        let mut children: Vec<Vec<Node>> = vec![Vec::new(); structure.elements.len()];
        let mut top = Vec::new();
        // Each element is behind its parent: from the last on, all children are complete when their parent's turn
        // comes.
        for (index, (element, content)) in structure.elements.iter().zip(self.content).enumerate().rev() {
            let groups = children.get_mut(index).map(std::mem::take).unwrap_or_default().into_iter().rev();
            let nodes: Vec<Node> = content.into_iter().map(Node::from).chain(groups).collect();
            if nodes.is_empty() {
                continue;
            }
            let node = Node::from(TagGroup::with_children(tag(&element.kind), nodes));
            match element.parent.and_then(|parent| children.get_mut(parent.index())) {
                Some(siblings) => siblings.push(node),
                None => top.push(node),
            }
        }
        top.reverse();
        TagTree::from(top).with_lang(Some(LANGUAGE.to_owned()))
    }
}

fn tag(kind: &ElementKind) -> TagKind {
    match kind {
        ElementKind::Title => Tag::Title.into(),
        ElementKind::Heading(level) => {
            Tag::Hn(std::num::NonZeroU16::new((*level).into()).unwrap_or(std::num::NonZeroU16::MIN), None).into()
        }
        ElementKind::Paragraph => Tag::P.into(),
        ElementKind::Caption => Tag::Caption.into(),
        ElementKind::Table => Tag::Table.into(),
        ElementKind::Row => Tag::TR.into(),
        ElementKind::HeadCell => Tag::TH(TableHeaderScope::Column).into(),
        ElementKind::Cell => Tag::TD.into(),
        ElementKind::Figure(alt) => Tag::Figure(Some(alt.clone())).into(),
    }
}
