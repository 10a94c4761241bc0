//! The well-known test numbers and the short names for them.

use super::script::Script;

/// One row: the number, its part, how it is funded, and the name that stands for it in `tok_…` and `pm_card_…`.
struct Row(&'static str, Script, Funding, &'static str);

/// How a card is funded, and where it was issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Funding {
    /// `credit`, `debit` or `prepaid`.
    pub kind: &'static str,
    /// The issuer's country.
    pub country: &'static str,
}

const CREDIT: Funding = Funding { kind: "credit", country: "US" };
const DEBIT: Funding = Funding { kind: "debit", country: "US" };
const PREPAID: Funding = Funding { kind: "prepaid", country: "US" };
const CANADA: Funding = Funding { kind: "credit", country: "CA" };

const TABLE: &[Row] = &[
    Row("4242424242424242", Script::Approve, CREDIT, "visa"),
    Row("4000056655665556", Script::Approve, DEBIT, "visa_debit"),
    Row("4000001240000000", Script::Approve, CANADA, "ca"),
    Row("5555555555554444", Script::Approve, CREDIT, "mastercard"),
    Row("2223003122003222", Script::Approve, CREDIT, "mastercard_2"),
    Row("5200828282828210", Script::Approve, DEBIT, "mastercard_debit"),
    Row("5105105105105100", Script::Approve, PREPAID, "mastercard_prepaid"),
    Row("378282246310005", Script::Approve, CREDIT, "amex"),
    Row("371449635398431", Script::Approve, CREDIT, "amex_2"),
    Row("6011111111111117", Script::Approve, CREDIT, "discover"),
    Row("6011000990139424", Script::Approve, CREDIT, "discover_2"),
    Row("6011981111111113", Script::Approve, DEBIT, "discover_debit"),
    Row("3056930009020004", Script::Approve, CREDIT, "diners"),
    Row("36227206271667", Script::Approve, CREDIT, "diners_14"),
    Row("3566002020360505", Script::Approve, CREDIT, "jcb"),
    Row("6200000000000005", Script::Approve, CREDIT, "unionpay"),
    Row("6200000000000047", Script::Approve, DEBIT, "unionpay_debit"),
    Row("6205500000000000004", Script::Approve, CREDIT, "unionpay_19"),
    Row("4000000000000002", Script::Generic, CREDIT, "chargeDeclined"),
    Row("4000000000009995", Script::InsufficientFunds, CREDIT, "chargeDeclinedInsufficientFunds"),
    Row("4000000000009987", Script::Lost, CREDIT, "chargeDeclinedLostCard"),
    Row("4000000000009979", Script::Stolen, CREDIT, "chargeDeclinedStolenCard"),
    Row("4000000000000069", Script::Expired, CREDIT, "chargeDeclinedExpiredCard"),
    Row("4000000000000127", Script::IncorrectCvc, CREDIT, "chargeDeclinedIncorrectCvc"),
    Row("4000000000000119", Script::ProcessingError, CREDIT, "chargeDeclinedProcessingError"),
    Row("4000000000006975", Script::Velocity, CREDIT, "chargeDeclinedVelocityLimitExceeded"),
    Row("4100000000000019", Script::Fraudulent, CREDIT, "radarBlock"),
    Row("4000000000000341", Script::AttachesThenDeclines, CREDIT, "chargeCustomerFail"),
    Row("4000000000007726", Script::PendingRefund, CREDIT, "pendingRefund"),
    Row("4000000000005126", Script::RefundFails, CREDIT, "refundFail"),
    Row("4000000000000101", Script::CvcCheckFails, CREDIT, "cvcCheckFail"),
    Row("4000000000000036", Script::PostalCheckFails, CREDIT, "avsZipFail"),
    Row("4000000000000028", Script::LineCheckFails, CREDIT, "avsLine1Fail"),
    Row("4000000000000010", Script::AddressChecksFail, CREDIT, "avsFail"),
    Row("4000002500003155", Script::AuthenticateUnlessSetUp, CREDIT, "authenticationRequiredOnSetup"),
    Row("4000002760003184", Script::AuthenticateAlways, CREDIT, "authenticationRequired"),
    Row("4000000000003055", Script::Approve, CREDIT, "threeDSecureOptional"),
    Row("4000000000003220", Script::AuthenticateAlways, CREDIT, "threeDSecure2Required"),
    Row("4000003800000446", Script::AlreadySetUp, CREDIT, "authenticationAlreadySetup"),
    Row(
        "4000008260003178",
        Script::AuthenticateThenDecline,
        CREDIT,
        "authenticationRequiredChargeDeclinedInsufficientFunds",
    ),
    Row("4000008400001629", Script::AuthenticateThenRefuse, CREDIT, "threeDSecureRequiredChargeDeclined"),
];

/// What a number does, and how it is funded. A number that is not in the table is an ordinary card.
pub fn script_of(number: &str) -> (Script, Funding) {
    TABLE.iter().find(|row| row.0 == number).map_or((Script::Approve, CREDIT), |row| (row.1, row.2))
}

/// The number behind `tok_visa` or `pm_card_visa`: ids that need not be made first.
pub fn number_of_alias(id: &str) -> Option<&'static str> {
    let name = id.strip_prefix("pm_card_").or_else(|| id.strip_prefix("tok_"))?;
    TABLE.iter().find(|row| row.3 == name).map(|row| row.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use paydesk_domain::card::{Brand, Pan};

    #[test]
    fn every_number_is_a_card_and_listed_once() {
        for row in TABLE {
            assert!(Pan::parse(row.0).is_ok(), "{}", row.0);
            assert_eq!(
                TABLE.iter().filter(|other| other.0 == row.0 || other.3 == row.3).count(),
                1,
                "{}",
                row.0
            );
        }
    }

    #[test]
    fn every_brand_has_a_number() {
        for brand in Brand::KNOWN {
            assert!(TABLE.iter().any(|row| Pan::parse(row.0).unwrap().brand() == brand), "{brand:?}");
        }
    }
}
