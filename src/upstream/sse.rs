//! A server-sent-events decoder without I/O: chunks in, whole events out.
//!
//! Invariant: the events do not depend on how the bytes were cut; every byte is looked at once and copied at most twice;
//! an event is never larger than the cap. Events inside one chunk share its memory.
//! Source: WHATWG HTML standard, section 9.2.6 "Interpreting an event stream".

use bytes::{Bytes, BytesMut};
use memchr::{memchr, memchr2};

/// Largest event by default, in bytes: room for an image in a data URL.
pub const MAX_EVENT_BYTES: usize = 8 * 1024 * 1024;

/// One server-sent event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The `event` field, if it was given and not empty.
    pub event: Option<Bytes>,
    /// The `data` lines, joined by line feeds.
    pub data: Bytes,
}

/// An event is larger than the cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a server-sent event is larger than {limit} bytes")]
pub struct EventTooLarge {
    /// The cap in bytes.
    pub limit: usize,
}

/// Turns chunks into events.
#[derive(Debug)]
pub struct Decoder {
    /// A line whose end has not come yet.
    partial: BytesMut,
    /// The `event` field so far.
    event: Option<Bytes>,
    /// The data so far.
    data: Data,
    /// The last byte was a CR that ended a line, so an LF at once belongs to it.
    after_cr: bool,
    /// No line has ended yet, so the next one may begin with a byte order mark.
    at_start: bool,
    max_bytes: usize,
}

/// Data lines of the event that is being read. Most events have one, which is kept without a copy.
#[derive(Debug, Default)]
enum Data {
    #[default]
    None,
    One(Bytes),
    Many(BytesMut),
}

impl Data {
    fn len(&self) -> usize {
        match self {
            Self::None => 0,
            Self::One(line) => line.len(),
            Self::Many(lines) => lines.len(),
        }
    }

    fn push(&mut self, line: Bytes) {
        *self = match std::mem::take(self) {
            Self::None => Self::One(line),
            Self::One(first) => {
                let mut lines = BytesMut::with_capacity(first.len() + 1 + line.len());
                lines.extend_from_slice(&first);
                Self::Many(joined(lines, &line))
            }
            Self::Many(lines) => Self::Many(joined(lines, &line)),
        };
    }

    fn take(&mut self) -> Option<Bytes> {
        match std::mem::take(self) {
            Self::None => None,
            Self::One(line) => Some(line),
            Self::Many(lines) => Some(lines.freeze()),
        }
    }
}

fn joined(mut lines: BytesMut, line: &[u8]) -> BytesMut {
    lines.extend_from_slice(b"\n");
    lines.extend_from_slice(line);
    lines
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new(MAX_EVENT_BYTES)
    }
}

impl Decoder {
    /// A decoder for one stream that refuses events larger than `max_bytes`.
    pub fn new(max_bytes: usize) -> Self {
        Self {
            partial: BytesMut::new(),
            event: None,
            data: Data::None,
            after_cr: false,
            at_start: true,
            max_bytes,
        }
    }

    /// Takes the next bytes of the stream and gives the events that they complete to `emit`.
    ///
    /// # Errors
    /// [`EventTooLarge`], after which the stream is of no use.
    pub fn feed(
        &mut self,
        mut chunk: Bytes,
        mut emit: impl FnMut(Frame),
    ) -> Result<(), EventTooLarge> {
        if std::mem::take(&mut self.after_cr) {
            if chunk.is_empty() {
                self.after_cr = true;
            } else if chunk.first() == Some(&b'\n') {
                chunk = chunk.slice(1..);
            }
        }
        let bytes: &[u8] = &chunk;
        let mut begin = 0;
        // A stream without a CR, nearly every one, needs to look for one byte only.
        let has_cr = memchr(b'\r', bytes).is_some();
        while let Some(rest) = bytes.get(begin..).filter(|rest| !rest.is_empty()) {
            let found = if has_cr { memchr2(b'\n', b'\r', rest) } else { memchr(b'\n', rest) };
            let Some(length) = found else {
                self.check(rest.len())?;
                self.partial.extend_from_slice(rest);
                return Ok(());
            };
            let end = begin + length;
            if self.partial.is_empty() {
                self.check(length)?;
                self.line(&chunk, begin, end, &mut emit);
            } else {
                self.check(length)?;
                self.partial.extend_from_slice(rest.get(..length).unwrap_or_default());
                let line = self.partial.split().freeze();
                self.line(&line, 0, line.len(), &mut emit);
            }
            begin = end + 1;
            if bytes.get(end) == Some(&b'\r') {
                match bytes.get(begin) {
                    Some(b'\n') => begin += 1,
                    Some(_) => {}
                    None => self.after_cr = true,
                }
            }
        }
        Ok(())
    }

