//! What the application needs from outside, as traits: the payment processor, and the ways to
//! organizations' servers and to clients' mailboxes.

pub mod capabilities;
pub mod look_up;
pub mod mail;
pub mod method;
pub mod processor;
pub mod refund;
pub mod verification;
pub mod webhooks;
