//! A QR code as a PNG picture. The only place that names png.

use png::{BitDepth, ColorType, Encoder, EncodingError};

use super::super::RenderError;
use crate::report_code::Matrix;

/// Dots a square.
const SCALE: usize = 8;

/// The picture: one bit a dot, black on white.
///
/// # Errors
/// When the program itself fails.
pub fn png(qr: &Matrix) -> Result<Vec<u8>, RenderError> {
    let side = qr.full_width() * SCALE;
    let byte = |row: usize, first: usize| {
        let white = |dot: usize| u8::from(!qr.is_dark(row / SCALE, dot / SCALE));
        (first..first + 8).fold(0, |bits, dot| bits << 1 | white(dot))
    };
    let rows: Vec<u8> = (0..side).flat_map(|row| (0..side).step_by(8).map(move |first| byte(row, first))).collect();
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, side as u32, side as u32);
    encoder.set_color(ColorType::Grayscale);
    encoder.set_depth(BitDepth::One);
    encoder.write_header().and_then(|mut renderer| renderer.write_image_data(&rows)).map_err(of_png)?;
    Ok(out)
}

fn of_png(error: EncodingError) -> RenderError {
    RenderError::Io(std::io::Error::other(error))
}
