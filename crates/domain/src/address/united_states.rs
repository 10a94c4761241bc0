//! The United States: states, territories and armed forces, and the ZIP code prefixes of each.
//!
//! Source: USPS Publication 65 (three-digit ZIP code prefix groups). Prefixes that serve two states are listed
//! with both, so that no real address is refused.

use super::rules::{CityLabel, CountryRules, Part, PostalLabel, Problem, Region, RegionLabel};

struct State {
    code: &'static str,
    name: &'static str,
    /// Inclusive.
    zip_prefixes: &'static [(u16, u16)],
}

const fn state(code: &'static str, name: &'static str, zip_prefixes: &'static [(u16, u16)]) -> State {
    State { code, name, zip_prefixes }
}

const STATES: [State; 62] = [
    state("AL", "Alabama", &[(350, 369)]),
    state("AK", "Alaska", &[(995, 999)]),
    state("AS", "American Samoa", &[(967, 967)]),
    state("AZ", "Arizona", &[(850, 865)]),
    state("AR", "Arkansas", &[(716, 729), (755, 755)]),
    state("AA", "Armed Forces Americas", &[(340, 340)]),
    state("AE", "Armed Forces Europe", &[(90, 99)]),
    state("AP", "Armed Forces Pacific", &[(962, 966)]),
    state("CA", "California", &[(900, 961)]),
    state("CO", "Colorado", &[(800, 816)]),
    state("CT", "Connecticut", &[(60, 69)]),
    state("DE", "Delaware", &[(197, 199)]),
    state("DC", "District of Columbia", &[(200, 205), (569, 569)]),
    state("FL", "Florida", &[(320, 349)]),
    state("GA", "Georgia", &[(300, 319), (398, 399)]),
    state("GU", "Guam", &[(969, 969)]),
    state("HI", "Hawaii", &[(967, 968)]),
    state("ID", "Idaho", &[(832, 838)]),
    state("IL", "Illinois", &[(600, 629)]),
    state("IN", "Indiana", &[(460, 479)]),
    state("IA", "Iowa", &[(500, 528)]),
    state("KS", "Kansas", &[(660, 679)]),
    state("KY", "Kentucky", &[(400, 427)]),
    state("LA", "Louisiana", &[(700, 714)]),
    state("ME", "Maine", &[(39, 49)]),
    state("MH", "Marshall Islands", &[(969, 969)]),
    state("MD", "Maryland", &[(206, 219)]),
    state("MA", "Massachusetts", &[(10, 27), (55, 55)]),
    state("MI", "Michigan", &[(480, 499)]),
    state("FM", "Micronesia", &[(969, 969)]),
    state("MN", "Minnesota", &[(550, 567)]),
    state("MS", "Mississippi", &[(386, 397)]),
    state("MO", "Missouri", &[(630, 658)]),
    state("MT", "Montana", &[(590, 599)]),
    state("NE", "Nebraska", &[(680, 693)]),
    state("NV", "Nevada", &[(889, 898)]),
    state("NH", "New Hampshire", &[(30, 38)]),
    state("NJ", "New Jersey", &[(70, 89)]),
    state("NM", "New Mexico", &[(870, 884)]),
    state("NY", "New York", &[(5, 5), (63, 63), (100, 149)]),
    state("NC", "North Carolina", &[(270, 289)]),
    state("ND", "North Dakota", &[(567, 567), (580, 588)]),
    state("MP", "Northern Mariana Islands", &[(969, 969)]),
    state("OH", "Ohio", &[(430, 459)]),
    state("OK", "Oklahoma", &[(730, 749)]),
    state("OR", "Oregon", &[(970, 979)]),
    state("PW", "Palau", &[(969, 969)]),
    state("PA", "Pennsylvania", &[(150, 196)]),
    state("PR", "Puerto Rico", &[(6, 7), (9, 9)]),
    state("RI", "Rhode Island", &[(28, 29)]),
    state("SC", "South Carolina", &[(290, 299)]),
    state("SD", "South Dakota", &[(570, 577)]),
    state("TN", "Tennessee", &[(370, 385)]),
    state("TX", "Texas", &[(733, 733), (739, 739), (750, 799), (885, 885)]),
    state("VI", "U.S. Virgin Islands", &[(8, 8)]),
    state("UT", "Utah", &[(840, 847), (865, 865)]),
    state("VT", "Vermont", &[(50, 59)]),
    state("VA", "Virginia", &[(201, 201), (220, 246)]),
    state("WA", "Washington", &[(980, 994)]),
    state("WV", "West Virginia", &[(247, 268)]),
    state("WI", "Wisconsin", &[(530, 549)]),
    state("WY", "Wyoming", &[(820, 831), (834, 834)]),
];

pub(super) fn rules() -> CountryRules {
    let region =
        |state: &State| Region { code: state.code.to_owned(), name: state.name.to_owned(), name_fr: None };
    CountryRules {
        country: "US".to_owned(),
        parts: vec![Part::Line1, Part::Line2, Part::City, Part::Region, Part::PostalCode],
        required: vec![Part::Line1, Part::City, Part::Region, Part::PostalCode],
        region_label: RegionLabel::State,
        city_label: CityLabel::City,
        postal_label: PostalLabel::Zip,
        regions: STATES.iter().map(region).collect(),
        postal: vec!["#####".to_owned(), "#####-####".to_owned()],
        postal_example: "90210".to_owned(),
    }
}

/// The state that a ZIP code which already has its shape belongs to.
pub(super) fn check_postal(postal_code: &str, region: &str) -> Result<(), Problem> {
    let prefix =
        postal_code.get(..3).and_then(|prefix| prefix.parse::<u16>().ok()).ok_or(Problem::PostalPattern)?;
    match STATES.iter().find(|state| state.code.eq_ignore_ascii_case(region)) {
        Some(state) if !state.zip_prefixes.iter().any(|(low, high)| (*low..=*high).contains(&prefix)) => {
            Err(Problem::PostalRegionMismatch)
        }
        _ => Ok(()),
    }
}
