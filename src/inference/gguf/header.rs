//! The header of a GGUF file, and its tensors.
//!
//! Invariant: nothing is allocated or read because a file says so; every length, count and offset is compared with the bytes that
//! the file has, and what does not fit is refused by the field's name.
//! Source: <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>.

use super::metadata::Metadata;
use crate::inference::InferenceError;
use candle_core::quantized::GgmlDType;
use candle_core::quantized::gguf_file::Value;
use std::collections::HashMap;
use std::io::{Read, Seek, SeekFrom};

/// Where a tensor is and how its numbers are stored.
#[derive(Debug, Clone)]
pub struct TensorInfo {
    /// Of its numbers.
    pub format: GgmlDType,
    /// Rows; 1 for a vector.
    pub rows: usize,
    /// Numbers of a row.
    pub cols: usize,
    /// Bytes of a row.
    pub row_bytes: usize,
    start: u64,
}

/// A file whose header was read.
pub struct Gguf<R> {
    /// Keys and values.
    pub metadata: Metadata,
    tensors: HashMap<String, TensorInfo>,
    reader: R,
}

/// Arrays inside of arrays.
const DEPTH: usize = 4;
/// The longest name of a key or a tensor.
const NAME: u64 = 65_535;

/// A reader that knows how much is left.
struct Cursor<'a, R> {
    reader: &'a mut R,
    left: u64,
}

impl<R: Read> Cursor<'_, R> {
    fn take<const N: usize>(&mut self, what: &str) -> Result<[u8; N], InferenceError> {
        let mut bytes = [0; N];
        self.fill(&mut bytes, what)?;
        Ok(bytes)
    }

    fn fill(&mut self, bytes: &mut [u8], what: &str) -> Result<(), InferenceError> {
        self.left = self.left.checked_sub(bytes.len() as u64).ok_or_else(|| cut(what))?;
        self.reader.read_exact(bytes).map_err(|_| cut(what))
    }

    fn u32(&mut self, what: &str) -> Result<u32, InferenceError> {
        Ok(u32::from_le_bytes(self.take(what)?))
    }

    fn u64(&mut self, what: &str) -> Result<u64, InferenceError> {
        Ok(u64::from_le_bytes(self.take(what)?))
    }

    /// How many things of at least `each` bytes follow.
    fn count(&mut self, each: u64, what: &str) -> Result<usize, InferenceError> {
        let n = self.u64(what)?;
        if n.checked_mul(each).is_none_or(|bytes| bytes > self.left) {
            return Err(bad(format!("{what}: {n} of them do not fit the file")));
        }
        usize::try_from(n).map_err(|_| bad(format!("{what}: {n} of them do not fit memory")))
    }

    fn text(&mut self, most: u64, what: &str) -> Result<String, InferenceError> {
        let len = self.u64(what)?;
        if len > most || len > self.left {
            return Err(bad(format!("{what}: a text of {len} bytes does not fit")));
        }
        let mut bytes = vec![0; len as usize];
        self.fill(&mut bytes, what)?;
        // Tokens may be parts of characters in careless files; a name with them matches nothing.
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn value(&mut self, kind: u32, depth: usize, what: &str) -> Result<Value, InferenceError> {
        Ok(match kind {
            0 => Value::U8(u8::from_le_bytes(self.take(what)?)),
            1 => Value::I8(i8::from_le_bytes(self.take(what)?)),
            2 => Value::U16(u16::from_le_bytes(self.take(what)?)),
            3 => Value::I16(i16::from_le_bytes(self.take(what)?)),
            4 => Value::U32(self.u32(what)?),
            5 => Value::I32(i32::from_le_bytes(self.take(what)?)),
            6 => Value::F32(f32::from_le_bytes(self.take(what)?)),
            7 => Value::Bool(self.take::<1>(what)? != [0]),
            8 => Value::String(self.text(u64::MAX, what)?),
            9 if depth < DEPTH => {
                let kind = self.u32(what)?;
                let each = match kind {
                    0 | 1 | 7 => 1,
                    2 | 3 => 2,
                    4..=6 => 4,
                    9 => 12,
                    _ => 8,
                };
                let n = self.count(each, what)?;
                let mut all = Vec::new();
                for _ in 0..n {
                    all.push(self.value(kind, depth + 1, what)?);
                }
                Value::Array(all)
            }
            10 => Value::U64(self.u64(what)?),
            11 => Value::I64(i64::from_le_bytes(self.take(what)?)),
            12 => Value::F64(f64::from_le_bytes(self.take(what)?)),
            other => return Err(bad(format!("{what}: values of kind {other} are unknown"))),
        })
    }
}

