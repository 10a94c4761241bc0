//! What speaks to the outside: one folder per payment processor, one for mail, and one for the organizations' own servers.

pub mod mail;
pub mod stripe;
pub mod webhooks;
