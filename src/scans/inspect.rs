//! Reads the report codes in a scan's pictures and its number of pages, and turns a page of a TIFF, which browsers do
//! not show, into PNG. Scans come from outside, and decoders may abort or hang: each scan is opened in a process of its
//! own, with limits on memory, time and pixels. Of several pages the last is looked into first: that is where the code
//! of a report stands.
//!
//! Only this file uses image, rqrr and hayro-syntax.

use std::io::{self, Cursor, Write};
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};

use hayro_syntax::Pdf;
use hayro_syntax::object::Stream;
use hayro_syntax::object::stream::{ImageColorSpace, ImageDecodeParams};
use hayro_syntax::page::Page;
use image::imageops::FilterType;
use image::{DynamicImage, GrayImage, ImageFormat, ImageReader, Limits};
use serde::{Deserialize, Serialize};

use crate::picture::tiff;
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

/// The most pixels of all pictures of a PDF or TIFF of several pages that are looked into: some 17 pages of A4 at 300
/// dots an inch, which take about five seconds.
const MAX_PAGE_PIXELS: u64 = 150_000_000;
/// The fewest pixels of a side of a picture that may hold a code.
const MIN_PIXELS: u32 = 40;
/// The most pixels of a side of a page that is shown: A4 at 170 dots an inch.
const MAX_SHOWN_PIXELS: u32 = 2_000;
/// The end of a PNG, by which a whole answer is distinguished from that of a process that died.
const PNG_END: &[u8] = b"IEND\xaeB`\x82";

/// What was read from a scan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanContents {
    /// The report codes in its QR codes, each once.
    pub codes: Vec<ReportCode>,
    /// The pages of a PDF or TIFF; one for another picture; none when it cannot be read.
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
        let answer = self.ask(INSPECT, bytes)?;
        let contents: Option<ScanContents> = serde_json::from_slice(&answer).ok();
        contents.filter(|contents| contents.pages.is_some()).ok_or_else(unreadable)
    }

    /// A page of a picture, from 1, as a PNG of at most 2,000 pixels a side, made in a new process.
    ///
    /// # Errors
    /// As for [`Self::inspect`]; when there is no such page.
    pub fn page(&self, bytes: &[u8], page: u32) -> Result<Vec<u8>, String> {
        let answer = self.ask(page.max(1), bytes)?;
        if answer.ends_with(PNG_END) { Ok(answer) } else { Err(unreadable()) }
    }

    /// The answer of a new process to a request, [`INSPECT`] or the number of a page.
    fn ask(&self, what: u32, bytes: &[u8]) -> Result<Vec<u8>, String> {
        let child = sandbox::start(&self.program, [SUBCOMMAND], Path::new(NO_FOLDER));
        let request = [&what.to_le_bytes(), bytes].concat();
        sandbox::ask(child, request, TIMEOUT_SECONDS).map_err(|error| error.to_string())
    }
}

/// The request for codes and pages; any other number is that of a page to show.
const INSPECT: u32 = 0;

fn unreadable() -> String {
    "文件损坏或太大".to_owned()
}

/// The process's side: takes one request from standard input and writes [`ScanContents`] as JSON, or a page as PNG, to
/// standard output.
///
/// # Errors
/// When the scan makes a decoder panic, or the pipes are closed.
pub fn serve() -> io::Result<()> {
    let requests = enter(&Bounds { memory: MAX_MEMORY, seconds: TIMEOUT_SECONDS, access: Access::Nothing })?;
    let request = requests.next()?.ok_or(io::ErrorKind::UnexpectedEof)?;
    let (what, bytes) = request.split_first_chunk().ok_or(io::ErrorKind::UnexpectedEof)?;
    let answer = std::panic::catch_unwind(AssertUnwindSafe(|| match u32::from_le_bytes(*what) {
        INSPECT => serde_json::to_vec(&inspect(bytes)).unwrap_or_default(),
        page => shown_page(bytes, page).unwrap_or_default(),
    }));
    io::stdout().lock().write_all(&answer.map_err(|_| io::Error::other("解码时出错退出"))?)
}

