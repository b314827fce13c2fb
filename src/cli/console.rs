//! Whether the program was started by a double click. Windows then gives it a console of its own, which closes with it.

/// Whether the file manager of Windows started this process. No system but Windows opens a console for a program that
/// is double-clicked; there, desktop files name a command.
#[cfg(windows)]
pub(super) fn is_started_by_double_click() -> bool {
    parent_program().is_some_and(|name| name.eq_ignore_ascii_case("explorer.exe"))
}

#[cfg(not(windows))]
pub(super) fn is_started_by_double_click() -> bool {
    false
}

/// The file name of the program that started this process; `None` when it has ended or the system does not say.
#[cfg(windows)]
fn parent_program() -> Option<String> {
    use std::collections::HashMap;

    use winsafe::{HPROCESSLIST, co};

    struct Process {
        parent: u32,
        program: String,
    }
    let mut list = HPROCESSLIST::CreateToolhelp32Snapshot(co::TH32CS::SNAPPROCESS, None).ok()?;
    let entries = list.iter_processes().map_while(Result::ok);
    let mut processes: HashMap<u32, Process> = entries
        .map(|entry| {
            let process = Process { parent: entry.th32ParentProcessID, program: entry.szExeFile() };
            (entry.th32ProcessID, process)
        })
        .collect();
    let parent = processes.get(&std::process::id())?.parent;
    Some(processes.remove(&parent)?.program)
}
