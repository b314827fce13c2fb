//! Processes that a run has started, seen in /proc. A run is started as the leader of a process group; what it starts
//! stays in the group when the run has died.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a test waits for what must happen.
const PATIENCE: Duration = Duration::from_secs(120);

/// A run of zicha in a process group of its own, killed with all of it when dropped.
pub(crate) struct Group {
    leader: Child,
    temporary: PathBuf,
}

impl Group {
    /// Starts zicha in `folder`, with temporary files in `folder/tmp`.
    pub(crate) fn start(folder: &Path, arguments: &[&str]) -> Self {
        let temporary = folder.join("tmp");
        std::fs::create_dir_all(&temporary).expect("a folder");
        let mut command = Command::new(env!("CARGO_BIN_EXE_zicha"));
        command.args(arguments).current_dir(folder).env("TMPDIR", &temporary).process_group(0);
        let leader =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("zicha runs");
        Self { leader, temporary }
    }

    /// Waits until a process of the group was started with the argument; its id.
    pub(crate) fn wait_for(&mut self, argument: &str) -> u32 {
        let begun = Instant::now();
        loop {
            if let Some(member) = members(self.leader.id()).into_iter().find(|member| has_argument(*member, argument)) {
                return member;
            }
            assert!(self.leader.try_wait().expect("a state").is_none(), "it ended without {argument}");
            assert!(begun.elapsed() < PATIENCE, "no {argument}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Whether the leader has ended well.
    pub(crate) fn has_succeeded(&mut self) -> bool {
        self.leader.try_wait().expect("a state").is_some_and(|status| status.success())
    }

    /// Kills the leader alone, as `kill -9` does; whether it was running.
    pub(crate) fn kill(&mut self) -> bool {
        let was_running = self.leader.try_wait().expect("a state").is_none();
        self.leader.kill().expect("killed");
        self.leader.wait().expect("ended");
        was_running
    }

    /// Waits until no process of the group is left.
    pub(crate) fn assert_gone(&self) {
        assert_group_gone(self.leader.id());
    }

    /// The names of what is in the folder for temporary files.
    pub(crate) fn temporary(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.temporary).expect("a folder");
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // A failed test leaves no process behind.
        let _ = self.leader.kill();
        let _ = self.leader.wait();
        for member in members(self.leader.id()) {
            let _ = Command::new("kill").args(["-KILL", &member.to_string()]).status();
        }
    }
}

/// A page without a cell that takes about three seconds to read for each million, in a debug build.
pub(crate) fn slow_page(millions: usize) -> Vec<u8> {
    [&b"<html><table><tr><td>"[..], &b"<!-- -->".repeat(millions << 20)].concat()
}

/// The running processes that another has started with the argument.
pub(crate) fn children(parent: u32, argument: &str) -> Vec<u32> {
    let mut children = processes_with(StatField::Parent, parent);
    children.retain(|child| has_argument(*child, argument));
    children
}

/// Waits until a process has started another with the argument; its id.
pub(crate) fn wait_for_child(parent: u32, argument: &str) -> u32 {
    let begun = Instant::now();
    loop {
        if let Some(child) = children(parent, argument).first() {
            return *child;
        }
        assert!(begun.elapsed() < PATIENCE, "no {argument}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Waits until no process of a group is left.
pub(crate) fn assert_group_gone(group: u32) {
    let begun = Instant::now();
    while let Some(member) = members(group).first() {
        let command = std::fs::read_to_string(format!("/proc/{member}/cmdline")).unwrap_or_default();
        assert!(begun.elapsed() < PATIENCE, "it outlived the run: {}", command.replace('\0', " "));
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The running processes of a group. One that has ended counts no longer, even if nobody has asked for its exit code.
fn members(group: u32) -> Vec<u32> {
    processes_with(StatField::Group, group)
}

/// A field of `/proc/…/stat`, by its place behind the state.
#[derive(Clone, Copy)]
enum StatField {
    Parent = 0,
    Group = 1,
}

/// The running processes of which the field has that value.
fn processes_with(field: StatField, value: u32) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").expect("processes").flatten();
    let ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.filter(|id: &u32| {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        // Behind the name, in brackets: state, parent, group.
        let mut fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
        !matches!(fields.next(), None | Some("Z" | "X")) && fields.nth(field as usize) == Some(&value.to_string())
    })
    .collect()
}

/// Whether a process was started with an argument.
fn has_argument(process: u32, argument: &str) -> bool {
    let command = std::fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
    command.split(|byte| *byte == 0).any(|own| own == argument.as_bytes())
}
