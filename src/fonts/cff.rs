//! A CFF font for PDF (Adobe Technical Note 5176), put together from glyph programs: CID-keyed, each CID the number of
//! its glyph, 1,000 units an em.
//!
//! A font is a few hundred bytes of tables around the programs, which `program` draws once a run. The crate `subsetter`
//! cuts fonts of any size and flavour, but works through each glyph of each document: 9.3 ms a report (four faces, 828
//! glyphs), where all of a report may take 8. This takes 0.2.

use super::charstring::{DEFAULT_WIDTH, GlyphProgram};

/// The number of the first string that is not one of the standard ones.
const FIRST_STRING: i32 = 391;
/// The program of a glyph without an outline.
const EMPTY: &[u8] = &[14];
/// One thousandth, and one, as numbers of a DICT.
const THOUSANDTH: &[u8] = &[30, 0xa0, 0x01, 0xff];
const ONE: &[u8] = &[140];

/// Operators of a DICT; those above 255 are 12 and their lower byte.
mod op {
    pub(super) const FONT_BBOX: u16 = 5;
    pub(super) const CHARSET: u16 = 15;
    pub(super) const CHAR_STRINGS: u16 = 17;
    pub(super) const PRIVATE: u16 = 18;
    pub(super) const DEFAULT_WIDTH_X: u16 = 20;
    pub(super) const COPYRIGHT: u16 = 0xc00;
    pub(super) const FONT_MATRIX: u16 = 0xc07;
    pub(super) const ROS: u16 = 0xc1e;
    pub(super) const CID_COUNT: u16 = 0xc22;
    pub(super) const FD_ARRAY: u16 = 0xc24;
    pub(super) const FD_SELECT: u16 = 0xc25;
}

/// The measures of a face, in thousandths of its size.
pub(crate) struct FaceMeasures {
    /// The name that PDF files call it by; Latin letters, digits and hyphens.
    pub(crate) name: String,
    /// Who holds the rights to it; ASCII.
    pub(crate) copyright: String,
    /// Its lower left and upper right corner.
    pub(crate) bounds: [i32; 4],
    pub(crate) ascent: i32,
    pub(crate) descent: i32,
    pub(crate) cap_height: i32,
    /// In degrees.
    pub(crate) italic_angle: f32,
    /// From 1 to 1,000.
    pub(crate) weight: f32,
}

impl FaceMeasures {
    /// Of a face that says nothing of itself.
    pub(super) fn unknown() -> Self {
        Self {
            name: "Font".to_owned(),
            copyright: String::new(),
            bounds: [0, -200, 1_000, 900],
            ascent: 800,
            descent: -200,
            cap_height: 700,
            italic_angle: 0.0,
            weight: 400.0,
        }
    }
}

/// A font with an empty glyph 0 and these glyphs from 1 on; fewer than 65,535.
pub(crate) fn assemble<'p>(
    measures: &FaceMeasures,
    programs: impl ExactSizeIterator<Item = &'p GlyphProgram>,
) -> Vec<u8> {
    let count = programs.len() as u16 + 1;
    let charstrings: Vec<&[u8]> =
        std::iter::once(EMPTY).chain(programs.map(|program| &program.charstring[..])).collect();
    let strings = [&b"Adobe"[..], b"Identity", measures.copyright.as_bytes()];
    let mut private = Dict::default();
    private.number(DEFAULT_WIDTH).end(op::DEFAULT_WIDTH_X);
    // Format 2: one range from CID 1 on.
    let charset = if count > 1 { [&[2, 0, 1][..], &(count - 2).to_be_bytes()].concat() } else { vec![0] };
    // Format 3: one range, all glyphs of the only font DICT.
    let fd_select = [&[3, 0, 1, 0, 0, 0][..], &count.to_be_bytes()].concat();
    // Header, version 1.0, and Name INDEX.
    let mut font = vec![1, 0, 4, 4];
    push_index(&mut font, &[measures.name.as_bytes()]);
    // Offsets are five bytes wide, so that the length of the Top DICT does not depend on them.
    let strings = index(&strings);
    let top_length = index(&[&top_dict(measures, count, &Offsets::default())]).len();
    let charset_at = font.len() + top_length + strings.len() + NO_SUBROUTINES.len();
    let fd_select_at = charset_at + charset.len();
    let private_at = fd_select_at + fd_select.len();
    let fd_array_at = private_at + private.bytes.len();
    let mut font_dict = Dict::default();
    font_dict.matrix(ONE).number(private.bytes.len() as i32).offset(private_at).end(op::PRIVATE);
    let fd_array = index(&[&font_dict.bytes]);
    let charstrings_at = fd_array_at + fd_array.len();
    let offsets =
        Offsets { charset: charset_at, charstrings: charstrings_at, fd_array: fd_array_at, fd_select: fd_select_at };
    push_index(&mut font, &[&top_dict(measures, count, &offsets)]);
    for part in [&strings[..], NO_SUBROUTINES, &charset, &fd_select, &private.bytes, &fd_array] {
        font.extend_from_slice(part);
    }
    push_index(&mut font, &charstrings);
    font
}

