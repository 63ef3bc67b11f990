//! The loops that all models spend their time in. The only room with `unsafe`: every block says what makes it sound, and the
//! functions that leave the room are safe.

#![expect(unsafe_code, reason = "raw rows of matrices")]

mod product;

pub use product::{View, product};
