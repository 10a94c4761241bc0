//! A card whose bank asks the client for a proof, while it is saved or brought up to date.

/// How far that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The bank asks, on a page of its own.
    Asked,
    /// The client has been there, and it is not decided yet.
    Checking,
    /// The client gives it up.
    CallingOff,
}

/// What the bank asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// `wve_…`.
    pub id: String,
    /// The bank's page.
    pub url: String,
    /// How far it is.
    pub proof: Proof,
}
