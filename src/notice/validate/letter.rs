//! `[letter.head]` and `[letter.tail]`: texts in the form of GB/T 9704-2012, elements that go together. A text with
//! template tags is checked when it is filled (`report::assemble`).

use super::super::error::NoticeError;
use super::super::letter::Letter;
use super::super::letter_head::{HeadForm, LetterHead};
use super::super::letter_tail::{LetterTail, printed_fault};
use super::super::settings::Notice;
use super::message::error_at_key;

pub(super) fn check_letters(notice: &Notice, errors: &mut Vec<NoticeError>) {
    check_letter(notice, &["letter"], &notice.letter, errors);
    if let Some(summary) = &notice.summary {
        check_letter(notice, &["summary", "letter"], &summary.letter, errors);
    }
}

fn check_letter(notice: &Notice, path: &[&str], letter: &Letter, errors: &mut Vec<NoticeError>) {
    let mut at = |keys: [&str; 2], message: &str| {
        errors.push(error_at_key(notice, &[path, &keys].concat(), message.to_owned()));
    };
    if let Some(head) = &letter.head {
        check_form(head, letter.tail.as_ref(), &mut at);
    }
    if let Some(tail) = &letter.tail {
        match (&tail.printer, tail.printed) {
            (None, Some(_)) => {
                at(["tail", "printed"], "写了印发日期，没有写印发机关：再写一行，如 printer = \"组织人事处\"")
            }
            (_, Some(printed)) => {
                printed_fault(printed, letter.date).iter().for_each(|fault| at(["tail", "printed"], fault));
            }
            (_, None) => {}
        }
    }
    let head =
        letter.head.iter().flat_map(LetterHead::texts).map(|head| (head.text, head.element.fault(head.text.get_ref())));
    let tail =
        letter.tail.iter().flat_map(LetterTail::texts).map(|tail| (tail.text, tail.element.fault(tail.text.get_ref())));
    for (text, fault) in head.chain(tail) {
        if let Some(message) = fault.filter(|_| !is_template(text.get_ref())) {
            errors.push(notice.error_at(text, message));
        }
    }
}

/// Elements that the form of the first page has or lacks.
fn check_form(head: &LetterHead, tail: Option<&LetterTail>, at: &mut impl FnMut([&str; 2], &str)) {
    if head.document && head.mark.is_empty() {
        at(["head", "document"], "“文件”二字写在发文机关后面，没有写发文机关：再写一行，如 mark = [\"组织人事处\"]");
    }
    if head.form == HeadForm::Standard {
        return;
    }
    if head.document {
        at(["head", "document"], "信函格式的发文机关标志没有“文件”二字：删去 document，或删去 form");
    }
    if !head.signers.is_empty() {
        at(["head", "signers"], "信函格式没有签发人：删去 signers，或删去 form");
    }
    if tail.is_some_and(|tail| tail.printer.is_some()) {
        at(["tail", "printer"], "信函格式的版记没有印发机关和印发日期：删去 printer 和 printed，或删去 form");
    }
}

/// Whether a text has template tags, so that its value is known only when it is filled.
fn is_template(text: &str) -> bool {
    text.contains("{{") || text.contains("{%") || text.contains("{#")
}
