//! What the river's tests share: a scripted provider and a gateway in this process.

pub mod client;
pub mod gateway;
pub mod upstream;
