//! How many connections the descriptors of this process are enough for.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Descriptors that stay free for the ledger, models, logs and whatever else opens files.
const RESERVED: u64 = 64;
/// Fewest and most connections by default.
const BOUNDS: (u64, u64) = (16, 10_000);
/// What the process asks for at most, since some systems give out limits that nobody can use.
const ENOUGH: u64 = 65_536;

/// Raises the number of descriptors that this process may open as far as it may do so itself. Service managers leave it
/// low for the sake of programs that use `select`, which Weir is none of.
pub fn raise() {
    let now = getrlimit(Resource::Nofile);
    let most = now.maximum.unwrap_or(ENOUGH).min(ENOUGH);
    if now.current.is_some_and(|current| current < most) {
        // Where it fails there are fewer connections.
        let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(most), maximum: now.maximum });
    }
}

/// Most connections by default: every one may need a second descriptor towards a provider.
pub fn most_connections() -> usize {
    enough_for(getrlimit(Resource::Nofile).current)
}

fn enough_for(limit: Option<u64>) -> usize {
    let usable = limit.unwrap_or(u64::MAX).saturating_sub(RESERVED) / 2;
    usize::try_from(usable.clamp(BOUNDS.0, BOUNDS.1)).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::enough_for;

    #[test]
    fn half_of_what_is_not_reserved() {
        for (limit, connections) in [
            (Some(0), 16),
            (Some(100), 18),
            (Some(256), 96),
            (Some(1024), 480),
            (Some(65_536), 10_000),
            (None, 10_000),
        ] {
            assert_eq!(enough_for(limit), connections, "{limit:?}");
        }
    }
}
