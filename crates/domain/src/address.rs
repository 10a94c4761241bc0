//! Billing addresses and what each country asks of them.
//!
//! The rules of Canada and the United States are part of the program. Those of every other country come as
//! data, one small file each (see [`CountryRules`]), so that a browser loads only the one it needs; the
//! servers embed all of them and enforce the same rules again.

mod canada;
mod postal;
mod rules;
mod united_states;

pub use postal::fit as fit_postal_code;
pub use rules::{CityLabel, CountryRules, Part, PostalLabel, Problem, Region, RegionLabel};

/// A billing address. Which parts are there depends on the country.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Address {
    /// Street and number, or whatever stands in their place.
    pub line1: String,
    /// Apartment, suite, building.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub line2: Option<String>,
    /// City, suburb or post town.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub city: Option<String>,
    /// Province, state or prefecture: its code where the country has codes.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub region: Option<String>,
    /// Postal code, ZIP code, Eircode, PIN.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub postal_code: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country: String,
}

impl Address {
    /// One part's text; empty where it is absent.
    pub fn part(&self, part: Part) -> &str {
        match part {
            Part::Line1 => &self.line1,
            Part::Line2 => self.line2.as_deref().unwrap_or_default(),
            Part::City => self.city.as_deref().unwrap_or_default(),
            Part::Region => self.region.as_deref().unwrap_or_default(),
            Part::PostalCode => self.postal_code.as_deref().unwrap_or_default(),
        }
    }

    /// The same address with one part replaced.
    #[must_use]
    pub fn with_part(mut self, part: Part, text: &str) -> Self {
        let optional = || (!text.is_empty()).then(|| text.to_owned());
        match part {
            Part::Line1 => self.line1 = text.to_owned(),
            Part::Line2 => self.line2 = optional(),
            Part::City => self.city = optional(),
            Part::Region => self.region = optional(),
            Part::PostalCode => self.postal_code = optional(),
        }
        self
    }
}

/// The rules of a country that needs no data file: `CA` and `US`.
pub fn built_in(country: &str) -> Option<CountryRules> {
    match country {
        "CA" => Some(canada::rules()),
        "US" => Some(united_states::rules()),
        _ => None,
    }
}

/// Checks an address against its country's rules, and tidies it: spaces at the ends go, the postal code gets
/// the country's own capitals and spacing, parts that the country does not use are dropped.
///
/// # Errors
/// Every part that is wrong, in the order of the form.
pub fn check(address: &Address, rules: &CountryRules) -> Result<Address, Vec<(Part, Problem)>> {
    let mut tidy = Address { country: rules.country.clone(), ..Address::default() };
    let mut problems = Vec::new();
    for part in rules.parts.iter().copied() {
        match check_part(address, rules, part) {
            Ok(text) => tidy = tidy.with_part(part, &text),
            Err(problem) => problems.push((part, problem)),
        }
    }
    if problems.is_empty() { Ok(tidy) } else { Err(problems) }
}

/// Checks one part, in the light of the others, and returns it tidied.
///
/// # Errors
/// What is wrong with it.
pub fn check_part(address: &Address, rules: &CountryRules, part: Part) -> Result<String, Problem> {
    let text = address.part(part).trim();
    if text.is_empty() {
        return if rules.required.contains(&part) { Err(Problem::Missing) } else { Ok(String::new()) };
    }
    if text.chars().count() > part.characters_max() {
        return Err(Problem::TooLong);
    }
    if text.chars().any(char::is_control) {
        return Err(Problem::Unreadable);
    }
    match part {
        Part::Region if !rules.regions.is_empty() => {
            let known = rules.regions.iter().find(|region| region.code.eq_ignore_ascii_case(text));
            known.map(|region| region.code.clone()).ok_or(Problem::UnknownRegion)
        }
        Part::PostalCode => check_postal(address, rules, text),
        _ => Ok(text.to_owned()),
    }
}

fn check_postal(address: &Address, rules: &CountryRules, text: &str) -> Result<String, Problem> {
    if rules.postal.is_empty() {
        return Ok(text.to_owned());
    }
    let fitted = postal::fit(text, &rules.postal).ok_or(Problem::PostalPattern)?;
    let region = address.part(Part::Region).trim();
    let region = rules.regions.iter().find(|known| known.code.eq_ignore_ascii_case(region));
    let prefixes = region.and_then(|region| region.prefixes.as_deref());
    match rules.country.as_str() {
        "CA" => canada::check_postal(&fitted, prefixes)?,
        "US" => united_states::check_postal(&fitted, prefixes)?,
        _ => {}
    }
    Ok(fitted)
}

#[cfg(test)]
mod tests;
