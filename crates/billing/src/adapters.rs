//! What speaks to the outside: one folder per payment processor.

pub mod stripe;
