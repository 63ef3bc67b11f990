//! Work shared among the cores of a pool.

use rayon::iter::{IntoParallelIterator, ParallelIterator};
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Multiplications below which a second core costs more than it brings.
const WORTH: usize = 100_000;
/// Pieces that a core gets of a work on average: a core that others slow down leaves some of them to the rest.
const PIECES: usize = 4;

/// Calls `of` with a core's number and a range, until all of `0..n` was in one; on several cores at once where so much work is
/// worth it. Numbers are below that of the pool's cores, and no two calls at a time have the same.
pub(super) fn among_cores(n: usize, work: usize, of: impl Fn(usize, Range<usize>) + Sync) {
    let cores = rayon::current_num_threads().min(work / WORTH).clamp(1, n.max(1));
    if cores == 1 {
        return of(0, 0..n);
    }
    let piece = (n / (cores * PIECES)).max(1);
    let next = AtomicUsize::new(0);
    let share = |core: usize| {
        loop {
            let start = next.fetch_add(piece, Ordering::Relaxed);
            if start >= n {
                return;
            }
            of(core, start..(start + piece).min(n));
        }
    };
    if cores == 2 {
        rayon::join(|| share(0), || share(1));
    } else {
        (0..cores).into_par_iter().for_each(share);
    }
}
