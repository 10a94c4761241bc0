//! The options of long lists.

use std::cell::RefCell;

use paydesk_domain::address::CountryRules;
use yew::Html;

use super::markup::{Out, attr, attrs, when};
use crate::i18n::{Locale, Words, between};

/// Every country and territory with postal addresses, ISO 3166-1 and `XK`.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BW \
    BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR \
    GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG \
    KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW \
    MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD \
    SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA \
    VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW";

/// The long lists as they were last drawn: a keystroke elsewhere does not make 250 options anew.
#[derive(Debug, Default)]
pub struct Lists {
    countries: RefCell<(String, Html)>,
    regions: RefCell<(String, Html)>,
}

impl Lists {
    /// Every country, one of them chosen.
    pub fn countries<W: Words>(&self, locale: &Locale<W>, chosen: &str) -> Html {
        remember(&self.countries, [locale.tag(), chosen], || {
            let countries = locale.countries(COUNTRIES);
            option_list(countries.iter().map(|(code, name)| (code.as_str(), name.as_str())), chosen)
        })
    }

    /// The regions of a country, one of them chosen.
    pub fn regions<W: Words>(&self, rules: &CountryRules, locale: &Locale<W>, chosen: &str) -> Html {
        let french = locale.is_french();
        let tongue = if french { "fr" } else { "" };
        remember(&self.regions, [&[&rules.country, tongue].concat(), chosen], || {
            let named = rules.regions.iter().map(|region| {
                let name = region.name_fr.as_deref().filter(|_| french).unwrap_or(&region.name);
                (region.code.as_str(), name)
            });
            option_list(named, chosen)
        })
    }
}

fn remember(place: &RefCell<(String, Html)>, key: [&str; 2], draw: impl FnOnce() -> Html) -> Html {
    let [locale, chosen] = key;
    let key = between(locale, " ", chosen);
    let mut place = place.borrow_mut();
    if place.0 != key {
        *place = (key, draw());
    }
    place.1.clone()
}

/// Options, as codes and names, one of them chosen.
pub(crate) fn option_list<'a>(options: impl IntoIterator<Item = (&'a str, &'a str)>, chosen: &str) -> Html {
    let mut out = Out::default();
    for (code, name) in options {
        out.el_with("option", attrs! {"value": attr(code), "selected": when(code == chosen)}, |out| {
            out.said(name)
        });
    }
    out.into_list()
}

#[cfg(test)]
mod tests {
    use super::COUNTRIES;

    /// Positive control: taking `FR` out of the list, or adding `QQ`, fails here.
    #[test]
    fn every_country_has_rules() {
        let data = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/domain/data/address");
        let mut listed = 0;
        for code in COUNTRIES.split_whitespace() {
            listed += 1;
            let built_in = paydesk_domain::address::built_in(code).is_some();
            assert!(built_in || data.join(format!("{code}.json")).is_file(), "{code}");
        }
        // ISO 3166-1 has 249; two are uninhabited, and Kosovo is not in it.
        assert_eq!(listed, 248);
    }
}
