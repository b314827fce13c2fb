//! What a report consists of, according to the settings.

use toml::Spanned;

use crate::notice::{Annex, HeadElement, Letter, LetterHead, LetterTail, Notice, Section, Summary, TailElement};

/// The letter's texts, the sections and the annexes of one kind of report.
#[derive(Clone, Copy, Debug)]
pub struct ReportStructure<'n> {
    /// Title, addressee and the other fixed parts.
    pub letter: &'n Letter,
    /// The sections of the body, in order.
    pub sections: &'n [Section],
    /// The annexes, in order.
    pub annexes: &'n [Annex],
}

impl<'n> ReportStructure<'n> {
    /// The outline of the branches' reports.
    pub fn for_branches(notice: &'n Notice) -> Self {
        Self { letter: &notice.letter, sections: &notice.section, annexes: &notice.annex }
    }

    /// The outline of the department's report.
    pub fn for_summary(summary: &'n Summary) -> Self {
        Self { letter: &summary.letter, sections: &summary.section, annexes: &summary.annex }
    }

    /// The outlines of both kinds of report, as far as the notice has them.
    pub fn all(notice: &'n Notice) -> impl Iterator<Item = Self> {
        std::iter::once(Self::for_branches(notice)).chain(notice.summary.as_ref().map(Self::for_summary))
    }

    /// The template files by their paths relative to the settings' folder; may contain duplicates.
    pub fn template_files(self) -> impl Iterator<Item = &'n Spanned<String>> {
        let parts = self.sections.iter().flat_map(|section| &section.part).map(|part| &part.template);
        let annexes = self.annexes.iter().filter_map(|annex| annex.template.as_ref());
        [&self.letter.opening, &self.letter.closing].into_iter().chain(parts).chain(annexes)
    }

    /// The templates in the settings file itself: the letter's short texts and the titles of annexes.
    pub(super) fn settings_texts(self) -> impl Iterator<Item = SettingsText<'n>> {
        let letter = self.letter_texts().into_iter().map(|LetterText { name, text, .. }| SettingsText { name, text });
        let titles = self.annexes.iter().enumerate();
        letter.chain(titles.map(|(index, annex)| SettingsText { name: annex_title(index), text: &annex.title }))
    }

    /// The letter's short texts, which are templates in the settings file itself.
    pub(super) fn letter_texts(self) -> Vec<LetterText<'n>> {
        let letter = self.letter;
        let mut texts: Vec<LetterText<'n>> = letter
            .title
            .iter()
            .enumerate()
            .map(|(word, text)| LetterText {
                name: format!("letter.title.{word}"),
                element: LetterElement::Title,
                text,
            })
            .collect();
        let mut push = |name: &str, element, text| texts.push(LetterText { name: name.to_owned(), element, text });
        push("letter.addressee", LetterElement::Addressee, &letter.addressee);
        push("letter.signer", LetterElement::Signer, &letter.signer);
        for (at, text) in letter.organisation.iter().enumerate() {
            push(&format!("letter.organisation.{at}"), LetterElement::Organisation, text);
        }
        if let Some(note) = &letter.note {
            push("letter.note", LetterElement::Note, note);
        }
        for (at, head) in letter.head.iter().flat_map(LetterHead::texts).enumerate() {
            push(&format!("letter.head.{at}"), LetterElement::Head(head.element), head.text);
        }
        for (at, tail) in letter.tail.iter().flat_map(LetterTail::texts).enumerate() {
            push(&format!("letter.tail.{at}"), LetterElement::Tail(tail.element), tail.text);
        }
        texts
    }
}

/// The name under which tera has the title of annex number `index`.
pub(super) fn annex_title(index: usize) -> String {
    format!("annex.{index}.title")
}

/// A template in the settings file itself.
pub(super) struct SettingsText<'n> {
    /// The name under which tera has it.
    pub name: String,
    /// The template, with its position in the settings file.
    pub text: &'n Spanned<String>,
}

/// A short text of the letter.
pub(super) struct LetterText<'n> {
    /// The name under which tera has it.
    pub name: String,
    /// Which element of the letter it is.
    pub element: LetterElement,
    /// The template, with its position in the settings file.
    pub text: &'n Spanned<String>,
}

/// An element of the letter that is a template.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LetterElement {
    /// A word of the title.
    Title,
    Addressee,
    Signer,
    Organisation,
    Note,
    /// An element above the title.
    Head(HeadElement),
    /// An element of 版记.
    Tail(TailElement),
}
