//! The heap between requests.

/// Gives free memory of the heap back to the system, where the allocator keeps it: after a large request it would otherwise stay
/// with the process. Takes some milliseconds.
pub fn release_free_memory() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: it is given no memory of ours, and glibc takes its own locks.
    unsafe {
        libc::malloc_trim(0);
    }
}
