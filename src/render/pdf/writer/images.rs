//! Pictures as image objects, their bytes as they are: JPEG data are what `DCTDecode` reads, and those of a PNG,
//! without its chunks, what `FlateDecode` reads with the predictors of PNG.

use std::sync::Arc;

use pdf_writer::{Filter, Name, Ref};

use super::fault::fault;
use super::file::{PdfFile, int};
use crate::picture::{Picture, PictureFormat};
use crate::render::renderer::RenderError;

/// The pictures of a document that is being written.
#[derive(Default)]
pub(super) struct DocumentImages {
    used: Vec<Arc<Picture>>,
}

/// The beginning of a PNG, and the sizes of what is around the data of a chunk.
const PNG_MAGIC: &[u8] = b"\x89PNG\r\n\x1a\n";
/// The end of the head chunk (IHDR) of a picture of red, green and blue of 8 bits, not interlaced.
const PNG_RGB: [u8; 5] = [8, 2, 0, 0, 0];

impl DocumentImages {
    /// The place of a picture among those of the document.
    pub(super) fn image(&mut self, picture: &Arc<Picture>) -> usize {
        if let Some(at) = self.used.iter().position(|used| Arc::ptr_eq(used, picture)) {
            return at;
        }
        self.used.push(Arc::clone(picture));
        self.used.len() - 1
    }

    /// Writes the pictures; their numbers in their order.
    ///
    /// # Errors
    /// When a picture is not as `picture` makes them.
    pub(super) fn write(&self, file: &mut PdfFile) -> Result<Vec<Ref>, RenderError> {
        self.used.iter().map(|picture| write_image(file, picture)).collect()
    }
}

fn write_image(file: &mut PdfFile, picture: &Picture) -> Result<Ref, RenderError> {
    let id = file.reserve();
    let (width, height) = (int(picture.width as usize), int(picture.height as usize));
    let png = match picture.format {
        PictureFormat::Jpeg => None,
        PictureFormat::Png => Some(png_data(&picture.bytes).ok_or_else(|| fault("有一张图片不能嵌入，请换一张"))?),
    };
    file.stream(id, png.as_deref().unwrap_or(&picture.bytes), |stream| {
        stream.pair(Name(b"Type"), Name(b"XObject")).pair(Name(b"Subtype"), Name(b"Image"));
        stream.pair(Name(b"Width"), width).pair(Name(b"Height"), height);
        stream.pair(Name(b"ColorSpace"), Name(b"DeviceRGB")).pair(Name(b"BitsPerComponent"), 8);
        if png.is_none() {
            stream.filter(Filter::DctDecode);
            return;
        }
        stream.filter(Filter::FlateDecode);
        let mut parameters = stream.insert(Name(b"DecodeParms")).dict();
        parameters.pair(Name(b"Predictor"), 15).pair(Name(b"Colors"), 3).pair(Name(b"Columns"), width);
    });
    Ok(id)
}

/// The data of an RGB picture; `None` for another or a damaged one.
fn png_data(png: &[u8]) -> Option<Vec<u8>> {
    let mut rest = png.strip_prefix(PNG_MAGIC)?;
    let (mut is_rgb, mut data) = (false, Vec::new());
    while let Some((length, behind)) = rest.split_first_chunk::<4>() {
        let (kind, behind) = behind.split_first_chunk::<4>()?;
        let (chunk, behind) = behind.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        match kind {
            b"IHDR" => is_rgb = chunk.ends_with(&PNG_RGB),
            b"IDAT" => data.extend_from_slice(chunk),
            _ => {}
        }
        // A checksum is behind each chunk.
        rest = behind.get(4..)?;
    }
    is_rgb.then_some(data)
}
