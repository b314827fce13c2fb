//! Whether a JPEG file is complete. Its decoder paints what is missing grey, without an error.

/// Whether the markers of a JPEG file lead to its end (ITU-T T.81, annex B): segments by their lengths, then the scan's
/// data, in which `FF 00` is a byte and `FF D0` to `FF D7` are restarts.
pub(super) fn is_complete(bytes: &[u8]) -> bool {
    const START: u8 = 0xd8;
    const END: u8 = 0xd9;
    const SCAN: u8 = 0xda;
    let mut at = 0;
    let mut in_scan = false;
    loop {
        // The next marker: a byte FF, perhaps repeated, and one that is neither FF nor, in a scan, 0.
        let Some(next) = bytes.get(at..).and_then(|rest| memchr::memchr(0xff, rest)) else { return false };
        at += next;
        while bytes.get(at) == Some(&0xff) {
            at += 1;
        }
        let Some(marker) = bytes.get(at) else { return false };
        at += 1;
        match *marker {
            0 | 0xd0..=0xd7 if in_scan => {}
            START | 0x01 => {}
            END => return true,
            marker => {
                let Some([high, low]) = bytes.get(at..at + 2) else { return false };
                at += usize::from(u16::from_be_bytes([*high, *low]));
                in_scan = marker == SCAN || in_scan;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_complete;

    #[test]
    fn the_end_of_a_thumbnail_is_not_that_of_the_picture() {
        let segment = [0xff, 0xd8, 0xff, 0xe1, 0, 6, 0xff, 0xd8, 0xff, 0xd9];
        let scan = [0xff, 0xda, 0, 2, 7, 0xff, 0, 9, 0xff, 0xd3, 5];
        let whole = [&segment[..], &scan, &[0xff, 0xff, 0xd9, 1, 2, 3]].concat();
        assert!(is_complete(&whole));
        for length in 0..whole.len() - 3 {
            assert!(!is_complete(&whole[..length]), "{length}");
        }
    }
}
