//! A report code as a QR code. Only this file uses the qrcode crate.

use qrcode::{Color, EcLevel, QrCode};

/// The modules (squares) of a QR code, without the white border around them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matrix {
    /// Modules a side.
    pub width: usize,
    /// Whether each module is dark, row by row.
    pub dark: Vec<bool>,
}

impl Matrix {
    /// The width of the white border in modules, as ISO/IEC 18004 requires.
    pub const BORDER: usize = 4;

    /// Encodes a text; `None` when it is too long for a QR code. Error correction level Q: a quarter of the code may be
    /// covered by a seal or by handwriting.
    pub fn encode(text: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::Q).ok()?;
        let dark = code.to_colors().into_iter().map(|color| color == Color::Dark).collect();
        Some(Self { width: code.width(), dark })
    }

    /// Whether a module is dark, counted from the corner of the border, which is light.
    pub fn is_dark(&self, row: usize, col: usize) -> bool {
        let inside = |at: usize| at.checked_sub(Self::BORDER).filter(|at| *at < self.width);
        let at = inside(row).zip(inside(col)).map(|(row, col)| row * self.width + col);
        at.and_then(|at| self.dark.get(at)).is_some_and(|dark| *dark)
    }

    /// Modules a side, with the border.
    pub fn full_width(&self) -> usize {
        self.width + 2 * Self::BORDER
    }
}
