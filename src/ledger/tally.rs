//! How many requests a killed process left without a record.
//!
//! A file beside the ledger counts the requests that began and those whose record was taken. Each is written at once, one
//! small write into the system's page cache, which a kill does not touch. The next process compares them with the rows
//! that are there. The file holds four numbers of eight bytes: a mark, the last row before this process, requests begun,
//! records taken.
//!
//! Invariant: it counts and never fails; where it cannot be written nothing is said about losses.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Marks of a file whose process runs or was killed, and of one whose process ended in order.
const OPEN: u64 = u64::from_le_bytes(*b"weirrun1");
const CLOSED: u64 = u64::from_le_bytes(*b"weirend1");

/// What a killed process left without a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Losses {
    /// Requests that were under way.
    pub under_way: u64,
    /// Finished requests whose record was in memory only.
    pub unwritten: u64,
}

/// The counts of this process.
#[derive(Debug)]
pub(super) struct Tally {
    file: File,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    begun: u64,
    taken: u64,
}

impl Tally {
    /// Opens the file beside a ledger whose last row is `last_row`, and says what the process before it lost. `None` if
    /// another process has it, or it cannot be written.
    pub(super) fn open(ledger: &Path, last_row: u64) -> Option<(Self, Option<Losses>)> {
        let mut name = ledger.as_os_str().to_owned();
        name.push("-tally");
        let mut options = OpenOptions::new();
        let file =
            options.read(true).write(true).create(true).truncate(false).mode(0o600).open(name);
        let file = file.ok()?;
        file.try_lock().ok()?;
        let losses = read(&file).and_then(|before| losses(before, last_row));
        let tally = Self { file, counts: Mutex::default() };
        let fresh = [OPEN, last_row, 0, 0].map(u64::to_le_bytes).concat();
        tally.file.write_all_at(&fresh, 0).ok()?;
        Some((tally, losses))
    }

    /// A request begins.
    pub(super) fn begin(&self) {
        self.count(|counts| counts.begun += 1);
    }

    /// What began leaves no record of its own.
    pub(super) fn withdraw(&self) {
        self.count(|counts| counts.begun = counts.begun.saturating_sub(1));
    }

    /// A record was taken.
    pub(super) fn take(&self) {
        self.count(|counts| counts.taken += 1);
    }

    /// The process ends in order: what it could not write it says itself.
    pub(super) fn close(&self) {
        let _ = self.file.write_all_at(&CLOSED.to_le_bytes(), 0);
    }

    fn count(&self, change: impl FnOnce(&mut Counts)) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut counts);
        // Under the lock, so that an older count never overwrites a newer one.
        let bytes = [counts.begun, counts.taken].map(u64::to_le_bytes).concat();
        let _ = self.file.write_all_at(&bytes, 16);
    }
}

fn read(file: &File) -> Option<[u64; 4]> {
    let mut bytes = [0; 32];
    file.read_exact_at(&mut bytes, 0).ok()?;
    let mut numbers = [0; 4];
    for (number, bytes) in numbers.iter_mut().zip(bytes.chunks_exact(8)) {
        *number = u64::from_le_bytes(bytes.try_into().ok()?);
    }
    Some(numbers)
}

/// What is missing between the counts of a process and the rows that it left.
fn losses([mark, base, begun, taken]: [u64; 4], last_row: u64) -> Option<Losses> {
    let kept = last_row.saturating_sub(base);
    let lost =
        Losses { under_way: begun.saturating_sub(taken), unwritten: taken.saturating_sub(kept) };
    (mark == OPEN && (lost.under_way > 0 || lost.unwritten > 0)).then_some(lost)
}

#[cfg(test)]
mod tests {
    use super::{CLOSED, Losses, OPEN, Tally, losses};

    #[test]
    fn what_is_missing_is_told_once() {
        for (what, before, last_row, expected) in [
            ("nothing began", [OPEN, 0, 0, 0], 0, None),
            ("all is there", [OPEN, 10, 5, 5], 15, None),
            ("two under way", [OPEN, 10, 7, 5], 15, Some((2, 0))),
            ("three unwritten", [OPEN, 10, 5, 5], 12, Some((0, 3))),
            ("both", [OPEN, 10, 9, 6], 12, Some((3, 4))),
            ("an end in order", [CLOSED, 10, 9, 6], 12, None),
            ("another ledger in its place", [OPEN, 10, 5, 5], 0, Some((0, 5))),
            ("rows of others", [OPEN, 10, 5, 5], 99, None),
            ("no tally", [7, 7, 7, 7], 0, None),
            ("overflow", [OPEN, u64::MAX, 0, u64::MAX], 1, Some((0, u64::MAX))),
        ] {
            let expected = expected.map(|(under_way, unwritten)| Losses { under_way, unwritten });
            assert_eq!(losses(before, last_row), expected, "{what}");
        }
    }

    #[test]
    fn counts_survive_a_process_that_does_not_end_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = folder.path().join("ledger.db");
        let (tally, before) = Tally::open(&ledger, 3).unwrap();
        assert_eq!(before, None);
        assert!(Tally::open(&ledger, 3).is_none(), "one process at a time");
        (0..5).for_each(|_| tally.begin());
        (0..3).for_each(|_| tally.take());
        tally.withdraw();
        drop(tally);
        let (tally, before) = Tally::open(&ledger, 5).unwrap();
        assert_eq!(before, Some(Losses { under_way: 1, unwritten: 1 }));
        tally.begin();
        tally.close();
        drop(tally);
        assert_eq!(Tally::open(&ledger, 5).unwrap().1, None);
        let mode = std::os::unix::fs::PermissionsExt::mode(
            &std::fs::metadata(folder.path().join("ledger.db-tally")).unwrap().permissions(),
        );
        assert_eq!(mode & 0o777, 0o600);
    }
}
