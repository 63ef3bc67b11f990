//! From bytes of tokens to text that may be shown: characters cut by token borders are held until they are whole, and
//! text that may yet become a stop string is held until it is decided.
//!
//! Invariant: what has been given out is never taken back, and contains no part of the stop string that ended the answer.

/// Joins bytes of tokens to whole characters.
#[derive(Debug, Default)]
pub struct Utf8Buffer {
    pending: Vec<u8>,
}

impl Utf8Buffer {
    /// Adds bytes and returns the text that is whole now. Bytes that can never become a character turn into U+FFFD.
    pub fn push(&mut self, bytes: &[u8]) -> String {
        self.pending.extend_from_slice(bytes);
        let mut out = String::new();
        loop {
            match std::str::from_utf8(&self.pending) {
                Ok(text) => {
                    out.push_str(text);
                    self.pending.clear();
                    return out;
                }
                Err(error) => {
                    let (valid, rest) = self.pending.split_at(error.valid_up_to());
                    out.push_str(&String::from_utf8_lossy(valid));
                    match error.error_len() {
                        None => {
                            self.pending = rest.to_vec();
                            return out;
                        }
                        Some(bad) => {
                            out.push(char::REPLACEMENT_CHARACTER);
                            self.pending = rest.get(bad..).unwrap_or_default().to_vec();
                        }
                    }
                }
            }
        }
    }

    /// The end: what is still incomplete becomes one U+FFFD.
    pub fn finish(&mut self) -> String {
        let rest = std::mem::take(&mut self.pending);
        String::from_utf8_lossy(&rest).into_owned()
    }
}

/// Looks for stop strings in a growing text.
#[derive(Debug)]
pub struct StopBuffer {
    stops: Vec<String>,
    held: String,
}

impl StopBuffer {
    /// Empty stop strings are ignored.
    pub fn new(stops: &[String]) -> Self {
        let stops = stops.iter().filter(|stop| !stop.is_empty()).cloned().collect();
        Self { stops, held: String::new() }
    }

    /// Adds text. Returns what may be shown now, and whether a stop string was met (the answer ends before it).
    pub fn push(&mut self, text: &str) -> (String, bool) {
        self.held.push_str(text);
        // The stop string that is complete first wins, so that the cuts between pieces make no difference.
        let met = |stop: &String| self.held.find(stop.as_str()).map(|at| (at + stop.len(), at));
        if let Some((_, at)) = self.stops.iter().filter_map(met).min() {
            let mut shown = std::mem::take(&mut self.held);
            shown.truncate(at);
            return (shown, true);
        }
        let tail = self.held.split_off(self.held.len() - self.undecided());
        (std::mem::replace(&mut self.held, tail), false)
    }

    /// The end without a stop string: what was held back.
    pub fn finish(&mut self) -> String {
        std::mem::take(&mut self.held)
    }

    /// Length of the longest end of `held` that begins a stop string.
    fn undecided(&self) -> usize {
        let longest = |stop: &String| {
            stop.char_indices()
                .map(|(at, _)| at)
                .filter(|at| stop.get(..*at).is_some_and(|head| self.held.ends_with(head)))
                .max()
                .unwrap_or(0)
        };
        self.stops.iter().map(longest).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(stops: &[&str], pieces: &[&str]) -> (String, bool, Vec<String>) {
        let stops: Vec<String> = stops.iter().map(ToString::to_string).collect();
        let mut buffer = StopBuffer::new(&stops);
        let (mut all, mut shown) = (String::new(), Vec::new());
        for piece in pieces {
            let (text, stopped) = buffer.push(piece);
            all.push_str(&text);
            shown.push(text);
            if stopped {
                return (all, true, shown);
            }
        }
        all.push_str(&buffer.finish());
        (all, false, shown)
    }

    #[test]
    fn stop_strings_across_cuts() {
        let cases: &[(&[&str], &[&str], &str, bool)] = &[
            (&[], &["a", "b"], "ab", false),
            (&[""], &["a", "b"], "ab", false),
            (&["END"], &["one E", "N", "D two"], "one ", true),
            (&["END"], &["one E", "N", "x"], "one ENx", false),
            (&["END"], &["one EN"], "one EN", false),
            (&["aab"], &["aa", "ab"], "a", true),
            (&["\n\n"], &["x\n", "y\n", "\nz"], "x\ny", true),
            (&["b", "abc"], &["xa", "bc"], "xa", true),
            (&["→ü"], &["a→", "ü!"], "a", true),
            (&["→ü"], &["a→", "u"], "a→u", false),
            (&["stop"], &["stop"], "", true),
        ];
        for (stops, pieces, text, stopped) in cases {
            let got = run(stops, pieces);
            assert_eq!((got.0.as_str(), got.1), (*text, *stopped), "{stops:?} {pieces:?}");
        }
    }

    #[test]
    fn text_that_cannot_stop_is_not_held() {
        assert_eq!(run(&["END"], &["abc", "d"]).2, ["abc", "d"]);
        assert_eq!(run(&["END"], &["abcE", "d"]).2, ["abc", "Ed"]);
    }

    proptest::proptest! {
        #[test]
        fn every_cut_gives_the_same_text(text in "[ab→ü]{0,12}", stop in "[ab→]{1,3}", cuts in proptest::collection::vec(0usize..40, 0..6)) {
            let expected = text.find(stop.as_str()).and_then(|at| text.get(..at)).unwrap_or(&text);
            let mut points: Vec<usize> = cuts.into_iter().filter(|at| *at <= text.len()).collect();
            points.extend([0, text.len()]);
            points.sort_unstable();
            let (mut utf8, mut stops) = (Utf8Buffer::default(), StopBuffer::new(&[stop]));
            let (mut out, mut ended) = (String::new(), false);
            for pair in points.windows(2) {
                if ended { break; }
                let (shown, stopped) = stops.push(&utf8.push(&text.as_bytes()[pair[0]..pair[1]]));
                out.push_str(&shown);
                ended = stopped;
            }
            if !ended { out.push_str(&stops.finish()); }
            assert_eq!(out, expected);
        }
    }

    #[test]
    fn broken_bytes_become_replacement_characters() {
        let mut buffer = Utf8Buffer::default();
        assert_eq!(buffer.push(&[0xf0, 0x9f]), "");
        assert_eq!(buffer.push(&[0x98, 0x80, b'a', 0xff, b'b', 0xc3]), "😀a\u{fffd}b");
        assert_eq!(buffer.finish(), "\u{fffd}");
        assert_eq!(buffer.finish(), "");
    }
}
