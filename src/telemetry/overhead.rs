//! What Weir itself adds to a request: total time minus the time in which at least one provider was at work.
//!
//! ```text
//!             0                                                    total
//! request     ├──────────────────────────────────────────────────────┤
//! detect       ├──┤
//! upstream 1        ├───────────┤            cut off, next candidate
//! upstream 2                ├──────────────────────────┤   overlaps it
//! restore                            ├┤ ├┤ ├┤     ├┤ ├┤
//! union             ├══════════════════════════════════┤
//! overhead    ├─────┤                                  ├─────────────┤
//! ```
//!
//! Intervals that overlap count once: two attempts at the same time are one wait. What lies outside of the request is
//! cut off. Local generation is Weir's own work and stays in.

use crate::chat::{HopKind, RequestRecord};

/// Overhead of a finished request in microseconds.
pub fn overhead_us(record: &RequestRecord) -> u64 {
    let upstream = record.hops.iter().filter(|hop| hop.kind == HopKind::Upstream);
    uncovered_us(
        record.total_us,
        upstream.map(|hop| (hop.start_us, hop.start_us.saturating_add(hop.duration_us))),
    )
}

/// Length of `0..total` that none of the half-open intervals covers. They may come in any order; one that ends before
/// it begins is empty.
pub fn uncovered_us(total: u64, intervals: impl Iterator<Item = (u64, u64)>) -> u64 {
    let mut intervals: Vec<(u64, u64)> = intervals.filter(|(start, end)| start < end).collect();
    intervals.sort_unstable();
    let (mut uncovered, mut reached) = (0, 0);
    for (start, end) in intervals {
        uncovered += start.min(total).saturating_sub(reached);
        reached = reached.max(end.min(total));
    }
    uncovered + total.saturating_sub(reached)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn cases() {
        for (total, intervals, expected) in [
            (100, vec![], 100),
            (100, vec![(10, 90)], 20),
            (100, vec![(10, 50), (30, 90)], 20),
            (100, vec![(30, 90), (10, 50)], 20),
            (100, vec![(10, 90), (20, 30)], 20),
            (100, vec![(10, 20), (80, 90)], 80),
            (100, vec![(10, 20), (20, 30)], 80),
            (100, vec![(0, 100)], 0),
            (100, vec![(50, 500)], 50),
            (100, vec![(200, 300)], 100),
            (100, vec![(60, 40)], 100),
            (0, vec![(0, 10)], 0),
        ] {
            assert_eq!(
                uncovered_us(total, intervals.iter().copied()),
                expected,
                "{total} {intervals:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn agrees_with_counting_every_moment(
            total in 0..200_u64,
            intervals in prop::collection::vec((0..250_u64, 0..250_u64), 0..8),
        ) {
            let covered = |t: u64| intervals.iter().any(|(start, end)| (*start..*end).contains(&t));
            let expected = (0..total).filter(|t| !covered(*t)).count() as u64;
            prop_assert_eq!(uncovered_us(total, intervals.iter().copied()), expected);
        }

        #[test]
        fn another_interval_never_adds_overhead(
            total in 0..u64::MAX,
            mut intervals in prop::collection::vec((any::<u64>(), any::<u64>()), 0..8),
            more in (any::<u64>(), any::<u64>()),
        ) {
            let before = uncovered_us(total, intervals.iter().copied());
            prop_assert!(before <= total);
            intervals.push(more);
            prop_assert!(uncovered_us(total, intervals.iter().copied()) <= before);
        }
    }
}
