//! A code as a QR code. The only place that names qrcode.

use qrcode::{Color, EcLevel, QrCode};

/// The squares of a QR code, without the white border around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matrix {
    /// Squares a side.
    pub width: usize,
    /// Whether each is dark, row by row.
    pub dark: Vec<bool>,
}

impl Matrix {
    /// White squares that must stand around it on each side (ISO/IEC 18004).
    pub const BORDER: usize = 4;

    /// The QR code of a short text; `None` for one that is too long.
    pub fn of(text: &str) -> Option<Self> {
        // A quarter of it may be covered by a stamp or a stroke of the pen.
        let code = QrCode::with_error_correction_level(text, EcLevel::Q).ok()?;
        let dark = code.to_colors().into_iter().map(|color| color == Color::Dark).collect();
        Some(Self { width: code.width(), dark })
    }

    /// Whether a square is dark; the border's are not. Both count from the border's corner.
    pub fn is_dark(&self, row: usize, col: usize) -> bool {
        let inside = |at: usize| at.checked_sub(Self::BORDER).filter(|at| *at < self.width);
        let at = inside(row).zip(inside(col)).map(|(row, col)| row * self.width + col);
        at.and_then(|at| self.dark.get(at)).is_some_and(|dark| *dark)
    }

    /// Squares a side with the border.
    pub fn full_width(&self) -> usize {
        self.width + 2 * Self::BORDER
    }
}
