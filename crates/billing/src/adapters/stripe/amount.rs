//! Amounts as the dialect counts them, where that differs from ISO 4217.

use paydesk_domain::money::Money;

use crate::ports::processor::ProcessorError;

/// The amount in the dialect's smallest unit.
///
/// Stripe counts `ISK` and `UGX` with two decimals although they have none, and takes amounts of currencies with
/// three decimals only when the last one is zero.
pub(super) fn smallest_unit(amount: Money) -> Result<i64, ProcessorError> {
    let minor = amount.minor();
    let impossible =
        || ProcessorError::Rejected(format!("an amount that it cannot charge in {}", amount.currency()));
    match amount.currency().code() {
        "ISK" | "UGX" => minor.checked_mul(100).ok_or_else(impossible),
        _ if amount.currency().exponent() == 3 && minor % 10 != 0 => Err(impossible()),
        _ if amount.currency().exponent() > 3 => Err(impossible()),
        _ => Ok(minor),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differs_for_a_few() {
        let of = |minor, code: &str| smallest_unit(Money::new(minor, code.parse().unwrap()));
        assert_eq!(of(1250, "CAD"), Ok(1250));
        assert_eq!(of(300, "JPY"), Ok(300));
        assert_eq!(of(300, "ISK"), Ok(30_000));
        assert_eq!(of(1250, "KWD"), Ok(1250));
        assert!(of(1255, "KWD").is_err());
        assert!(of(10_000, "CLF").is_err());
    }
}
