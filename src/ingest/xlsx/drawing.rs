//! Pictures of a drawing (`xl/drawings/*.xml`), and the cells that they cover.
//!
//! Input: the package and the name of the drawing's part. Output: each picture with its cell and its part, and the
//! number of those that are at no cell. What was read before the first damage counts.

use quick_xml::events::{BytesStart, Event};

use super::super::package::{OpcPackage, Relations};
use super::super::raw_sheet::PlacedPicture;
use super::super::xml::{XmlReader, append_text, attribute, local_attribute};

/// The pictures of a drawing, apart by whether they have a cell.
#[derive(Debug, Default)]
pub(in crate::ingest) struct DrawingPictures {
    /// Those that are at cells.
    pub placed: Vec<PlacedPicture>,
    /// The number of those that are at a place on the page.
    pub floating: u32,
}

/// Reads the pictures of a drawing.
pub(in crate::ingest) fn read(package: &mut OpcPackage<'_>, drawing: &str) -> DrawingPictures {
    let relations = package.relations_of(drawing).unwrap_or_default();
    let Ok(part) = package.part(drawing) else { return DrawingPictures::default() };
    let mut parser = DrawingParser { relations, ..DrawingParser::default() };
    let _ = XmlReader::new(part).for_each(|event| {
        match event {
            Event::Start(tag) => parser.start(&tag),
            Event::Empty(tag) => {
                parser.start(&tag);
                parser.end(tag.local_name().as_ref());
            }
            Event::End(tag) => parser.end(tag.local_name().as_ref()),
            event if parser.in_number => append_text(&event, &mut parser.text)?,
            _ => {}
        }
        Ok(())
    });
    parser.pictures
}

/// A corner of a picture: the cell under it, and how far into the cell it is, in EMU.
#[derive(Clone, Copy, Debug, Default)]
struct Corner {
    row: Option<u32>,
    row_offset: u64,
    col: Option<u32>,
    col_offset: u64,
}

/// The state between two events of a drawing's part.
#[derive(Default)]
struct DrawingParser {
    relations: Relations,
    pictures: DrawingPictures,
    from: Corner,
    /// The lower right corner; empty where the anchor has none.
    to: Corner,
    /// The text of a number of a corner.
    text: String,
    in_from: bool,
    in_to: bool,
    in_number: bool,
    /// Open pictures: a picture's alternative for older programs is no second picture.
    in_picture: bool,
    /// Width and height in EMU.
    size: (u64, u64),
    /// The parts of the anchor's pictures.
    parts: Vec<String>,
}

