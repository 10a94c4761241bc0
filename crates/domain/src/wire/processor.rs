//! The one request that a card's or a bank account's number can enter: browser to processor, in the dialect of Stripe.

use std::fmt;

use zeroize::Zeroizing;

use crate::address::Address;
use crate::bank::{AccountType, BankAccount, BankPart};
use crate::card::{Cvc, Expiry, Pan};
use crate::mandate::HolderType;
use crate::return_code::Rail;

/// What is exchanged for a token.
#[derive(Debug)]
pub enum Instrument {
    /// A card.
    Card {
        /// The card number.
        pan: Pan,
        /// The security code.
        cvc: Cvc,
        /// The month at whose end the card expires.
        expiry: Expiry,
    },
    /// The security code of a saved card, asked for again.
    SecurityCode(Cvc),
    /// A bank account.
    Bank {
        /// Its numbers.
        account: BankAccount,
        /// What kind of account it is; asked for in the US only.
        account_type: AccountType,
        /// Whose it is.
        holder: HolderType,
        /// Where the processor sends what it must tell the payer of a Canadian debit.
        email: Option<String>,
    },
}

/// A request for a token: `POST {processor}{path}`.
///
/// It takes the numbers and the code by value, so that whoever made them no longer holds them, and it can
/// only become a request body. It cannot be printed.
pub struct TokenizeRequest {
    /// The card or the bank account.
    pub instrument: Instrument,
    /// The name on the card, or of the account's holder; empty for a security code alone.
    pub name: String,
    /// The billing address; empty for a security code alone.
    pub billing_address: Address,
}

/// What each text is called: the name, then the parts of the address.
const CARD_NAMES: [&str; 7] = [
    "card[name]",
    "card[address_line1]",
    "card[address_line2]",
    "card[address_city]",
    "card[address_state]",
    "card[address_zip]",
    "card[address_country]",
];
const BANK_NAMES: [&str; 7] = [
    "billing_details[name]",
    "billing_details[address][line1]",
    "billing_details[address][line2]",
    "billing_details[address][city]",
    "billing_details[address][state]",
    "billing_details[address][postal_code]",
    "billing_details[address][country]",
];
/// More than any number needs, with its name and what else is said of the account.
const NUMBERS_ROOM: usize = 320;

impl TokenizeRequest {
    /// Where it is sent. A card becomes a single-use token; a bank account becomes a payment method of nobody's, which is
    /// what the processor has in the place of one.
    pub const fn path(&self) -> &'static str {
        match self.instrument {
            Instrument::Card { .. } | Instrument::SecurityCode(_) => "/v1/tokens",
            Instrument::Bank { .. } => "/v1/payment_methods",
        }
    }

    /// The body, `application/x-www-form-urlencoded`. Wiped from linear memory when dropped.
    ///
    /// The publishable key travels in the body, as `key`, so that the browser needs no preflight request.
    /// Room is reserved up front: a buffer that grows leaves copies of its beginning behind.
    pub fn into_form(self, publishable_key: &str) -> Zeroizing<String> {
        let address = &self.billing_address;
        let (names, email) = match &self.instrument {
            Instrument::Card { .. } | Instrument::SecurityCode(_) => (&CARD_NAMES, None),
            Instrument::Bank { email, .. } => (&BANK_NAMES, email.as_deref()),
        };
        let known = [
            self.name.as_str(),
            address.line1.as_str(),
            address.line2.as_deref().unwrap_or_default(),
            address.city.as_deref().unwrap_or_default(),
            address.region.as_deref().unwrap_or_default(),
            address.postal_code.as_deref().unwrap_or_default(),
            address.country.as_str(),
        ];
        let others = [("key", publishable_key), ("billing_details[email]", email.unwrap_or_default())];
        let texts = || others.into_iter().chain(names.iter().copied().zip(known));
        let room: usize =
            NUMBERS_ROOM + texts().map(|(name, text)| 8 + name.len() + text.len() * 3).sum::<usize>();
        let mut form = Zeroizing::new(String::with_capacity(room));
        push_numbers(&mut form, &self.instrument);
        for (name, text) in texts().filter(|(_, text)| !text.is_empty()) {
            form.push('&');
            form.push_str(name);
            form.push('=');
            push_encoded(&mut form, text);
        }
        debug_assert!(form.len() <= room, "the form outgrew the room reserved for it");
        form
    }
}

