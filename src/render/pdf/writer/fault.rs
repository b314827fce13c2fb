//! Why a PDF cannot be written.

use crate::render::renderer::RenderError;

/// A fault, said in Chinese.
pub(super) fn fault(message: &str) -> RenderError {
    RenderError::Pdf(message.to_owned())
}
