//! The pages of a TIFF, of which decoders read the one that the file's head names.
//!
//! The head (TIFF 6.0, section 2) has the offset of the first page's directory, each directory that of the next one.
//! What is read here is not trusted: offsets beyond the file end the chain, and so does one that leads back.

/// Pages that are found; what follows is left out.
const MAX_PAGES: usize = 1_000;
/// Bytes of a directory's entry: tag, type, count, value.
const ENTRY: usize = 12;
/// The tag that says what a directory is of.
const NEW_SUBFILE_TYPE: u16 = 254;
/// Its bit of a picture that is a smaller copy of another one.
const REDUCED: u32 = 1;

/// The offsets of the pages' directories, as the file writes them; none for another file, and for a BigTIFF.
pub(crate) fn page_offsets(bytes: &[u8]) -> Vec<[u8; 4]> {
    let is_little = match bytes.get(..4) {
        Some(b"II*\0") => true,
        Some(b"MM\0*") => false,
        _ => return Vec::new(),
    };
    let file = File { bytes, is_little };
    let (mut pages, mut seen) = (Vec::new(), Vec::new());
    let mut next = file.raw(4);
    while let Some(raw) = next.filter(|raw| !seen.contains(raw) && seen.len() < MAX_PAGES) {
        seen.push(raw);
        let at = file.number(raw) as usize;
        let Some(entries) = file.short(at).filter(|entries| *entries > 0) else { break };
        let entries = usize::from(entries);
        let entry = |index: usize| at + 2 + index * ENTRY;
        let kind = (0..entries).find(|index| file.short(entry(*index)) == Some(NEW_SUBFILE_TYPE));
        let kind = kind.and_then(|index| file.raw(entry(index) + 8)).map_or(0, |raw| file.number(raw));
        if kind & REDUCED == 0 {
            pages.push(raw);
        }
        next = file.raw(entry(entries)).filter(|raw| *raw != [0; 4]);
    }
    pages
}

/// Makes the page with that offset the one that decoders read.
pub(crate) fn select(bytes: &mut [u8], offset: [u8; 4]) {
    if let Some(head) = bytes.get_mut(4..8) {
        head.copy_from_slice(&offset);
    }
}

struct File<'b> {
    bytes: &'b [u8],
    is_little: bool,
}

impl File<'_> {
    fn raw(&self, at: usize) -> Option<[u8; 4]> {
        self.bytes.get(at..at.checked_add(4)?)?.try_into().ok()
    }

    fn number(&self, raw: [u8; 4]) -> u32 {
        if self.is_little { u32::from_le_bytes(raw) } else { u32::from_be_bytes(raw) }
    }

    fn short(&self, at: usize) -> Option<u16> {
        let raw = self.bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if self.is_little { u16::from_le_bytes(raw) } else { u16::from_be_bytes(raw) })
    }
}

#[cfg(test)]
mod tests {
    use super::{page_offsets, select};

    /// A directory of one entry at `at`, followed by the offset of the next.
    fn directory(bytes: &mut Vec<u8>, tag: u16, value: u32, next: u32) -> u32 {
        let at = bytes.len() as u32;
        bytes.extend([1, 0]);
        bytes.extend(tag.to_le_bytes());
        bytes.extend([4, 0, 1, 0, 0, 0]);
        bytes.extend(value.to_le_bytes());
        bytes.extend(next.to_le_bytes());
        at
    }

    #[test]
    fn pages_are_found_and_one_is_selected() {
        let mut bytes = b"II*\0\x08\0\0\0".to_vec();
        directory(&mut bytes, 256, 9, 26);
        // A smaller copy of the first page.
        directory(&mut bytes, 254, 1, 44);
        directory(&mut bytes, 254, 0, 0);
        assert_eq!(page_offsets(&bytes), [8_u32, 44].map(u32::to_le_bytes));
        select(&mut bytes, 44_u32.to_le_bytes());
        assert_eq!(page_offsets(&bytes), [44_u32.to_le_bytes()]);
    }

    #[test]
    fn chains_that_lead_back_or_out_of_the_file_end() {
        let mut bytes = b"II*\0\x08\0\0\0".to_vec();
        directory(&mut bytes, 256, 9, 8);
        assert_eq!(page_offsets(&bytes).len(), 1);
        let mut bytes = b"II*\0\x08\0\0\0".to_vec();
        directory(&mut bytes, 256, 9, u32::MAX);
        assert_eq!(page_offsets(&bytes).len(), 1);
        for other in [&b"II*\0\xff\xff\xff\xff"[..], b"II*\0", b"II+\0\x08\0\0\0", b"MM\0*\0\0\0\x08\0\0", b""] {
            assert_eq!(page_offsets(other).len(), 0, "{other:?}");
        }
    }
}
