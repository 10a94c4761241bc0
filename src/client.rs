//! Speaks with servers: the billing API, which gets tokens, and the processor, which alone gets numbers.

mod billing;
pub mod clock;
mod http;
mod processor;
pub mod read;
mod session;
mod words;

pub use billing::{Billing, Confirmation, Refusal, address_rules};
pub(crate) use billing::{plain, spell_address, spell_update, written};
pub use http::Answer;
pub use processor::{TokenRefusal, tokenize};
pub use session::{Fault, Session};
pub use words::words_of;
