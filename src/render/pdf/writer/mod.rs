//! PDF/A-2u from laid out pages, tagged (`tags`), with bookmarks. Only this module uses the krilla crate.
//!
//! Lengths of pages are twips, those of krilla points.

mod bookmarks;
mod tags;

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{PoisonError, RwLock};

use jiff::civil::Date;
use krilla::color::rgb;
use krilla::configure::{Archival, Configuration, ConfigurationBuilder};
use krilla::error::KrillaError;
use krilla::geom::{Path, PathBuilder, Point, Rect, Size, Transform};
use krilla::image::Image;
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag};
use krilla::text::{Font, GlyphId, KrillaGlyph, Tag as FontTag};
use krilla::{Data, SerializeSettings};

use super::page::{
    Color, Direction, Document, Item, LANGUAGE, Mark, POINT, Page, PictureContent, PositionedPicture, Run, Shape,
};
use crate::fonts::{Face, Fonts};
use crate::picture::PictureFormat;
use crate::render::renderer::RenderError;
use crate::report::Report;
use crate::report_code::Matrix;
use bookmarks::outline;
use tags::Tags;

/// What is said about a document beside its pages.
pub(super) struct Description<'d> {
    pub title: String,
    pub author: String,
    /// The date that it bears.
    pub date: Date,
    /// The QR code that is drawn where a page has one.
    pub qr: Option<&'d Matrix>,
}

impl<'d> Description<'d> {
    pub(super) fn of(report: &'d Report<'_>) -> Self {
        let (title, author, date) = (report.title(), report.letter.organisation(), report.letter.date);
        let qr = report.code.as_ref().and_then(|code| code.qr.as_ref());
        Self { title, author, date, qr }
    }
}

/// Writes documents in the faces of a run.
#[derive(Default)]
pub(super) struct Writer {
    /// The faces as krilla has them, by their numbers.
    faces: RwLock<HashMap<u16, Font>>,
}

/// Shapes up to 1 pt are drawn as lines: viewers draw a line at least as wide as a dot, but a thinner field pale.
const THICKEST_LINE: f32 = 20.0;

impl Writer {
    /// Writes a document.
    ///
    /// # Errors
    /// When a font or a picture cannot be embedded, which is a fault of its file; krilla panics at some of these.
    pub(super) fn write(
        &self,
        document: &Document,
        description: &Description<'_>,
        fonts: &Fonts,
    ) -> Result<Vec<u8>, RenderError> {
        let written = catch_unwind(AssertUnwindSafe(|| self.try_write(document, description, fonts)));
        written.unwrap_or_else(|_| Err(fault("写 PDF 时出错退出，多半是字体文件有毛病，请换一份字体")))
    }

    fn try_write(
        &self,
        document: &Document,
        description: &Description<'_>,
        fonts: &Fonts,
    ) -> Result<Vec<u8>, RenderError> {
        let mut pdf = krilla::Document::new_with(settings()?);
        pdf.set_metadata(metadata(description));
        let mut tags = Tags::new(&document.structure);
        for page in &document.pages {
            let size = PageSettings::from_wh(page.width * POINT, page.height * POINT);
            let mut own = pdf.start_page_with(size.ok_or_else(|| fault("页面没有大小"))?);
            Drawing { writer: self, fonts, qr: description.qr, surface: own.surface() }.page(page, &mut tags)?;
            own.finish();
        }
        if let Some(outline) = outline(&document.bookmarks) {
            pdf.set_outline(outline);
        }
        pdf.set_tag_tree(tags.tree(&document.structure));
        pdf.finish().map_err(|error| self.explain(&error, fonts))
    }

    /// What cannot be embedded, by its name where it has one.
    fn explain(&self, error: &KrillaError, fonts: &Fonts) -> RenderError {
        match error {
            KrillaError::Font(font, _) => {
                let faces = self.faces.read().unwrap_or_else(PoisonError::into_inner);
                let number = faces.iter().find(|(_, own)| *own == font).map(|(number, _)| *number);
                let face = number.and_then(|number| fonts.face(number));
                let label = face.map_or_else(String::new, |face| format!("“{}”", face.label));
                fault(&format!("字体{label}的文件有毛病，不能嵌入，请换一份"))
            }
            KrillaError::Image(..) => fault("有一张图片不能嵌入，请换一张"),
            _ => fault(&format!("不合 PDF/A 的要求（{error}）")),
        }
    }