/// An INDEX of nothing.
const NO_SUBROUTINES: &[u8] = &[0, 0];

/// Where the parts of a font begin.
#[derive(Default)]
struct Offsets {
    charset: usize,
    charstrings: usize,
    fd_array: usize,
    fd_select: usize,
}

/// The Top DICT. Offsets of FDArray and FDSelect stand last: Apple's Preview shows nothing otherwise (says
/// `subsetter`).
fn top_dict(measures: &FaceMeasures, count: u16, offsets: &Offsets) -> Vec<u8> {
    let mut dict = Dict::default();
    dict.number(FIRST_STRING).number(FIRST_STRING + 1).number(0).end(op::ROS);
    dict.number(FIRST_STRING + 2).end(op::COPYRIGHT);
    // Ghostscript and some printers scale wrongly without it.
    dict.matrix(THOUSANDTH);
    measures.bounds.iter().for_each(|bound| {
        dict.number(*bound);
    });
    dict.end(op::FONT_BBOX);
    dict.offset(offsets.charset).end(op::CHARSET);
    dict.offset(offsets.charstrings).end(op::CHAR_STRINGS);
    dict.number(count.into()).end(op::CID_COUNT);
    dict.offset(offsets.fd_array).end(op::FD_ARRAY);
    dict.offset(offsets.fd_select).end(op::FD_SELECT);
    dict.bytes
}

/// A DICT.
#[derive(Default)]
struct Dict {
    bytes: Vec<u8>,
}

impl Dict {
    /// A number of up to five digits.
    fn number(&mut self, value: i32) -> &mut Self {
        match i16::try_from(value) {
            Ok(short) => {
                self.bytes.push(28);
                self.bytes.extend(short.to_be_bytes());
                self
            }
            Err(_) => self.long(value),
        }
    }

    fn long(&mut self, value: i32) -> &mut Self {
        self.bytes.push(29);
        self.bytes.extend(value.to_be_bytes());
        self
    }

    fn offset(&mut self, offset: usize) -> &mut Self {
        self.long(i32::try_from(offset).unwrap_or(i32::MAX))
    }

    /// A matrix that scales both directions alike.
    fn matrix(&mut self, scale: &[u8]) -> &mut Self {
        const ZERO: &[u8] = &[139];
        for part in [scale, ZERO, ZERO, scale, ZERO, ZERO] {
            self.bytes.extend_from_slice(part);
        }
        self.end(op::FONT_MATRIX);
        self
    }

    fn end(&mut self, operator: u16) {
        let [high, low] = operator.to_be_bytes();
        self.bytes.extend((high != 0).then_some(high));
        self.bytes.push(low);
    }
}

fn index(items: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    push_index(&mut bytes, items);
    bytes
}