fn push_numbers(form: &mut String, instrument: &Instrument) {
    match instrument {
        Instrument::Card { pan, cvc, expiry } => {
            form.push_str("card[number]=");
            form.extend(pan.characters());
            form.push_str("&card[cvc]=");
            form.extend(cvc.characters());
            form.push_str("&card[exp_month]=");
            push_decimal(form, expiry.month().into());
            form.push_str("&card[exp_year]=");
            push_decimal(form, expiry.year());
        }
        Instrument::SecurityCode(cvc) => {
            form.push_str("cvc_update[cvc]=");
            form.extend(cvc.characters());
        }
        Instrument::Bank { account, account_type, holder, .. } => {
            let kind = match account.rail() {
                Rail::Ach => "us_bank_account",
                Rail::Pad => "acss_debit",
            };
            form.push_str("type=");
            form.push_str(kind);
            for number in account.numbers() {
                push_name(form, kind, name_of(number.part()));
                form.extend(number.characters());
            }
            if account.rail() == Rail::Ach {
                push_name(form, kind, "account_type");
                form.push_str(account_type.as_str());
                push_name(form, kind, "account_holder_type");
                form.push_str(match holder {
                    HolderType::Personal => "individual",
                    HolderType::Business => "company",
                });
            }
        }
    }
}

/// What a number is called. The one that is typed once more is not sent, so that its name is never asked for.
const fn name_of(part: BankPart) -> &'static str {
    match part {
        BankPart::Routing => "routing_number",
        BankPart::Institution => "institution_number",
        BankPart::Transit => "transit_number",
        BankPart::Account | BankPart::Again => "account_number",
    }
}

/// A number in digits, past the machinery of `format!`, which nothing else in the browser needs.
fn push_decimal(form: &mut String, number: u16) {
    if number > 9 {
        push_decimal(form, number / 10);
    }
    form.extend(char::from_digit(u32::from(number % 10), 10));
}

fn push_name(form: &mut String, kind: &str, name: &str) {
    for text in ["&", kind, "[", name, "]="] {
        form.push_str(text);
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

    fn request(instrument: Instrument) -> TokenizeRequest {
        TokenizeRequest {
            instrument,
            name: "Zoë & Co=1".into(),
            billing_address: Address {
                line1: "1 Rue A".into(),
                line2: None,
                city: Some("Montréal".into()),
                region: Some("QC".into()),
                postal_code: Some("H2X 1Y4".into()),
                country: "CA".into(),
            },
        }
    }

    #[test]
    fn spells_the_form_of_a_card() {
        let request = request(Instrument::Card {
            pan: Pan::parse("4242 4242 4242 4242").unwrap(),
            cvc: Cvc::parse("123", Brand::Visa).unwrap(),
            expiry: Expiry::new(2030, 3).unwrap(),
        });
        assert_eq!(format!("{request:?}"), "TokenizeRequest(redacted)");
        assert_eq!(request.path(), "/v1/tokens");
        let form = request.into_form("pk_test_x");
        assert_eq!(
            form.as_str(),
            "card[number]=4242424242424242&card[cvc]=123&card[exp_month]=3&card[exp_year]=2030&key=pk_test_x\
             &card[name]=Zo%C3%AB+%26+Co%3D1&card[address_line1]=1+Rue+A&card[address_city]=Montr%C3%A9al\
             &card[address_state]=QC&card[address_zip]=H2X+1Y4&card[address_country]=CA"
        );
    }

    #[test]
    fn spells_the_form_of_a_bank_account() {
        let bank = |rail, holder, email: Option<&str>| {
            let text = |part| match part {
                BankPart::Routing => "110000000",
                BankPart::Institution => "000",
                BankPart::Transit => "11000",
                BankPart::Account | BankPart::Again => "000-123456789",
            };
            request(Instrument::Bank {
                account: BankAccount::read(rail, text).unwrap(),
                account_type: AccountType::Savings,
                holder,
                email: email.map(str::to_owned),
            })
        };
        let payer = "billing_details[name]=Zo%C3%AB+%26+Co%3D1&billing_details[address][line1]=1+Rue+A\
             &billing_details[address][city]=Montr%C3%A9al&billing_details[address][state]=QC\
             &billing_details[address][postal_code]=H2X+1Y4&billing_details[address][country]=CA";
        let request = bank(Rail::Ach, HolderType::Business, None);
        assert_eq!(request.path(), "/v1/payment_methods");
        assert_eq!(
            *request.into_form("pk_test_x"),
            format!(
                "type=us_bank_account&us_bank_account[routing_number]=110000000&us_bank_account[account_number]=000123456789\
                 &us_bank_account[account_type]=savings&us_bank_account[account_holder_type]=company&key=pk_test_x&{payer}"
            )
        );
        assert_eq!(
            *bank(Rail::Pad, HolderType::Personal, Some("zoe@example.org")).into_form("pk_test_x"),
            format!(
                "type=acss_debit&acss_debit[institution_number]=000&acss_debit[transit_number]=11000\
                 &acss_debit[account_number]=000123456789&key=pk_test_x&billing_details[email]=zoe%40example.org&{payer}"
            )
        );
    }
}
