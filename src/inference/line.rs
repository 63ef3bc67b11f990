//! Whose window comes next: the line in front of the edge pack, as a plain structure without threads or clocks.
//!
//! Who needs only a few windows stands in the short line, who needs many in the long one. Of [`TURNS`] turns the long line has
//! one while somebody waits in the short one, so a short request waits for one window of a long one at most, and a long one goes
//! on under any load. Within a line tenants take turns, and the requests of a tenant. Form: round robin in two levels.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

/// Who needs at most so many tokens stands in the short line: some four windows.
const SHORT: usize = 1024;
/// Of so many turns one is for the long line.
const TURNS: u32 = 4;

/// Somebody who waits.
pub(super) trait Waits {
    /// Whose request it is.
    fn tenant(&self) -> Option<&Arc<str>>;

    /// Tokens that are left to read, as estimated.
    fn left(&self) -> usize;

    /// Whether nobody waits for it any more.
    fn is_abandoned(&self) -> bool;
}

/// The line.
pub(super) struct Line<T> {
    /// The short one and the long one.
    rings: [Ring<T>; 2],
    /// Turns since the long line had one.
    since_long: u32,
}

/// Tenants in turn, each with those who wait.
struct Ring<T> {
    tenants: VecDeque<(Option<Arc<str>>, VecDeque<T>)>,
}

impl<T: Waits> Default for Line<T> {
    fn default() -> Self {
        let ring = || Ring { tenants: VecDeque::new() };
        Self { rings: [ring(), ring()], since_long: 0 }
    }
}

impl<T: Waits> Ring<T> {
    /// Adds behind the others of its tenant; a new tenant comes last.
    fn push(&mut self, item: T) {
        let own = self.tenants.iter_mut().find(|(tenant, _)| tenant.as_ref() == item.tenant());
        match own {
            Some((_, waiting)) => waiting.push_back(item),
            None => {
                self.tenants.push_back((item.tenant().cloned(), VecDeque::from([item])));
            }
        }
    }

    /// Puts back who was taken last, before everybody else.
    fn push_front(&mut self, item: T) {
        let at = self.tenants.iter().position(|(tenant, _)| tenant.as_ref() == item.tenant());
        let mut own = at.and_then(|at| self.tenants.remove(at));
        let (_, waiting) =
            own.get_or_insert_with(|| (item.tenant().cloned(), VecDeque::with_capacity(1)));
        waiting.push_front(item);
        self.tenants.extend(own);
        self.tenants.rotate_right(1);
    }

    /// The first of the tenant whose turn it is.
    fn pop(&mut self) -> Option<T> {
        let (tenant, mut waiting) = self.tenants.pop_front()?;
        let item = waiting.pop_front();
        if !waiting.is_empty() {
            self.tenants.push_back((tenant, waiting));
        }
        item
    }

    fn tokens(waiting: &VecDeque<T>, most: usize) -> usize {
        waiting.iter().filter(|item| !item.is_abandoned()).map(|it| it.left().min(most)).sum()
    }

    /// Tokens that are read before somebody of `tenant` who comes now has had `left` of them.
    fn before(&self, tenant: Option<&Arc<str>>, left: usize) -> usize {
        let (own, others): (Vec<_>, Vec<_>) =
            self.tenants.iter().partition(|(name, _)| name.as_ref() == tenant);
        let own: usize = own.iter().map(|(_, waiting)| Self::tokens(waiting, left)).sum();
        // By then each other tenant has had as many turns as this one.
        let turns = own + left;
        let others = others.iter().map(|(_, waiting)| Self::tokens(waiting, usize::MAX).min(turns));
        own + others.sum::<usize>()
    }

    fn all(&self) -> usize {
        self.tenants.iter().map(|(_, waiting)| Self::tokens(waiting, usize::MAX)).sum()
    }
}

impl<T: Waits> Line<T> {
    /// Somebody comes, or comes again after a turn.
    pub(super) fn push(&mut self, item: T) {
        self.rings[usize::from(item.left() > SHORT)].push(item);
    }

    /// Who may share the turn of another: the first of the short line.
    pub(super) fn pop_short(&mut self) -> Option<T> {
        self.rings[0].pop()
    }

    /// Puts back who was to share a turn in which there was no room.
    pub(super) fn push_front(&mut self, item: T) {
        self.rings[0].push_front(item);
    }

    /// Whose turn it is.
    pub(super) fn pop(&mut self) -> Option<T> {
        let [short, long] = &mut self.rings;
        if self.since_long + 1 < TURNS
            && let Some(item) = short.pop()
        {
            self.since_long += 1;
            return Some(item);
        }
        match long.pop() {
            Some(item) => {
                self.since_long = 0;
                Some(item)
            }
            None => short.pop(),
        }
    }

    /// Takes out those for whom nobody waits any more.
    pub(super) fn take_abandoned(&mut self) -> Vec<T> {
        let mut gone = Vec::new();
        for ring in &mut self.rings {
            for (_, waiting) in &mut ring.tenants {
                if waiting.iter().any(T::is_abandoned) {
                    let (left, stay): (VecDeque<T>, VecDeque<T>) =
                        std::mem::take(waiting).into_iter().partition(T::is_abandoned);
                    *waiting = stay;
                    gone.extend(left);
                }
            }
            ring.tenants.retain(|(_, waiting)| !waiting.is_empty());
        }
        gone
    }

    /// Tokens that are read before somebody of `tenant` who comes now with `left` tokens is done, his own left out.
    pub(super) fn before(&self, tenant: Option<&Arc<str>>, left: usize) -> usize {
        let [short, long] = &self.rings;
        if left > SHORT {
            return short.all() + long.before(tenant, left);
        }
        let before = short.before(tenant, left);
        // The long line has its turns meanwhile.
        let turns = (before + left) / (TURNS as usize - 1);
        before + long.all().min(turns)
    }

    /// Tokens that are left to read for all of them.
    pub(super) fn all(&self) -> usize {
        self.rings.iter().map(Ring::all).sum()
    }

    /// How many wait.
    pub(super) fn len(&self) -> usize {
        self.rings.iter().flat_map(|ring| &ring.tenants).map(|(_, waiting)| waiting.len()).sum()
    }

    /// Takes everybody out.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

/// How fast tokens are read, measured; what was measured last counts most.
#[derive(Debug, Default)]
pub(super) struct Pace {
    tokens: f64,
    seconds: f64,
}

impl Pace {
    /// What a turn leaves of the turns before it.
    const MEMORY: f64 = 0.95;

    /// So many tokens were read in that time.
    pub(super) fn note(&mut self, tokens: usize, time: Duration) {
        self.tokens = self.tokens * Self::MEMORY + tokens as f64;
        self.seconds = self.seconds * Self::MEMORY + time.as_secs_f64();
    }

    /// How long so many tokens take; nothing before anything was measured.
    pub(super) fn time(&self, tokens: usize) -> Duration {
        if self.tokens < 1.0 {
            return Duration::ZERO;
        }
        let seconds = tokens as f64 * self.seconds / self.tokens;
        Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
    }
}

/// Whether somebody may join who needs `own` and would wait `wait`: as long as `patience`, or as long as the work itself takes.
///
/// # Errors
/// When to come again: the line is short enough by then.
pub(super) fn admit(patience: Duration, own: Duration, wait: Duration) -> Result<(), Duration> {
    let most = patience.max(own);
    if wait <= most { Ok(()) } else { Err((wait - most).max(Duration::from_secs(1))) }
}

#[cfg(test)]
#[path = "line_tests.rs"]
mod tests;