    /// Ends the stream. An event is given to `emit` though its blank line or the end of its last line is missing, as many
    /// servers leave them out. The standard drops it; here it is for the reader to say whether it is whole, which JSON tells.
    pub fn finish(&mut self, mut emit: impl FnMut(Frame)) {
        if !self.partial.is_empty() {
            let line = self.partial.split().freeze();
            self.line(&line, 0, line.len(), &mut emit);
        }
        self.dispatch(&mut emit);
    }

    fn check(&self, more: usize) -> Result<(), EventTooLarge> {
        let held = self.partial.len() + self.data.len() + self.event.as_ref().map_or(0, Bytes::len);
        if held + more > self.max_bytes {
            Err(EventTooLarge { limit: self.max_bytes })
        } else {
            Ok(())
        }
    }

    /// Takes in the line at `begin..end` of `source`, its end left out.
    fn line(&mut self, source: &Bytes, begin: usize, end: usize, emit: &mut impl FnMut(Frame)) {
        let mut begin = begin;
        let mut line = source.get(begin..end).unwrap_or_default();
        if std::mem::take(&mut self.at_start)
            && let Some(rest) = line.strip_prefix(b"\xef\xbb\xbf")
        {
            (begin, line) = (begin + 3, rest);
        }
        if line.is_empty() {
            return self.dispatch(emit);
        }
        if line.starts_with(b"data:") {
            let skip = if line.get(5) == Some(&b' ') { 6 } else { 5 };
            self.data.push(source.slice(begin + skip..end));
        } else if line == b"data" {
            self.data.push(Bytes::new());
        } else if line.starts_with(b"event:") {
            let skip = if line.get(6) == Some(&b' ') { 7 } else { 6 };
            self.event = Some(source.slice(begin + skip..end)).filter(|name| !name.is_empty());
        } else if line == b"event" {
            self.event = None;
        }
        // Comments, `id`, `retry` and unknown fields say nothing that a gateway acts on.
    }

