//! The United States: states, territories and armed forces, and the ZIP code prefixes of each.
//!
//! Source: USPS Publication 65 (three-digit ZIP code prefix groups). Prefixes that serve two states are listed
//! with both, so that no real address is refused.

use super::rules::{CityLabel, CountryRules, Part, PostalLabel, Problem, Region, RegionLabel};

/// Code, name, and the first and the last prefix of each group of its ZIP codes, three digits each.
const STATES: [(&str, &str, &str); 62] = [
    ("AL", "Alabama", "350369"),
    ("AK", "Alaska", "995999"),
    ("AS", "American Samoa", "967967"),
    ("AZ", "Arizona", "850865"),
    ("AR", "Arkansas", "716729755755"),
    ("AA", "Armed Forces Americas", "340340"),
    ("AE", "Armed Forces Europe", "090099"),
    ("AP", "Armed Forces Pacific", "962966"),
    ("CA", "California", "900961"),
    ("CO", "Colorado", "800816"),
    ("CT", "Connecticut", "060069"),
    ("DE", "Delaware", "197199"),
    ("DC", "District of Columbia", "200205569569"),
    ("FL", "Florida", "320349"),
    ("GA", "Georgia", "300319398399"),
    ("GU", "Guam", "969969"),
    ("HI", "Hawaii", "967968"),
    ("ID", "Idaho", "832838"),
    ("IL", "Illinois", "600629"),
    ("IN", "Indiana", "460479"),
    ("IA", "Iowa", "500528"),
    ("KS", "Kansas", "660679"),
    ("KY", "Kentucky", "400427"),
    ("LA", "Louisiana", "700714"),
    ("ME", "Maine", "039049"),
    ("MH", "Marshall Islands", "969969"),
    ("MD", "Maryland", "206219"),
    ("MA", "Massachusetts", "010027055055"),
    ("MI", "Michigan", "480499"),
    ("FM", "Micronesia", "969969"),
    ("MN", "Minnesota", "550567"),
    ("MS", "Mississippi", "386397"),
    ("MO", "Missouri", "630658"),
    ("MT", "Montana", "590599"),
    ("NE", "Nebraska", "680693"),
    ("NV", "Nevada", "889898"),
    ("NH", "New Hampshire", "030038"),
    ("NJ", "New Jersey", "070089"),
    ("NM", "New Mexico", "870884"),
    ("NY", "New York", "005005063063100149"),
    ("NC", "North Carolina", "270289"),
    ("ND", "North Dakota", "567567580588"),
    ("MP", "Northern Mariana Islands", "969969"),
    ("OH", "Ohio", "430459"),
    ("OK", "Oklahoma", "730749"),
    ("OR", "Oregon", "970979"),
    ("PW", "Palau", "969969"),
    ("PA", "Pennsylvania", "150196"),
    ("PR", "Puerto Rico", "006007009009"),
    ("RI", "Rhode Island", "028029"),
    ("SC", "South Carolina", "290299"),
    ("SD", "South Dakota", "570577"),
    ("TN", "Tennessee", "370385"),
    ("TX", "Texas", "733733739739750799885885"),
    ("VI", "U.S. Virgin Islands", "008008"),
    ("UT", "Utah", "840847865865"),
    ("VT", "Vermont", "050059"),
    ("VA", "Virginia", "201201220246"),
    ("WA", "Washington", "980994"),
    ("WV", "West Virginia", "247268"),
    ("WI", "Wisconsin", "530549"),
    ("WY", "Wyoming", "820831834834"),
];

pub(super) fn rules() -> CountryRules {
    let region = |(code, name, prefixes): &(&str, &str, &str)| Region {
        code: (*code).to_owned(),
        name: (*name).to_owned(),
        name_fr: None,
        prefixes: Some((*prefixes).to_owned()),
    };
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

/// A ZIP code that already has its shape, and the groups of prefixes that its state has.
pub(super) fn check_postal(postal_code: &str, groups: Option<&str>) -> Result<(), Problem> {
    let prefix = postal_code.get(..3).filter(|prefix| prefix.bytes().all(|byte| byte.is_ascii_digit()));
    let prefix = prefix.ok_or(Problem::PostalPattern)?;
    let Some(mut rest) = groups else {
        return Ok(());
    };
    // Texts of three digits are in the order of their numbers.
    while let Some((group, next)) = rest.split_at_checked(6) {
        if group.split_at_checked(3).is_some_and(|(low, high)| (low..=high).contains(&prefix)) {
            return Ok(());
        }
        rest = next;
    }
    Err(Problem::PostalRegionMismatch)
}
