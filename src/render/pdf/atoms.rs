//! Text as the signs that lines are made of: characters with their glyphs and widths, line breaks, pictures.

use indexmap::IndexSet;

use super::page::PictureContent;
use super::style::TextStyle;
use crate::fonts::{Fonts, Glyph, Typeface};
use crate::picture::Picture;
use crate::render::geometry::{MAX_PICTURE_MM, twips};
use crate::report::{Inline, PrintedPicture, gap_text};

/// A character, a line break or a picture.
#[derive(Clone, Debug)]
pub(super) struct Atom {
    pub kind: AtomKind,
    pub width: f32,
    /// The space before it where it does not begin a line.
    pub lead: f32,
    pub style: TextStyle,
    /// The number of the 待填写 that it is part of.
    pub gap: Option<u32>,
}

/// What an atom is: a character or what stands where one would.
#[derive(Clone, Debug)]
pub(super) enum AtomKind {
    Char(char, Glyph),
    /// A blank of that width, which nothing is drawn for.
    Blank(char),
    Break,
    Picture(AtomPicture),
}

/// A picture in a line.
#[derive(Clone, Debug)]
pub(super) struct AtomPicture {
    pub height: f32,
    pub source: PictureContent,
    /// What it shows.
    pub alt: String,
}

impl Atom {
    /// Its width with the space before it, unless it is the first of its line.
    pub(super) fn advance(&self, is_first: bool) -> f32 {
        if is_first { self.width } else { self.lead + self.width }
    }

    /// The character; `\n` for a line break, an object replacement character for a picture.
    pub(super) fn char(&self) -> char {
        match &self.kind {
            AtomKind::Char(c, _) | AtomKind::Blank(c) => *c,
            AtomKind::Break => '\n',
            AtomKind::Picture(_) => '\u{fffc}',
        }
    }
}

/// The width of atoms on one line.
pub(super) fn line_width(atoms: &[Atom]) -> f32 {
    atoms.iter().enumerate().map(|(at, atom)| atom.advance(at == 0)).sum()
}

/// Printed in place of a character that no font has.
const MISSING: char = '□';
/// A tenth of a millimetre.
const TENTH: f32 = 5.67;

/// Turns text into atoms.
pub(super) struct AtomList<'f> {
    fonts: &'f Fonts,
    /// The greatest width of a picture.
    width: f32,
    pub atoms: Vec<Atom>,
    /// The labels of the 待填写 that were written, by their numbers.
    pub gaps: Vec<String>,
}

impl<'f> AtomList<'f> {
    /// `width` is the most that a picture may take.
    pub(super) fn new(fonts: &'f Fonts, width: f32) -> Self {
        Self { fonts, width, atoms: Vec::new(), gaps: Vec::new() }
    }

    pub(super) fn inlines(&mut self, text: &[Inline], style: TextStyle) {
        for inline in text {
            match inline {
                Inline::Text(text) | Inline::Sourced(text, _) => self.text(text, style),
                Inline::Gap(label, _) => {
                    let from = self.atoms.len();
                    self.text(&gap_text(label), style);
                    let number = u32::try_from(self.gaps.len()).ok();
                    self.gaps.push(label.clone());
                    self.atoms[from..].iter_mut().for_each(|atom| atom.gap = number);
                }
                Inline::Break => {
                    self.atoms.push(Atom { kind: AtomKind::Break, width: 0.0, lead: 0.0, style, gap: None })
                }
                Inline::Picture(printed) => self.picture(printed, style),
            }
        }
    }

    pub(super) fn text(&mut self, text: &str, style: TextStyle) {
        for c in text.chars().filter(|c| !is_invisible(*c)) {
            let (kind, width) = match c {
                '\t' => (AtomKind::Blank(' '), 2.0 * style.size),
                '\u{a0}' => self.char(' ', style),
                _ => self.char(c, style),
            };
            self.atoms.push(Atom { kind, width: width + style.spacing, lead: 0.0, style, gap: None });
        }
    }

    fn char(&self, c: char, style: TextStyle) -> (AtomKind, f32) {
        let glyph = self.fonts.glyph(style.typeface, c);
        let is_blank = c.is_whitespace();
        match glyph.or_else(|| self.fonts.glyph(style.typeface, MISSING).filter(|_| !is_blank)) {
            Some(glyph) => (AtomKind::Char(c, glyph), glyph.width * style.size),
            None => (AtomKind::Blank(if is_blank { c } else { ' ' }), style.size),
        }
    }

    fn picture(&mut self, printed: &PrintedPicture, style: TextStyle) {
        let (width, height) = size_in(&printed.picture, self.width);
        let source = PictureContent::Ledger(printed.picture.clone());
        let kind = AtomKind::Picture(AtomPicture { height, source, alt: printed.alt.clone() });
        self.atoms.push(Atom { kind, width, lead: 0.0, style, gap: None });
    }

    /// A square picture that is no ledger's.
    pub(super) fn code(&mut self, side: f32, alt: String, style: TextStyle) {
        let kind = AtomKind::Picture(AtomPicture { height: side, source: PictureContent::Code, alt });
        self.atoms.push(Atom { kind, width: side, lead: 0.0, style, gap: None });
    }
}

/// The size of a picture, shrunk to at most that width.
fn size_in(picture: &Picture, max_width: f32) -> (f32, f32) {
    let (width, height) = (picture.print_width as f32 * TENTH, picture.print_height as f32 * TENTH);
    let scale = (max_width / width.max(1.0)).min(twips(MAX_PICTURE_MM) as f32 / height.max(1.0)).min(1.0);
    (width * scale, height * scale)
}

/// Characters that show nothing and have no width; some of them must not be in a PDF/A document.
fn is_invisible(c: char) -> bool {
    match c {
        '\t' => false,
        '\u{ad}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => true,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => true,
        '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}' | '\u{fff9}'..='\u{fffb}' => true,
        c => c.is_control(),
    }
}

/// The characters of a text that no font has, each once.
pub(super) fn missing(fonts: &Fonts, text: &str, found: &mut IndexSet<char>) {
    for c in text.chars().filter(|c| !is_invisible(*c) && !c.is_whitespace()) {
        if fonts.glyph(Typeface::Body, c).is_none() {
            found.insert(c);
        }
    }
}
