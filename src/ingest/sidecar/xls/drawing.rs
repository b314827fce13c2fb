//! Pictures in the drawing of a sheet (MS-ODRAW), and the cells at which they are anchored.

use super::super::binary::{u16_at, u32_at};

// Types of records (MS-ODRAW 2.2).
const SHAPE: u16 = 0xf00a;
const ANCHOR: u16 = 0xf010;

/// The type of shapes that are pictures (MS-ODRAW 2.4.24).
const PICTURE_FRAME: u16 = 75;

/// Rows and columns of the cells under the upper left corners of pictures. `drawing` is what the drawing's records
/// hold.
pub(super) fn pictures(mut drawing: &[u8]) -> Vec<(u32, u32)> {
    let (mut cells, mut is_picture) = (Vec::new(), false);
    while let (Some(instance), Some(kind), Some(length)) = (u16_at(drawing, 0), u16_at(drawing, 2), u32_at(drawing, 4))
    {
        let content = &drawing[8..];
        // The records of a container follow its header.
        if instance & 0x0f == 0x0f {
            drawing = content;
            continue;
        }
        match kind {
            SHAPE => is_picture = instance >> 4 == PICTURE_FRAME,
            ANCHOR if is_picture => {
                let cell = u16_at(content, 6).zip(u16_at(content, 2));
                cells.extend(cell.map(|(row, col)| (u32::from(row), u32::from(col))));
            }
            _ => {}
        }
        let Some(next) = usize::try_from(length).ok().and_then(|length| content.get(length..)) else { break };
        drawing = next;
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::pictures;

    #[test]
    fn shapes_that_are_no_pictures_are_passed_over() {
        let record = |instance: u16, kind: u16, content: &[u8]| {
            let length = u32::try_from(content.len()).unwrap().to_le_bytes();
            [&instance.to_le_bytes()[..], &kind.to_le_bytes(), &length, content].concat()
        };
        let anchor = |row: u8, col: u8| record(0, 0xf010, &[0, 0, col, 0, 0, 0, row, 0, 0, 0, 9, 0, 0, 0, 9, 0, 0, 0]);
        let shape = |kind: u16, anchor: Vec<u8>| {
            record(0x0f, 0xf004, &[record(kind << 4 | 2, 0xf00a, &[0; 8]), anchor].concat())
        };
        let drawing = record(0x0f, 0xf002, &[shape(201, anchor(1, 1)), shape(75, anchor(4, 2))].concat());
        assert_eq!(pictures(&drawing), [(4, 2)]);
        for length in 0..drawing.len() {
            assert!(pictures(&drawing[..length]).len() <= 1);
        }
    }
}
