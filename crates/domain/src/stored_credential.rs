//! What the card networks want to know of a charge to a saved method: who asked for it, and why.
//!
//! A payer comes first: the charge or the verification in their presence, with their consent, is the *initial* one,
//! and its network transaction id (Visa's transaction id, Mastercard's trace id) goes with every later charge.
//!
//! | here | Mastercard | Visa |
//! |---|---|---|
//! | payer, initial | C101, or C102 to C104 by what is agreed to | initial, by what is agreed to |
//! | payer, subsequent: pays with a saved card | C101 | credential on file |
//! | merchant, installment | M104 | installment |
//! | merchant, recurring | M103 when fixed, M102 when the amount varies | recurring |
//! | merchant, unscheduled: a balance that is due, a mass charge | M101 | unscheduled (UCOF) |
//! | merchant, resubmission: a soft decline sent again | M2xx, practice 08 | resubmission |
//!
//! Sources: the networks' categories as processors' documentation gives them (Galileo, Cielo), read in November 2026.
//! The security code is never among these facts: it must not be kept for charges without the payer.

/// Who asked for a charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Initiation {
    /// The payer, present.
    Payer,
    /// The organization, under an earlier agreement.
    Merchant(MerchantReason),
}

/// Why an organization charges a saved method without the payer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum MerchantReason {
    /// One part of a purchase that was agreed to be paid in parts.
    Installment,
    /// One period of a subscription.
    Recurring,
    /// A balance that is due, at no agreed date.
    Unscheduled,
    /// The same charge again, after a decline that may pass.
    Resubmission,
}

impl MerchantReason {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Installment, Self::Recurring, Self::Unscheduled, Self::Resubmission];

    /// The reason as it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Installment => "installment",
            Self::Recurring => "recurring",
            Self::Unscheduled => "unscheduled",
            Self::Resubmission => "resubmission",
        }
    }

    /// Reads what was stored.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text)
    }
}

/// Whether the method was used under this agreement before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Sequence {
    /// The first use, in the payer's presence.
    Initial,
    /// Any later one.
    Subsequent,
}

/// Whether the charged method is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MethodStorage {
    /// Saved with the payer's consent, now or earlier.
    Stored,
    /// Used once and forgotten.
    OneUse,
}

/// Why facts do not make a charge that the networks allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoredCredentialError {
    /// Without the payer, only a method that was saved with consent may be charged.
    #[error("a charge without the payer needs a stored method")]
    NotStored,
    /// The first use of a method is the payer's.
    #[error("the first charge to a stored method is the payer's own")]
    MerchantFirst,
}

/// What travels with a charge about the method's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCredential {
    initiation: Initiation,
    sequence: Sequence,
    network_transaction_id: Option<String>,
}

impl StoredCredential {
    /// Puts the facts together.
    ///
    /// `network_transaction_id` is what the network said at the first charge; `None` at that first charge, and where
    /// the processor keeps it itself.
    ///
    /// # Errors
    /// [`StoredCredentialError`] for a charge without the payer to a method that was not saved, or that nobody
    /// used before.
    pub fn new(
        initiation: Initiation,
        sequence: Sequence,
        storage: MethodStorage,
        network_transaction_id: Option<String>,
    ) -> Result<Self, StoredCredentialError> {
        match (initiation, sequence, storage) {
            (Initiation::Merchant(_), _, MethodStorage::OneUse) => Err(StoredCredentialError::NotStored),
            (Initiation::Merchant(_), Sequence::Initial, MethodStorage::Stored) => {
                Err(StoredCredentialError::MerchantFirst)
            }
            _ => Ok(Self { initiation, sequence, network_transaction_id }),
        }
    }

    /// Who asked for the charge.
    pub const fn initiation(&self) -> Initiation {
        self.initiation
    }

    /// Whether the method was used before.
    pub const fn sequence(&self) -> Sequence {
        self.sequence
    }

    /// The network's name for the first charge.
    pub fn network_transaction_id(&self) -> Option<&str> {
        self.network_transaction_id.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every combination. Positive control: dropping either refusal from the constructor changes the count.
    #[test]
    fn without_the_payer_only_what_they_stored_and_used_first() {
        let initiations: Vec<Initiation> =
            MerchantReason::ALL.into_iter().map(Initiation::Merchant).chain([Initiation::Payer]).collect();
        let mut allowed = 0;
        for initiation in initiations {
            for sequence in [Sequence::Initial, Sequence::Subsequent] {
                for storage in [MethodStorage::Stored, MethodStorage::OneUse] {
                    let id = Some("nti_1".to_owned());
                    match (initiation, StoredCredential::new(initiation, sequence, storage, id)) {
                        (Initiation::Payer, facts) => {
                            let facts = facts.unwrap();
                            assert_eq!((facts.initiation(), facts.sequence()), (initiation, sequence));
                            assert_eq!(facts.network_transaction_id(), Some("nti_1"));
                        }
                        (Initiation::Merchant(_), Ok(facts)) => {
                            allowed += 1;
                            assert_eq!(
                                (storage, facts.sequence()),
                                (MethodStorage::Stored, Sequence::Subsequent)
                            );
                        }
                        (Initiation::Merchant(_), Err(refused)) => {
                            let first = refused == StoredCredentialError::MerchantFirst;
                            assert_eq!(first, storage == MethodStorage::Stored);
                        }
                    }
                }
            }
        }
        assert_eq!(allowed, MerchantReason::ALL.len());
    }

    #[test]
    fn reasons_read_back() {
        for reason in MerchantReason::ALL {
            assert_eq!(MerchantReason::parse(reason.as_str()), Some(reason));
        }
        assert_eq!(MerchantReason::parse("no_show"), None);
    }
}
