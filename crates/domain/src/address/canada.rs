//! Canada: provinces and territories, and the first letter of a postal code that belongs to each.
//!
//! Source: Canada Post, addressing guidelines (letters D, F, I, O, Q and U are never used; W and Z never first).

use super::rules::{CityLabel, CountryRules, Part, PostalLabel, Problem, Region, RegionLabel};

/// Code, English name, French name, first letters of its postal codes.
const PROVINCES: [(&str, &str, &str, &str); 13] = [
    ("AB", "Alberta", "Alberta", "T"),
    ("BC", "British Columbia", "Colombie-Britannique", "V"),
    ("MB", "Manitoba", "Manitoba", "R"),
    ("NB", "New Brunswick", "Nouveau-Brunswick", "E"),
    ("NL", "Newfoundland and Labrador", "Terre-Neuve-et-Labrador", "A"),
    ("NS", "Nova Scotia", "Nouvelle-Écosse", "B"),
    ("NT", "Northwest Territories", "Territoires du Nord-Ouest", "X"),
    ("NU", "Nunavut", "Nunavut", "X"),
    ("ON", "Ontario", "Ontario", "KLMNP"),
    ("PE", "Prince Edward Island", "Île-du-Prince-Édouard", "C"),
    ("QC", "Quebec", "Québec", "GHJK"),
    ("SK", "Saskatchewan", "Saskatchewan", "S"),
    ("YT", "Yukon", "Yukon", "Y"),
];

pub(super) fn rules() -> CountryRules {
    let region = |(code, name, name_fr, letters): &(&str, &str, &str, &str)| Region {
        code: (*code).to_owned(),
        name: (*name).to_owned(),
        name_fr: (name != name_fr).then(|| (*name_fr).to_owned()),
        prefixes: Some((*letters).to_owned()),
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

/// The letters of a postal code that already has its shape, and those that its province's begin with.
pub(super) fn check_postal(postal_code: &str, letters: Option<&str>) -> Result<(), Problem> {
    let first = postal_code.chars().next().unwrap_or_default();
    if postal_code.contains(['D', 'F', 'I', 'O', 'Q', 'U']) || matches!(first, 'W' | 'Z') {
        return Err(Problem::PostalPattern);
    }
    match letters {
        Some(letters) if !letters.chars().any(|letter| letter == first) => Err(Problem::PostalRegionMismatch),
        _ => Ok(()),
    }
}