/// An INDEX with offsets of three bytes, or of four where it is larger than these can tell.
fn push_index(font: &mut Vec<u8>, items: &[&[u8]]) {
    let size: usize = items.iter().map(|item| item.len()).sum();
    let unused = if size < (1 << 24) - 1 { 1 } else { 0 };
    font.extend((items.len() as u16).to_be_bytes());
    font.push(4 - unused as u8);
    let mut offset = 1_u32;
    font.extend(&offset.to_be_bytes()[unused..]);
    for item in items {
        offset += item.len() as u32;
        font.extend(&offset.to_be_bytes()[unused..]);
    }
    items.iter().for_each(|item| font.extend_from_slice(item));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Strategy, prop_oneof, proptest};
    use proptest::{collection, prop_assert_eq};
    use skrifa::GlyphId;
    use skrifa::instance::LocationRef;
    use skrifa::outline::OutlinePen;
    use skrifa::raw::ps::cff::CffFontRef;

    use super::{FaceMeasures, assemble};
    use crate::fonts::cff_outline::{self, CffOutlines};
    use crate::fonts::charstring::{CharstringPen, DEFAULT_WIDTH, GlyphProgram};

    /// A step of an outline, to whole units.
    #[derive(Clone, Debug, PartialEq)]
    enum Step {
        Move([i16; 2]),
        Line([i16; 2]),
        Curve([i16; 6]),
    }

    /// Draws steps, and collects those that are drawn.
    #[derive(Default)]
    struct Steps(Vec<Step>);

    impl OutlinePen for Steps {
        fn move_to(&mut self, x: f32, y: f32) {
            self.0.push(Step::Move([x, y].map(|value| value as i16)));
        }
        fn line_to(&mut self, x: f32, y: f32) {
            self.0.push(Step::Line([x, y].map(|value| value as i16)));
        }
        fn quad_to(&mut self, _: f32, _: f32, _: f32, _: f32) {
            unreachable!("CFF has no quadratic curves");
        }
        fn curve_to(&mut self, a: f32, b: f32, c: f32, d: f32, x: f32, y: f32) {
            self.0.push(Step::Curve([a, b, c, d, x, y].map(|value| value as i16)));
        }
        fn close(&mut self) {}
    }

    fn draw(steps: &[Step], pen: &mut impl OutlinePen) {
        for step in steps {
            match *step {
                Step::Move([x, y]) => pen.move_to(x.into(), y.into()),
                Step::Line([x, y]) => pen.line_to(x.into(), y.into()),
                Step::Curve([a, b, c, d, x, y]) => {
                    pen.curve_to(a.into(), b.into(), c.into(), d.into(), x.into(), y.into());
                }
            }
        }
        pen.close();
    }

    /// Outlines whose points often share a coordinate, as those of characters do: every operator is for such steps.
    fn outline() -> impl Strategy<Value = Vec<Step>> {
        let coordinate = || {
            prop_oneof![4 => -2_i16..2, 1 => -16_000_i16..16_000]
                .prop_map(|value| value * if value.abs() < 2 { 100 } else { 1 })
        };
        let step = prop_oneof![
            1 => [coordinate(), coordinate()].prop_map(Step::Move),
            3 => [coordinate(), coordinate()].prop_map(Step::Line),
            3 => [coordinate(), coordinate(), coordinate(), coordinate(), coordinate(), coordinate()].prop_map(Step::Curve),
        ];
        collection::vec(step, 0..80).prop_map(|mut steps| {
            // A contour begins with a move, and a line has a length.
            let mut at = [i16::MAX; 2];
            steps.insert(0, Step::Move([0, 0]));
            steps.retain(|step| {
                let (to, is_line) = match *step {
                    Step::Move(to) => (to, false),
                    Step::Line(to) => (to, true),
                    Step::Curve([.., x, y]) => ([x, y], false),
                };
                let is_kept = !is_line || to != at;
                at = to;
                is_kept
            });
            steps
        })
    }

    proptest! {
        #[test]
        fn glyphs_are_read_as_they_were_drawn(outlines in collection::vec((outline(), 0..2_000_i32), 1..4)) {
            let programs: Vec<GlyphProgram> = outlines.iter().map(|(steps, width)| {
                let mut pen = CharstringPen::new((*width != DEFAULT_WIDTH).then_some(*width));
                draw(steps, &mut pen);
                GlyphProgram { width: *width, charstring: pen.finish().expect("a short program") }
            }).collect();
            let bytes = assemble(&FaceMeasures::unknown(), programs.iter());
            let font = CffFontRef::new(&bytes, 0, None).expect("a font");
            prop_assert_eq!((font.num_glyphs(), font.is_cid()), (programs.len() as u32 + 1, true));
            for (id, (steps, width)) in (1_u32..).zip(&outlines) {
                let subfont = font.subfont(0, &[]).expect("a font DICT");
                let (mut read, id) = (Steps::default(), GlyphId::new(id));
                let mut own = Steps::default();
                let location = LocationRef::default();
                cff_outline::draw(CffOutlines { table: &bytes, blend_steps: 0 }, 1_000, id, location, &mut own).expect("an outline");
                let said = font.draw(&subfont, id, &[], None, &mut read).expect("an outline");
                prop_assert_eq!(&own.0, &read.0);
                prop_assert_eq!(said.map_or(DEFAULT_WIDTH as f32, |width| width), *width as f32);
                // Readers draw the line that closes a contour, and leave out contours of one point.
                let lines = |steps: &[Step]| without_closing_lines(steps);
                prop_assert_eq!(lines(&read.0), lines(steps));
            }
        }
    }

    /// Contours without the line that ends where they begin, and without those that are nothing but a point.
    fn without_closing_lines(steps: &[Step]) -> Vec<Step> {
        let contours = steps.chunk_by(|_, next| !matches!(next, Step::Move(_)));
        let contours = contours.map(|contour| match contour {
            [Step::Move(first), .., Step::Line(last)] if first == last => &contour[..contour.len() - 1],
            _ => contour,
        });
        contours.filter(|contour| contour.len() > 1).flatten().cloned().collect()
    }
}
