//! Pictures of a page, embedded as `data:` URIs.

use ct_codecs::{Base64, Encoder};
use maud::{Markup, html};

use super::page::Page;
use crate::report::{Caption, FigureCell, PictureGroup, PrintedPicture};

/// The style sheet of pages with pictures.
pub(super) const STYLE: &str = include_str!("pictures.css");

/// A picture at its printed size, or as wide as there is room.
pub(super) fn img(printed: &PrintedPicture) -> Markup {
    let PrintedPicture { picture, alt, .. } = printed;
    // Only a length that no memory holds cannot be encoded.
    let data = Base64::encode_to_string(&picture.bytes).unwrap_or_default();
    let style = format!("width:{}.{}mm", picture.print_width / 10, picture.print_width % 10);
    html! {
        img class="picture" alt=(alt) width=(picture.width) height=(picture.height) style=(style)
            src={ "data:" (picture.format.media_type()) ";base64," (data) };
    }
}

/// Pictures two a row, with their captions.
pub(super) fn group(page: &Page<'_>, group: &PictureGroup) -> Markup {
    html! {
        figure class="pictures" { "\n"
            @for FigureCell { picture, caption } in &group.cells {
                @if let Some(caption) = caption {
                    figure class="cell" { (page.inlines(picture)) (figcaption(page, caption)) } "\n"
                } @else {
                    div class="cell" { (page.inlines(picture)) } "\n"
                }
            }
            @if let Some(caption) = &group.caption { (figcaption(page, caption)) "\n" }
        } "\n"
    }
}

fn figcaption(page: &Page<'_>, caption: &Caption) -> Markup {
    html! { figcaption { (caption.number) "　" (page.inlines(&caption.text)) } }
}
