//! Typed ids that sort by time and can never be mistaken for a card number.
//!
//! The billing API refuses every request that contains 13 to 19 digits with a valid check digit. An id
//! with digits in it would trip that alarm once in a while, so ours have letters only: a prefix, an
//! underscore, and 30 letters of a 20-letter alphabet that has no vowels (no words by accident) and no
//! letter that is easily misread. They hold 48 bits of milliseconds, then 80 random bits, as UUIDv7 does.

use std::fmt;

const ALPHABET: &[u8; 20] = b"bcdfghjkmnpqrstvwxyz";
const BASE: u16 = 20;
/// 20^30 is a little above 2^129: the 128 bits fit.
const LETTERS: usize = 30;

/// Spells 128 bits in letters, most significant first, so that the text sorts as the number does.
pub fn spell(bits: u128) -> String {
    let mut letters = [0_u8; LETTERS];
    let mut rest = bits.to_be_bytes();
    for slot in letters.iter_mut().rev() {
        // Divided by hand, byte by byte: a browser would have to load the division of 128 bits for this alone.
        let mut remainder = 0;
        for byte in &mut rest {
            let part = remainder * 256 + u16::from(*byte);
            *byte = u8::try_from(part / BASE).unwrap_or_default();
            remainder = part % BASE;
        }
        *slot = ALPHABET.get(usize::from(remainder)).copied().unwrap_or(b'b');
    }
    letters.iter().map(|letter| char::from(*letter)).collect()
}

/// True for the spelling of 128 bits.
pub fn is_spelling(text: &str) -> bool {
    text.len() == LETTERS && text.bytes().all(|byte| ALPHABET.contains(&byte))
}

/// Spells random bytes as a secret of letters: each byte becomes one letter, bytes that would make some
/// letters likelier than others are passed over. Give 1.3 times as many bytes as `letters`, and more.
///
/// Returns `None` when the bytes ran out: draw again. 44 letters hold 190 bits, 45 hold 194.
pub fn spell_secret(bytes: &[u8], letters: usize) -> Option<String> {
    let secret: String = bytes
        .iter()
        .filter(|byte| **byte < 240)
        .take(letters)
        .filter_map(|byte| ALPHABET.get(usize::from(*byte % 20)))
        .map(|letter| char::from(*letter))
        .collect();
    (secret.len() == letters).then_some(secret)
}

