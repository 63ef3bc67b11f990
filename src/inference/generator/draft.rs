//! Speculative decoding by prompt lookup (Saxena 2023, "Prompt Lookup Decoding"): the last tokens are looked for in prompt and answer;
//! what followed there is the draft, whose tokens go through the model in the same step as the last token. The model says on every
//! row what comes next; a draft only decides whether the row behind it was worth reading.
//!
//! A row beside others costs less than a step of its own, but it costs. So a draft is as long as promises the most tokens for the
//! time, by how drafts of this answer have fared: short at first, longer where they are right, none for a while where they are wrong,
//! and seldom any beside other answers, whose rows have filled the step already.

use super::Drafts;

/// Most tokens of a draft.
const LONGEST: usize = 15;
/// Tokens that must be alike before a draft.
const LEAST: usize = 3;
/// Tokens that are compared to find the most similar place.
const COMPARED: usize = 16;
/// What one more row costs, in steps of one row.
const ROW: f64 = 0.3;
/// How much of what is known of drafts is left a step later.
const MEMORY: f64 = 0.98;
/// Rows that what is known counts for at most.
const KNOWN: f64 = 12.0;

/// How the drafts of one answer fare.
#[derive(Debug, Default)]
pub(super) struct Drafter {
    /// Rows that were right, and rows of which it is known: those behind the first wrong one are not.
    right: f64,
    known: f64,
}

impl Drafter {
    /// Adds to `out` what may follow `tokens`, at most `most` of it, for a step that has `rows` rows without it.
    pub(super) fn draft(&mut self, tokens: &[u32], rows: usize, most: usize, out: &mut Vec<u32>) {
        self.right *= MEMORY;
        self.known *= MEMORY;
        let n = self.worth(rows).min(most);
        if n > 0
            && let Some(from) = lookup(tokens)
        {
            let (start, period) = (out.len(), tokens.len() - from);
            for i in 0..n {
                // What repeats itself may go on beyond its end.
                out.push(if i < period { tokens[from + i] } else { out[start + i - period] });
            }
        }
    }

    /// Takes note of how a draft fared.
    pub(super) fn learn(&mut self, drafts: Drafts) {
        self.right += drafts.right as f64;
        self.known += (drafts.right + drafts.wrong.min(1)) as f64;
        let share = (KNOWN / self.known).min(1.0);
        self.right *= share;
        self.known *= share;
    }

    /// How many tokens of a draft promise the most tokens for the time of a step that has `rows` rows without them.
    fn worth(&self, rows: usize) -> usize {
        let likely = (self.right + 0.5) / (self.known + 1.0);
        let (mut tokens, mut time) = (rows as f64, 1.0 + ROW * (rows as f64 - 1.0));
        let (mut n, mut all) = (0, 1.0);
        while n < LONGEST {
            all *= likely;
            if (tokens + all) / (time + ROW) <= tokens / time {
                break;
            }
            tokens += all;
            time += ROW;
            n += 1;
        }
        n
    }
}

/// Where what follows the last tokens begins, at the place that is most like the end; the last such place.
fn lookup(tokens: &[u32]) -> Option<usize> {
    let (last, before) = tokens.split_last()?;
    let alike = |end: usize| {
        let pairs = tokens[..end].iter().rev().zip(tokens.iter().rev());
        pairs.take(COMPARED).take_while(|(a, b)| a == b).count()
    };
    let ends = before.iter().enumerate().filter(|(_, token)| *token == last).map(|(at, _)| at + 1);
    let (n, end) = ends.map(|end| (alike(end), end)).max()?;
    (n >= LEAST).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(drafter: &mut Drafter, tokens: &[u32], rows: usize, most: usize) -> Vec<u32> {
        let mut out = vec![99];
        drafter.draft(tokens, rows, most, &mut out);
        out.split_off(1)
    }

    #[test]
    fn the_most_similar_place_is_continued() {
        let cases: &[(&[u32], Option<usize>)] = &[
            (&[], None),
            (&[1], None),
            (&[1, 2, 3], None),
            // Two tokens alike are too few.
            (&[1, 2, 3, 1, 2], None),
            (&[0, 1, 2, 3, 0, 1, 2], Some(3)),
            // The later of two equal places; the longer of two others.
            (&[0, 1, 2, 3, 0, 1, 2, 4, 0, 1, 2], Some(7)),
            (&[7, 0, 1, 2, 3, 8, 0, 1, 2, 4, 7, 0, 1, 2], Some(4)),
            (&[5, 5, 5, 5], Some(3)),
        ];
        for (tokens, expected) in cases {
            assert_eq!(lookup(tokens), *expected, "{tokens:?}");
        }
    }

    #[test]
    fn a_draft_goes_on_beyond_the_end_and_keeps_to_its_bound() {
        let mut sure = Drafter { right: KNOWN, known: KNOWN };
        assert_eq!(draft(&mut sure, &[1, 2, 1, 2, 1, 2], 1, 5), [1, 2, 1, 2, 1]);
        assert_eq!(draft(&mut sure, &[4, 4, 4, 4], 1, 3), [4, 4, 4]);
        assert_eq!(draft(&mut sure, &[0, 1, 2, 3, 4, 5, 0, 1, 2], 1, 3), [3, 4, 5]);
        assert_eq!(draft(&mut sure, &[0, 1, 2, 3, 4, 5, 0, 1, 2], 1, 0), [0; 0]);
        assert_eq!(draft(&mut sure, &[1, 2, 3, 4, 5], 1, 9), [0; 0]);
    }

    #[test]
    fn length_follows_success_and_company() {
        let mut drafter = Drafter::default();
        assert_eq!(drafter.worth(1), 1);
        // Beside others a draft must be surer.
        assert_eq!(drafter.worth(4), 0);
        let mut last = 1;
        for _ in 0..4 {
            let n = drafter.worth(1);
            assert!(n >= last, "{n} after {last}");
            drafter.learn(Drafts { right: n, wrong: 0 });
            last = n;
        }
        assert!(last >= 4 && drafter.worth(4) > 0 && drafter.worth(4) < drafter.worth(1));
        // A chunk of a prompt fills the step.
        assert!(drafter.worth(33) <= 1);
        let mut wrong = 0;
        while drafter.worth(1) > 0 {
            drafter.learn(Drafts { right: 0, wrong: drafter.worth(1) });
            wrong += 1;
        }
        assert!((2..20).contains(&wrong), "{wrong}");
        let repeated = [1, 2, 1, 2, 1];
        let pause = (0..).take_while(|_| draft(&mut drafter, &repeated, 1, 9).is_empty()).count();
        assert!((8..99).contains(&pause), "{pause}");
        // What failed at once is left alone at once.
        let mut failing = Drafter::default();
        failing.learn(Drafts { right: 0, wrong: 1 });
        assert_eq!(failing.worth(1), 0);
    }
}
