//! What the application needs from outside, as traits: the payment processor.

pub mod processor;
