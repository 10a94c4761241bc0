//! Billing addresses, checked by their country's rules once more on the server.

use paydesk_domain::address::{Address, CountryRules, built_in, check};
use paydesk_domain::wire::error::ErrorCode;

use crate::app::AppError;

/// The rules of every country that is not part of the program, as the browser loads them.
static DATA: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/address_rules.rs"));

/// The rules of a country as JSON, exactly as the browser gets them.
pub fn rules_json(country: &str) -> Option<&'static str> {
    let index = DATA.binary_search_by(|(known, _)| (*known).cmp(country)).ok()?;
    DATA.get(index).map(|(_, json)| *json)
}

/// Checks an address that was given as `param` and tidies it.
///
/// # Errors
/// `address_invalid` with the part that is at fault, such as `billing_address.postal_code`.
pub fn accept(param: &str, address: &Address) -> Result<Address, AppError> {
    let rules: CountryRules = built_in(&address.country)
        .or_else(|| serde_json::from_str(rules_json(&address.country)?).ok())
        .ok_or_else(|| {
            let detail = "Not a country code (ISO 3166-1 alpha-2).";
            AppError::param(ErrorCode::AddressInvalid, format!("{param}.country"), detail)
        })?;
    check(address, &rules).map_err(|problems| match problems.first() {
        Some((part, problem)) => {
            let param = format!("{param}.{}", part.as_str());
            AppError::param(ErrorCode::AddressInvalid, param, format!("This part {problem}."))
        }
        None => AppError::param(ErrorCode::AddressInvalid, param.to_owned(), "The address is not complete."),
    })
}

/// An address as it is kept.
///
/// # Errors
/// When it is no JSON, which no address of ours is.
pub fn stored(address: &Address) -> Result<String, AppError> {
    serde_json::to_string(address).map_err(|_| AppError::Inconsistent("an address that is no JSON".into()))
}

/// An address that was kept.
///
/// # Errors
/// When it cannot be read.
pub fn read(stored: &str) -> Result<Address, AppError> {
    serde_json::from_str(stored).map_err(|_| AppError::Inconsistent("an address that cannot be read".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_has_rules_that_can_be_read() {
        assert!(DATA.len() > 200);
        for (country, json) in DATA {
            let rules: CountryRules = serde_json::from_str(json).unwrap();
            assert_eq!(rules.country, *country);
            assert_eq!(rules_json(country), Some(*json), "sorted, so that it can be found");
        }
    }

    /// The browser loads the rules of every country, also of those that are part of the program.
    #[test]
    fn what_is_built_in_is_what_browsers_load() {
        for country in ["CA", "US"] {
            let loaded: CountryRules = serde_json::from_str(rules_json(country).unwrap()).unwrap();
            assert_eq!(Some(loaded), built_in(country));
        }
    }

    #[test]
    fn names_the_part_that_is_wrong() {
        let address = Address {
            line1: "1 Rue".into(),
            city: Some("Paris".into()),
            country: "FR".into(),
            ..Address::default()
        };
        let Err(AppError::Refused(refusal)) = accept("billing_address", &address) else {
            panic!("a French address needs a postal code")
        };
        assert_eq!(
            (refusal.code, refusal.param.as_deref()),
            (ErrorCode::AddressInvalid, Some("billing_address.postal_code"))
        );
        let whole = Address { postal_code: Some("75001".into()), ..address.clone() };
        assert!(accept("billing_address", &whole).is_ok());
        let nowhere = Address { country: "../etc".into(), ..address };
        assert!(accept("billing_address", &nowhere).is_err());
    }
}
