//! What the processor port says of changing and letting go of saved methods.

use paydesk_domain::address::Address;
use paydesk_domain::decline::Decline;

use crate::ports::processor::StoredMethod;

/// What is to be changed about a saved method. What is absent stays.
#[derive(Clone, Copy, Debug)]
pub struct MethodChange<'a> {
    /// The same key is the same change.
    pub key: &'a str,
    /// The processor's name for the method.
    pub method: &'a str,
    /// The customer that it is kept under.
    pub customer: &'a str,
    /// A card's new month (1 to 12) and year (four digits) of expiry.
    pub expiry: Option<(u8, u16)>,
    /// Its new billing address.
    pub address: Option<&'a Address>,
}

/// What became of such a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// The method is so now.
    Method(StoredMethod),
    /// The card was refused: nothing was changed.
    Declined(Decline),
    /// The processor does not have the method.
    Unknown,
}
