//! Card schemes: which numbers are theirs, how long, how grouped, and how long the security code is.

/// A card scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Brand {
    /// Visa.
    Visa,
    /// Mastercard.
    Mastercard,
    /// American Express.
    Amex,
    /// Discover.
    Discover,
    /// JCB.
    Jcb,
    /// Diners Club.
    Diners,
    /// UnionPay.
    Unionpay,
    /// A scheme that this version does not know.
    Unknown,
}

impl Brand {
    /// All that are known by name.
    pub const KNOWN: [Self; 7] =
        [Self::Visa, Self::Mastercard, Self::Amex, Self::Discover, Self::Jcb, Self::Diners, Self::Unionpay];

    /// The scheme of a number from its first digits (values 0 to 9), as soon as they leave no other choice.
    ///
    /// Ranges as the schemes publish them in their acceptance guides. `62` counts as UnionPay although part
    /// of it (622126 to 622925) is shared with Discover: both are accepted in the same places.
    pub fn detect(digits: &[u8]) -> Self {
        // The first four digits, and how many of them are there.
        let known = digits.len().min(4);
        let head = digits.iter().take(4).fold(0_u32, |head, digit| head * 10 + u32::from(*digit));
        let in_range = |low: u32, high: u32| {
            // Widen what is typed to all the heads that it can become.
            let scale = 10_u32.pow(u32::try_from(4 - known).unwrap_or_default());
            low <= head * scale && (head + 1) * scale - 1 <= high
        };
        match known {
            0 => Self::Unknown,
            _ if in_range(4000, 4999) => Self::Visa,
            _ if in_range(5100, 5599) || in_range(2221, 2720) => Self::Mastercard,
            _ if in_range(3400, 3499) || in_range(3700, 3799) => Self::Amex,
            _ if in_range(6011, 6011) || in_range(6440, 6599) => Self::Discover,
            _ if in_range(3528, 3589) => Self::Jcb,
            _ if in_range(3000, 3059)
                || in_range(3095, 3095)
                || in_range(3600, 3699)
                || in_range(3800, 3999) =>
            {
                Self::Diners
            }
            _ if in_range(6200, 6299) || in_range(8100, 8199) => Self::Unionpay,
            _ => Self::Unknown,
        }
    }

    /// The scheme's own name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Visa => "Visa",
            Self::Mastercard => "Mastercard",
            Self::Amex => "American Express",
            Self::Discover => "Discover",
            Self::Jcb => "JCB",
            Self::Diners => "Diners Club",
            Self::Unionpay => "UnionPay",
            Self::Unknown => "Card",
        }
    }

    /// The brand as it travels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Visa => "visa",
            Self::Mastercard => "mastercard",
            Self::Amex => "amex",
            Self::Discover => "discover",
            Self::Jcb => "jcb",
            Self::Diners => "diners",
            Self::Unionpay => "unionpay",
            Self::Unknown => "unknown",
        }
    }

    /// Reads what travelled; a scheme that this version does not know is [`Self::Unknown`].
    pub fn parse(text: &str) -> Self {
        Self::KNOWN.into_iter().find(|brand| brand.as_str() == text).unwrap_or(Self::Unknown)
    }

    /// How many digits its numbers have, shortest first.
    pub const fn lengths(self) -> &'static [usize] {
        match self {
            Self::Visa => &[13, 16, 19],
            Self::Mastercard => &[16],
            Self::Amex => &[15],
            Self::Discover | Self::Jcb | Self::Unionpay => &[16, 17, 18, 19],
            Self::Diners => &[14, 15, 16, 17, 18, 19],
            Self::Unknown => &[12, 13, 14, 15, 16, 17, 18, 19],
        }
    }

    /// The length that nearly all of its numbers have: a field may be taken as complete there.
    pub const fn usual_length(self) -> usize {
        match self {
            Self::Amex => 15,
            Self::Diners => 14,
            _ => 16,
        }
    }

    /// After how many digits a space is shown, in ascending order.
    pub const fn gaps(self) -> &'static [usize] {
        match self {
            Self::Amex => &[4, 10],
            Self::Diners => &[4, 10, 14],
            _ => &[4, 8, 12, 16],
        }
    }

    /// How many digits the security code has.
    pub const fn cvc_length(self) -> usize {
        match self {
            Self::Amex => 4,
            _ => 3,
        }
    }

    /// Whether its numbers end in a check digit. UnionPay has issued numbers that do not.
    pub const fn has_check_digit(self) -> bool {
        !matches!(self, Self::Unionpay)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detect(text: &str) -> Brand {
        Brand::detect(&text.bytes().map(|byte| byte - b'0').collect::<Vec<_>>())
    }

    #[test]
    fn detects_as_soon_as_it_is_certain() {
        for (typed, brand) in [
            ("", Brand::Unknown),
            ("4", Brand::Visa),
            ("5", Brand::Unknown),
            ("51", Brand::Mastercard),
            ("50", Brand::Unknown),
            ("22", Brand::Unknown),
            ("222", Brand::Unknown),
            ("2221", Brand::Mastercard),
            ("2220", Brand::Unknown),
            ("223", Brand::Mastercard),
            ("2720", Brand::Mastercard),
            ("2721", Brand::Unknown),
            ("3", Brand::Unknown),
            ("34", Brand::Amex),
            ("37", Brand::Amex),
            ("35", Brand::Unknown),
            ("3528", Brand::Jcb),
            ("353", Brand::Jcb),
            ("3527", Brand::Unknown),
            ("3589", Brand::Jcb),
            ("300", Brand::Diners),
            ("305", Brand::Diners),
            ("3095", Brand::Diners),
            ("36", Brand::Diners),
            ("38", Brand::Diners),
            ("39", Brand::Diners),
            ("6", Brand::Unknown),
            ("60", Brand::Unknown),
            ("6011", Brand::Discover),
            ("644", Brand::Discover),
            ("65", Brand::Discover),
            ("62", Brand::Unionpay),
            ("81", Brand::Unionpay),
            ("9", Brand::Unknown),
        ] {
            assert_eq!(detect(typed), brand, "{typed}");
        }
    }

    #[test]
    fn names_read_back() {
        for brand in Brand::KNOWN {
            assert_eq!(Brand::parse(brand.as_str()), brand);
            assert!(brand.lengths().contains(&brand.usual_length()));
        }
        assert_eq!(Brand::parse("maestro"), Brand::Unknown);
    }
}
