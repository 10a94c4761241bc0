//! What speaks to the outside: one folder per payment processor, and one for the organizations' own servers.

pub mod stripe;
pub mod webhooks;