/// Inspects the bytes of a scan in this process; empty contents when they cannot be decoded.
pub fn inspect(bytes: &[u8]) -> ScanContents {
    if bytes.starts_with(b"%PDF-") {
        return inspect_pdf(bytes);
    }
    let offsets = tiff::page_offsets(bytes);
    if offsets.len() > 1 {
        return inspect_pages(bytes.to_vec(), &offsets);
    }
    let Some(picture) = decode(bytes) else { return ScanContents::default() };
    let mut codes = Vec::new();
    add_codes(&picture.into_luma8(), &mut codes);
    ScanContents { codes, pages: Some(1) }
}

fn reader(bytes: &[u8]) -> Option<ImageReader<Cursor<&[u8]>>> {
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(MAX_PIXELS), Some(MAX_PIXELS));
    limits.max_alloc = Some(MAX_PICTURE);
    let guessed = || ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok();
    let (width, height) = guessed()?.into_dimensions().ok()?;
    if u64::from(width) * u64::from(height) > MAX_PAGE_PIXELS {
        return None;
    }
    let mut reader = guessed()?;
    reader.limits(limits);
    Some(reader)
}

fn decode(bytes: &[u8]) -> Option<DynamicImage> {
    reader(bytes)?.decode().ok()
}

/// Inspects a TIFF of several pages.
fn inspect_pages(mut bytes: Vec<u8>, offsets: &[[u8; 4]]) -> ScanContents {
    let mut contents = ScanContents::default();
    let mut left = MAX_PAGE_PIXELS;
    for offset in offsets.iter().rev() {
        tiff::select(&mut bytes, *offset);
        let size = reader(&bytes).and_then(|reader| reader.into_dimensions().ok());
        let Some((width, height)) = size else { continue };
        let pixels = u64::from(width) * u64::from(height);
        if pixels > left {
            contents.pages = Some(offsets.len());
        } else if let Some(picture) = decode(&bytes) {
            contents.pages = Some(offsets.len());
            left -= pixels;
            add_codes(&picture.into_luma8(), &mut contents.codes);
        }
    }
    contents
}

/// A page of a picture, from 1, as PNG; `None` when there is none or it cannot be decoded.
fn shown_page(bytes: &[u8], page: u32) -> Option<Vec<u8>> {
    let mut bytes = bytes.to_vec();
    let offsets = tiff::page_offsets(&bytes);
    match offsets.get(page as usize - 1) {
        Some(offset) => tiff::select(&mut bytes, *offset),
        // The only page of another picture.
        None if page == 1 => {}
        None => return None,
    }
    let mut picture = decode(&bytes)?;
    if picture.width().max(picture.height()) > MAX_SHOWN_PIXELS {
        picture = picture.resize(MAX_SHOWN_PIXELS, MAX_SHOWN_PIXELS, FilterType::Triangle);
    }
    let has_color = picture.color().has_color();
    let picture: DynamicImage = if has_color { picture.into_rgb8().into() } else { picture.into_luma8().into() };
    let mut png = Cursor::new(Vec::new());
    picture.write_to(&mut png, ImageFormat::Png).ok()?;
    Some(png.into_inner())
}

/// Adds the report codes in the QR codes of a picture.
fn add_codes(gray: &GrayImage, codes: &mut Vec<ReportCode>) {
    let (width, height) = (gray.width() as usize, gray.height() as usize);
    let brightness = |x: usize, y: usize| gray.get_pixel(x as u32, y as u32).0[0];
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, brightness);
    for grid in prepared.detect_grids() {
        let code = grid.decode().ok().and_then(|(_, text)| ReportCode::parse(&text));
        codes.extend(code.filter(|code| !codes.contains(code)));
    }
}

