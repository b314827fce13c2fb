//! What stands above the title, and 版记.

use maud::{Markup, html};

use crate::notice::{HeadForm, written_day};
use crate::render::head_size::mark_half_points;
use crate::report::{Head, Inlines, LetterParts, Tail};

/// The style sheet of heads.
const HEAD_STYLE: &str = include_str!("head.css");
/// The style sheet of heads in 信函格式, in addition to [`HEAD_STYLE`]; `{mark}` stands for the mark's size.
const LETTER_FORM_STYLE: &str = include_str!("letter_form.css");

/// The style sheet of tails.
const TAIL_STYLE: &str = include_str!("tail.css");
/// The style sheet of tails that are on a page of their own, in addition to [`TAIL_STYLE`].
const TAIL_PAGE_STYLE: &str = include_str!("tail_page.css");

/// A text as markup.
pub(super) type ToMarkup<'m> = dyn Fn(&Inlines) -> Markup + 'm;

/// The style sheet of a letter's head and tail; pages without them do not contain it.
pub(super) fn style(letter: &LetterParts) -> String {
    let mut style = String::new();
    if let Some(head) = &letter.head {
        style.push_str(HEAD_STYLE);
        if head.form == HeadForm::Letter {
            style.push_str(&LETTER_FORM_STYLE.replace("{mark}", &mark_size(head)));
        }
    }
    if letter.tail.is_some() {
        style.push_str(TAIL_STYLE);
        style.push_str(if is_letter_form(letter) { LETTER_FORM_TAIL_STYLE } else { TAIL_PAGE_STYLE });
    }
    style
}

/// The first page in 信函格式 has no 版记 with rules, and 版记 below the letter itself.
const LETTER_FORM_TAIL_STYLE: &str = ".tail p { background: none !important; }\n";

fn is_letter_form(letter: &LetterParts) -> bool {
    letter.head.as_ref().is_some_and(|head| head.form == HeadForm::Letter)
}

fn mark_size(head: &Head) -> String {
    let half_points = mark_half_points(head);
    format!("{}.{}pt", half_points / 2, half_points % 2 * 5)
}

/// The head of a page.
pub(super) fn head(head: &Head, inlines: &ToMarkup<'_>) -> Markup {
    let class = match (head.form, head.has_mark()) {
        (HeadForm::Letter, _) => "head letter-form",
        (HeadForm::Standard, true) => "head",
        (HeadForm::Standard, false) => "head unmarked",
    };
    let has_notes = head.notes().next().is_some();
    html! {
        header class=(class) { "\n"
            @if head.form == HeadForm::Letter { (mark(head, inlines)) (rule(head)) }
            @if has_notes { div class="notes" { "\n" (notes(head, inlines)) } "\n" }
            @if head.form == HeadForm::Standard && head.has_mark() { (mark(head, inlines)) }
            (number(head, inlines))
            @if head.form == HeadForm::Standard && head.has_mark() { (rule(head)) }
        } "\n"
    }
}

/// 份号 in the body's typeface, 密级 and 紧急程度 in 黑体.
fn notes(head: &Head, inlines: &ToMarkup<'_>) -> Markup {
    html! {
        @if let Some(text) = &head.copy_number { p { (inlines(text)) } "\n" }
        @for text in [&head.secrecy, &head.urgency].into_iter().flatten() { p class="black" { (inlines(text)) } "\n" }
    }
}

/// The issuers, and 文件 behind one or beside several; only their room on preprinted paper.
fn mark(head: &Head, inlines: &ToMarkup<'_>) -> Markup {
    html! {
        div class="mark" style={ "font-size:" (mark_size(head)) } {
            @if !head.preprinted {
                span class="issuers" { @for issuer in &head.mark { span { (inlines(issuer)) } } }
                @if head.document { span class="document" { "文件" } }
            }
        } "\n"
    }
}

/// The red rule below the head; only its room on preprinted paper.
fn rule(head: &Head) -> Markup {
    html! { div class=(if head.preprinted { "red-rule preprinted" } else { "red-rule" }) {} "\n" }
}

/// 发文字号, and 签发人 two a line.
fn number(head: &Head, inlines: &ToMarkup<'_>) -> Markup {
    let class = if head.signers.is_empty() { "number" } else { "number upward" };
    html! {
        @if head.number.is_some() || !head.signers.is_empty() {
            div class=(class) { "\n"
                p { @if let Some(number) = &head.number { (inlines(number)) } } "\n"
                @if !head.signers.is_empty() {
                    p class="signers" {
                        span { "签发人：" }
                        span class="names" { @for name in &head.signers { span { (inlines(name)) } } }
                    } "\n"
                }
            } "\n"
        }
    }
}

/// 版记, the last thing of the letter, behind annexes.
pub(super) fn tail(letter: &LetterParts, tail: &Tail, inlines: &ToMarkup<'_>) -> Markup {
    html! {
        div class=[(!is_letter_form(letter)).then_some("tail-page")] {
            footer class="tail" { "\n"
                @if let Some(copy_to) = &tail.copy_to { p class="copy-to" { "抄送：" (inlines(copy_to)) "。" } "\n" }
                @if let (Some(printer), Some(printed)) = (&tail.printer, tail.printed) {
                    p class="printer" {
                        span { (inlines(printer)) }
                        span { time datetime=(printed) { (written_day(printed)) } "印发" }
                    } "\n"
                }
            }
        } "\n"
    }
}
