//! Reads files in other processes of this binary: a workbook can make its reader abort, hang or exhaust the memory, and
//! none of that can be caught in the same process.
//!
//! Input: a [`Request`], and a file's bytes, sent to a process in a frame each (see `sandbox`). Output: its sheets
//! (see `protocol`), decoded while the process is still reading, or pictures (see `picture_request`). A process serves
//! one file after the other and opens none itself; it is replaced when it dies or exceeds its time.

use std::io::{self, Write};
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::cache::Cache;
use super::form_hints::FormHints;
use super::limits::{ReadError, ReadLimits};
use super::open::{open_again_into, open_into};
use super::paragraphs::{self, Paragraph};
use super::picture_request::{receive_parts, receive_picture, send_parts, send_picture, unanswered};
use super::protocol::{self, Answer};
use super::raw_sheet::RawSheet;
use super::second_reading::SecondReading;
use super::sink::Sink;
use super::xlsx::read_form_hints;
use crate::diagnostics::localize;
use crate::picture::{Picture, PictureBounds, PictureFault, Spool};
use crate::sandbox::worker::{Bounds, enter};
use crate::sandbox::{self, Access, NO_FOLDER, read_frame, write_frame};
use crate::store::Digest;

/// The hidden subcommand that makes the binary a reader.
pub const SUBCOMMAND: &str = "read-worker";

/// Frames of an answer that may wait to be decoded; a reader that is further ahead waits.
const QUEUED_FRAMES: usize = 4;

/// A pool of reader processes.
#[derive(Debug)]
pub struct Readers {
    program: PathBuf,
    limits: ReadLimits,
    idle: Mutex<Vec<Reader>>,
    cache: Option<Cache>,
    reads_twice: bool,
    run_budget: u64,
    /// The prepared pictures of the run.
    spool: Arc<Spool>,
}

/// What a process shall do with the bytes that follow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Request {
    /// Read a file with the reader whose cells become rows.
    First,
    /// Read it with the independent one, for comparison.
    Second,
    /// Unpack these parts of a package.
    Parts(Vec<String>),
    /// Prepare a picture for reports.
    Picture(PictureBounds),
    /// Find what a form's validations and formats say of its columns.
    FormHints,
    /// Find the paragraphs of a .docx document.
    Paragraphs,
}

/// A reader process and the frames that it sends.
#[derive(Debug)]
struct Reader {
    child: Child,
    requests: ChildStdin,
    frames: Receiver<Vec<u8>>,
}

impl Readers {
    /// A pool whose processes run `program`; each file is read within `limits`.
    pub fn new(program: PathBuf, limits: ReadLimits) -> Self {
        Self {
            program,
            limits,
            idle: Mutex::new(Vec::new()),
            cache: None,
            reads_twice: false,
            run_budget: u64::MAX,
            spool: Arc::default(),
        }
    }

    /// The same pool with a cache of earlier answers.
    pub fn with_cache(mut self, cache: Cache) -> Self {
        self.cache = Some(cache);
        self
    }

    /// The same pool, which has every file read a second time and compared.
    pub fn reading_twice(mut self) -> Self {
        self.reads_twice = true;
        self
    }

    /// The same pool for files whose contents may take so many bytes together; see [`InputContent::run_size`].
    ///
    /// [`InputContent::run_size`]: super::InputContent::run_size
    pub fn with_run_budget(mut self, bytes: u64) -> Self {
        self.run_budget = bytes;
        self
    }

    /// Ends the processes and returns the cache for the next run; `None` when it is unchanged or there is none.
    pub fn into_cache(mut self) -> Option<Vec<u8>> {
        self.cache.take()?.into_bytes()
    }

    /// The limits each file is read within.
    pub fn limits(&self) -> &ReadLimits {
        &self.limits
    }

    /// Bytes that the contents of all files may take together.
    pub fn run_budget(&self) -> u64 {
        self.run_budget
    }

    /// Keeps the prepared pictures of the run.
    pub(super) fn spool(&self) -> &Arc<Spool> {
        &self.spool
    }

    /// Reads a file; `digest` is the hash of its bytes.
    ///
    /// # Errors
    /// With the reason for which the file is not read; a process that died or hung is one.
    pub fn read(&self, bytes: &[u8], digest: &Digest) -> Answer {
        let Some(cache) = &self.cache else { return self.sheets(&Request::First, bytes, |_| {}) };
        if let Some(sheets) = cache.sheets(digest) {
            return Ok(sheets);
        }
        let mut frames = Vec::new();
        let answer = self.sheets(&Request::First, bytes, |frame| {
            // Writing to a vector cannot fail.
            let _ = write_frame(&mut frames, frame);
        });
        if answer.is_ok() {
            cache.insert(digest, frames);
        }
        answer
    }