/// Why a text is not an id of the expected kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id of this kind: it is {prefix}_ followed by 30 letters")]
pub struct IdError {
    /// The prefix that was expected.
    pub prefix: &'static str,
}

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident $prefix:literal;)*) => {
        #[cfg(test)]
        const PREFIXES: &[&str] = &[$($prefix),*];

        $(
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// What the id begins with, without the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// Makes an id from the time and 80 random bits (the higher bits of `random` are ignored).
            pub fn new(now: jiff::Timestamp, random: u128) -> Self {
                Self::at(now.as_millisecond(), random)
            }

            /// The same for a clock that counts milliseconds since 1970, as a browser's does.
            pub fn at(millis: i64, random: u128) -> Self {
                let millis = u128::try_from(millis).unwrap_or_default() & 0xffff_ffff_ffff;
                let bits = (millis << 80) | (random & 0xffff_ffff_ffff_ffff_ffff);
                Self([concat!($prefix, "_"), &spell(bits)].concat())
            }

            /// The whole id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                match text.strip_prefix(concat!($prefix, "_")) {
                    Some(letters) if is_spelling(letters) => Ok(Self(text.to_owned())),
                    _ => Err(IdError { prefix: $prefix }),
                }
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

ids! {
    /// An organization that sells programs and memberships.
    OrganizationId "org";
    /// A secret key of an organization's server (its public handle, not the secret).
    ApiKeyId "key";
    /// A client's user, who owns the wallet.
    LoginId "log";
    /// A client's account at one organization.
    AccountId "acc";
    /// Somebody in an account.
    PersonId "per";
    /// A document that asks for money.
    InvoiceId "inv";
    /// One line of an invoice.
    InvoiceItemId "itm";
    /// A checkout session (its public handle, not the secret).
    CheckoutSessionId "cks";
    /// A wallet session (its public handle, not the secret).
    WalletSessionId "wks";
    /// What is left to do at the processor about a method that its client changed or removed.
    MethodTaskId "mtk";
    /// A code that was sent to a client (its handle, not the code).
    WalletCodeId "wcd";
    /// A mail to a client.
    MailId "mai";
    /// What a client did in their wallet.
    WalletEntryId "wen";
    /// A saved card or bank account.
    PaymentMethodId "pm";
    /// An organization's permission to charge one saved method.
    AuthorizationId "aut";
    /// One try to charge. Made by whoever wants the charge, before anything is sent.
    AttemptId "att";
    /// Money that was taken.
    PaymentId "pay";
    /// What the payer gets for it.
    ReceiptId "rcp";
    /// What a payment covers of a line, or no longer covers.
    AllocationId "alo";
    /// One line of the ledger.
    LedgerEntryId "led";
    /// A message that waits to be sent.
    OutboxId "out";
    /// A server of an organization that is told about events.
    WebhookEndpointId "whe";
    /// What deliveries to it are signed with (its public handle, not the secret).
    WebhookSecretId "whs";
    /// One event on its way to one endpoint.
    WebhookDeliveryId "whd";
    /// One request to a server, for logs and support.
    RequestId "req";
    /// One try to give money back.
    RefundId "ref";
    /// A payer's agreement that lets an organization debit a bank account.
    MandateId "man";
    /// A saved card that is brought up to date.
    MethodUpdateId "mup";
    /// A card that a client saves in their wallet, or brings up to date there.
    WalletVerificationId "wve";
    /// An organization's permission to charge a method where a planned payment is refused.
    BackupId "bup";
    /// Something that a member of staff must look at (Payment Action Center).
    ActionItemId "act";
    /// One event on its way to one address.
    DeliveryId "dlv";
    /// Something that happened, as it is told to organizations.
    EventId "evt";
    /// One line of the audit log.
    AuditEntryId "aud";
    /// The ways in which an organization lets something be paid in parts.
    InstallmentConfigurationId "icf";
    /// What was agreed to be paid later: a purchase in installments, or a subscription.
    PlanId "pln";
    /// One payment of a plan, with its day.
    PlannedPaymentId "ppm";
    /// A card that is kept for what it pays later, and is in no wallet.
    PlanMethodId "plm";
    /// What an organization has put to a client's credit.
    CreditId "crd";
    /// Credit that a try holds, or has used.
    CreditUseId "cru";
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(millis: i64) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(millis).unwrap()
    }

    #[test]
    fn reads_its_own_kind_only() {
        let id = InvoiceId::new(at(1_790_000_000_000), 7);
        assert_eq!(id.as_str().parse::<InvoiceId>(), Ok(id.clone()));
        assert_eq!(id.as_str().parse::<PaymentId>(), Err(IdError { prefix: "pay" }));
        for wrong in ["inv_", "inv_4242424242424242", "inv_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"] {
            assert!(wrong.parse::<InvoiceId>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn no_two_kinds_look_alike() {
        let distinct: std::collections::HashSet<&str> = PREFIXES.iter().copied().collect();
        assert_eq!(distinct.len(), PREFIXES.len());
        assert!(PREFIXES.iter().all(|prefix| prefix.bytes().all(|byte| byte.is_ascii_lowercase())));
        for prefix in ["ref", "man", "act", "whe", "dlv", "evt", "aud"] {
            assert!(distinct.contains(prefix), "{prefix}");
        }
    }

    #[test]
    fn a_secret_needs_enough_even_bytes() {
        assert_eq!(spell_secret(&[240, 255, 0, 19, 20], 3).as_deref(), Some("bzb"));
        assert_eq!(spell_secret(&[240, 255, 0], 2), None);
    }

    proptest! {
        #[test]
        fn later_ids_sort_later(a in 0i64..200_000_000_000_000, b in 0i64..200_000_000_000_000, r in any::<u128>(), s in any::<u128>()) {
            prop_assume!(a < b);
            prop_assert!(InvoiceId::new(at(a), r) < InvoiceId::new(at(b), s));
        }

        #[test]
        fn spelling_keeps_order_and_length(a in any::<u128>(), b in any::<u128>()) {
            prop_assert_eq!(a.cmp(&b), spell(a).cmp(&spell(b)));
            prop_assert!(is_spelling(&spell(a)));
        }
    }
}
