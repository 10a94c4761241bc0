//! Takes a bank account in: checks it, seals its number, and notes what may be shown.

use crate::banks::check::{ACH_LENGTHS, PAD_LENGTHS, is_digits, is_routing_number};
use crate::banks::{AccountNumber, Rail, TestAccount, part_of};
use crate::error::ApiError;
use crate::form::Node;
use crate::model::{BankAccount, BankPlace, Holder};
use crate::store::Tx;

const ACCOUNT_TYPES: [&str; 2] = ["checking", "savings"];

/// Reads the `us_bank_account` or `acss_debit` of a payment method.
pub fn account_of_node(tx: &Tx<'_>, node: &Node<'_>, rail: Rail) -> Result<BankAccount, ApiError> {
    let place = match rail {
        Rail::Ach => {
            node.allow(&["account_holder_type", "account_number", "account_type", "routing_number"])?;
            us_place(node)?
        }
        Rail::Pad => {
            node.allow(&["account_number", "institution_number", "transit_number"])?;
            BankPlace::Canada {
                institution_number: digits_of(node, "institution_number", 3)?,
                transit_number: digits_of(node, "transit_number", 5)?,
            }
        }
    };
    account(tx, place, number_of(node, rail)?)
}

/// Reads the `bank_account` of a token: the older shape, in which a Canadian bank is `transit-institution`.
pub fn account_of_token_node(tx: &Tx<'_>, node: &Node<'_>) -> Result<BankAccount, ApiError> {
    node.allow(&[
        "account_holder_name",
        "account_holder_type",
        "account_number",
        "account_type",
        "country",
        "currency",
        "routing_number",
    ])?;
    let (rail, place) = match node.required("country")? {
        "US" => (Rail::Ach, us_place(node)?),
        "CA" => (Rail::Pad, canadian_place(node)?),
        _ => {
            let message = "This processor knows bank accounts in US and CA.";
            return Err(ApiError::invalid(message)
                .code("country_unsupported")
                .param(node.name_of("country")));
        }
    };
    node.choice("currency", rail.currencies())?;
    account(tx, place, number_of(node, rail)?)
}

/// The account behind a short name.
pub fn account_of_test(tx: &Tx<'_>, test: TestAccount) -> Result<BankAccount, ApiError> {
    let place = match test.rail {
        Rail::Ach => BankPlace::Us {
            routing_number: "110000000".to_owned(),
            holder: Holder::Individual,
            account_type: "checking".to_owned(),
        },
        Rail::Pad => {
            BankPlace::Canada { institution_number: "000".to_owned(), transit_number: "11000".to_owned() }
        }
    };
    let number = AccountNumber::parse(test.number, PAD_LENGTHS);
    let number = number.ok_or_else(|| ApiError::api(500, "The test account has no number."))?;
    account(tx, place, number)
}

fn us_place(node: &Node<'_>) -> Result<BankPlace, ApiError> {
    let routing_number = node.required("routing_number")?;
    if !is_routing_number(routing_number) {
        return Err(wrong_routing(node, "routing_number"));
    }
    let holder = node.choice("account_holder_type", &Holder::WORDS)?;
    let account_type = node.choice("account_type", &ACCOUNT_TYPES)?.unwrap_or("checking");
    Ok(BankPlace::Us {
        routing_number: routing_number.to_owned(),
        holder: holder.map_or(Holder::Individual, Holder::of_word),
        account_type: account_type.to_owned(),
    })
}

fn canadian_place(node: &Node<'_>) -> Result<BankPlace, ApiError> {
    let routing = node.required("routing_number")?.split_once('-');
    let routing = routing.filter(|(transit, bank)| is_digits(transit, 5) && is_digits(bank, 3));
    let (transit, institution) = routing.ok_or_else(|| wrong_routing(node, "routing_number"))?;
    Ok(BankPlace::Canada { institution_number: institution.to_owned(), transit_number: transit.to_owned() })
}

fn digits_of(node: &Node<'_>, name: &str, count: usize) -> Result<String, ApiError> {
    let text = node.required(name)?;
    if is_digits(text, count) { Ok(text.to_owned()) } else { Err(wrong_routing(node, name)) }
}

fn number_of(node: &Node<'_>, rail: Rail) -> Result<AccountNumber, ApiError> {
    let text = node.required("account_number")?;
    let lengths = match rail {
        Rail::Ach => ACH_LENGTHS,
        Rail::Pad => PAD_LENGTHS,
    };
    AccountNumber::parse(text, lengths).ok_or_else(|| {
        let message = "The bank account number provided is invalid (e.g., missing digits).";
        ApiError::invalid(message).code("account_number_invalid").param(node.name_of("account_number"))
    })
}

fn wrong_routing(node: &Node<'_>, name: &str) -> ApiError {
    let message = "The bank routing number provided is invalid.";
    ApiError::invalid(message).code("routing_number_invalid").param(node.name_of(name))
}

fn account(tx: &Tx<'_>, place: BankPlace, number: AccountNumber) -> Result<BankAccount, ApiError> {
    let id = tx.id("ba");
    let vault = tx.context.vault;
    let sealed = vault.seal_account(&number, &id, tx.context.ids);
    let sealed = sealed.map_err(|_| ApiError::api(500, "The vault did not take the account."))?;
    Ok(BankAccount {
        last4: number.last4(),
        fingerprint: vault.account_fingerprint(&place.bank(), &number),
        sealed,
        part: part_of(number.reveal()),
        verified: false,
        known_as: Vec::new(),
        place,
        id,
    })
}
