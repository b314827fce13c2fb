//! Decodes a picture, turns it upright, scales it to its printed size and encodes it.
//!
//! Only this file and `scans::inspect` use the crate image. Arithmetic on pixels is of integers, and so the same on
//! every system. A photo of 12 million pixels takes about 0.2 s of CPU time.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::imageops;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, Rgb, RgbImage};

use super::jpeg_end;
use super::{Picture, PictureBounds, PictureFault, PictureFormat};

/// The formats that are read.
const FORMATS: [ImageFormat; 4] = [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Tiff, ImageFormat::WebP];
/// Dots an inch that paper needs.
const PRINT_DPI: u64 = 300;
/// The fewest dots an inch: a picture of few pixels is printed small, not coarse.
const MIN_DPI: u64 = 96;
/// Quality of JPEG files, of 100.
const QUALITY: u8 = 85;
/// The most bytes of a PNG file; a larger one is a photo, which JPEG stores in a tenth.
const MAX_PNG: usize = 256 << 10;

/// What a picture costs that does not fit into the memory.
const TOO_MUCH_MEMORY: &str = "需要的内存太多";

/// Prepares a picture for reports.
///
/// # Errors
/// When the bytes are no picture that can be printed.
pub(crate) fn prepare(bytes: &[u8], bounds: PictureBounds) -> Result<Picture, PictureFault> {
    let known = image::guess_format(bytes).ok().filter(|format| FORMATS.contains(format));
    let format = known.ok_or_else(|| PictureFault::UnknownFormat(name_of(bytes).to_owned()))?;
    if format == ImageFormat::Jpeg && !jpeg_end::is_complete(bytes) {
        return Err(PictureFault::Damaged);
    }
    let decoded = flatten(decode(bytes, format, bounds)?)?;
    let size = PrintSize::of(decoded.width(), decoded.height(), bounds.width);
    let scaled = if (size.width, size.height) == decoded.dimensions() {
        decoded
    } else {
        // Means of whole pixels: five times as fast as a cubic filter, and in integers.
        imageops::thumbnail(&decoded, size.width, size.height)
    };
    let (format, bytes) = encode(scaled, format == ImageFormat::Png)?;
    let tenths = |pixels: u32| u32::try_from((u64::from(pixels) * 254).div_ceil(size.dpi)).unwrap_or(u32::MAX);
    Ok(Picture {
        format,
        bytes,
        width: size.width,
        height: size.height,
        print_width: tenths(size.width),
        print_height: tenths(size.height),
    })
}

/// Decodes a picture within the bounds and turns it as its EXIF orientation says.
fn decode(bytes: &[u8], format: ImageFormat, bounds: PictureBounds) -> Result<DynamicImage, PictureFault> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::no_limits();
    // Eight bytes a pixel: four channels of sixteen bits.
    limits.max_alloc = Some(bounds.pixels.saturating_mul(8));
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| fault(&error))?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > bounds.pixels {
        return Err(PictureFault::TooManyPixels { width, height, limit: bounds.pixels });
    }
    let orientation = decoder.orientation().map_err(|error| fault(&error))?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| fault(&error))?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

fn fault(error: &ImageError) -> PictureFault {
    match error {
        ImageError::Limits(_) => PictureFault::TooCostly(TOO_MUCH_MEMORY.to_owned()),
        ImageError::Unsupported(_) => PictureFault::UnknownFormat("少见的编码".to_owned()),
        _ => PictureFault::Damaged,
    }
}

