//! The pictures of a scanned annex: one, or those of a TIFF of several pages.

use super::annex_faults::AnnexError;
use crate::picture::{Picture, PictureBounds, PictureFault, prepare, tiff};

/// The most pixels of a page: A4 at 1,200 dots an inch.
const MAX_PIXELS: u64 = 150_000_000;
/// The most pages of a TIFF.
const MAX_PAGES: usize = 500;
/// The width on paper in millimetres, that of the text of a report (GB/T 9704, 5.2.1).
const WIDTH: u32 = 156;

/// Decodes the pictures of a file, in this process.
///
/// # Errors
/// When it is no picture, or one of its pages cannot be printed.
pub(super) fn read(mut bytes: Vec<u8>) -> Result<Vec<Picture>, AnnexError> {
    let pages = tiff::page_offsets(&bytes);
    if pages.len() < 2 {
        return Ok(vec![page(&bytes).map_err(explain)?]);
    }
    if pages.len() > MAX_PAGES {
        return Err(AnnexError::TooManyPages { pages: pages.len(), limit: MAX_PAGES });
    }
    let select = |(offset, number): (&[u8; 4], usize)| {
        tiff::select(&mut bytes, *offset);
        page(&bytes).map_err(|fault| AnnexError::Picture(format!("第 {number} 页的{}", fault.reason())))
    };
    pages.iter().zip(1..).map(select).collect()
}

fn page(bytes: &[u8]) -> Result<Picture, PictureFault> {
    prepare(bytes, PictureBounds { pixels: MAX_PIXELS, width: WIDTH })
}

fn explain(fault: PictureFault) -> AnnexError {
    match fault {
        PictureFault::UnknownFormat(_) => AnnexError::NeitherPdfNorPicture,
        fault => AnnexError::Picture(fault.reason()),
    }
}