    /// Reads a file a second time and compares; `sheets` are those of [`Self::read`]. `None` when the pool reads once.
    pub fn read_again(&self, bytes: &[u8], digest: &Digest, sheets: &[RawSheet]) -> Option<SecondReading> {
        if !self.reads_twice {
            return None;
        }
        if let Some(second_reading) = self.cache.as_ref().and_then(|cache| cache.second_reading(digest)) {
            return Some(second_reading);
        }
        let second = self.sheets(&Request::Second, bytes, |_| {});
        let second_reading = SecondReading::new(sheets, second.as_ref().map(Vec::as_slice));
        if let Some(cache) = &self.cache {
            cache.insert_second_reading(digest, &second_reading);
        }
        Some(second_reading)
    }

    /// Has the bytes read as a file; `on_frame` is called with each frame of the answer.
    fn sheets(&self, request: &Request, bytes: &[u8], mut on_frame: impl FnMut(&[u8])) -> Answer {
        self.exchange(request, bytes, |next_frame| protocol::receive(|| next_frame().inspect(|frame| on_frame(frame))))?
    }

    /// The parts of a package with these names; `None` for one that it has not.
    ///
    /// # Errors
    /// When the process dies or takes too long.
    pub(super) fn parts(&self, package: &[u8], names: &[&str]) -> Result<Vec<Option<Vec<u8>>>, ReadError> {
        let request = Request::Parts(names.iter().map(|name| (*name).to_owned()).collect());
        self.exchange(&request, package, |next_frame| receive_parts(names.len(), next_frame))
    }

    /// A picture as reports print it.
    ///
    /// # Errors
    /// When it cannot be printed; a process that died or hung is a reason.
    pub(super) fn picture(&self, bytes: &[u8], bounds: PictureBounds) -> Result<Picture, PictureFault> {
        let answer = self.exchange(&Request::Picture(bounds), bytes, receive_picture);
        answer.unwrap_or_else(|error| Err(unanswered(&error, &self.limits)))
    }

    /// What the validations and formats of a workbook say of its columns; nothing for other formats.
    ///
    /// # Errors
    /// When the workbook is damaged, or the process dies or takes too long.
    pub fn form_hints(&self, bytes: &[u8]) -> Result<Vec<FormHints>, ReadError> {
        self.exchange(&Request::FormHints, bytes, receive_value)?
    }

    /// The paragraphs of a .docx document.
    ///
    /// # Errors
    /// When it is none or damaged, or the process dies or takes too long.
    pub fn paragraphs(&self, bytes: &[u8]) -> Result<Vec<Paragraph>, ReadError> {
        self.exchange(&Request::Paragraphs, bytes, receive_value)?
    }

    /// The cache of earlier answers.
    pub(super) fn cache(&self) -> Option<&Cache> {
        self.cache.as_ref()
    }

    /// Sends a request to an idle or a new process. `receive` takes the frames of the answer; it returns `None` when
    /// they end too early or are no answer.
    ///
    /// # Errors
    /// When there is no answer, because the process died or hung.
    fn exchange<T>(
        &self,
        request: &Request,
        bytes: &[u8],
        receive: impl FnOnce(&mut dyn FnMut() -> Option<Vec<u8>>) -> Option<T>,
    ) -> Result<T, ReadError> {
        let idle = self.idle.lock().ok().and_then(|mut idle| idle.pop());
        let mut reader = match idle.map_or_else(|| self.start(), Ok) {
            Ok(reader) => reader,
            Err(error) => return Err(ReadError::Crashed(format!("读取进程不能启动：{}", localize::io_error(&error)))),
        };
        let sent = postcard::to_stdvec(request)
            .map_err(io::Error::other)
            .and_then(|request| write_frame(&mut reader.requests, &request))
            .and_then(|()| write_frame(&mut reader.requests, bytes))
            .and_then(|()| reader.requests.flush());
        let (started, allowed) = (Instant::now(), Duration::from_secs(self.limits.seconds));
        let mut is_late = false;
        // Decoded on this thread, not on the one that reads the pipe: mimalloc keeps the memory of a thread's values
        // with that thread, and other files could not use it again.
        let mut next_frame = || {
            let frame = reader.frames.recv_timeout(allowed.saturating_sub(started.elapsed()));
            is_late |= frame == Err(RecvTimeoutError::Timeout);
            frame.ok()
        };
        match sent.ok().and_then(|()| receive(&mut next_frame)) {
            Some(answer) => {
                if let Ok(mut idle) = self.idle.lock() {
                    idle.push(reader);
                }
                Ok(answer)
            }
            // A process that exceeded its processor time was not killed by its memory.
            None if is_late || started.elapsed() >= allowed => {
                reader.stop();
                Err(ReadError::TooSlow(self.limits.seconds))
            }
            None => Err(reader.exit_reason(&self.limits)),
        }
    }

