//! Runs work on untrusted input in child processes that can do little and do not outlive this one.
//!
//! [`start`] is the only way to start one: with an environment of its own, a working folder that is not the user's, and
//! pipes for standard input and output. [`ask`] starts one for one request; [`crate::ingest::Readers`] keeps some for
//! many. An abort, a hang or exhausted memory costs one answer. `worker` is the other side: what a process does first.

#[cfg(windows)]
mod allocator;
mod confinement;
mod frame;
#[cfg(windows)]
mod job;
#[cfg(windows)]
mod processor_time;
pub(crate) mod worker;

use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Duration;

pub use confinement::{Access, Confinement, confine};
pub(crate) use frame::{read_frame, write_frame};

/// The working folder of a process that opens no file: it keeps no disk from being unmounted.
pub(crate) const NO_FOLDER: &str = "/";

/// Binds what this process starts to its own life, beyond what the end of their pipes does. Only Windows has such a
/// thing.
pub(crate) fn bind_children() {
    #[cfg(windows)]
    job::bind();
}

/// Why a process gave no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SandboxError {
    /// It cannot be started.
    #[error("进程不能启动：{0}")]
    Start(io::Error),
    /// It was not done within so many seconds.
    #[error("超过 {0} 秒没有完成")]
    Timeout(u64),
}

/// Starts `program`, this binary, as a worker process in `folder`. The process ends when its standard input is closed,
/// as the system does when this process dies, however it dies.
///
/// # Errors
/// When the system refuses.
pub(crate) fn start<A: AsRef<OsStr>>(
    program: &Path,
    arguments: impl IntoIterator<Item = A>,
    folder: &Path,
) -> io::Result<Child> {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).env_clear();
    // The allocator reserves addresses as it needs them instead of a gigabyte at its start, which a limit set later
    // would not take away; the C library's own, none for a second thread (64 MiB).
    command.env("MIMALLOC_ARENA_RESERVE", "0").env("MALLOC_ARENA_MAX", "1");
    // Temporary files of libraries are below the folder, the only one that a confined process may write.
    command.envs(["TMPDIR", "TMP"].map(|variable| (variable, folder)));
    #[cfg(windows)]
    name_system_folder(&mut command);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()
}

/// Names the folder of Windows: its libraries, the one for random numbers among them, look for others there. Without
/// the variable they fail in ways of their own.
#[cfg(windows)]
fn name_system_folder(command: &mut Command) {
    let folder = winsafe::GetSystemDirectory().ok();
    if let Some(windows) = folder.as_deref().and_then(|folder| Path::new(folder).parent()) {
        command.env("SystemRoot", windows);
    }
}

/// Whether a process ended because it may not have the memory that it needs: by its own abort, as by an allocation that
/// its limit refuses, by the system, or since it was sent more than that. On Windows an abort is a code
/// (`STATUS_STACK_BUFFER_OVERRUN`, which `__fastfail` gives).
pub(crate) fn is_beyond_memory(status: ExitStatus) -> bool {
    const FAIL_FAST: i32 = 0xc000_0409_u32.cast_signed();
    status.code().is_none_or(|code| code == worker::BEYOND_LIMIT || cfg!(windows) && code == FAIL_FAST)
}

/// Sends a started process `request` in a frame and returns what it writes to its standard output, which is empty or
/// incomplete when it died.
///
/// # Errors
/// When it was not started, or is not done within `seconds`; it is killed then.
pub(crate) fn ask(child: io::Result<Child>, request: Vec<u8>, seconds: u64) -> Result<Vec<u8>, SandboxError> {
    let mut child = child.map_err(SandboxError::Start)?;
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut output = Vec::new();
        // The caller recognises an incomplete answer.
        let _ = stdout.map(|mut stdout| io::Read::read_to_end(&mut stdout, &mut output));
        let _ = sender.send(output);
    });
    let writer = std::thread::spawn(move || {
        // A process may answer without reading all of its input. The pipe stays open until it has ended.
        stdin.inspect(|mut stdin| drop(write_frame(&mut stdin, &request)))
    });
    let output = receiver.recv_timeout(Duration::from_secs(seconds));
    let _ = child.kill();
    let _ = child.wait();
    let _ = writer.join();
    output.map_err(|_| SandboxError::Timeout(seconds))
}

#[cfg(all(test, unix))]
mod tests {
    use std::path::Path;

    use super::start;

    #[test]
    fn a_process_knows_nothing_of_the_users_environment_and_folder() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().canonicalize().unwrap();
        let child = start(Path::new("/bin/sh"), ["-c", "pwd; env"], &folder).unwrap();
        let output = child.wait_with_output().unwrap().stdout;
        let text = String::from_utf8(output).unwrap();
        let mut lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.remove(0), folder.display().to_string());
        // The shell adds its own.
        lines.retain(|line| !["PWD=", "_=", "SHLVL="].iter().any(|own| line.starts_with(own)));
        lines.sort_unstable();
        let temporary = |variable| format!("{variable}={}", folder.display());
        assert_eq!(lines, ["MALLOC_ARENA_MAX=1", "MIMALLOC_ARENA_RESERVE=0", &temporary("TMP"), &temporary("TMPDIR")]);
    }
}

#[cfg(all(test, windows))]
mod tests {
    use std::path::Path;

    use super::start;

    #[test]
    fn a_process_knows_the_folder_of_windows_and_nothing_of_the_users_environment() {
        let folder = tempfile::tempdir().unwrap();
        let program = Path::new(&winsafe::GetSystemDirectory().unwrap()).join("cmd.exe");
        let output = start(&program, ["/c", "set"], folder.path()).unwrap().wait_with_output().unwrap().stdout;
        let text = String::from_utf8_lossy(&output).to_lowercase();
        let mut names: Vec<&str> = text.lines().filter_map(|line| Some(line.split_once('=')?.0)).collect();
        // The shell adds its own, and wine some to every process.
        let added = ["comspec", "path", "pathext", "prompt", "systemdrive"];
        names.retain(|name| !added.contains(name) && !name.starts_with("wine"));
        names.sort_unstable();
        assert_eq!(names, ["malloc_arena_max", "mimalloc_arena_reserve", "systemroot", "tmp", "tmpdir"]);
    }
}
