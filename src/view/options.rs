//! The options of long lists.

use std::cell::RefCell;

use paydesk_domain::address::CountryRules;
use yew::Html;

use super::markup::{Out, attr, attrs, when};
use crate::i18n::{Language, Locale, between};

/// Every country and territory with postal addresses, ISO 3166-1 and `XK`: the first letter of a group, then the second letters
/// of all codes that begin with it.
const COUNTRIES: &str = "ADEFGILMOQRSTUWXZ BABDEFGHIJLMNOQRSTWYZ CACDFGHIKLMNORUVWXYZ DEJKMOZ ECEGHRST FIJKMOR \
    GABDEFGHILMNPQRSTUWY HKNRTU IDELMNOQRST JEMOP KEGHIMNPRWYZ LABCIKRSTUVY MACDEFGHKLMNOPQRSTUVWXYZ \
    NACEFGILOPRUZ OM PAEFGHKLMNRSTWY QA REOSUW SABCDEGHIJKLMNORSTVXYZ TCDFGHJKLMNORTVWZ UAGMSYZ VACEGINU WFS \
    XK YET ZAMW";

/// Their codes.
fn codes() -> impl Iterator<Item = String> {
    COUNTRIES.split(' ').flat_map(|group| {
        let (first, seconds) = group.split_at_checked(1).unwrap_or_default();
        seconds.chars().map(move |second| [first, second.encode_utf8(&mut [0; 4])].concat())
    })
}

/// The long lists as they were last drawn: a keystroke elsewhere does not make 250 options anew.
#[derive(Debug, Default)]
pub struct Lists {
    countries: RefCell<(String, Html)>,
    regions: RefCell<(String, Html)>,
}

impl Lists {
    /// Every country, one of them chosen.
    pub fn countries(&self, locale: &Locale, chosen: &str) -> Html {
        remember(&self.countries, [locale.tag(), chosen], || {
            let countries = locale.countries(codes());
            option_list(countries.iter().map(|(code, name)| (code.as_str(), name.as_str())), chosen)
        })
    }

    /// The regions of a country, one of them chosen.
    pub fn regions(&self, rules: &CountryRules, language: Language, chosen: &str) -> Html {
        let french = language == Language::French;
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
pub(super) fn option_list<'a>(options: impl IntoIterator<Item = (&'a str, &'a str)>, chosen: &str) -> Html {
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
    use super::codes;

    /// Positive control: taking `FR` out of the list, or adding `QQ`, fails here.
    #[test]
    fn every_country_has_rules() {
        let data = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/domain/data/address");
        let mut listed = 0;
        for code in codes() {
            listed += 1;
            let built_in = paydesk_domain::address::built_in(&code).is_some();
            assert!(built_in || data.join(format!("{code}.json")).is_file(), "{code}");
        }
        // ISO 3166-1 has 249; two are uninhabited, and Kosovo is not in it.
        assert_eq!(listed, 248);
    }
}
