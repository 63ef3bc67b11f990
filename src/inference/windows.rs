//! How a text longer than a model's window is cut: overlapping windows, so that nothing is dropped.
//!
//! Invariant: the windows cover every token, in order, and none is longer than the window.

use std::ops::Range;

/// Windows of at most `window` tokens over `len` tokens; neighbours share at least `overlap` tokens (less only where the
/// window leaves no room for it). The last window ends at `len` and is as long as the others, so that no window is too short to mean anything.
pub fn windows(len: usize, window: usize, overlap: usize) -> Vec<Range<usize>> {
    let window = window.max(1);
    if len <= window {
        return std::iter::once(0..len).collect();
    }
    let step = window.saturating_sub(overlap).max(1);
    let mut out = Vec::with_capacity(len / step + 1);
    let mut start = 0;
    while start + window < len {
        out.push(start..start + window);
        start += step;
    }
    out.push(len - window..len);
    out
}

/// Runs of sequences that go through a model together: neighbours, at most `most` tokens a run. A sequence that is longer is a run
/// of its own.
pub(super) fn runs(lengths: &[usize], most: usize) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    let mut tokens = 0;
    for (at, length) in lengths.iter().enumerate() {
        match out.last_mut() {
            Some(run) if tokens + length <= most => run.end = at + 1,
            _ => {
                tokens = 0;
                out.push(at..at + 1);
            }
        }
        tokens += length;
    }
    out
}

/// Adds `vector × weight` to `sum`.
pub(super) fn add_weighted(sum: &mut [f32], vector: &[f32], weight: f32) {
    for (slot, value) in sum.iter_mut().zip(vector) {
        *slot += value * weight;
    }
}

/// Scales to length 1; a zero vector stays as it is.
pub(super) fn normalise(vector: &mut [f32]) {
    let norm = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    if norm > 0.0 {
        for value in vector {
            *value /= norm;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{normalise, runs, windows};

    #[test]
    fn known_cuts() {
        type Case<'a> = (usize, usize, usize, &'a [(usize, usize)]);
        let cases: &[Case<'_>] = &[
            (0, 8, 2, &[(0, 0)]),
            (8, 8, 2, &[(0, 8)]),
            (9, 8, 2, &[(0, 8), (1, 9)]),
            (14, 8, 2, &[(0, 8), (6, 14)]),
            (15, 8, 2, &[(0, 8), (6, 14), (7, 15)]),
            (5, 2, 2, &[(0, 2), (1, 3), (2, 4), (3, 5)]),
            (3, 1, 0, &[(0, 1), (1, 2), (2, 3)]),
        ];
        for (len, window, overlap, expected) in cases {
            let got: Vec<_> =
                windows(*len, *window, *overlap).into_iter().map(|r| (r.start, r.end)).collect();
            assert_eq!(&got, expected, "{len} {window} {overlap}");
        }
    }

    #[test]
    fn runs_are_bounded_and_in_order() {
        type Case<'a> = (&'a [usize], &'a [(usize, usize)]);
        let cases: &[Case<'_>] = &[
            (&[], &[]),
            (&[3], &[(0, 1)]),
            (&[4, 6, 1], &[(0, 2), (2, 3)]),
            (&[30, 1, 9, 11, 2], &[(0, 1), (1, 3), (3, 4), (4, 5)]),
        ];
        for (lengths, expected) in cases {
            let got: Vec<_> = runs(lengths, 10).into_iter().map(|r| (r.start, r.end)).collect();
            assert_eq!(&got, expected, "{lengths:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_is_dropped(len in 0usize..3000, window in 1usize..300, overlap in 0usize..300) {
            let cuts = windows(len, window, overlap);
            let mut covered = 0;
            for cut in &cuts {
                assert!(cut.start <= covered && cut.end >= covered && cut.len() <= window);
                covered = cut.end;
            }
            assert_eq!(covered, len);
            for pair in cuts.windows(2) {
                assert!(pair[0].end - pair[1].start >= overlap.min(window - 1));
            }
        }
    }

    #[test]
    fn zero_vectors_do_not_become_nan() {
        let mut vector = [0.0f32; 3];
        normalise(&mut vector);
        assert_eq!(vector, [0.0; 3]);
    }
}