    fn start(&self) -> io::Result<Reader> {
        let limits = &self.limits;
        let numbers = [limits.memory, limits.unpacked, limits.cells as u64, limits.text as u64, limits.seconds];
        let arguments = [SUBCOMMAND.to_owned()].into_iter().chain(numbers.map(|limit| limit.to_string()));
        let mut child = sandbox::start(&self.program, arguments, Path::new(NO_FOLDER))?;
        let gone = || io::Error::other("没有管道");
        let requests = child.stdin.take().ok_or_else(gone)?;
        let mut output = child.stdout.take().ok_or_else(gone)?;
        let (sender, frames) = sync_channel(QUEUED_FRAMES);
        std::thread::Builder::new().spawn(move || {
            while let Ok(frame) = read_frame(&mut output) {
                if sender.send(frame).is_err() {
                    return;
                }
            }
        })?;
        Ok(Reader { child, requests, frames })
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        if let Ok(mut idle) = self.idle.lock() {
            idle.drain(..).for_each(Reader::stop);
        }
    }
}

impl Reader {
    fn stop(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Why the process ended: an abort means that it exceeded its memory.
    fn exit_reason(mut self, limits: &ReadLimits) -> ReadError {
        drop((self.requests, self.frames));
        let status = self.child.wait();
        if status.as_ref().is_ok_and(|status| sandbox::is_beyond_memory(*status)) {
            return ReadError::TooLarge(format!("读取它需要的内存超过 {} MiB", limits.memory >> 20));
        }
        ReadError::Crashed(status.map_or_else(|error| localize::io_error(&error), localize::exit_status))
    }
}

/// Runs a reader process: answers requests from standard input on standard output until there are no more.
///
/// # Errors
/// When memory cannot be limited or the other side is gone.
pub fn serve(limits: &ReadLimits) -> io::Result<()> {
    let requests = enter(&Bounds { memory: limits.memory, seconds: limits.seconds, access: Access::Nothing })?;
    while let (Some(request), Some(bytes)) = (requests.next()?, requests.next()?) {
        match postcard::from_bytes(&request).map_err(io::Error::other)? {
            Request::First => send_sheets(open_into, &bytes, limits)?,
            Request::Second => send_sheets(open_again_into, &bytes, limits)?,
            Request::Parts(names) => send_parts(&names, &bytes, limits, &mut io::stdout().lock())?,
            Request::Picture(bounds) => send_picture(&bytes, bounds, &mut io::stdout().lock())?,
            Request::FormHints => send_value(|| read_form_hints(&bytes, limits))?,
            Request::Paragraphs => send_value(|| paragraphs::read(&bytes, limits))?,
        }
    }
    Ok(())
}

/// Takes bytes for what either side sends, for the fuzzer: nothing panics, whatever they are.
pub(crate) fn check_protocol(bytes: &[u8]) {
    let _ = postcard::from_bytes::<Request>(bytes);
    let frames = || {
        let mut frames = bytes.chunks(1 << 10).map(<[u8]>::to_vec);
        move || frames.next()
    };
    let _ = protocol::receive(frames());
    let _ = receive_value::<Vec<FormHints>>(&mut frames());
    let _ = receive_value::<Vec<Paragraph>>(&mut frames());
}

/// Reads what the forms of a workbook say in this process, for the fuzzer.
pub(crate) fn check_form_hints(workbook: &[u8], limits: &ReadLimits) {
    let _ = read_form_hints(workbook, limits);
}

/// Reads a file's bytes with `open` and sends its sheets while it reads.
fn send_sheets(
    open: fn(&[u8], &ReadLimits, &mut dyn Sink) -> Result<(), ReadError>,
    bytes: &[u8],
    limits: &ReadLimits,
) -> io::Result<()> {
    let mut sender = protocol::Sender::new(io::stdout().lock());
    let outcome = std::panic::catch_unwind(AssertUnwindSafe(|| open(bytes, limits, &mut sender)));
    sender.finish(outcome.unwrap_or_else(|_| Err(ReadError::Damaged("内容前后矛盾".to_owned()))))
}

/// Sends what `read` finds, in one frame.
fn send_value<T: Serialize>(read: impl FnOnce() -> Result<T, ReadError>) -> io::Result<()> {
    let found = std::panic::catch_unwind(AssertUnwindSafe(read));
    let found = found.unwrap_or_else(|_| Err(ReadError::Damaged("内容前后矛盾".to_owned())));
    let mut out = io::stdout().lock();
    write_frame(&mut out, &postcard::to_stdvec(&found).map_err(io::Error::other)?)?;
    out.flush()
}

/// Receives what [`send_value`] sends; `None` when the frame is no answer.
fn receive_value<T: DeserializeOwned>(next_frame: &mut dyn FnMut() -> Option<Vec<u8>>) -> Option<Result<T, ReadError>> {
    postcard::from_bytes(&next_frame()?).ok()
}
