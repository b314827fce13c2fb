//! What a scan tells: the codes in its pictures, the number of its pages. A scan comes from outside, and its decoders
//! may abort or hang: each is looked into by a process of its own, with limits on memory, time and pixels.
//!
//! The only place that names image, rqrr and hayro-syntax.

use std::io::{self, Cursor, Read};
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;

use hayro_syntax::Pdf;
use image::{ImageReader, Limits};
use serde::{Deserialize, Serialize};

use crate::report_code::ReportCode;
use crate::sandbox::{self, limit_memory};

/// The hidden subcommand that makes the binary look into one scan.
pub const SUBCOMMAND: &str = "inspect-worker";
/// Memory of the process, in bytes.
const MEMORY: u64 = 1 << 30;
/// Seconds until a scan is given up.
const SECONDS: u64 = 60;
/// Pixels a side: A4 at 1,200 dots an inch is 9,921 × 14,031.
const PIXELS: u32 = 20_000;
/// Bytes that a picture may take.
const PICTURE: u64 = 512 << 20;

/// What a scan tells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inspected {
    /// The codes in its QR codes, each once.
    pub codes: Vec<ReportCode>,
    /// How many pages a PDF has; one for a picture; none where it cannot be told.
    pub pages: Option<usize>,
}

/// Has scans looked into by `program`.
#[derive(Clone, Debug)]
pub struct Inspector {
    /// The program that looks when called with [`SUBCOMMAND`]: this one.
    pub program: PathBuf,
}

impl Inspector {
    /// Has a scan's bytes looked into.
    ///
    /// # Errors
    /// With the reason, in Chinese, when the process ends badly or takes too long.
    pub fn inspect(&self, bytes: &[u8]) -> Result<Inspected, String> {
        let mut command = sandbox::process(&self.program);
        command.arg(SUBCOMMAND);
        let said = sandbox::ask(command, bytes.to_vec(), SECONDS).map_err(|silence| silence.to_string())?;
        serde_json::from_slice(&said).map_err(|_| "文件损坏或太大".to_owned())
    }
}

/// Looks into one scan, from standard input to standard output: the process's side.
///
/// # Errors
/// When the other side is gone.
pub fn serve() -> io::Result<()> {
    limit_memory(MEMORY)?;
    std::panic::set_hook(Box::new(|_| {}));
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    let inspected = std::panic::catch_unwind(AssertUnwindSafe(|| inspect(&bytes)));
    let inspected = inspected.map_err(|_| io::Error::other("damaged"))?;
    serde_json::to_writer(io::stdout().lock(), &inspected)?;
    Ok(())
}

/// What a scan's bytes tell.
pub fn inspect(bytes: &[u8]) -> Inspected {
    if bytes.starts_with(b"%PDF-") {
        let pages = Pdf::new(bytes.to_vec()).ok().map(|pdf| pdf.pages().len()).filter(|pages| *pages > 0);
        return Inspected { codes: Vec::new(), pages };
    }
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(PIXELS), Some(PIXELS));
    limits.max_alloc = Some(PICTURE);
    let Ok(mut reader) = ImageReader::new(Cursor::new(bytes)).with_guessed_format() else {
        return Inspected::default();
    };
    reader.limits(limits);
    let Ok(picture) = reader.decode() else { return Inspected::default() };
    let grey = picture.into_luma8();
    let (width, height) = (grey.width() as usize, grey.height() as usize);
    let dot = |x: usize, y: usize| grey.get_pixel(x as u32, y as u32).0[0];
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, dot);
    let mut codes = Vec::new();
    for grid in prepared.detect_grids() {
        let code = grid.decode().ok().and_then(|(_, text)| ReportCode::parse(&text));
        codes.extend(code.filter(|code| !codes.contains(code)));
    }
    Inspected { codes, pages: Some(1) }
}
