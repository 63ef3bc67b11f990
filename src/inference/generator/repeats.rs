//! Whether an answer goes round in circles. Small models do, up to the limit of tokens; nothing new comes of it.
//!
//! What repeats must be the same token by token, several times over and long: a table, a list or a line of dashes is none.

/// Longest block that is looked for, in tokens.
const LONGEST: usize = 64;
/// How often a block must stand at the end, one right behind the other.
const TIMES: usize = 4;
/// How many tokens the repeated blocks must have together.
const LEAST: usize = 96;

/// Whether the end of `answer` is one block over and over.
pub(super) fn loops(answer: &[u32]) -> bool {
    if answer.len() < LEAST {
        return false;
    }
    (1..=LONGEST).any(|period| {
        let span = LEAST.max(period * TIMES);
        let Some(tail) = answer.len().checked_sub(span).and_then(|at| answer.get(at..)) else {
            return false;
        };
        tail.iter().zip(tail.iter().skip(period)).all(|(a, b)| a == b)
    })
}

#[cfg(test)]
mod tests {
    use super::loops;

    #[test]
    fn circles() {
        let rounds = |block: &[u32], n: usize| block.repeat(n);
        let block: Vec<u32> = (1..=25).collect();
        let with = |before: &[u32], rest: Vec<u32>| [before.to_vec(), rest].concat();
        let counting: Vec<u32> = (0..300).flat_map(|n| [7, n, 8]).collect();
        let cases: Vec<(&str, Vec<u32>, bool)> = vec![
            ("nothing", vec![], false),
            ("one token a few times", rounds(&[5], 60), false),
            ("one token for ever", rounds(&[5], 96), true),
            ("two tokens for ever", rounds(&[5, 6], 60), true),
            ("a sentence three times", rounds(&block, 3), false),
            ("a sentence four times", rounds(&block, 4), true),
            ("a sentence behind an answer", with(&[9, 9, 1, 2], rounds(&block, 4)), true),
            ("a long paragraph", rounds(&(0..64).collect::<Vec<_>>(), 4), true),
            ("a longer one than is looked for", rounds(&(0..65).collect::<Vec<_>>(), 6), false),
            ("a list that counts", counting, false),
            ("it got out of it", with(&rounds(&block, 4), vec![99]), false),
            ("no repetition", (0..400).collect(), false),
        ];
        for (name, answer, circles) in cases {
            assert_eq!(loops(&answer), circles, "{name}");
        }
    }
}
