//! The one request that a card number can enter: browser to processor, in the dialect of Stripe.

use std::fmt;

use zeroize::Zeroizing;

use crate::address::Address;
use crate::card::{Cvc, Expiry, Pan};

/// A request for a single-use token: `POST {processor}/v1/tokens`.
///
/// It takes the number and the code by value, so that whoever made them no longer holds them, and it can
/// only become a request body. It cannot be printed.
pub struct TokenizeRequest {
    /// The card number.
    pub pan: Pan,
    /// The security code.
    pub cvc: Cvc,
    /// The month at whose end the card expires.
    pub expiry: Expiry,
    /// The name on the card.
    pub name: String,
    /// The card's billing address.
    pub billing_address: Address,
}

impl TokenizeRequest {
    /// The body, `application/x-www-form-urlencoded`. Wiped from linear memory when dropped.
    ///
    /// The publishable key travels in the body, as `key`, so that the browser needs no preflight request.
    /// Room is reserved up front: a buffer that grows leaves copies of its beginning behind.
    pub fn into_form(self, publishable_key: &str) -> Zeroizing<String> {
        let address = &self.billing_address;
        let texts = [
            ("key", publishable_key),
            ("card[name]", self.name.as_str()),
            ("card[address_line1]", address.line1.as_str()),
            ("card[address_line2]", address.line2.as_deref().unwrap_or_default()),
            ("card[address_city]", address.city.as_deref().unwrap_or_default()),
            ("card[address_state]", address.region.as_deref().unwrap_or_default()),
            ("card[address_zip]", address.postal_code.as_deref().unwrap_or_default()),
            ("card[address_country]", address.country.as_str()),
        ];
        let room: usize = 160
            + self.pan.length()
            + texts.iter().map(|(name, text)| 8 + name.len() + text.len() * 3).sum::<usize>();
        let mut form = Zeroizing::new(String::with_capacity(room));
        form.push_str("card[number]=");
        form.extend(self.pan.characters());
        form.push_str("&card[cvc]=");
        form.extend(self.cvc.characters());
        form.push_str(&format!(
            "&card[exp_month]={}&card[exp_year]={}",
            self.expiry.month(),
            self.expiry.year()
        ));
        for (name, text) in texts.iter().filter(|(_, text)| !text.is_empty()) {
            form.push('&');
            form.push_str(name);
            form.push('=');
            push_encoded(&mut form, text);
        }
        debug_assert!(form.len() <= room, "the form outgrew the room reserved for it");
        form
    }
}

impl fmt::Debug for TokenizeRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenizeRequest(redacted)")
    }
}

fn push_encoded(form: &mut String, text: &str) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'*' => {
                form.push(char::from(byte))
            }
            b' ' => form.push('+'),
            _ => {
                form.push('%');
                for nibble in [byte >> 4, byte & 15] {
                    form.push(HEX.get(usize::from(nibble)).copied().map_or('0', char::from));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::Brand;

    #[test]
    fn spells_the_form() {
        let request = TokenizeRequest {
            pan: Pan::parse("4242 4242 4242 4242").unwrap(),
            cvc: Cvc::parse("123", Brand::Visa).unwrap(),
            expiry: Expiry::new(2030, 3).unwrap(),
            name: "Zoë & Co=1".into(),
            billing_address: Address {
                line1: "1 Rue A".into(),
                line2: None,
                city: Some("Montréal".into()),
                region: Some("QC".into()),
                postal_code: Some("H2X 1Y4".into()),
                country: "CA".into(),
            },
        };
        assert_eq!(format!("{request:?}"), "TokenizeRequest(redacted)");
        let form = request.into_form("pk_test_x");
        assert_eq!(
            form.as_str(),
            "card[number]=4242424242424242&card[cvc]=123&card[exp_month]=3&card[exp_year]=2030&key=pk_test_x\
             &card[name]=Zo%C3%AB+%26+Co%3D1&card[address_line1]=1+Rue+A&card[address_city]=Montr%C3%A9al\
             &card[address_state]=QC&card[address_zip]=H2X+1Y4&card[address_country]=CA"
        );
    }
}
