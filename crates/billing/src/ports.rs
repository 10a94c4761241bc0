//! What the application needs from outside, as traits: the payment processor, and the way to organizations' servers.

pub mod capabilities;
pub mod look_up;
pub mod method;
pub mod processor;
pub mod refund;
pub mod verification;
pub mod webhooks;
