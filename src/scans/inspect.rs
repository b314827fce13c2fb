//! Reads the report codes in a scan's picture and its number of pages. Scans come from outside, and decoders may abort or
//! hang: each scan is inspected in a process of its own, with limits on memory, time and pixels. Pictures in PDF files
//! are not decoded: of a PDF only the pages are counted.
//!
//! Only this file uses image, rqrr and hayro-syntax.

use std::io::{self, Cursor};
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};

use hayro_syntax::Pdf;
use image::{ImageReader, Limits};
use serde::{Deserialize, Serialize};

use crate::report_code::ReportCode;
use crate::sandbox::worker::{Bounds, enter};
use crate::sandbox::{self, Access, NO_FOLDER};

/// The hidden subcommand that makes the binary inspect one scan.
pub const SUBCOMMAND: &str = "inspect-worker";
/// The most memory of the process, in bytes.
const MAX_MEMORY: u64 = 1 << 30;
/// Seconds after which the process is killed.
const TIMEOUT_SECONDS: u64 = 60;
/// The most pixels of a side: A4 at 1,200 dots an inch is 9,921 × 14,031.
const MAX_PIXELS: u32 = 20_000;
/// The most bytes of a decoded picture.
const MAX_PICTURE: u64 = 512 << 20;

/// What was read from a scan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanContents {
    /// The report codes in its QR codes, each once.
    pub codes: Vec<ReportCode>,
    /// The pages of a PDF; one for a picture; none when it cannot be read.
    pub pages: Option<usize>,
}

/// Inspects scans in processes of `program`.
#[derive(Clone, Debug)]
pub struct Inspector {
    /// The program that inspects when it is started with [`SUBCOMMAND`]: this one.
    pub program: PathBuf,
}

impl Inspector {
    /// Inspects the bytes of a scan in a new process.
    ///
    /// # Errors
    /// With the reason, in Chinese, when the scan cannot be decoded, the process fails or takes too long.
    pub fn inspect(&self, bytes: &[u8]) -> Result<ScanContents, String> {
        let child = sandbox::start(&self.program, [SUBCOMMAND], Path::new(NO_FOLDER));
        let answer = sandbox::ask(child, bytes.to_vec(), TIMEOUT_SECONDS).map_err(|error| error.to_string())?;
        let contents: Option<ScanContents> = serde_json::from_slice(&answer).ok();
        contents.filter(|contents| contents.pages.is_some()).ok_or_else(|| "文件损坏或太大".to_owned())
    }
}

/// The process's side: inspects one scan from standard input and writes [`ScanContents`] as JSON to standard output.
///
/// # Errors
/// When the scan makes a decoder panic, or the pipes are closed.
pub fn serve() -> io::Result<()> {
    let requests = enter(&Bounds { memory: MAX_MEMORY, seconds: TIMEOUT_SECONDS, access: Access::Nothing })?;
    let bytes = requests.next()?.ok_or(io::ErrorKind::UnexpectedEof)?;
    let inspected = std::panic::catch_unwind(AssertUnwindSafe(|| inspect(&bytes)));
    let inspected = inspected.map_err(|_| io::Error::other("damaged"))?;
    serde_json::to_writer(io::stdout().lock(), &inspected)?;
    Ok(())
}

/// Inspects the bytes of a scan in this process; empty contents when they cannot be decoded.
pub fn inspect(bytes: &[u8]) -> ScanContents {
    if bytes.starts_with(b"%PDF-") {
        let pages = Pdf::new(bytes.to_vec()).ok().map(|pdf| pdf.pages().len()).filter(|pages| *pages > 0);
        return ScanContents { codes: Vec::new(), pages };
    }
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(MAX_PIXELS), Some(MAX_PIXELS));
    limits.max_alloc = Some(MAX_PICTURE);
    let Ok(mut reader) = ImageReader::new(Cursor::new(bytes)).with_guessed_format() else {
        return ScanContents::default();
    };
    reader.limits(limits);
    let Ok(picture) = reader.decode() else { return ScanContents::default() };
    let gray = picture.into_luma8();
    let (width, height) = (gray.width() as usize, gray.height() as usize);
    let brightness = |x: usize, y: usize| gray.get_pixel(x as u32, y as u32).0[0];
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, brightness);
    let mut codes = Vec::new();
    for grid in prepared.detect_grids() {
        let code = grid.decode().ok().and_then(|(_, text)| ReportCode::parse(&text));
        codes.extend(code.filter(|code| !codes.contains(code)));
    }
    ScanContents { codes, pages: Some(1) }
}
