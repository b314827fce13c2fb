//! Pictures of a page, embedded as `data:` URIs.

use ct_codecs::{Base64, Encoder};
use maud::{Markup, html};

use crate::report::PrintedPicture;

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