fn inspect_pdf(bytes: &[u8]) -> ScanContents {
    let Ok(pdf) = Pdf::new(bytes.to_vec()) else { return ScanContents::default() };
    let pages = Some(pdf.pages().len()).filter(|pages| *pages > 0);
    let mut codes = Vec::new();
    let mut left = MAX_PAGE_PIXELS;
    for page in pdf.pages().iter().rev() {
        for stream in pictures_of(page) {
            let Some(size) = PictureSize::of(&stream).filter(|size| size.pixels() <= left) else { continue };
            left -= size.pixels();
            let Some(mut gray) = gray_picture(&stream, size) else { continue };
            let known = codes.len();
            add_codes(&gray, &mut codes);
            if codes.len() == known && size.bits == 1 {
                // Which of its two values is black depends on colour spaces and masks.
                image::imageops::invert(&mut gray);
                add_codes(&gray, &mut codes);
            }
        }
    }
    ScanContents { codes, pages }
}

/// The pictures that a page names, those in forms left out: scanners put them on the page.
fn pictures_of<'p>(page: &'p Page<'p>) -> Vec<Stream<'p>> {
    let named = &page.resources().x_objects;
    let names: Vec<_> = named.keys().collect();
    names.into_iter().filter_map(|name| named.get::<Stream<'p>>(&*name)).collect()
}

/// The size that a picture of a PDF states.
#[derive(Clone, Copy)]
struct PictureSize {
    width: u32,
    height: u32,
    /// Bits of a value.
    bits: u8,
}

impl PictureSize {
    /// That of a picture that may hold a code.
    fn of(stream: &Stream<'_>) -> Option<Self> {
        let dict = stream.dict();
        let (width, height) = (dict.get::<u32>("Width")?, dict.get::<u32>("Height")?);
        let is_mask = dict.get::<bool>("ImageMask").unwrap_or_default();
        let bits = if is_mask { 1 } else { dict.get::<u8>("BitsPerComponent").unwrap_or(8) };
        let is_usable = [width, height].iter().all(|side| (MIN_PIXELS..=MAX_PIXELS).contains(side));
        is_usable.then_some(Self { width, height, bits })
    }

    fn pixels(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }
}

/// A picture of a PDF in shades of grey; `None` for one that cannot be decoded, or with values of other than 1 or 8
/// bits.
fn gray_picture(stream: &Stream<'_>, size: PictureSize) -> Option<GrayImage> {
    let params = ImageDecodeParams {
        is_indexed: false,
        bpc: Some(size.bits),
        num_components: None,
        target_dimension: None,
        width: size.width,
        height: size.height,
    };
    let decoded = stream.decoded_image(&params).ok()?;
    let (mut width, mut height, mut bits) = (size.width, size.height, size.bits);
    let mut is_cmyk = false;
    if let Some(data) = &decoded.image_data {
        (width, height, bits) = (data.width, data.height, data.bits_per_component);
        is_cmyk = matches!(data.color_space, Some(ImageColorSpace::Cmyk));
    }
    let (columns, rows) = (width as usize, height as usize);
    let values: &[u8] = &decoded.data;
    let brightness = |x: u32, y: u32| {
        let (x, y) = (x as usize, y as usize);
        match bits {
            1 => {
                let byte = values.get(y * columns.div_ceil(8) + x / 8).copied().unwrap_or_default();
                if byte >> (7 - x % 8) & 1 == 1 { 255 } else { 0 }
            }
            _ => {
                let channels = (values.len() / (columns * rows)).max(1);
                let at = (y * columns + x) * channels;
                let pixel = values.get(at..at + channels).unwrap_or_default();
                let colours = if is_cmyk { pixel.get(3..).unwrap_or_default() } else { pixel };
                let sum: u32 = colours.iter().map(|value| u32::from(*value)).sum();
                let mean = (sum / (colours.len() as u32).max(1)) as u8;
                if is_cmyk { 255 - mean } else { mean }
            }
        }
    };
    let is_known = matches!(bits, 1 | 8) && columns > 0 && rows > 0;
    is_known.then(|| GrayImage::from_fn(width, height, |x, y| image::Luma([brightness(x, y)])))
}
