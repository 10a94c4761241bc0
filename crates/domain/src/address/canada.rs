//! Canada: provinces and territories, and the first letter of a postal code that belongs to each.
//!
//! Source: Canada Post, addressing guidelines (letters D, F, I, O, Q and U are never used; W and Z never first).

use super::rules::{CityLabel, CountryRules, Part, PostalLabel, Problem, Region, RegionLabel};

/// Code, English name, French name.
const PROVINCES: [(&str, &str, &str); 13] = [
    ("AB", "Alberta", "Alberta"),
    ("BC", "British Columbia", "Colombie-Britannique"),
    ("MB", "Manitoba", "Manitoba"),
    ("NB", "New Brunswick", "Nouveau-Brunswick"),
    ("NL", "Newfoundland and Labrador", "Terre-Neuve-et-Labrador"),
    ("NS", "Nova Scotia", "Nouvelle-Écosse"),
    ("NT", "Northwest Territories", "Territoires du Nord-Ouest"),
    ("NU", "Nunavut", "Nunavut"),
    ("ON", "Ontario", "Ontario"),
    ("PE", "Prince Edward Island", "Île-du-Prince-Édouard"),
    ("QC", "Quebec", "Québec"),
    ("SK", "Saskatchewan", "Saskatchewan"),
    ("YT", "Yukon", "Yukon"),
];

/// The code of each, then the first letters of its postal codes. One text, for in a browser a table is twice as large; the
/// names are not there at all.
const FIRST_LETTERS: &str = "ABT BCV MBR NBE NLA NSB NTX NUX ONKLMNP PEC QCGHJK SKS YTY";

pub(super) fn rules() -> CountryRules {
    let region = |(code, name, name_fr): &(&str, &str, &str)| Region {
        code: (*code).to_owned(),
        name: (*name).to_owned(),
        name_fr: (name != name_fr).then(|| (*name_fr).to_owned()),
    };
    CountryRules {
        country: "CA".to_owned(),
        parts: vec![Part::Line1, Part::Line2, Part::City, Part::Region, Part::PostalCode],
        required: vec![Part::Line1, Part::City, Part::Region, Part::PostalCode],
        region_label: RegionLabel::Province,
        city_label: CityLabel::City,
        postal_label: PostalLabel::Postal,
        regions: PROVINCES.iter().map(region).collect(),
        postal: vec!["@#@ #@#".to_owned()],
        postal_example: "H2X 1Y4".to_owned(),
    }
}

/// The letters of a postal code that already has its shape, and its province.
pub(super) fn check_postal(postal_code: &str, region: &str) -> Result<(), Problem> {
    let first = postal_code.chars().next().unwrap_or_default();
    if postal_code.contains(['D', 'F', 'I', 'O', 'Q', 'U']) || matches!(first, 'W' | 'Z') {
        return Err(Problem::PostalPattern);
    }
    let letters = FIRST_LETTERS.split(' ').find_map(|province| {
        let (code, letters) = province.split_at_checked(2)?;
        code.eq_ignore_ascii_case(region).then_some(letters)
    });
    match letters {
        Some(letters) if !letters.contains(first) => Err(Problem::PostalRegionMismatch),
        _ => Ok(()),
    }
}