impl DrawingParser {
    fn start(&mut self, tag: &BytesStart<'_>) {
        match tag.local_name().as_ref() {
            "twoCellAnchor" | "oneCellAnchor" | "absoluteAnchor" => {
                (self.from, self.to, self.size) = (Corner::default(), Corner::default(), (0, 0));
                self.parts.clear();
            }
            "from" => self.in_from = true,
            "to" => self.in_to = true,
            "row" | "col" | "rowOff" | "colOff" if self.in_from || self.in_to => {
                self.text.clear();
                self.in_number = true;
            }
            "pic" => self.in_picture = true,
            "blip" if self.in_picture => {
                let relation = local_attribute(tag, "embed").unwrap_or_default();
                let part = self.relations.by_id(&relation).map_or("", |relation| &relation.part);
                if !self.parts.iter().any(|known| known == part) {
                    self.parts.push(part.to_owned());
                }
            }
            "ext" => {
                let length = |name| attribute(tag, name).and_then(|length| length.parse().ok());
                self.size = length("cx").zip(length("cy")).unwrap_or(self.size);
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "from" => self.in_from = false,
            "to" => self.in_to = false,
            "row" | "col" | "rowOff" | "colOff" if self.in_number => {
                self.in_number = false;
                let corner = if self.in_from { &mut self.from } else { &mut self.to };
                let number: Option<u64> = self.text.trim().parse().ok();
                let cell = number.and_then(|number| u32::try_from(number).ok());
                match name {
                    "row" => corner.row = cell,
                    "col" => corner.col = cell,
                    "rowOff" => corner.row_offset = number.unwrap_or_default(),
                    _ => corner.col_offset = number.unwrap_or_default(),
                }
            }
            "pic" => {
                self.in_picture = false;
                if self.parts.is_empty() {
                    self.parts.push(String::new());
                }
            }
            "twoCellAnchor" | "oneCellAnchor" => self.end_anchor(),
            "absoluteAnchor" => {
                let count = u32::try_from(self.parts.len()).unwrap_or(u32::MAX);
                self.pictures.floating = self.pictures.floating.saturating_add(count);
                self.parts.clear();
            }
            _ => {}
        }
    }

    /// The anchor's pictures belong to the cell under their upper left corner, or to the next one when most of them
    /// covers that: a picture that is placed by hand often begins a little above its cell.
    fn end_anchor(&mut self) {
        let (width, height) = self.size;
        let most = |from: Option<u32>, to: Option<u32>, beyond: u64, length: u64| {
            let from = from?;
            let is_beyond = to == from.checked_add(1) && length > 0 && beyond.saturating_mul(2) > length;
            Some(if is_beyond { to.unwrap_or(from) } else { from })
        };
        let row = most(self.from.row, self.to.row, self.to.row_offset, height);
        let col = most(self.from.col, self.to.col, self.to.col_offset, width);
        if let Some((row, col)) = row.zip(col) {
            self.pictures.placed.extend(self.parts.drain(..).map(|part| PlacedPicture { row, col, part }));
        }
        self.parts.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::package::tests::package;
    use super::{OpcPackage, read};

    const RELATIONS: &str = r#"<Relationships><Relationship Id="rId1" Type="http://x/image" Target="../media/1.png"/>
        <Relationship Id="rId2" Type="http://x/image" Target="/xl/media/2.jpeg"/></Relationships>"#;

    fn pictures(drawing: &str) -> Vec<(u32, u32, String)> {
        let bytes = package(&[
            ("xl/drawings/drawing1.xml", drawing.as_bytes()),
            ("xl/drawings/_rels/drawing1.xml.rels", RELATIONS.as_bytes()),
        ]);
        let mut package = OpcPackage::open(&bytes).unwrap();
        read(&mut package, "xl/drawings/drawing1.xml").placed.into_iter().map(|p| (p.row, p.col, p.part)).collect()
    }

    fn floating(drawing: &str) -> u32 {
        let bytes = package(&[("xl/drawings/drawing1.xml", drawing.as_bytes())]);
        read(&mut OpcPackage::open(&bytes).unwrap(), "xl/drawings/drawing1.xml").floating
    }

    fn anchor(kind: &str, row: u32, what: &str) -> String {
        format!(
            "<xdr:{kind}><xdr:from><xdr:col>7</xdr:col><xdr:colOff>9</xdr:colOff><xdr:row> {row} </xdr:row></xdr:from>
            <xdr:to><xdr:col>8</xdr:col><xdr:row>99</xdr:row></xdr:to>{what}<xdr:clientData/></xdr:{kind}>"
        )
    }

    #[test]
    fn pictures_are_found_at_their_anchors() {
        let picture = |id: &str| format!("<xdr:pic><xdr:nvPicPr/><a:blip r:embed=\"{id}\"/></xdr:pic>");
        let (one, two) = (picture("rId1"), picture("rId2"));
        let anchors = [
            anchor("twoCellAnchor", 1, &one),
            anchor("oneCellAnchor", 2, &format!("<xdr:grpSp>{two}{one}</xdr:grpSp>")),
            anchor("twoCellAnchor", 3, "<xdr:sp><a:blip r:embed=\"rId1\"/></xdr:sp>"),
            anchor(
                "twoCellAnchor",
                4,
                &format!(
                    "<mc:AlternateContent><mc:Choice>{one}</mc:Choice><mc:Fallback>{one}</mc:Fallback></mc:AlternateContent>"
                ),
            ),
            anchor("twoCellAnchor", 5, "<xdr:pic><a:blip r:link=\"rId1\"/></xdr:pic>"),
        ];
        let drawing = format!("<xdr:wsDr>{}</xdr:wsDr>", anchors.concat());
        let (png, jpeg) = ("xl/media/1.png".to_owned(), "xl/media/2.jpeg".to_owned());
        let expected = [
            (1, 7, png.clone()),
            (2, 7, jpeg.clone()),
            (2, 7, png.clone()),
            (4, 7, png.clone()),
            (5, 7, String::new()),
        ];
        assert_eq!(pictures(&drawing), expected);
        let damaged = &drawing[..drawing.find("<xdr:sp>").unwrap()];
        assert_eq!(pictures(damaged), expected[..3]);
        assert_eq!(pictures("\u{1}"), []);
    }

    #[test]
    fn pictures_at_places_on_the_page_are_counted() {
        let picture = "<xdr:pic><a:blip r:embed=\"rId1\"/></xdr:pic>";
        let at_page = |what: &str| {
            format!(
                "<xdr:absoluteAnchor><xdr:pos x=\"1\" y=\"2\"/><xdr:ext cx=\"3\" cy=\"4\"/>{what}</xdr:absoluteAnchor>"
            )
        };
        let at_cell = anchor("oneCellAnchor", 2, picture);
        let anchors = [at_page(picture), at_cell, at_page("<xdr:sp><a:blip/></xdr:sp>"), at_page(picture)].concat();
        let drawing = format!("<xdr:wsDr>{anchors}</xdr:wsDr>");
        assert_eq!((floating(&drawing), pictures(&drawing).len()), (2, 1));
    }

    #[test]
    fn a_picture_that_begins_a_little_above_its_cell_belongs_to_the_cell() {
        let two_rows = |below: u32| {
            let drawing = format!(
                "<wsDr><twoCellAnchor><from><col>7</col><colOff>0</colOff><row>1</row><rowOff>9000</rowOff></from>
                <to><col>7</col><colOff>5000</colOff><row>2</row><rowOff>{below}</rowOff></to><pic><a:blip r:embed=\"rId1\"/>
                <spPr><a:xfrm><a:ext cx=\"5000\" cy=\"10000\"/></a:xfrm></spPr></pic></twoCellAnchor></wsDr>"
            );
            pictures(&drawing).into_iter().map(|(row, col, _)| (row, col)).collect::<Vec<_>>()
        };
        assert_eq!((two_rows(5_001), two_rows(5_000)), (vec![(2, 7)], vec![(1, 7)]));
    }
}
