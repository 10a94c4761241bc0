//! Speaks with servers: the billing API, which gets tokens, and the processor, which alone gets numbers.

mod billing;
pub mod clock;
mod http;
mod processor;
pub mod read;
mod words;

pub use billing::{Billing, Confirmation, Refusal, address_rules};
pub use processor::{TokenRefusal, tokenize};
pub use words::words_of;
