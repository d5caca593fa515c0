//! The largest amount of memory that this process held at once.

/// The largest resident size since [`reset`]; 0 where the system does not tell.
pub fn kilobytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches("kB").trim().parse().unwrap_or_default()
}

/// Makes the peak what is resident now. Where the system cannot, there is no peak either.
pub fn reset() {
    // A file of Linux; elsewhere there is none.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}
