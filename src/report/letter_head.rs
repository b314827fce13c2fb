//! What stands above the title (GB/T 9704-2012, 7.2), and 版记 at the foot of the last page (7.4).

use jiff::civil::Date;

use super::inline::{LineBreaks, inlines};
use super::text::{Inline, Inlines, plain};
use crate::diagnostics::{Diagnostic, Location, code};
use crate::notice::{self, HeadElement, HeadForm, Notice, TailElement, printed_fault};
use crate::template::{FilledElement, FilledTemplates};

/// The elements above the title. Those that a report does not have are empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// 份号, six digits (7.2.1).
    pub copy_number: Option<Inlines>,
    /// 密级和保密期限, such as 秘密★1年 (7.2.2).
    pub secrecy: Option<Inlines>,
    /// 紧急程度: 特急 or 加急 (7.2.3).
    pub urgency: Option<Inlines>,
    /// 发文机关标志, an issuer each, without 文件.
    pub mark: Vec<Inlines>,
    /// Whether 文件 follows the issuers.
    pub document: bool,
    /// 发文字号, such as 甲发〔2018〕3号 (7.2.5).
    pub number: Option<Inlines>,
    /// 签发人, a person each. A report with one goes to a superior (上行文).
    pub signers: Vec<Inlines>,
    /// Whether the paper has the red head already, so that its room stays empty.
    pub preprinted: bool,
    /// The layout of the first page.
    pub form: HeadForm,
}

/// 版记. Elements that a report does not have are empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tail {
    /// 抄送机关, without the full stop.
    pub copy_to: Option<Inlines>,
    /// 印发机关, without the word 印发 (7.4.3).
    pub printer: Option<Inlines>,
    /// 印发日期; `None` without 印发机关.
    pub printed: Option<Date>,
}

impl Head {
    /// The head of a report; `None` when nothing of it is drawn.
    ///
    /// # Errors
    /// With a finding when a text is not in the form that the standard prescribes.
    pub(super) fn assemble(
        filled: &FilledTemplates,
        settings: &notice::LetterHead,
    ) -> Result<Option<Self>, Box<Diagnostic>> {
        let mut head = Self {
            document: settings.document,
            preprinted: settings.preprinted,
            form: settings.form,
            ..Self::default()
        };
        for text in &filled.head {
            let inlines = checked(text, HeadElement::fault)?;
            match text.element {
                HeadElement::CopyNumber => head.copy_number = Some(inlines),
                HeadElement::Secrecy => head.secrecy = Some(inlines),
                HeadElement::Urgency => head.urgency = Some(inlines),
                HeadElement::Mark => head.mark.push(inlines),
                HeadElement::Number => head.number = Some(inlines),
                HeadElement::Signer => head.signers.push(inlines),
            }
        }
        let is_drawn = head.preprinted || head.texts().next().is_some();
        Ok(is_drawn.then_some(head))
    }

    /// 份号, 密级和保密期限, 紧急程度: those that there are, from top to bottom.
    pub(crate) fn notes(&self) -> impl Iterator<Item = &Inlines> {
        [&self.copy_number, &self.secrecy, &self.urgency].into_iter().flatten()
    }

    /// Whether there is a 发文机关标志, or room for one that the paper has.
    pub(crate) fn has_mark(&self) -> bool {
        self.preprinted || !self.mark.is_empty()
    }

    /// The texts in reading order, each with its element's name.
    pub(super) fn texts(&self) -> impl Iterator<Item = HeadPart<'_>> {
        let part = |element: HeadElement| move |text| HeadPart { text, label: element.label() };
        let copy_number = self.copy_number.iter().map(part(HeadElement::CopyNumber));
        let secrecy = self.secrecy.iter().map(part(HeadElement::Secrecy));
        let urgency = self.urgency.iter().map(part(HeadElement::Urgency));
        let mark = self.mark.iter().map(part(HeadElement::Mark));
        let number = self.number.iter().map(part(HeadElement::Number));
        let signers = self.signers.iter().map(part(HeadElement::Signer));
        copy_number.chain(secrecy).chain(urgency).chain(mark).chain(number).chain(signers)
    }

    /// The texts in reading order, mutable.
    pub(super) fn texts_mut(&mut self) -> impl Iterator<Item = &mut Inlines> {
        let notes = [&mut self.copy_number, &mut self.secrecy, &mut self.urgency].into_iter().flatten();
        notes.chain(&mut self.mark).chain(&mut self.number).chain(&mut self.signers)
    }
}

/// A text of a head, with the name of its element.
pub(super) struct HeadPart<'h> {
    pub text: &'h Inlines,
    pub label: &'static str,
}

impl Tail {
    /// The tail of a report of that 成文日期; `None` when nothing of it is drawn.
    ///
    /// # Errors
    /// With a finding when a text has what the program adds, or 印发日期 is before 成文日期.
    pub(super) fn assemble(
        filled: &FilledTemplates,
        settings: &notice::LetterTail,
        notice: &Notice,
        issued: Date,
    ) -> Result<Option<Self>, Box<Diagnostic>> {
        let mut tail = Self::default();
        if let Some(fault) = settings.printed.and_then(|printed| printed_fault(printed, issued)) {
            let location = Location::File(notice.file().display().to_string());
            return Err(Box::new(Diagnostic::new(&code::REPORT, location, fault)));
        }
        for text in &filled.tail {
            let inlines = checked(text, TailElement::fault)?;
            match text.element {
                TailElement::CopyTo => tail.copy_to = Some(inlines),
                TailElement::Printer => {
                    tail.printer = Some(inlines);
                    tail.printed = settings.printed.or(Some(issued));
                }
            }
        }
        let is_drawn = tail.copy_to.is_some() || tail.printer.is_some();
        Ok(is_drawn.then_some(tail))
    }
}

/// A text as inlines, checked as far as it has no gap.
fn checked<E: Copy>(
    filled: &FilledElement<E>,
    fault: impl Fn(E, &str) -> Option<String>,
) -> Result<Inlines, Box<Diagnostic>> {
    let text = inlines(&filled.text, LineBreaks::Join);
    let has_gap = text.iter().any(|inline| matches!(inline, Inline::Gap(..)));
    match fault(filled.element, &plain(&text)).filter(|_| !has_gap) {
        None => Ok(text),
        Some(fault) => {
            let location = Location::Line { file: filled.file.display().to_string(), line: filled.line };
            Err(Box::new(Diagnostic::new(&code::REPORT, location, fault)))
        }
    }
}