/// The picture in eight bits a channel, what is transparent on white.
fn flatten(picture: DynamicImage) -> Result<RgbImage, PictureFault> {
    let has_alpha = picture.color().has_alpha();
    // `image` panics when a conversion has no memory, as it does for pictures that contradict themselves.
    let bytes_per_pixel = if has_alpha { 4 + 3 } else { 3 };
    let pixels = picture.width() as usize * picture.height() as usize;
    if Vec::<u8>::new().try_reserve_exact(pixels.saturating_mul(bytes_per_pixel)).is_err() {
        return Err(PictureFault::TooCostly(TOO_MUCH_MEMORY.to_owned()));
    }
    if !has_alpha {
        return Ok(picture.into_rgb8());
    }
    let picture = picture.into_rgba8();
    Ok(RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let [red, green, blue, alpha] = picture.get_pixel(x, y).0;
        let on_white = |channel: u8| {
            let alpha = u32::from(alpha);
            // At most 255.
            ((u32::from(channel) * alpha + 255 * (255 - alpha) + 127) / 255) as u8
        };
        Rgb([red, green, blue].map(on_white))
    }))
}

/// The pixels of a picture at its printed size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct PrintSize {
    width: u32,
    height: u32,
    dpi: u64,
}

impl PrintSize {
    /// Of a picture of that width and height in pixels that may be `most` millimetres wide and four thirds of that
    /// high.
    fn of(width: u32, height: u32, most: u32) -> Self {
        // Pixels × 25.4 / millimetres, the height's limit being 4/3 of the width's.
        let most = u64::from(most.max(1)) * 40;
        let (across, down) = (u64::from(width) * 1016, u64::from(height) * 762);
        let dpi = MIN_DPI.max(across.div_ceil(most)).max(down.div_ceil(most));
        if dpi <= PRINT_DPI {
            return Self { width, height, dpi };
        }
        let scaled = |pixels: u32| u32::try_from(u64::from(pixels) * PRINT_DPI / dpi).unwrap_or(pixels).max(1);
        Self { width: scaled(width), height: scaled(height), dpi: PRINT_DPI }
    }
}

/// Encodes a picture; one that was PNG stays so unless it is a photo.
fn encode(picture: RgbImage, was_png: bool) -> Result<(PictureFormat, Vec<u8>), PictureFault> {
    let failed = |error: ImageError| PictureFault::TooCostly(error.to_string());
    let mut bytes = Vec::new();
    if was_png {
        picture.write_with_encoder(PngEncoder::new(&mut bytes)).map_err(failed)?;
        if bytes.len() <= MAX_PNG {
            return Ok((PictureFormat::Png, bytes));
        }
        bytes.clear();
    }
    picture.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, QUALITY)).map_err(failed)?;
    Ok((PictureFormat::Jpeg, bytes))
}

