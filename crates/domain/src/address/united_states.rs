//! The United States: states, territories and armed forces, and the ZIP code prefixes of each.
//!
//! Source: USPS Publication 65 (three-digit ZIP code prefix groups). Prefixes that serve two states are listed
//! with both, so that no real address is refused.

use super::rules::{CityLabel, CountryRules, Part, PostalLabel, Problem, Region, RegionLabel};

const STATES: [(&str, &str); 62] = [
    ("AL", "Alabama"),
    ("AK", "Alaska"),
    ("AS", "American Samoa"),
    ("AZ", "Arizona"),
    ("AR", "Arkansas"),
    ("AA", "Armed Forces Americas"),
    ("AE", "Armed Forces Europe"),
    ("AP", "Armed Forces Pacific"),
    ("CA", "California"),
    ("CO", "Colorado"),
    ("CT", "Connecticut"),
    ("DE", "Delaware"),
    ("DC", "District of Columbia"),
    ("FL", "Florida"),
    ("GA", "Georgia"),
    ("GU", "Guam"),
    ("HI", "Hawaii"),
    ("ID", "Idaho"),
    ("IL", "Illinois"),
    ("IN", "Indiana"),
    ("IA", "Iowa"),
    ("KS", "Kansas"),
    ("KY", "Kentucky"),
    ("LA", "Louisiana"),
    ("ME", "Maine"),
    ("MH", "Marshall Islands"),
    ("MD", "Maryland"),
    ("MA", "Massachusetts"),
    ("MI", "Michigan"),
    ("FM", "Micronesia"),
    ("MN", "Minnesota"),
    ("MS", "Mississippi"),
    ("MO", "Missouri"),
    ("MT", "Montana"),
    ("NE", "Nebraska"),
    ("NV", "Nevada"),
    ("NH", "New Hampshire"),
    ("NJ", "New Jersey"),
    ("NM", "New Mexico"),
    ("NY", "New York"),
    ("NC", "North Carolina"),
    ("ND", "North Dakota"),
    ("MP", "Northern Mariana Islands"),
    ("OH", "Ohio"),
    ("OK", "Oklahoma"),
    ("OR", "Oregon"),
    ("PW", "Palau"),
    ("PA", "Pennsylvania"),
    ("PR", "Puerto Rico"),
    ("RI", "Rhode Island"),
    ("SC", "South Carolina"),
    ("SD", "South Dakota"),
    ("TN", "Tennessee"),
    ("TX", "Texas"),
    ("VI", "U.S. Virgin Islands"),
    ("UT", "Utah"),
    ("VT", "Vermont"),
    ("VA", "Virginia"),
    ("WA", "Washington"),
    ("WV", "West Virginia"),
    ("WI", "Wisconsin"),
    ("WY", "Wyoming"),
];

/// The prefixes of each: the code, then the first and the last prefix of every group, three digits each. One text, for in a
/// browser a table is twice as large; the names are not there at all.
const ZIP_PREFIXES: &str = "AL350369 AK995999 AS967967 AZ850865 AR716729755755 AA340340 AE090099 AP962966 CA900961 CO800816 \
    CT060069 DE197199 DC200205569569 FL320349 GA300319398399 GU969969 HI967968 ID832838 IL600629 \
    IN460479 IA500528 KS660679 KY400427 LA700714 ME039049 MH969969 MD206219 MA010027055055 MI480499 \
    FM969969 MN550567 MS386397 MO630658 MT590599 NE680693 NV889898 NH030038 NJ070089 NM870884 \
    NY005005063063100149 NC270289 ND567567580588 MP969969 OH430459 OK730749 OR970979 PW969969 PA150196 \
    PR006007009009 RI028029 SC290299 SD570577 TN370385 TX733733739739750799885885 VI008008 \
    UT840847865865 VT050059 VA201201220246 WA980994 WV247268 WI530549 WY820831834834";

pub(super) fn rules() -> CountryRules {
    let region =
        |(code, name): &(&str, &str)| Region { code: (*code).to_owned(), name: (*name).to_owned(), name_fr: None };
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
    let prefix = postal_code.get(..3).filter(|prefix| prefix.bytes().all(|byte| byte.is_ascii_digit()));
    let prefix = prefix.ok_or(Problem::PostalPattern)?;
    let of_state = ZIP_PREFIXES.split(' ').find_map(|state| {
        let (code, groups) = state.split_at_checked(2)?;
        code.eq_ignore_ascii_case(region).then_some(groups)
    });
    // Texts of three digits are in the order of their numbers.
    let mut rest = of_state.unwrap_or("000999");
    while let Some((low, after)) = rest.split_at_checked(3) {
        let Some((high, next)) = after.split_at_checked(3) else {
            break;
        };
        if (low..=high).contains(&prefix) {
            return Ok(());
        }
        rest = next;
    }
    Err(Problem::PostalRegionMismatch)
}