    fn font(&self, number: u16, fonts: &Fonts) -> Result<Font, RenderError> {
        if let Some(font) = self.faces.read().unwrap_or_else(PoisonError::into_inner).get(&number) {
            return Ok(font.clone());
        }
        let face = fonts.face(number).ok_or_else(|| fault("没有这种字体"))?;
        let font = krilla_font(&face).ok_or_else(|| fault(&format!("字体“{}”不能用", face.label)))?;
        self.faces.write().unwrap_or_else(PoisonError::into_inner).insert(number, font.clone());
        Ok(font)
    }
}

fn krilla_font(face: &Face) -> Option<Font> {
    let axes: Vec<_> = face.weight.iter().map(|(tag, position)| (FontTag::new(tag), *position)).collect();
    Font::new_variable(Data::from(face.data.clone()), face.index, &axes)
}

fn fault(message: &str) -> RenderError {
    RenderError::Pdf(message.to_owned())
}

fn settings() -> Result<SerializeSettings, RenderError> {
    let configuration: Result<Configuration, _> =
        ConfigurationBuilder::new().with_archival_validator(Archival::A2_U).finish();
    let configuration = configuration.map_err(|error| fault(&format!("{error:?}")))?;
    Ok(SerializeSettings { configuration, ..SerializeSettings::default() })
}

/// Title, author, language and date, none of them from the clock.
fn metadata(description: &Description<'_>) -> Metadata {
    let date = description.date;
    let year = u16::try_from(date.year()).unwrap_or_default();
    let [month, day] = [date.month(), date.day()].map(|part| u8::try_from(part).unwrap_or(1));
    let created =
        DateTime::new(year).month(month).day(day).hour(0).minute(0).second(0).utc_offset_hour(0).utc_offset_minute(0);
    Metadata::new()
        .title(description.title.clone())
        .authors(vec![description.author.clone()])
        .language(LANGUAGE.to_owned())
        .creator("zicha".to_owned())
        .creation_date(created)
}

/// Draws a page.
struct Drawing<'d, 's> {
    writer: &'d Writer,
    fonts: &'d Fonts,
    qr: Option<&'d Matrix>,
    surface: Surface<'s>,
}

impl Drawing<'_, '_> {
    fn page(&mut self, page: &Page, tags: &mut Tags) -> Result<(), RenderError> {
        self.artifacts(&page.behind, ArtifactType::Watermark)?;
        if !page.shapes.is_empty() {
            self.surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
            self.shapes(&page.shapes);
            self.surface.end_tagged();
        }
        for items in page.items.chunk_by(|one, other| one.element == other.element) {
            match items.first().and_then(|item| item.element) {
                None => self.artifacts(items, ArtifactType::PaginationOther)?,
                Some(element) => {
                    let content = self.surface.start_tagged(ContentTag::Other);
                    items.iter().try_for_each(|item| self.mark(&item.mark))?;
                    self.surface.end_tagged();
                    tags.add(element, content);
                }
            }
        }
        Ok(())
    }

