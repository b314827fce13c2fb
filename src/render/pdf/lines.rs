//! Lines of a paragraph: atoms broken, aligned and placed. Places are relative to the paragraph's left edge and each
//! line's upper edge.

use super::atoms::{Atom, AtomKind, line_width};
use super::line_break::{Breaker, LineRange, Script, scripts, space_scripts};
use super::page::{
    Color, Direction, ElementId, ElementKind, Item, Mark, PlacedGlyph, PositionedPicture, Run, Shape, Structure,
};
use super::style::{Alignment, ParagraphStyle, TextStyle};

/// A line whose atoms have their places; `Flow` gives it its place on a page.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    pub height: f32,
    pub items: Vec<Item>,
    pub shapes: Vec<Shape>,
}

/// What a paragraph is set in.
pub(super) struct LineSetter<'s> {
    pub structure: &'s mut Structure,
    /// The element that the text belongs to.
    pub element: Option<ElementId>,
    pub style: ParagraphStyle,
    /// The width of the column.
    pub width: f32,
}

/// The space between a picture and the lower edge of its line, in units of the size.
const PICTURE_DESCENT: f32 = 0.2;
/// The ascent and height of the field behind a 待填写, in units of the size.
const GAP_FIELD: (f32, f32) = (0.88, 1.06);
/// The place and the thickness of an underline, in units of the size.
const UNDERLINE: (f32, f32) = (0.12, 0.045);

impl LineSetter<'_> {
    /// Breaks atoms into lines and places them; an empty line for no atoms.
    pub(super) fn lines(&mut self, mut atoms: Vec<Atom>) -> Vec<Line> {
        let scripts = scripts(&atoms);
        space_scripts(&mut atoms, &scripts);
        let stops_hang = self.style.align == Alignment::Justified;
        let ranges = Breaker { atoms: &atoms, scripts: &scripts, stops_hang }.lines(|line| self.available_width(line));
        ranges.iter().enumerate().map(|(number, range)| self.line(&atoms, &scripts, number, *range)).collect()
    }

    /// The width of a line.
    fn available_width(&self, number: usize) -> f32 {
        let first = if number == 0 { self.style.first } else { 0.0 };
        self.width - self.style.left - self.style.right - first
    }

    fn line(&mut self, atoms: &[Atom], scripts: &[Script], number: usize, range: LineRange) -> Line {
        let (atoms, scripts) = (&atoms[range.start..range.end], &scripts[range.start..range.end]);
        let available = self.available_width(number);
        let width = line_width(atoms);
        let left = self.style.left + if number == 0 { self.style.first } else { 0.0 };
        let slack = available - width;
        let is_stretched = match self.style.align {
            Alignment::Justified => !range.is_last,
            Alignment::Distributed => true,
            Alignment::Left | Alignment::Center | Alignment::Right => false,
        };
        let start = match self.style.align {
            Alignment::Center => slack / 2.0,
            Alignment::Right => slack,
            Alignment::Left | Alignment::Justified | Alignment::Distributed => 0.0,
        };
        let stretch = if is_stretched { stretch(atoms, scripts, available) } else { 0.0 };
        self.place(atoms, scripts, left + start, stretch)
    }

    /// Places the atoms of a line from `x` on, with `stretch` behind each that can be stretched.
    fn place(&mut self, atoms: &[Atom], scripts: &[Script], x: f32, stretch: f32) -> Line {
        let pictures = atoms.iter().filter_map(|atom| match &atom.kind {
            AtomKind::Picture(picture) => Some(picture.height),
            AtomKind::Char(..) | AtomKind::Blank(_) | AtomKind::Break => None,
        });
        let size = self.style.text.size;
        let (mut height, mut base) = (self.style.line.height(), self.style.line.ascent(size));
        if let Some(tallest) = pictures.reduce(f32::max) {
            let needed = tallest + PICTURE_DESCENT * size;
            (height, base) = (height.max(needed), (height - PICTURE_DESCENT * size).max(tallest));
        }
        let mut line = Line { height, ..Line::default() };
        let mut x = x;
        let last = atoms.len().saturating_sub(1);
        for (at, (atom, script)) in atoms.iter().zip(scripts).enumerate() {
            let gap = if at < last && can_stretch(atom, *script) { stretch } else { 0.0 };
            let lead = if at == 0 { 0.0 } else { atom.lead };
            x += lead;
            let advance = atom.width + gap;
            push_decoration(&mut line, atom, x, base, advance);
            match &atom.kind {
                AtomKind::Char(c, glyph) => {
                    let placed = PlacedGlyph { id: glyph.id, advance: advance / atom.style.size };
                    self.push_char(&mut line, RunPlace { x, y: base, face: glyph.face, style: atom.style }, *c, placed);
                }
                AtomKind::Picture(picture) => {
                    let figure = self.structure.add(ElementKind::Figure(picture.alt.clone()), self.element);
                    let (y, source) = (base - picture.height, picture.source.clone());
                    let placed = PositionedPicture { x, y, width: atom.width, height: picture.height, source };
                    line.items.push(Item { element: Some(figure), mark: Mark::Picture(placed) });
                }
                AtomKind::Blank(_) | AtomKind::Break => {}
            }
            x += advance;
        }
        line
    }

    /// Adds a character to the last run, or begins another.
    fn push_char(&self, line: &mut Line, place: RunPlace, c: char, glyph: PlacedGlyph) {
        let RunPlace { x, y, face, style } = place;
        if let Some(Item { mark: Mark::Run(run), .. }) = line.items.last_mut()
            && (run.face, run.size, run.color) == (face, style.size, style.color)
            && run.end() < x + 0.01
        {
            run.extend_to(x);
            run.text.push(c);
            run.glyphs.push(glyph);
            return;
        }
        let (size, color) = (style.size, style.color);
        let run = Run { x, y, size, face, color, direction: Direction::Across, text: c.into(), glyphs: vec![glyph] };
        line.items.push(Item { element: self.element, mark: Mark::Run(run) });
    }
}

