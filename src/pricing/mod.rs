//! What tokens cost: a table of prices with effective dates, and the cost of a [`Usage`].
//!
//! Invariants: an unknown price is `None`, never zero; arithmetic is on integers (pico-USD per token), so the cost of a
//! hop is rounded once, to the nearest nano-USD, and sums of hops are exact. Pure: files are read by the caller.
//!
//! [`Usage`]: crate::chat::Usage

mod load;
mod names;
mod price;
mod table;

pub use load::PriceError;
pub use price::{Price, Rates};
pub use table::PriceTable;
