//! Answers of reader processes about pictures: the parts of a package, and a picture as reports print it.
//!
//! Each picture is decoded in a request of its own, so that one that makes its decoder abort, hang or exhaust the
//! memory costs no other. The receiver checks an answer as it would the file.

use std::io::{self, Write};

use super::limits::{ReadError, ReadLimits};
use super::package::OpcPackage;
use crate::picture::{Picture, PictureBounds, PictureFault, prepare};
use crate::sandbox::write_frame;

/// First byte of the frame of a part that the package has.
const PRESENT: u8 = 1;
/// First byte of the frame of one that it has not.
const ABSENT: u8 = 0;

/// Sends the parts of a package, a frame each.
///
/// # Errors
/// When the other side is gone.
pub(super) fn send_parts(
    names: &[String],
    package: &[u8],
    limits: &ReadLimits,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut package = OpcPackage::open(package).and_then(|mut package| package.check(limits).map(|()| package)).ok();
    for name in names {
        let part = package.as_mut().and_then(|package| package.bytes(name).ok());
        let frame = part.map_or_else(|| vec![ABSENT], |part| [&[PRESENT], part.as_slice()].concat());
        write_frame(out, &frame)?;
    }
    out.flush()
}

/// Receives so many parts, `None` for each that the package has not; `None` when the frames are no answer.
pub(super) fn receive_parts(
    count: usize,
    next_frame: &mut dyn FnMut() -> Option<Vec<u8>>,
) -> Option<Vec<Option<Vec<u8>>>> {
    let mut parts = Vec::with_capacity(count);
    for _ in 0..count {
        let frame = next_frame()?;
        let (first, content) = frame.split_first()?;
        parts.push((*first == PRESENT).then(|| content.to_vec()));
    }
    Some(parts)
}

/// Prepares a picture and sends it, or why it cannot be printed.
///
/// # Errors
/// When the other side is gone.
pub(super) fn send_picture(bytes: &[u8], bounds: PictureBounds, out: &mut impl Write) -> io::Result<()> {
    let prepared = std::panic::catch_unwind(|| prepare(bytes, bounds));
    let prepared = prepared.unwrap_or(Err(PictureFault::Damaged));
    write_frame(out, &postcard::to_stdvec(&prepared).map_err(io::Error::other)?)?;
    out.flush()
}

/// Receives a picture, or why it cannot be printed; `None` when the frame is no answer.
pub(super) fn receive_picture(
    next_frame: &mut dyn FnMut() -> Option<Vec<u8>>,
) -> Option<Result<Picture, PictureFault>> {
    postcard::from_bytes(&next_frame()?).ok()
}

/// The fault of a picture whose process gave no answer.
pub(super) fn unanswered(error: &ReadError, limits: &ReadLimits) -> PictureFault {
    PictureFault::TooCostly(match error {
        ReadError::TooLarge(_) => format!("需要的内存超过 {} MiB", limits.memory >> 20),
        ReadError::TooSlow(seconds) => format!("{seconds} 秒内没有打开"),
        _ => "打开时出错".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::package::tests::package;
    use super::{PictureBounds, PictureFault, ReadLimits, receive_parts, receive_picture, send_parts, send_picture};
    use crate::sandbox::read_frame;

    const LIMITS: ReadLimits = ReadLimits { file: 99, unpacked: 99, memory: 99, seconds: 9, cells: 9, text: 9 };

    #[test]
    fn parts_arrive_and_those_of_a_package_beyond_its_limit_do_not() {
        let names = ["a", "b", "c"].map(str::to_owned);
        let sent = |package: &[u8]| {
            let mut out = Vec::new();
            send_parts(&names, package, &LIMITS, &mut out).unwrap();
            let mut rest = out.as_slice();
            receive_parts(names.len(), &mut || read_frame(&mut rest).ok()).unwrap()
        };
        assert_eq!(sent(&package(&[("a", b"1"), ("c", b"")])), [Some(b"1".to_vec()), None, Some(Vec::new())]);
        assert_eq!(sent(&package(&[("a", &[b'x'; 100])])), [None, None, None]);
        assert_eq!(sent(b"no package"), [None, None, None]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_answer_or_not(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let mut next = Some(bytes.clone());
            let _ = receive_picture(&mut || next.take());
            let mut out = Vec::new();
            send_picture(&bytes, PictureBounds { pixels: 99, width: 75 }, &mut out).unwrap();
            let mut rest = out.as_slice();
            let answer = receive_picture(&mut || read_frame(&mut rest).ok()).unwrap();
            prop_assert!(matches!(answer, Err(PictureFault::UnknownFormat(_) | PictureFault::Damaged)));
        }
    }
}
