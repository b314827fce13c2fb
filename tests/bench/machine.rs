//! The machine that is measured on.

use std::path::PathBuf;

/// Its cores, processor, memory and kernel as one line; what Linux does not report is left out.
pub(crate) fn sentence() -> String {
    let line = |path: &str, key: &str| {
        let text = std::fs::read_to_string(path).ok()?;
        let line = text.lines().find(|line| line.starts_with(key))?;
        Some(line.trim_start_matches(key).trim_start_matches([':', ' ', '\t']).trim().to_owned())
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory = line("/proc/meminfo", "MemTotal").and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    let parts = [
        Some(format!("{cores} 个核")),
        line("/proc/cpuinfo", "model name"),
        memory.map(|kib| format!("内存 {:.0} GB", kib * 1024.0 / 1e9)),
        line("/proc/sys/kernel/osrelease", "").map(|kernel| format!("Linux {kernel}")),
        line("/proc/loadavg", "").and_then(|load| Some(format!("负载 {}", load.split(' ').next()?))),
    ];
    format!("机器：{}", parts.into_iter().flatten().collect::<Vec<_>>().join("，"))
}

/// A folder in memory, or the temporary folder (with a warning) where the system has none.
pub(crate) fn memory_folder() -> PathBuf {
    let mounts = std::fs::read_to_string("/proc/mounts").unwrap_or_default();
    let is_tmpfs = mounts.lines().any(|mount| mount.split(' ').skip(1).take(2).eq(["/dev/shm", "tmpfs"]));
    if is_tmpfs {
        return "/dev/shm".into();
    }
    println!("没有内存中的文件夹 /dev/shm：下面的数字随磁盘变化");
    std::env::temp_dir()
}
