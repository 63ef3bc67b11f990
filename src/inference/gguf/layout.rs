//! The number formats in which a generator computes, whatever its file stores.
//!
//! candle's dot products for Q4_1 and the Q5 formats are scalar: they answer many times slower than f32. So tensors are
//! converted while the file is read, one at a time: [`Converted`] looks to candle's loader like a file that was written in
//! the better formats, and peak memory stays that of the model plus one tensor.

use candle_core::quantized::gguf_file::{Content, TensorInfo};
use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{Device, Result};
use std::io::{Error, Read, Seek, SeekFrom};

/// Formats to compute in. `None` keeps the file's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// Matrices of the layers.
    pub body: Option<GgmlDType>,
    /// The output projection (and token table).
    pub head: Option<GgmlDType>,
}

/// Up to this many weights in the layers, f32 (4 bytes each) is worth its memory: prompts run 2 to 4 times faster.
const SMALL: usize = 200_000_000;

impl Layout {
    /// The fastest layout for a file that fits into reasonable memory.
    pub fn for_file(content: &Content) -> Self {
        let matrices = || {
            let infos = content.tensor_infos.iter();
            infos.filter(|(name, info)| !is_head(name) && info.shape.rank() == 2)
        };
        let weights: usize = matrices().map(|(_, info)| info.shape.elem_count()).sum();
        let slow = matrices().any(|(_, info)| is_slow(info.ggml_dtype));
        if weights <= SMALL {
            // Q8_0 also rounds the activations; at the head that flips close choices and gains nothing.
            return Self { body: Some(GgmlDType::F32), head: Some(GgmlDType::F32) };
        }
        Self { body: slow.then_some(GgmlDType::Q8_0), head: Some(GgmlDType::Q8_0) }
    }

    fn pick(self, name: &str, info: &TensorInfo) -> GgmlDType {
        let wanted = match info.shape.dims() {
            [_, _] if is_head(name) => self.head,
            [_, _] => self.body,
            _ => None,
        };
        let fits = |to: &GgmlDType| {
            info.shape.dims().last().is_some_and(|k| k.is_multiple_of(to.block_size()))
        };
        wanted.filter(fits).unwrap_or(info.ggml_dtype)
    }
}

fn is_head(name: &str) -> bool {
    matches!(name, "token_embd.weight" | "output.weight")
}

fn is_slow(format: GgmlDType) -> bool {
    matches!(format, GgmlDType::Q4_1 | GgmlDType::Q5_0 | GgmlDType::Q5_1 | GgmlDType::Q8_1)
}

struct Slot {
    start: u64,
    len: u64,
    from: TensorInfo,
    to: GgmlDType,
}

/// A GGUF file as it would be in another layout.
pub(super) struct Converted<R> {
    inner: R,
    data_offset: u64,
    slots: Vec<Slot>,
    position: u64,
    end: u64,
    current: Option<(usize, Vec<u8>)>,
}

impl<R: Read + Seek> Converted<R> {
    /// Turns a header and its file into the header and file of the wanted layout.
    pub(super) fn new(content: Content, inner: R, layout: Layout) -> (Content, Self) {
        let mut slots = Vec::with_capacity(content.tensor_infos.len());
        let mut infos = std::collections::HashMap::with_capacity(content.tensor_infos.len());
        let mut start = 0;
        for (name, from) in content.tensor_infos {
            let to = layout.pick(&name, &from);
            let len = (from.shape.elem_count() / to.block_size() * to.type_size()) as u64;
            let info = TensorInfo { ggml_dtype: to, shape: from.shape.clone(), offset: start };
            infos.insert(name, info);
            slots.push(Slot { start, len, from, to });
            start += len;
        }
        let data_offset = content.tensor_data_offset;
        let content = Content { tensor_infos: infos, tensor_data_offset: 0, ..content };
        (content, Self { inner, data_offset, slots, position: 0, end: start, current: None })
    }

    fn bytes(&mut self, index: usize) -> Result<Vec<u8>> {
        let Some(slot) = self.slots.get(index) else { return Ok(Vec::new()) };
        let tensor = slot.from.read(&mut self.inner, self.data_offset, &Device::Cpu)?;
        if tensor.dtype() == slot.to {
            return Ok(tensor.data()?.into_owned());
        }
        let plain = tensor.dequantize(&Device::Cpu)?;
        Ok(QTensor::quantize(&plain, slot.to)?.data()?.into_owned())
    }
}

impl<R: Read + Seek> Read for Converted<R> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        let index = self.slots.partition_point(|slot| slot.start + slot.len <= self.position);
        let Some(start) = self.slots.get(index).map(|slot| slot.start) else { return Ok(0) };
        if self.current.as_ref().is_none_or(|(held, _)| *held != index) {
            self.current = None;
            self.current = Some((index, self.bytes(index).map_err(Error::other)?));
        }
        let held = self.current.as_ref().map(|(_, bytes)| &bytes[..]).unwrap_or_default();
        let rest = held.get((self.position - start) as usize..).unwrap_or_default();
        let n = rest.len().min(buf.len());
        if let (Some(to), Some(from)) = (buf.get_mut(..n), rest.get(..n)) {
            to.copy_from_slice(from);
        }
        if n == rest.len() {
            self.current = None;
        }
        self.position += n as u64;
        Ok(n)
    }
}

impl<R> Seek for Converted<R> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        let position = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.end.checked_add_signed(by),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
        };
        self.position = position.ok_or(std::io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}
