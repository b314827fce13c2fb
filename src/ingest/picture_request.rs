//! Requests for pictures to reader processes: the parts of a package, and a picture as reports print it.
//!
//! Each picture is decoded in a request of its own, so that one that makes its decoder abort, hang or exhaust the memory
//! costs no other. [`Readers`] has this process's side, [`send_parts`] and [`send_picture`] are the other's.

use std::io::{self, Write};

use super::limits::{Limits, ReadError};
use super::package::OpcPackage;
use super::worker::{Readers, Request};
use crate::picture::{Picture, PictureBounds, PictureFault, prepare};
use crate::sandbox::write_frame;

/// First byte of the frame of a part that the package has.
const PRESENT: u8 = 1;
/// First byte of the frame of one that it has not.
const ABSENT: u8 = 0;

impl Readers {
    /// The parts of a package with these names; `None` for one that it has not.
    ///
    /// # Errors
    /// When the process dies or takes too long.
    pub(super) fn parts(&self, package: &[u8], names: &[&str]) -> Result<Vec<Option<Vec<u8>>>, ReadError> {
        let request = Request::Parts(names.iter().map(|name| (*name).to_owned()).collect());
        self.exchange(&request, package, |next_frame| {
            let mut parts = Vec::with_capacity(names.len());
            for _ in names {
                let frame = next_frame()?;
                let (first, content) = frame.split_first()?;
                parts.push((*first == PRESENT).then(|| content.to_vec()));
            }
            Some(parts)
        })
    }

    /// A picture as reports print it.
    ///
    /// # Errors
    /// When it cannot be printed; a process that died or hung is a reason.
    pub(super) fn picture(&self, bytes: &[u8], bounds: PictureBounds) -> Result<Picture, PictureFault> {
        let receive = |next_frame: &mut dyn FnMut() -> Option<Vec<u8>>| postcard::from_bytes(&next_frame()?).ok();
        let answer = self.exchange(&Request::Picture(bounds), bytes, receive);
        answer.unwrap_or_else(|error| {
            Err(PictureFault::TooCostly(match error {
                ReadError::TooLarge(_) => format!("需要的内存超过 {} MiB", self.limits().memory >> 20),
                ReadError::TooSlow(seconds) => format!("{seconds} 秒内没有打开"),
                _ => "打开时出错".to_owned(),
            }))
        })
    }
}

/// Sends the parts of a package, a frame each.
///
/// # Errors
/// When the other side is gone.
pub(super) fn send_parts(names: &[String], package: &[u8], limits: &Limits, out: &mut impl Write) -> io::Result<()> {
    let mut package = OpcPackage::open(package).and_then(|mut package| package.check(limits).map(|()| package)).ok();
    for name in names {
        let part = package.as_mut().and_then(|package| package.bytes(name).ok());
        let frame = part.map_or_else(|| vec![ABSENT], |part| [&[PRESENT], part.as_slice()].concat());
        write_frame(out, &frame)?;
    }
    out.flush()
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
