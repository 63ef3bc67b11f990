//! The loops that all models spend their time in. The only room with `unsafe`. The functions that leave the room are safe and say
//! why; an unsafe function says what its caller sees to, and the blocks inside of it rely on that.
//!
//! A kernel is written once over `simd::Simd` and compiled for every level of instructions ([`Level`]); which one runs is
//! decided when the program runs.

#![expect(unsafe_code, reason = "vector instructions and raw rows of matrices")]

mod attention;
mod block;
#[cfg(test)]
pub(super) mod counting;
mod float;
mod heap;
mod int8;
mod level;
mod math;
mod memory;
mod norm;
mod paged;
mod peak;
mod product;
mod simd;
mod split;
#[cfg(test)]
mod tests;
mod tile;

pub use attention::{Heads, Scratch};
pub use block::{BLOCK, Block, BlockMatrix, Blocks, Words};
pub use float::FloatMatrix;
pub use heap::release_free_memory;
pub use int8::{Int8Matrix, Quantised};
pub use level::Level;
pub use norm::Gate;
pub use paged::{PAGE, Page, Paged, Shape};
pub use peak::Peaks;
pub use product::{View, product};
pub use tile::After;
