//! The machine that was measured on.

/// Its cores, processor, memory and kernel, in a sentence; what Linux does not tell is left out.
pub fn sentence() -> String {
    let line = |path: &str, key: &str| {
        let text = std::fs::read_to_string(path).ok()?;
        let line = text.lines().find(|line| line.starts_with(key))?;
        Some(line.trim_start_matches(key).trim_start_matches([':', ' ', '\t']).trim().to_owned())
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory = line("/proc/meminfo", "MemTotal").and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    let told = [
        Some(format!("{cores} 个核")),
        line("/proc/cpuinfo", "model name"),
        memory.map(|kib| format!("内存 {:.0} GB", kib * 1024.0 / 1e9)),
        line("/proc/sys/kernel/osrelease", "").map(|kernel| format!("Linux {kernel}")),
    ];
    format!("机器：{}", told.into_iter().flatten().collect::<Vec<_>>().join("，"))
}
