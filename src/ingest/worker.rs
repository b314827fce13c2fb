//! Reading in another process of the same binary: a workbook can make its reader abort, hang or fill the memory,
//! and none of that can be caught from within.
//!
//! The reader gets bytes (a length, u64 little endian, before them) and gives sheets (see `wire`); it opens no file.
//! What is read is sent at once and put together on the other side while the reading goes on.

use std::io::{self, Read, Write};
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use super::cache::Cache;
use super::limits::{Limits, ReadError};
use super::protocol::{self, Answer};
use crate::sandbox::{self, limit_memory};
use crate::store::Digest;

/// The hidden subcommand that makes the binary a reader.
pub const SUBCOMMAND: &str = "read-worker";

/// Readers at work or waiting for some.
#[derive(Debug)]
pub struct Readers {
    program: PathBuf,
    limits: Limits,
    idle: Mutex<Vec<Reader>>,
    cache: Option<Cache>,
}

/// One process, and the blocks of the answers that come from it.
#[derive(Debug)]
struct Reader {
    child: Child,
    requests: ChildStdin,
    blocks: Receiver<Vec<u8>>,
}

/// Blocks that wait to be taken apart.
const WAITING: usize = 4;

impl Readers {
    /// Readers that run `program`, each file within `limits`.
    pub fn new(program: PathBuf, limits: Limits) -> Self {
        Self { program, limits, idle: Mutex::new(Vec::new()), cache: None }
    }

    /// The same, with what earlier runs read.
    pub fn with_cache(mut self, cache: Cache) -> Self {
        self.cache = Some(cache);
        self
    }

    /// Has the readers go; gives what was read for the next run, when that is not what earlier runs kept.
    pub fn into_cache(mut self) -> Option<Vec<u8>> {
        self.cache.take()?.renewed()
    }

    /// The limits each file is read within.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Has a file's bytes read; `digest` is their hash. A reader that dies or hangs costs this one file.
    pub fn read(&self, bytes: &[u8], digest: &Digest) -> Answer {
        if let Some(sheets) = self.cache.as_ref().and_then(|cache| cache.sheets(digest)) {
            return Ok(sheets);
        }
        let mut sent = Vec::new();
        let answer = self.ask(bytes, |block| {
            if self.cache.is_some() {
                // A vector takes everything.
                let _ = protocol::write_block(&mut sent, block);
            }
        });
        if let (Some(cache), Ok(_)) = (&self.cache, &answer) {
            cache.keep(digest, sent);
        }
        answer
    }

    /// Has a process read the bytes; `tell` is shown each block that it sends.
    fn ask(&self, bytes: &[u8], mut tell: impl FnMut(&[u8])) -> Answer {
        let waiting = self.idle.lock().ok().and_then(|mut idle| idle.pop());
        let mut reader = match waiting.map_or_else(|| self.start(), Ok) {
            Ok(reader) => reader,
            Err(error) => return Err(ReadError::Crashed(format!("读取进程不能启动：{error}"))),
        };
        let asked = write_frame(&mut reader.requests, bytes);
        let (asked_at, allowed) = (Instant::now(), Duration::from_secs(self.limits.seconds));
        let mut late = false;
        // Put together on this thread: what other threads were given memory for, this one could not use again.
        let next = || {
            let block = reader.blocks.recv_timeout(allowed.saturating_sub(asked_at.elapsed()));
            late |= block == Err(RecvTimeoutError::Timeout);
            block.ok().inspect(|block| tell(block))
        };
        match asked.ok().and_then(|()| protocol::receive(next)) {
            Some(answer) => {
                if let Ok(mut idle) = self.idle.lock() {
                    idle.push(reader);
                }
                answer
            }
            None if late => {
                reader.stop();
                Err(ReadError::TooSlow(self.limits.seconds))
            }
            None => Err(reader.post_mortem(&self.limits)),
        }
    }

    fn start(&self) -> io::Result<Reader> {
        let limits = &self.limits;
        let mut child = sandbox::process(&self.program)
            .arg(SUBCOMMAND)
            .args(
                [limits.memory, limits.unpacked, limits.cells as u64, limits.text as u64]
                    .map(|limit| limit.to_string()),
            )
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let gone = || io::Error::other("没有管道");
        let requests = child.stdin.take().ok_or_else(gone)?;
        let mut output = child.stdout.take().ok_or_else(gone)?;
        let (sender, blocks) = sync_channel(WAITING);
        std::thread::Builder::new().spawn(move || {
            while let Some(block) = protocol::block(&mut output) {
                if sender.send(block).is_err() {
                    return;
                }
            }
        })?;
        Ok(Reader { child, requests, blocks })
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

    /// What a reader died of, as far as its end tells.
    fn post_mortem(mut self, limits: &Limits) -> ReadError {
        drop((self.requests, self.blocks));
        let status = self.child.wait();
        let aborted = status.as_ref().is_ok_and(|status| status.code().is_none());
        if aborted {
            return ReadError::TooLarge(format!("读取它需要的内存超过 {} MiB", limits.memory >> 20));
        }
        ReadError::Crashed(status.map_or_else(|e| e.to_string(), |status| status.to_string()))
    }
}

/// Serves requests until there are no more: the reader's side. `memory` bounds this process.
///
/// # Errors
/// When the other side is gone.
pub fn serve(limits: &Limits) -> io::Result<()> {
    limit_memory(limits.memory)?;
    std::panic::set_hook(Box::new(|_| {}));
    let mut input = io::stdin().lock();
    loop {
        let bytes = match read_frame(&mut input) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            Err(error) => return Err(error),
        };
        answer(bytes, limits)?;
    }
}

/// Reads a file's bytes and sends what is read as it is met.
fn answer(bytes: Vec<u8>, limits: &Limits) -> io::Result<()> {
    let mut sender = protocol::Sender::new(io::stdout().lock());
    let outcome = std::panic::catch_unwind(AssertUnwindSafe(|| super::open_into(bytes, limits, &mut sender)));
    sender.finish(outcome.unwrap_or_else(|_| Err(ReadError::Damaged("内容前后矛盾".to_owned()))))
}

fn write_frame(out: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    out.write_all(&(bytes.len() as u64).to_le_bytes())?;
    out.write_all(bytes)?;
    out.flush()
}

fn read_frame(input: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut length = [0; 8];
    input.read_exact(&mut length)?;
    let length = u64::from_le_bytes(length);
    let mut bytes = Vec::with_capacity(usize::try_from(length).map_err(io::Error::other)?);
    input.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}