/// What bytes are that are no picture of a known format.
fn name_of(bytes: &[u8]) -> &'static str {
    let at = |offset: usize, sign: &[u8]| bytes.get(offset..).is_some_and(|rest| rest.starts_with(sign));
    match () {
        () if bytes.is_empty() => "空文件",
        () if at(4, b"ftyp") => "手机的 HEIC 照片或视频",
        () if at(0, b"GIF8") => "GIF 动图",
        () if at(0, b"BM") => "BMP 图片",
        () if at(40, b" EMF") || at(0, b"\xd7\xcd\xc6\x9a") => "图元文件（EMF、WMF）",
        () if at(0, b"<svg") || at(0, b"<?xml") => "矢量图（SVG）",
        () if at(0, b"%PDF-") => "PDF 文件",
        () => "认不出的文件",
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::metadata::Orientation;
    use image::{DynamicImage, ImageEncoder, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
    use proptest::prelude::*;

    use super::{PrintSize, prepare};
    use crate::picture::{PictureBounds, PictureFault, PictureFormat};

    const BOUNDS: PictureBounds = PictureBounds { pixels: 1_000_000, width: 75 };

    /// A picture whose upper left quarter is red and whose rest is blue.
    fn corner(width: u32, height: u32) -> RgbImage {
        let is_corner = |x, y| x < width / 2 && y < height / 2;
        RgbImage::from_fn(width, height, |x, y| if is_corner(x, y) { Rgb([250, 0, 0]) } else { Rgb([0, 0, 250]) })
    }

    fn file(picture: RgbImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Vec::new();
        DynamicImage::ImageRgb8(picture).write_to(&mut Cursor::new(&mut bytes), format).unwrap();
        bytes
    }

    /// A JPEG file with an EXIF orientation.
    fn turned(picture: &RgbImage, orientation: Orientation) -> Vec<u8> {
        let exif =
            [&b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0"[..], &[orientation.to_exif(), 0, 0, 0, 0, 0, 0, 0]];
        let mut bytes = Vec::new();
        let mut encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 95);
        encoder.set_exif_metadata(exif.concat()).unwrap();
        picture.write_with_encoder(encoder).unwrap();
        bytes
    }

    /// Which corner of a prepared picture is red: right, lower.
    fn red_corner(bytes: &[u8]) -> (bool, bool) {
        let picture = image::load_from_memory(bytes).unwrap().into_rgb8();
        let (width, height) = picture.dimensions();
        let is_red = |x: u32, y: u32| picture.get_pixel(x, y).0[0] > 150;
        let corners = [false, true].map(|right| [false, true].map(|lower| (right, lower)));
        let found = corners
            .into_iter()
            .flatten()
            .filter(|(right, lower)| is_red(if *right { width - 4 } else { 3 }, if *lower { height - 4 } else { 3 }));
        let found: Vec<_> = found.collect();
        assert_eq!(found.len(), 1, "{found:?}");
        found[0]
    }

    #[test]
    fn every_exif_orientation_is_turned_upright() {
        let picture = corner(64, 32);
        let expected = [
            ((64, 32), (false, false)),
            ((64, 32), (true, false)),
            ((64, 32), (true, true)),
            ((64, 32), (false, true)),
            ((32, 64), (false, false)),
            ((32, 64), (true, false)),
            ((32, 64), (true, true)),
            ((32, 64), (false, true)),
        ];
        for (number, expected) in (1..).zip(expected) {
            let turned = turned(&picture, Orientation::from_exif(number).unwrap());
            let prepared = prepare(&turned, BOUNDS).unwrap();
            assert_eq!(((prepared.width, prepared.height), red_corner(&prepared.bytes)), expected, "{number}");
            let again = image::ImageReader::new(Cursor::new(&prepared.bytes)).with_guessed_format().unwrap();
            let mut decoder = again.into_decoder().unwrap();
            let exif = image::ImageDecoder::exif_metadata(&mut decoder).unwrap();
            assert_eq!(exif, None, "no metadata is passed on");
        }
    }

    #[test]
    fn all_formats_are_read_and_come_out_as_jpeg_or_png() {
        for (format, expected) in [
            (ImageFormat::Jpeg, PictureFormat::Jpeg),
            (ImageFormat::Png, PictureFormat::Png),
            (ImageFormat::Tiff, PictureFormat::Jpeg),
            (ImageFormat::WebP, PictureFormat::Jpeg),
        ] {
            let bytes = file(corner(40, 20), format);
            let prepared = prepare(&bytes, BOUNDS).unwrap();
            assert_eq!((prepared.format, red_corner(&prepared.bytes)), (expected, (false, false)), "{format:?}");
            assert_eq!(prepare(&bytes, BOUNDS), Ok(prepared));
        }
    }

    #[test]
    fn a_large_picture_has_300_dots_an_inch_and_a_small_one_is_printed_small() {
        let print = |width, height| {
            let size = PrintSize::of(width, height, 75);
            (size.width, size.height, size.dpi)
        };
        assert_eq!(print(4_000, 3_000), (885, 664, 300));
        assert_eq!(print(3_000, 4_000), (885, 1_181, 300));
        assert_eq!(print(600, 450), (600, 450, 204));
        assert_eq!(print(100, 50), (100, 50, 96));
        assert_eq!(print(60_000, 1), (885, 1, 300));
        let prepared = prepare(&file(corner(1_000, 800), ImageFormat::Png), BOUNDS).unwrap();
        assert_eq!((prepared.width, prepared.height, prepared.print_width), (884, 707, 749));
        assert_eq!(red_corner(&prepared.bytes), (false, false));
    }

    #[test]
    fn what_is_transparent_is_white() {
        let mut bytes = Vec::new();
        let clear = RgbaImage::from_pixel(8, 8, Rgba([0, 0, 0, 0]));
        DynamicImage::ImageRgba8(clear).write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
        let prepared = prepare(&bytes, BOUNDS).unwrap();
        let picture = image::load_from_memory(&prepared.bytes).unwrap().into_rgb8();
        assert_eq!(picture.get_pixel(4, 4), &Rgb([255, 255, 255]));
    }

    #[test]
    fn a_photo_as_png_becomes_jpeg() {
        let mut state = 1_u32;
        let mut noise = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        let photo = RgbImage::from_fn(600, 400, |_, _| Rgb([noise(), noise(), noise()]));
        assert_eq!(prepare(&file(photo, ImageFormat::Png), BOUNDS).unwrap().format, PictureFormat::Jpeg);
    }

    #[test]
    fn a_picture_of_too_many_pixels_is_not_decoded() {
        // The head of a PNG file of 50,000 × 50,000 pixels; no data follows.
        let mut bomb = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xc3\x50\0\0\xc3\x50\x01\0\0\0\0".to_vec();
        bomb.extend(crc(&bomb[12..]).to_be_bytes());
        bomb.extend(b"\0\0\0\0IDAT\x35\xaf\x06\x1e\0\0\0\0IEND\xae\x42\x60\x82");
        let many = PictureFault::TooManyPixels { width: 50_000, height: 50_000, limit: 1_000_000 };
        assert_eq!(prepare(&bomb, BOUNDS), Err(many));
    }

    /// The check value of a PNG chunk.
    fn crc(bytes: &[u8]) -> u32 {
        let step = |crc: u32, byte: &u8| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
        };
        !bytes.iter().fold(u32::MAX, step)
    }

    #[test]
    fn a_truncated_file_is_damaged_in_every_format() {
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Tiff, ImageFormat::WebP] {
            let whole = file(corner(80, 60), format);
            let half = &whole[..whole.len() / 2];
            let fault = prepare(half, BOUNDS).expect_err("a part of a picture");
            assert_eq!(fault, PictureFault::Damaged, "{format:?}");
        }
    }

    #[test]
    fn other_formats_are_named() {
        let named = |bytes: &[u8]| prepare(bytes, BOUNDS).expect_err("no picture").reason();
        assert!(named(b"\0\0\0\x18ftypheic").contains("HEIC"));
        assert!(named(b"GIF89a").contains("GIF"));
        assert!(named(b"").contains("空文件"));
        assert!(named("党支部".as_bytes()).contains("认不出"));
    }

    proptest! {
        #[test]
        fn any_damage_gives_a_picture_or_a_fault(
            format in prop::sample::select(vec![ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Tiff, ImageFormat::WebP]),
            at in any::<prop::sample::Index>(),
            byte in any::<u8>(),
        ) {
            let mut bytes = file(corner(24, 16), format);
            let at = at.index(bytes.len());
            bytes[at] = byte;
            if let Ok(picture) = prepare(&bytes, BOUNDS) {
                prop_assert!(image::load_from_memory(&picture.bytes).is_ok());
            }
        }

        #[test]
        fn a_printed_size_is_within_its_bounds(width in 1_u32..60_000, height in 1_u32..60_000, most in 1_u32..200) {
            let size = PrintSize::of(width, height, most);
            prop_assert!((96..=300).contains(&size.dpi));
            let (most, dpi) = (u64::from(most), size.dpi);
            prop_assert!(u64::from(size.width) * 254 <= most * 10 * dpi || size.width == 1);
            prop_assert!(u64::from(size.height) * 254 * 3 <= most * 40 * dpi || size.height == 1);
        }
    }
}
