//! A QR code as a PNG picture, one bit a pixel. Only this module uses the png crate.

use png::{BitDepth, ColorType, Encoder, EncodingError};

use crate::render::renderer::RenderError;
use crate::report_code::Matrix;

/// Pixels along the side of a QR square.
const SCALE: usize = 8;

/// The picture, black on white.
///
/// # Errors
/// On a fault of the png crate.
pub(super) fn png(qr: &Matrix) -> Result<Vec<u8>, RenderError> {
    let side = qr.full_width() * SCALE;
    let packed_byte = |row: usize, first: usize| {
        let white = |x: usize| u8::from(!qr.is_dark(row / SCALE, x / SCALE));
        (first..first + 8).fold(0, |bits, x| bits << 1 | white(x))
    };
    let rows: Vec<u8> =
        (0..side).flat_map(|row| (0..side).step_by(8).map(move |first| packed_byte(row, first))).collect();
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, side as u32, side as u32);
    encoder.set_color(ColorType::Grayscale);
    encoder.set_depth(BitDepth::One);
    encoder.write_header().and_then(|mut writer| writer.write_image_data(&rows)).map_err(png_error)?;
    Ok(out)
}

fn png_error(error: EncodingError) -> RenderError {
    RenderError::Io(std::io::Error::other(error))
}
