//! Frames: length-prefixed pieces of bytes on a pipe between two processes, and in the cache.
//!
//! A frame is its length (u64, little endian) and as many bytes. The other side is not trusted: a length that is not
//! met is an error, and memory is reserved for it only when the system has as much.

use std::io::{self, Read, Write};

/// Writes a frame.
///
/// # Errors
/// When the other side is gone.
pub(crate) fn write_frame(to: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    to.write_all(&(bytes.len() as u64).to_le_bytes())?;
    to.write_all(bytes)
}

/// Reads a frame.
///
/// # Errors
/// [`io::ErrorKind::UnexpectedEof`] when the stream ends before or within it; when there is no memory for it.
pub(crate) fn read_frame(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut length = [0; 8];
    from.read_exact(&mut length)?;
    let length = u64::from_le_bytes(length);
    let mut bytes = Vec::new();
    bytes
        .try_reserve_exact(usize::try_from(length).map_err(io::Error::other)?)
        .map_err(|_| io::ErrorKind::OutOfMemory)?;
    from.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

#[cfg(test)]
mod tests {
    use super::{read_frame, write_frame};

    #[test]
    fn what_is_written_is_read_and_anything_less_is_an_error() {
        let mut stream = Vec::new();
        write_frame(&mut stream, b"").unwrap();
        write_frame(&mut stream, b"abc").unwrap();
        let mut rest = stream.as_slice();
        assert_eq!([read_frame(&mut rest).unwrap(), read_frame(&mut rest).unwrap()], [b"".to_vec(), b"abc".to_vec()]);
        for length in 0..8 + 3 {
            assert!(read_frame(&mut &stream[8..8 + length]).is_err(), "{length}");
        }
        assert!(read_frame(&mut &[0xff; 16][..]).is_err(), "more than there is memory");
    }
}
