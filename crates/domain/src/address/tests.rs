//! Addresses that must pass, and ones that must not.

use super::*;
use proptest::prelude::*;

fn address(country: &str, city: &str, region: &str, postal: &str) -> Address {
    Address {
        line1: " 12 Main Street ".into(),
        line2: None,
        city: Some(city.into()),
        region: Some(region.into()),
        postal_code: Some(postal.into()),
        country: country.into(),
    }
}

fn checked(address: &Address) -> Result<Address, Vec<(Part, Problem)>> {
    check(address, &built_in(&address.country).unwrap())
}

#[test]
fn tidies_what_is_right() {
    let tidy = checked(&address("CA", "Montréal", "qc", "h2x1y4")).unwrap();
    assert_eq!(
        (tidy.line1.as_str(), tidy.part(Part::Region), tidy.part(Part::PostalCode)),
        ("12 Main Street", "QC", "H2X 1Y4")
    );
    let tidy = checked(&address("US", "Beverly Hills", "CA", "902101234")).unwrap();
    assert_eq!(tidy.part(Part::PostalCode), "90210-1234");
}

#[test]
fn names_what_is_wrong() {
    for (wrong, part, problem) in [
        (address("CA", "", "QC", "H2X 1Y4"), Part::City, Problem::Missing),
        (address("CA", "Montréal", "", "H2X 1Y4"), Part::Region, Problem::Missing),
        (address("CA", "Montréal", "XX", "H2X 1Y4"), Part::Region, Problem::UnknownRegion),
        (address("CA", "Montréal", "QC", "90210"), Part::PostalCode, Problem::PostalPattern),
        (address("CA", "Montréal", "QC", "D2X 1Y4"), Part::PostalCode, Problem::PostalPattern),
        (address("CA", "Montréal", "QC", "H2O 1Y4"), Part::PostalCode, Problem::PostalPattern),
        (address("CA", "Montréal", "QC", "V5K 0A1"), Part::PostalCode, Problem::PostalRegionMismatch),
        (address("US", "New York", "NY", "90210"), Part::PostalCode, Problem::PostalRegionMismatch),
        (address("US", "New York", "NY", "1001"), Part::PostalCode, Problem::PostalPattern),
        (address("US", "A\u{7}B", "NY", "10001"), Part::City, Problem::Unreadable),
        (address("US", &"x".repeat(101), "NY", "10001"), Part::City, Problem::TooLong),
    ] {
        assert_eq!(checked(&wrong), Err(vec![(part, problem)]), "{wrong:?}");
    }
}

#[test]
fn every_problem_is_told_at_once() {
    let problems = checked(&Address { country: "CA".into(), ..Address::default() }).unwrap_err();
    let parts: Vec<Part> = problems.iter().map(|(part, _)| *part).collect();
    assert_eq!(parts, [Part::Line1, Part::City, Part::Region, Part::PostalCode]);
}

#[test]
fn real_places_pass() {
    for (country, city, region, postal) in [
        ("CA", "Ottawa", "ON", "K1A 0B1"),
        ("CA", "Gatineau", "QC", "J8X 3X7"),
        ("CA", "Iqaluit", "NU", "X0A 0H0"),
        ("CA", "St. John's", "NL", "A1C 5S7"),
        ("CA", "Whitehorse", "YT", "Y1A 2C6"),
        ("CA", "Charlottetown", "PE", "C1A 4P3"),
        ("US", "Fishers Island", "NY", "06390"),
        ("US", "Holtsville", "NY", "00501"),
        ("US", "Washington", "DC", "20500"),
        ("US", "Honolulu", "HI", "96813"),
        ("US", "San Juan", "PR", "00901"),
        ("US", "APO", "AE", "09012"),
        ("US", "Pago Pago", "AS", "96799"),
        ("US", "Texarkana", "AR", "75502"),
        ("US", "El Paso", "TX", "88510"),
    ] {
        assert!(checked(&address(country, city, region, postal)).is_ok(), "{city} {postal}");
    }
}

proptest! {
    #[test]
    fn tidying_twice_changes_nothing(city in "\\PC{1,20}", postal in "[A-Za-z0-9 -]{0,10}", region in prop::sample::select(vec!["QC", "ON", "NY", "CA"])) {
        for country in ["CA", "US"] {
            if let Ok(tidy) = checked(&address(country, &city, region, &postal)) {
                prop_assert_eq!(checked(&tidy), Ok(tidy.clone()));
            }
        }
    }
}