    /// What is no part of the text.
    fn artifacts(&mut self, items: &[Item], kind: ArtifactType) -> Result<(), RenderError> {
        if items.is_empty() {
            return Ok(());
        }
        self.surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(kind)));
        items.iter().try_for_each(|item| self.mark(&item.mark))?;
        self.surface.end_tagged();
        Ok(())
    }

    /// Rectangles and lines, those of one colour and thickness that follow each other as one path.
    fn shapes(&mut self, shapes: &[Shape]) {
        let is_alike = |one: &Shape, other: &Shape| (one.color, line_width(one)) == (other.color, line_width(other));
        for shapes in shapes.chunk_by(is_alike) {
            let Some(first) = shapes.first() else { continue };
            let mut path = PathBuilder::new();
            for shape in shapes {
                let [x, y, width, height] = [shape.x, shape.y, shape.width, shape.height].map(|twips| twips * POINT);
                match line_width(shape) {
                    None => push_rectangle(&mut path, x, y, width, height),
                    Some(_) if width < height => {
                        push_line(&mut path, [x + width / 2.0, y], [x + width / 2.0, y + height])
                    }
                    Some(_) => push_line(&mut path, [x, y + height / 2.0], [x + width, y + height / 2.0]),
                }
            }
            let Some(path) = path.finish() else { continue };
            match line_width(first) {
                None => self.fill(&path, first.color),
                Some(width) => self.line(&path, width, first.color),
            }
        }
    }

    fn line(&mut self, path: &Path, width: f32, color: Color) {
        self.surface.set_fill(None);
        self.surface.set_stroke(Some(Stroke { paint: paint(color).into(), width: width * POINT, ..Stroke::default() }));
        self.surface.draw_path(path);
        self.surface.set_stroke(None);
    }

    fn fill(&mut self, path: &Path, color: Color) {
        self.surface.set_fill(Some(fill(color)));
        self.surface.draw_path(path);
    }

    fn mark(&mut self, mark: &Mark) -> Result<(), RenderError> {
        match mark {
            Mark::Run(run) => self.run(run),
            Mark::Picture(picture) => self.picture(picture),
        }
    }

    fn run(&mut self, run: &Run) -> Result<(), RenderError> {
        let font = self.writer.font(run.face, self.fonts)?;
        let mut from = 0;
        let glyphs: Vec<KrillaGlyph> = run
            .glyphs
            .iter()
            .map(|glyph| {
                let range = from..from + usize::from(glyph.bytes);
                from = range.end;
                KrillaGlyph::new(GlyphId::new(glyph.id.into()), glyph.advance, 0.0, 0.0, 0.0, range, None)
            })
            .collect();
        self.surface.set_fill(Some(fill(run.color)));
        let (x, y, size) = (run.x * POINT, run.y * POINT, run.size * POINT);
        if run.direction == Direction::Across {
            self.surface.draw_glyphs(Point::from_xy(x, y), &glyphs, font, &run.text, size, false);
            return Ok(());
        }
        let (dx, dy) = run.direction.unit();
        self.surface.push_transform(&Transform::from_row(dx, dy, -dy, dx, x, y));
        self.surface.draw_glyphs(Point::from_xy(0.0, 0.0), &glyphs, font, &run.text, size, false);
        self.surface.pop();
        Ok(())
    }

    fn picture(&mut self, picture: &PositionedPicture) -> Result<(), RenderError> {
        let PositionedPicture { x, y, width, height, source } = picture;
        let [x, y, width, height] = [x, y, width, height].map(|twips| twips * POINT);
        match source {
            PictureContent::Code => {
                if let Some(path) = self.qr.and_then(|qr| code_path(qr, x, y, width)) {
                    self.fill(&path, Color::Black);
                }
            }
            PictureContent::Ledger(picture) => {
                let data = Data::from(picture.bytes.clone());
                let image = match picture.format {
                    PictureFormat::Jpeg => Image::from_jpeg(data, false),
                    PictureFormat::Png => Image::from_png(data, false),
                };
                let image = image.map_err(|error| fault(&error))?;
                let size = Size::from_wh(width, height).ok_or_else(|| fault("图片没有大小"))?;
                self.surface.push_transform(&Transform::from_translate(x, y));
                self.surface.draw_image(image, size);
                self.surface.pop();
            }
        }
        Ok(())
    }
}

/// A QR code of that width as rectangles, each as long as dark squares follow each other.
fn code_path(qr: &Matrix, x: f32, y: f32, width: f32) -> Option<Path> {
    let count = qr.full_width();
    let side = width / count as f32;
    let mut path = PathBuilder::new();
    for row in 0..count {
        let mut col = 0;
        while col < count {
            let length = (col..count).take_while(|col| qr.is_dark(row, *col)).count();
            if length > 0 {
                push_rectangle(&mut path, x + col as f32 * side, y + row as f32 * side, length as f32 * side, side);
            }
            col += length.max(1);
        }
    }
    path.finish()
}

/// The thickness in twips of a shape that is drawn as a line; none for one that is filled.
fn line_width(shape: &Shape) -> Option<f32> {
    let thickness = shape.width.min(shape.height);
    (thickness <= THICKEST_LINE).then_some(thickness)
}

fn push_line(path: &mut PathBuilder, [x, y]: [f32; 2], [end_x, end_y]: [f32; 2]) {
    path.move_to(x, y);
    path.line_to(end_x, end_y);
}

fn push_rectangle(path: &mut PathBuilder, x: f32, y: f32, width: f32, height: f32) {
    if let Some(rectangle) = Rect::from_xywh(x, y, width, height) {
        path.push_rect(rectangle);
    }
}

fn fill(color: Color) -> Fill {
    Fill { paint: paint(color).into(), opacity: NormalizedF32::ONE, rule: FillRule::NonZero }
}

fn paint(color: Color) -> rgb::Color {
    let (red, green, blue) = match color {
        Color::Black => (0, 0, 0),
        Color::Red => (0xff, 0, 0),
        Color::Yellow => (0xff, 0xff, 0),
        Color::Grey => (0xd9, 0xd9, 0xd9),
        Color::Bar => (0x2f, 0x5d, 0x8a),
    };
    rgb::Color::new(red, green, blue)
}
