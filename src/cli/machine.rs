//! What this computer gives a run: the program, its memory, its fonts.

use std::path::PathBuf;

use crate::pipeline::Machine;

/// Bytes of memory that are assumed where the system is not asked.
#[cfg(not(target_os = "linux"))]
const ASSUMED_MEMORY: u64 = 8 << 30;

/// The variable with folders of fonts that are looked through in place of the system's.
const FONTS: &str = "ZICHA_FONTS";

/// This program, and the memory and the fonts of this computer.
pub(super) fn machine() -> Machine {
    Machine { program: own_program(), memory: memory(), fonts: font_folders() }
}

/// The folders in which this computer keeps fonts, the user's own first.
fn font_folders() -> Vec<PathBuf> {
    if let Some(folders) = std::env::var_os(FONTS) {
        return std::env::split_paths(&folders).filter(|folder| !folder.as_os_str().is_empty()).collect();
    }
    let below = |variable: &str, folders: &[&str]| {
        let base = std::env::var_os(variable).map(PathBuf::from);
        base.into_iter().flat_map(|base| folders.iter().map(move |folder| base.join(folder))).collect::<Vec<_>>()
    };
    if cfg!(windows) {
        let own = below("LOCALAPPDATA", &["Microsoft\\Windows\\Fonts"]);
        return own.into_iter().chain(below("WINDIR", &["Fonts"])).collect();
    }
    let (own, common): (&[&str], &[&str]) = if cfg!(target_os = "macos") {
        (&["Library/Fonts"], &["/Library/Fonts", "/System/Library/Fonts", "/System/Library/AssetsV2"])
    } else {
        (&[".local/share/fonts", ".fonts"], &["/usr/local/share/fonts", "/usr/share/fonts"])
    };
    below("HOME", own).into_iter().chain(common.iter().map(PathBuf::from)).collect()
}

/// The path of this program, which is started again in worker processes.
pub(super) fn own_program() -> PathBuf {
    std::env::current_exe().unwrap_or_else(|_| "zicha".into())
}

/// The name of this computer among others that may share a folder with it; empty where it has none.
pub(super) fn computer_name() -> String {
    #[cfg(unix)]
    return rustix::system::uname().nodename().to_string_lossy().into_owned();
    #[cfg(windows)]
    return winsafe::GetComputerName().unwrap_or_default();
    #[cfg(not(any(unix, windows)))]
    String::new()
}

/// Bytes of memory that this process may use at most: the computer's, or what its container or its limits leave of it.
#[cfg(target_os = "linux")]
fn memory() -> u64 {
    use rustix::process::{Resource, getrlimit};

    /// Files with a container's limit: of control groups, version 2 and version 1.
    const LIMITS: [&str; 2] = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];
    let system = rustix::system::sysinfo();
    // The field's type differs between architectures.
    #[allow(clippy::useless_conversion, reason = "32 bits on some")]
    let installed = u64::from(system.totalram).saturating_mul(system.mem_unit.into());
    let of_container = LIMITS.iter().filter_map(|file| std::fs::read_to_string(file).ok()?.trim().parse().ok());
    of_container.chain(getrlimit(Resource::As).current).fold(installed, u64::min)
}

#[cfg(not(target_os = "linux"))]
fn memory() -> u64 {
    ASSUMED_MEMORY
}
