//! Outlines as Type 2 charstrings, the glyph programs of CFF fonts (Adobe Technical Note 5177), 1,000 units an em.
//!
//! One form for the outlines of all fonts: TrueType and CFF, variable or not. Hints are left out: they are for screens
//! of few dots, are a twentieth of a font, and reports are printed.

use skrifa::outline::OutlinePen;

/// The units of an em.
pub(crate) const UNITS: f32 = 1_000.0;
/// A glyph as fonts embed it.
pub(crate) struct GlyphProgram {
    /// Its width in thousandths of its size.
    pub(crate) width: i32,
    /// Its Type 2 charstring, in a font whose default width is [`DEFAULT_WIDTH`] and whose nominal width is 0.
    pub(crate) charstring: Vec<u8>,
}

/// The width of glyphs whose programs say none.
pub(crate) const DEFAULT_WIDTH: i32 = UNITS as i32;
/// The most numbers that an operator may have.
const MAX_OPERANDS: usize = 48;
/// The greatest distance that a number of three bytes tells.
const MAX_DISTANCE: f32 = 32_000.0;
/// The most bytes of a program that readers must be able to read.
pub(super) const MAX_PROGRAM: usize = 65_535;

/// Operators.
mod op {
    pub(super) const VMOVETO: u8 = 4;
    pub(super) const RLINETO: u8 = 5;
    pub(super) const HLINETO: u8 = 6;
    pub(super) const VLINETO: u8 = 7;
    pub(super) const RRCURVETO: u8 = 8;
    pub(super) const ENDCHAR: u8 = 14;
    pub(super) const RMOVETO: u8 = 21;
    pub(super) const HMOVETO: u8 = 22;
    pub(super) const RCURVELINE: u8 = 24;
    pub(super) const RLINECURVE: u8 = 25;
    pub(super) const VVCURVETO: u8 = 26;
    pub(super) const HHCURVETO: u8 = 27;
    pub(super) const VHCURVETO: u8 = 30;
    pub(super) const HVCURVETO: u8 = 31;
}

/// A part of a contour, as distances from the point before.
#[derive(Clone, Copy, Debug)]
enum Segment {
    Line([i32; 2]),
    Curve([i32; 6]),
}

/// The direction of a curve at one of its ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tangent {
    Horizontal,
    Vertical,
    Other,
}

/// Writes the outline that it draws.
#[derive(Debug)]
pub(super) struct CharstringPen {
    program: Vec<u8>,
    /// The width, which stands before the first operator.
    width: Option<i32>,
    /// The point where the contour has come to.
    point: [i32; 2],
    /// The same, not rounded.
    exact: [f32; 2],
    segments: Vec<Segment>,
}

impl CharstringPen {
    /// A program for a glyph of that width; none when it is the font's default.
    pub(super) fn new(width: Option<i32>) -> Self {
        Self { program: Vec::new(), width, point: [0; 2], exact: [0.0; 2], segments: Vec::new() }
    }

    /// The program; `None` for one that is longer than readers must be able to read.
    pub(super) fn finish(mut self) -> Option<Vec<u8>> {
        self.end_contour();
        self.operator(&[], op::ENDCHAR);
        (self.program.len() <= MAX_PROGRAM).then_some(self.program)
    }

    /// The distance to a point, which becomes the one that the contour has come to.
    fn step(&mut self, x: f32, y: f32) -> [i32; 2] {
        self.exact = [x, y];
        let next = [x, y].map(|value| value.clamp(-MAX_DISTANCE / 2.0, MAX_DISTANCE / 2.0).round() as i32);
        let distance = [next[0] - self.point[0], next[1] - self.point[1]];
        self.point = next;
        distance
    }

    /// Adds a segment; one that is too many makes the program too long, and is not kept: outlines of hostile fonts have
    /// no end.
    fn push(&mut self, segment: Segment) {
        if self.segments.len() < MAX_PROGRAM {
            self.segments.push(segment);
        }
    }

    fn operator(&mut self, operands: &[i32], operator: u8) {
        if let Some(width) = self.width.take() {
            push_number(&mut self.program, width);
        }
        operands.iter().for_each(|operand| push_number(&mut self.program, *operand));
        self.program.push(operator);
    }

    /// Writes the segments of a contour.
    fn end_contour(&mut self) {
        let segments = std::mem::take(&mut self.segments);
        let mut rest = &segments[..];
        while self.program.len() <= MAX_PROGRAM
            && let Some(first) = rest.first()
        {
            let count = match first {
                Segment::Line(_) => self.lines(rest),
                Segment::Curve(_) => self.curves(rest),
            };
            rest = &rest[count..];
        }
        self.segments = segments;
        self.segments.clear();
    }

    /// Writes the lines in front, and returns how many segments it has written.
    fn lines(&mut self, segments: &[Segment]) -> usize {
        let lines = segments.iter().map_while(|segment| match segment {
            Segment::Line(line) => Some(*line),
            Segment::Curve(_) => None,
        });
        let lines: Vec<[i32; 2]> = lines.take(MAX_OPERANDS / 2).collect();
        let straight = alternating(&lines);
        if straight > 1 || straight == lines.len() {
            let is_horizontal = lines[0][1] == 0;
            let operands: Vec<i32> = lines[..straight].iter().map(|[dx, dy]| dx + dy).collect();
            self.operator(&operands, if is_horizontal { op::HLINETO } else { op::VLINETO });
            return straight;
        }
        // Up to the next lines that are worth an operator of their own.
        let count = (1..lines.len()).find(|at| alternating(&lines[*at..]) > 1).unwrap_or(lines.len());
        let mut operands = lines[..count].concat();
        if let Some(Segment::Curve(curve)) = segments.get(count)
            && !has_own_operator(*curve)
            && operands.len() + curve.len() <= MAX_OPERANDS
        {
            operands.extend(curve);
            self.operator(&operands, op::RLINECURVE);
            return count + 1;
        }
        self.operator(&operands, op::RLINETO);
        count
    }

