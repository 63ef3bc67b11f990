//! All connections at once: how many there may be, and who makes room for one more.

use super::line::Line;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Connections that may still be leaving while others take their places.
const LEAVING: usize = 32;

/// The open connections.
#[derive(Debug, Default)]
pub struct Lines {
    open: Mutex<(u64, HashMap<u64, Arc<Line>>)>,
}

/// A place among the connections, free again when it is dropped.
#[derive(Debug)]
pub struct Place {
    lines: Arc<Lines>,
    id: u64,
}

impl Lines {
    /// A place for one more connection. Where there are `max` already the one that has been idle for longest is asked to
    /// leave; `None` if none is idle.
    pub fn enter(self: &Arc<Self>, line: &Arc<Line>, max: usize) -> Option<Place> {
        let mut open = self.lock();
        if open.1.len() >= max {
            let idle = open.1.values().filter_map(|line| Some((line.idle_since()?, line)));
            let longest = idle.min_by_key(|(since, _)| *since).map(|(_, line)| line.clone());
            let full = open.1.len() >= max.saturating_add(LEAVING);
            let left = longest.filter(|_| !full)?.dismiss();
            if !left {
                return None;
            }
        }
        let id = open.0;
        open.0 += 1;
        open.1.insert(id, line.clone());
        Some(Place { lines: self.clone(), id })
    }

    fn lock(&self) -> MutexGuard<'_, (u64, HashMap<u64, Arc<Line>>)> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.lines.lock().1.remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::{Line, Lines};
    use std::sync::Arc;
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn the_one_idle_for_longest_makes_room() {
        let lines = Arc::new(Lines::default());
        let mut places = Vec::new();
        let all: Vec<_> = (0..3).map(|_| Line::new()).collect();
        for line in &all {
            places.push(lines.enter(line, 3).unwrap());
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        let first = all[0].begin(false);
        let second = all[1].begin(false);
        drop(second);
        // The third has been idle from its beginning, the second for less.
        let fourth = Line::new();
        let place = lines.enter(&fourth, 3).unwrap();
        assert!(all[2].idle_since().is_none() && all[1].idle_since().is_some());
        let fifth = Line::new();
        let _open = fourth.begin(false);
        let other = lines.enter(&fifth, 3).unwrap();
        assert!(all[1].idle_since().is_none());
        let _busy = fifth.begin(false);
        assert!(lines.enter(&Line::new(), 3).is_none(), "nobody is idle");
        drop((first, place, other));
        assert!(lines.enter(&Line::new(), 3).is_some());
    }
}
