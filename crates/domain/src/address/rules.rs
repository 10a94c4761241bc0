//! What a country asks of an address, as data.

/// A part of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Part {
    /// Street and number.
    Line1,
    /// Apartment, suite, building.
    Line2,
    /// City, suburb or post town.
    City,
    /// Province, state or prefecture.
    Region,
    /// Postal code.
    PostalCode,
}

impl Part {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Line1, Self::Line2, Self::City, Self::Region, Self::PostalCode];

    /// The part as it is named in documents and in `param`s.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Line1 => "line1",
            Self::Line2 => "line2",
            Self::City => "city",
            Self::Region => "region",
            Self::PostalCode => "postal_code",
        }
    }

    /// Reads a part's name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.as_str() == text)
    }

    /// How many characters fit. Generous: a bank's own field is shorter, and cuts.
    pub const fn characters_max(self) -> usize {
        match self {
            Self::PostalCode => 20,
            Self::City | Self::Region => 100,
            Self::Line1 | Self::Line2 => 200,
        }
    }
}

macro_rules! labels {
    ($($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:literal,)* })*) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        pub enum $name { $($(#[$variant_meta])* #[cfg_attr(feature = "serde", serde(rename = $text))] $variant,)* }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The label's name in data files.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// Reads a label's name.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)* _ => None }
            }
        }
    )*};
}

labels! {
    /// What a country calls its regions.
    RegionLabel {
        /// Area.
        Area = "area",
        /// County.
        County = "county",
        /// Department.
        Department = "department",
        /// District.
        District = "district",
        /// Do or si (Korea).
        DoSi = "do_si",
        /// Emirate.
        Emirate = "emirate",
        /// Island.
        Island = "island",
        /// Oblast.
        Oblast = "oblast",
        /// Parish.
        Parish = "parish",
        /// Prefecture.
        Prefecture = "prefecture",
        /// Province.
        Province = "province",
        /// State.
        State = "state",
    }

    /// What a country calls the place.
    CityLabel {
        /// City.
        City = "city",
        /// District.
        District = "district",
        /// Post town.
        PostTown = "post_town",
        /// Suburb.
        Suburb = "suburb",
    }

    /// What a country calls the code.
    PostalLabel {
        /// Eircode.
        Eircode = "eircode",
        /// PIN code.
        Pin = "pin",
        /// Postal code.
        Postal = "postal",
        /// ZIP code.
        Zip = "zip",
    }
}

/// A region that may be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Region {
    /// Its code, kept in the address.
    pub code: String,
    /// Its name in the country's own language (in English for Canada and the United States).
    pub name: String,
    /// Its French name, where it has another one.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub name_fr: Option<String>,
    /// How its postal codes begin, where that is known: the first letters in Canada; in the United States the first and
    /// the last prefix of each group, three digits each.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub prefixes: Option<String>,
}

/// What a country asks of an address. One JSON document each, named by the country's code.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CountryRules {
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// The parts that its addresses have, in the order of its forms.
    pub parts: Vec<Part>,
    /// Those that may not be empty.
    pub required: Vec<Part>,
    /// What it calls its regions.
    pub region_label: RegionLabel,
    /// What it calls the place.
    pub city_label: CityLabel,
    /// What it calls the code.
    pub postal_label: PostalLabel,
    /// Its regions, when one must be chosen from a list; empty when it is typed.
    #[cfg_attr(feature = "serde", serde(default))]
    pub regions: Vec<Region>,
    /// The shapes of its postal codes: `#` a digit, `@` a letter, `?` either, anything else itself.
    #[cfg_attr(feature = "serde", serde(default))]
    pub postal: Vec<String>,
    /// A postal code to show as an example.
    #[cfg_attr(feature = "serde", serde(default))]
    pub postal_example: String,
}

/// What is wrong with a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// It is required here.
    #[error("is required in this country")]
    Missing,
    /// It is longer than anybody's.
    #[error("is too long")]
    TooLong,
    /// It holds control characters.
    #[error("holds characters that cannot be printed")]
    Unreadable,
    /// Not a region of this country.
    #[error("is not a region of this country: give its code")]
    UnknownRegion,
    /// Not a postal code of this country.
    #[error("does not have the form of this country's postal codes")]
    PostalPattern,
    /// A postal code of another region.
    #[error("belongs to another region than the one given")]
    PostalRegionMismatch,
}