    /// Writes the curves in front, and returns how many segments it has written.
    fn curves(&mut self, segments: &[Segment]) -> usize {
        let curves = segments.iter().map_while(|segment| match segment {
            Segment::Curve(curve) => Some(*curve),
            Segment::Line(_) => None,
        });
        let curves: Vec<[i32; 6]> = curves.take(MAX_OPERANDS / 6).collect();
        if has_own_operator(curves[0]) {
            return match tangents(curves[0]) {
                (_, Tangent::Horizontal) if curves[0][1] == 0 => self.flat(&curves, false),
                (_, Tangent::Vertical) if curves[0][0] == 0 => self.flat(&curves, true),
                _ => self.alternating_curves(&curves),
            };
        }
        let count = (1..curves.len()).find(|at| has_own_operator(curves[*at])).unwrap_or(curves.len());
        let mut operands = curves[..count].concat();
        if let Some(Segment::Line(line)) = segments.get(count)
            && operands.len() + line.len() <= MAX_OPERANDS
        {
            operands.extend(line);
            self.operator(&operands, op::RCURVELINE);
            return count + 1;
        }
        self.operator(&operands, op::RRCURVETO);
        count
    }

    /// Curves that begin and end horizontally, or vertically.
    fn flat(&mut self, curves: &[[i32; 6]], is_vertical: bool) -> usize {
        let (along, across) = if is_vertical { (1, 0) } else { (0, 1) };
        let is_flat = |curve: &&[i32; 6]| curve[across] == 0 && curve[4 + across] == 0;
        let operands: Vec<i32> =
            curves.iter().take_while(is_flat).flat_map(|c| [c[along], c[2], c[3], c[4 + along]]).collect();
        self.operator(&operands, if is_vertical { op::VVCURVETO } else { op::HHCURVETO });
        operands.len() / 4
    }

    /// Curves that begin horizontally and end vertically, or the reverse, in turn; the last may end in any direction.
    fn alternating_curves(&mut self, curves: &[[i32; 6]]) -> usize {
        let begins_horizontally = curves[0][1] == 0;
        let mut is_horizontal = begins_horizontally;
        let (mut operands, mut count) = (Vec::new(), 0);
        for curve in curves {
            let [dx1, dy1, dx2, dy2, dx3, dy3] = *curve;
            let (first, across, last, extra) = if is_horizontal { (dx1, dy1, dy3, dx3) } else { (dy1, dx1, dx3, dy3) };
            if across != 0 {
                break;
            }
            operands.extend([first, dx2, dy2, last]);
            count += 1;
            if extra != 0 {
                operands.push(extra);
                break;
            }
            is_horizontal = !is_horizontal;
        }
        self.operator(&operands, if begins_horizontally { op::HVCURVETO } else { op::VHCURVETO });
        count
    }
}

impl OutlinePen for CharstringPen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.end_contour();
        match self.step(x, y) {
            [0, dy] => self.operator(&[dy], op::VMOVETO),
            [dx, 0] => self.operator(&[dx], op::HMOVETO),
            both => self.operator(&both, op::RMOVETO),
        }
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let line = self.step(x, y);
        if line != [0, 0] {
            self.push(Segment::Line(line));
        }
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        let [from_x, from_y] = self.exact;
        let third = |end: f32, control: f32| end + (control - end) * (2.0 / 3.0);
        self.curve_to(third(from_x, cx), third(from_y, cy), third(x, cx), third(y, cy), x, y);
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        let ([a, b], [c, d], [e, f]) = (self.step(cx0, cy0), self.step(cx1, cy1), self.step(x, y));
        self.push(Segment::Curve([a, b, c, d, e, f]));
    }

    /// Contours are closed by the next one.
    fn close(&mut self) {}
}

/// How many of the first lines are horizontal and vertical in turn.
fn alternating(lines: &[[i32; 2]]) -> usize {
    let is_vertical = |[dx, dy]: [i32; 2]| if dx == 0 { Some(true) } else { (dy == 0).then_some(false) };
    let Some(first) = lines.first().and_then(|line| is_vertical(*line)) else { return 0 };
    let expected = (0..).map(|at| first ^ (at % 2 == 1));
    lines.iter().zip(expected).take_while(|(line, expected)| is_vertical(**line) == Some(*expected)).count()
}

fn tangents([dx1, dy1, _, _, dx3, dy3]: [i32; 6]) -> (Tangent, Tangent) {
    let tangent = |dx: i32, dy: i32| match (dx, dy) {
        (_, 0) => Tangent::Horizontal,
        (0, _) => Tangent::Vertical,
        _ => Tangent::Other,
    };
    (tangent(dx1, dy1), tangent(dx3, dy3))
}

/// Whether an operator saves one of a curve's numbers or more.
fn has_own_operator(curve: [i32; 6]) -> bool {
    tangents(curve).0 != Tangent::Other
}

fn push_number(program: &mut Vec<u8>, value: i32) {
    match value {
        -107..=107 => program.push((value + 139) as u8),
        108..=1_131 => program.extend([((value - 108) >> 8) as u8 + 247, (value - 108) as u8]),
        -1_131..=-108 => program.extend([((-value - 108) >> 8) as u8 + 251, (-value - 108) as u8]),
        _ => {
            program.push(28);
            program.extend((value as i16).to_be_bytes());
        }
    }
}