/// Where a run begins.
#[derive(Clone, Copy)]
struct RunPlace {
    x: f32,
    y: f32,
    face: u16,
    style: TextStyle,
}

impl Run {
    /// Moves the place of the next glyph.
    fn extend_to(&mut self, x: f32) {
        let (end, size) = (self.end(), self.size);
        if let Some(last) = self.glyphs.last_mut() {
            last.advance += (x - end) / size;
        }
    }

    /// Where the next glyph would be.
    fn end(&self) -> f32 {
        self.x + self.glyphs.iter().map(|glyph| glyph.advance).sum::<f32>() * self.size
    }
}

/// Whether a line may be stretched behind an atom.
fn can_stretch(atom: &Atom, script: Script) -> bool {
    script == Script::Chinese || atom.char() == ' '
}

/// What is to be added behind each atom that can be stretched, so that the line is as wide as its column. What hangs
/// into the margin stays there.
fn stretch(atoms: &[Atom], scripts: &[Script], available: f32) -> f32 {
    let width = line_width(atoms);
    let (atoms, width) = match atoms.split_last() {
        Some((last, others)) if width > available => (others, width - last.advance(false)),
        _ => (atoms, width),
    };
    let Some((_, inner)) = atoms.split_last() else { return 0.0 };
    let places = inner.iter().zip(scripts).filter(|(atom, script)| can_stretch(atom, **script)).count();
    if places == 0 { 0.0 } else { ((available - width) / places as f32).max(0.0) }
}

/// The field behind a 待填写, and underlines.
fn push_decoration(line: &mut Line, atom: &Atom, x: f32, base: f32, width: f32) {
    let size = atom.style.size;
    let mut push = |shape: Shape| match line.shapes.last_mut() {
        Some(last) if last.color == shape.color && last.y == shape.y && (last.x + last.width - x).abs() < 0.01 => {
            last.width += shape.width;
        }
        _ => line.shapes.push(shape),
    };
    if let Some(number) = atom.gap {
        let (ascent, height) = GAP_FIELD;
        push(Shape { x, y: base - ascent * size, width, height: height * size, color: Color::Gap(number) });
    }
    if atom.style.underlined {
        let (below, thickness) = UNDERLINE;
        push(Shape { x, y: base + below * size, width, height: thickness * size, color: Color::Black });
    }
}

impl Line {
    /// Moves everything on the line to the right.
    pub(super) fn shift(&mut self, dx: f32) {
        for item in &mut self.items {
            item.mark.shift(dx, 0.0);
        }
        self.shapes.iter_mut().for_each(|shape| shape.x += dx);
    }

    /// Makes the line higher above its text.
    pub(super) fn lower(&mut self, dy: f32) {
        for item in &mut self.items {
            item.mark.shift(0.0, dy);
        }
        self.shapes.iter_mut().for_each(|shape| shape.y += dy);
        self.height += dy;
    }
}