impl<R: Read + Seek> Gguf<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// If it is no GGUF file, is cut, or says what cannot be.
    pub fn read(mut reader: R) -> Result<Self, InferenceError> {
        let len = reader.seek(SeekFrom::End(0)).map_err(|error| bad(error.to_string()))?;
        reader.rewind().map_err(|error| bad(error.to_string()))?;
        let mut cursor = Cursor { reader: &mut reader, left: len };
        if cursor.take("magic")? != *b"GGUF" {
            return Err(bad("it does not begin with GGUF".to_owned()));
        }
        let version = cursor.u32("version")?;
        if !matches!(version, 2 | 3) {
            return Err(bad(format!("version {version} is not supported; 2 and 3 are")));
        }
        // A tensor has at least a name's length, a rank, a format and an offset; a pair a name's length and a kind.
        let n_tensors = cursor.count(24, "tensor_count")?;
        let n_pairs = cursor.count(12, "metadata_kv_count")?;
        let mut pairs = HashMap::new();
        for at in 0..n_pairs {
            let key = cursor.text(NAME, &format!("key {at}"))?;
            let kind = cursor.u32(&key)?;
            let value = cursor.value(kind, 0, &key)?;
            pairs.insert(key, value);
        }
        let metadata = Metadata(pairs);
        let mut found = Vec::new();
        for at in 0..n_tensors {
            let name = cursor.text(NAME, &format!("tensor {at}"))?;
            let rank = cursor.u32(&name)?;
            if rank > 4 {
                return Err(bad(format!("tensor `{name}` has {rank} dimensions")));
            }
            let mut dims = [1u64; 4];
            for dim in dims.iter_mut().take(rank as usize) {
                *dim = cursor.u64(&name)?;
            }
            found.push((name.clone(), dims, cursor.u32(&name)?, cursor.u64(&name)?));
        }
        let alignment = metadata.number("general.alignment").unwrap_or(32);
        if alignment == 0 || alignment > 1 << 20 {
            return Err(bad(format!("general.alignment of {alignment}")));
        }
        let data = (len - cursor.left).next_multiple_of(alignment);
        let mut tensors = HashMap::new();
        for (name, dims, format, offset) in found {
            let info = tensor(&name, dims, format, (data, offset), len)?;
            if tensors.insert(name.clone(), info).is_some() {
                return Err(bad(format!("tensor `{name}` is there twice")));
            }
        }
        Ok(Self { metadata, tensors, reader })
    }

    /// The file itself, at its beginning.
    ///
    /// # Errors
    /// If it cannot be read any more.
    pub fn rewound(&mut self) -> Result<&mut R, InferenceError> {
        self.reader.rewind().map_err(bad)?;
        Ok(&mut self.reader)
    }

    /// A tensor, if it is there.
    pub fn find(&self, name: &str) -> Option<&TensorInfo> {
        self.tensors.get(name)
    }

    /// Reads some rows of a tensor as they are stored.
    ///
    /// # Errors
    /// If the file ends before them.
    pub fn rows(
        &mut self,
        name: &str,
        info: &TensorInfo,
        from: usize,
        bytes: &mut [u8],
    ) -> Result<(), InferenceError> {
        let at = info.start + (from * info.row_bytes) as u64;
        let read = self.reader.seek(SeekFrom::Start(at));
        read.and_then(|_| self.reader.read_exact(bytes))
            .map_err(|error| bad(format!("tensor `{name}`: {error}")))
    }
}

fn tensor(
    name: &str,
    [cols, rows, more, most]: [u64; 4],
    format: u32,
    (data, offset): (u64, u64),
    len: u64,
) -> Result<TensorInfo, InferenceError> {
    let fail = |why: String| bad(format!("tensor `{name}`: {why}"));
    let format = ggml_format(format)
        .ok_or_else(|| fail(format!("numbers of kind {format} are not supported")))?;
    let (block, size) = (format.block_size() as u64, format.type_size() as u64);
    if cols == 0 || cols % block != 0 {
        return Err(fail(format!("rows of {cols} numbers are not whole blocks of {block}")));
    }
    let rows = rows.checked_mul(more).and_then(|rows| rows.checked_mul(most));
    let row_bytes = (cols / block).checked_mul(size);
    let end = rows
        .zip(row_bytes)
        .and_then(|(rows, bytes)| rows.checked_mul(bytes))
        .and_then(|bytes| bytes.checked_add(data)?.checked_add(offset));
    let (Some(rows), Some(row_bytes), Some(end)) = (rows, row_bytes, end) else {
        return Err(fail("its size is beyond all addresses".to_owned()));
    };
    if end > len {
        return Err(fail(format!("it ends at byte {end} of a file of {len}")));
    }
    let start = data + offset;
    Ok(TensorInfo {
        format,
        rows: rows as usize,
        cols: cols as usize,
        row_bytes: row_bytes as usize,
        start,
    })
}

fn ggml_format(number: u32) -> Option<GgmlDType> {
    Some(match number {
        0 => GgmlDType::F32,
        1 => GgmlDType::F16,
        2 => GgmlDType::Q4_0,
        3 => GgmlDType::Q4_1,
        6 => GgmlDType::Q5_0,
        7 => GgmlDType::Q5_1,
        8 => GgmlDType::Q8_0,
        10 => GgmlDType::Q2K,
        11 => GgmlDType::Q3K,
        12 => GgmlDType::Q4K,
        13 => GgmlDType::Q5K,
        14 => GgmlDType::Q6K,
        30 => GgmlDType::BF16,
        _ => return None,
    })
}

fn cut(what: &str) -> InferenceError {
    bad(format!("it ends in `{what}`"))
}

fn bad(why: impl std::fmt::Display) -> InferenceError {
    InferenceError::Failed(format!("GGUF file: {why}"))
}