    fn dispatch(&mut self, emit: &mut impl FnMut(Frame)) {
        let event = self.event.take();
        if let Some(data) = self.data.take() {
            emit(Frame { event, data });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Decoder, Frame};
    use bytes::Bytes;
    use proptest::prelude::*;

    const CASES: &str = include_str!("../../tests/data/upstream/sse.txt");

    fn decode(chunks: &[&[u8]], max: usize) -> Result<Vec<Frame>, super::EventTooLarge> {
        let (mut decoder, mut frames) = (Decoder::new(max), Vec::new());
        for chunk in chunks {
            decoder.feed(Bytes::copy_from_slice(chunk), |frame| frames.push(frame))?;
        }
        decoder.finish(|frame| frames.push(frame));
        Ok(frames)
    }

    fn show(frames: &[Frame]) -> String {
        let one = |frame: &Frame| {
            let name =
                frame.event.as_deref().map(|name| String::from_utf8_lossy(name).into_owned());
            let data = String::from_utf8_lossy(&frame.data).into_owned();
            name.map_or_else(|| format!("[{data}]"), |name| format!("{name}[{data}]"))
        };
        frames.iter().map(one).collect()
    }

    /// `name = input -> output`, in which `\n`, `\r`, `\t` and `\xNN` stand for bytes.
    fn cases() -> impl Iterator<Item = (&'static str, Vec<u8>, String)> {
        let lines = CASES.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        lines.map(|line| {
            let (name, rest) = line.split_once(" = ").unwrap();
            let (input, output) = rest.split_once(" -> ").unwrap();
            let output = if output == "(none)" { "" } else { output };
            (name, unescape(input), String::from_utf8(unescape(output)).unwrap())
        })
    }

    fn unescape(text: &str) -> Vec<u8> {
        let (mut bytes, mut rest) = (Vec::new(), text.as_bytes().iter().copied());
        while let Some(byte) = rest.next() {
            bytes.push(match (byte, byte == b'\\') {
                (_, true) => match rest.next().unwrap() {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'x' => {
                        let digits = [rest.next().unwrap(), rest.next().unwrap()];
                        u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
                    }
                    other => other,
                },
                (byte, false) => byte,
            });
        }
        bytes
    }

    #[test]
    fn decodes_every_case_whole_and_at_every_cut() {
        let mut seen = 0;
        for (name, input, expected) in cases() {
            let bytewise: Vec<&[u8]> = input.chunks(1).collect();
            assert_eq!(show(&decode(&[&input], 1 << 20).unwrap()), expected, "{name}");
            assert_eq!(show(&decode(&bytewise, 1 << 20).unwrap()), expected, "{name}, bytewise");
            for cut in 0..=input.len() {
                let (head, tail) = input.split_at(cut);
                let frames = decode(&[head, b"", tail], 1 << 20).unwrap();
                assert_eq!(show(&frames), expected, "{name}, cut at {cut}");
            }
            seen += 1;
        }
        assert!(seen >= 30, "{seen} cases were read");
    }

    #[test]
    fn refuses_an_event_beyond_the_cap_however_it_comes() {
        let fits = [b"data: ".as_slice(), &[b'a'; 58], b"\n\n"].concat();
        let too_large = [b"data: ".as_slice(), &[b'a'; 59], b"\n\n"].concat();
        let many = b"data: aaaaaaaaaaaaaaa\n".repeat(8);
        let endless = vec![b'x'; 65];
        assert!(decode(&[&fits, &fits], 64).is_ok());
        for (name, bad) in [("one line", &too_large), ("many lines", &many), ("no line", &endless)]
        {
            assert!(decode(&[bad], 64).is_err(), "{name}");
            let bytewise: Vec<&[u8]> = bad.chunks(1).collect();
            assert!(decode(&bytewise, 64).is_err(), "{name}, bytewise");
        }
    }

    #[test]
    fn events_inside_one_chunk_share_its_memory() {
        let chunk = Bytes::from_static(b"data: {\"a\":1}\n\nevent: x\ndata: {\"b\":2}\n\n");
        let range = chunk.as_ptr() as usize..chunk.as_ptr() as usize + chunk.len();
        let mut seen = 0;
        let check = |frame: Frame| {
            assert!(range.contains(&(frame.data.as_ptr() as usize)));
            seen += 1;
        };
        Decoder::default().feed(chunk, check).unwrap();
        assert_eq!(seen, 2);
    }

    fn soup() -> impl Strategy<Value = Vec<u8>> {
        let pieces = prop_oneof![
            Just(b"data: ".to_vec()),
            Just(b"data".to_vec()),
            Just(b"event:x".to_vec()),
            Just(b": hi".to_vec()),
            Just(b"\n".to_vec()),
            Just(b"\n".to_vec()),
            Just(b"\r".to_vec()),
            Just(b"\r\n".to_vec()),
            Just(b"\xef\xbb\xbf".to_vec()),
            Just(b"[DONE]".to_vec()),
            proptest::collection::vec(any::<u8>(), 0..6),
        ];
        proptest::collection::vec(pieces, 0..40).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn does_not_depend_on_the_cuts(input in soup(), cuts in proptest::collection::vec(1_usize..9, 1..40)) {
            let (mut chunks, mut rest) = (Vec::new(), input.as_slice());
            for size in cuts.iter().cycle() {
                if rest.is_empty() { break; }
                let (head, tail) = rest.split_at((*size).min(rest.len()));
                chunks.push(head);
                rest = tail;
            }
            prop_assert_eq!(decode(&chunks, 1 << 20), decode(&[&input], 1 << 20));
            // The cap, too, is met or not met whatever the cuts.
            prop_assert_eq!(decode(&chunks, 16).is_ok(), decode(&[&input], 16).is_ok());
        }

        #[test]
        fn survives_any_bytes(input in proptest::collection::vec(any::<u8>(), 0..500), max in 0_usize..64) {
            let _ = decode(&[&input], max);
        }
    }
}
