//! The only place that touches the fields themselves: formats them, reads them once, empties them.

use paydesk_domain::address::Address;
use paydesk_domain::bank::{AccountType, BankAccount, BankAccountNumber, BankPart, check_again};
use paydesk_domain::card::{Brand, Cvc, Expiry, ExpiryError, Pan, digit};
use paydesk_domain::mandate::HolderType;
use paydesk_domain::return_code::Rail;
use paydesk_domain::wire::processor::{Instrument, TokenizeRequest};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, HtmlInputElement};
use zeroize::Zeroizing;

use super::document::by_id;
use crate::flow::{Typed, lenient_month};
use crate::input::{Edit, Formatted, format_digits, format_expiry, format_number};
use crate::js;
use crate::state::{Action, Asks, Checkout, Choice, Field, Form, SecretFact, Store, missed_on};

/// The most digits that a security code has.
const CVC_DIGITS_MAX: usize = 4;

/// Takes in a field that changed, whoever changed it: a key, a paste, an input method, autofill.
///
/// The text is formatted here, before the state hears of it, so that the caret can be put back; the state gets
/// facts.
pub(super) fn take_in(store: &Store, input: &HtmlInputElement, event: Option<&Event>) {
    let Some(field) = Field::of_id(&input.id()) else {
        if input.type_() == "radio" {
            let value = input.value();
            if input.name() == super::plans::GROUP {
                return store.dispatch(Action::ChoosePlan(value));
            }
            store.dispatch(Action::Choose(match value.as_str() {
                super::methods::NEW_CARD => Choice::NewCard,
                super::methods::NEW_BANK => Choice::NewBank,
                _ => Choice::Saved(value),
            }));
        }
        return;
    };
    typed(&store.now().form, field, input, event, |action| store.dispatch(action));
}

/// Takes in what was typed into a field of a form: formats it, and tells the facts.
pub(crate) fn typed(
    form: &Form,
    field: Field,
    input: &HtmlInputElement,
    event: Option<&Event>,
    tell: impl Fn(Action),
) {
    tell(match field {
        Field::Number => {
            let text = rewrite(input, event, form.number.digits, format_number);
            let digits: Zeroizing<Vec<u8>> = Zeroizing::new(text.chars().filter_map(digit).collect());
            Action::Number(
                Brand::detect(&digits),
                SecretFact { digits: digits.len(), verdict: Pan::check(&text) },
            )
        }
        Field::Expiry => {
            let text = rewrite(input, event, form.expiry.digits, format_expiry);
            Action::Expiry(expiry_fact(&text))
        }
        Field::Renewal => {
            let text = rewrite(input, event, form.renewal.digits, format_expiry);
            Action::Renewal(expiry_fact(&text))
        }
        Field::Cvc => Action::Cvc(count(&rewrite(input, event, CVC_DIGITS_MAX, format_digits))),
        Field::Code => Action::Code(count(&rewrite(input, event, CVC_DIGITS_MAX, format_digits))),
        Field::Bank(part) => match form.asks {
            Asks::Bank(rail) => return take_in_bank(tell, input, event, part, rail),
            _ => return,
        },
        Field::AccountType => Action::AccountType(AccountType::parse(&input.value()).unwrap_or_default()),
        Field::Holder => Action::Holder(HolderType::parse(&input.value()).unwrap_or(HolderType::Personal)),
        Field::Agree => Action::Agree(input.checked()),
        Field::Name => Action::Name(input.value()),
        Field::SameAddress => Action::SameAddress(input.checked()),
        // Told twice by browsers, as input and as change; the second time would clear the region.
        Field::Country if input.value() == form.address.country() => return,
        Field::Country => Action::Country(input.value()),
        Field::Address(part) => Action::Address(part, input.value()),
        Field::Save => Action::Save(input.checked()),
        Field::Credit => Action::Credit(input.checked()),
        Field::Part => Action::Part(input.checked()),
        Field::Amount => Action::Amount(input.value()),
    });
}

fn expiry_fact(text: &str) -> SecretFact<ExpiryError> {
    SecretFact { digits: count(text), verdict: Expiry::check(text, lenient_month()) }
}

/// Looks whether the card in the form lives to every payment of the chosen way to pay. Its expiry goes no further.
pub(super) fn look_ahead(store: &Store) {
    let state = store.now();
    let field = match state.form.asks {
        Asks::Card | Asks::Replacement => Some(Field::Expiry),
        asks => asks.needs().expiry.then_some(Field::Renewal),
    };
    let field = field.filter(|_| state.needs_saved().is_some());
    let expiry = field.and_then(read).and_then(|text| Expiry::parse(&text).ok());
    let missed = expiry.zip(state.option()).and_then(|(expiry, option)| missed_on(option, &expiry));
    if missed != state.plan.missed() {
        store.dispatch(Action::Missed(missed.map(str::to_owned)));
    }
}

/// Takes in a number of a bank account. The one that is typed once more is right or wrong beside the first, whichever of
/// the two has changed.
fn take_in_bank(
    tell: impl Fn(Action),
    input: &HtmlInputElement,
    event: Option<&Event>,
    part: BankPart,
    rail: Rail,
) {
    // One digit more than there may be: who typed too many must see it.
    let text = rewrite(input, event, part.lengths(rail).1 + 1, format_digits);
    let tell = |part, text: &str, verdict| {
        tell(Action::Bank(part, SecretFact { digits: count(text), verdict }));
    };
    let other = |part: BankPart| read(Field::Bank(part)).unwrap_or_default();
    if part == BankPart::Again {
        return tell(part, &text, check_again(&other(BankPart::Account), &text));
    }
    tell(part, &text, BankAccountNumber::check(&text, part, rail));
    if part == BankPart::Account {
        let again = other(BankPart::Again);
        tell(BankPart::Again, &again, check_again(&text, &again));
    }
}

/// What a field holds.
fn read(field: Field) -> Option<Zeroizing<String>> {
    Some(Zeroizing::new(by_id(field.id())?.unchecked_into::<HtmlInputElement>().value()))
}

/// While an input method is composing, the field is its; it is formatted when the composition ends.
pub(crate) fn is_composing(event: &Event) -> bool {
    js::get(event, "isComposing").is_truthy() && event.type_() == "input"
}

/// Formats a field in place, and gives back what it shows. `number` is what the format has to know: how many digits there
/// were, or how many there may be.
fn rewrite(
    input: &HtmlInputElement,
    event: Option<&Event>,
    number: usize,
    format: fn(&str, usize, Edit, usize) -> Formatted,
) -> Zeroizing<String> {
    let raw = Zeroizing::new(input.value());
    if event.is_some_and(is_composing) {
        return raw;
    }
    let property = |name| event.map_or(JsValue::UNDEFINED, |event| js::get(event, name));
    // Autofill sends plain events without an input type; so do some input methods.
    let edit = Edit::of_input_type(&property("inputType").as_string().unwrap_or_default());
    let end = raw.encode_utf16().count();
    let caret =
        input.selection_start().ok().flatten().and_then(|caret| usize::try_from(caret).ok()).unwrap_or(end);
    let formatted = format(&raw, caret, edit, number);
    let text = Zeroizing::new(formatted.text);
    if *text != *raw {
        input.set_value(&text);
        let focused = web_sys::window()
            .and_then(|window| window.document())
            .and_then(|document| document.active_element());
        // Setting a selection moves the focus in some browsers: only where it already is.
        if focused.is_some_and(|focused| focused.id() == input.id())
            && let Ok(caret) = u32::try_from(formatted.caret)
        {
            let _ = input.set_selection_range(caret, caret);
        }
    }
    text
}

/// Reads every field of the form again: autofill may have changed them without a sound.
pub(super) fn take_in_all(store: &Store) {
    let form = &store.now().form;
    for field in form.fields() {
        if let Some(input) = by_id(field.id()) {
            let input: HtmlInputElement = input.unchecked_into();
            take_in(store, &input, None);
        }
    }
}

/// What was typed for this try, read from its fields; `None` while something is wrong with it.
pub(super) fn read_typed(state: &Checkout) -> Option<Typed> {
    let bank = state.view().and_then(|view| view.bank.as_ref());
    read_form(&state.form, bank.and_then(|bank| bank.email.clone()))
}

/// What was typed into a form, read from its fields; `None` while something is wrong with it. `email` is where a bank's notices go.
pub(crate) fn read_form(form: &Form, email: Option<String>) -> Option<Typed> {
    if !form.is_complete() {
        return None;
    }
    let address = || form.address.checked();
    match form.asks {
        Asks::Nothing => Some(Typed::default()),
        Asks::Saved(needs) => {
            let mut typed = Typed { address: address().filter(|_| needs.address), ..Typed::default() };
            if needs.expiry {
                typed.expiry = Some(Expiry::parse(&read(Field::Renewal)?).ok()?);
            }
            if needs.code {
                let code = Cvc::parse(&read(Field::Code)?, needs.brand).ok()?;
                typed.new = Some(TokenizeRequest {
                    instrument: Instrument::SecurityCode(code),
                    name: String::new(),
                    billing_address: Address::default(),
                });
            }
            Some(typed)
        }
        Asks::Card | Asks::Replacement | Asks::Bank(_) => {
            Some(Typed { new: Some(read_new(form, email)?), expiry: None, address: address() })
        }
    }
}

/// A card or a bank account that was typed in, read from its fields; `None` while something is wrong with it.
fn read_new(form: &Form, email: Option<String>) -> Option<TokenizeRequest> {
    let instrument = match form.asks {
        Asks::Card | Asks::Replacement => {
            let pan = Pan::parse(&read(Field::Number)?).ok()?;
            let cvc = Cvc::parse(&read(Field::Cvc)?, pan.brand()).ok()?;
            Instrument::Card { pan, cvc, expiry: Expiry::parse(&read(Field::Expiry)?).ok()? }
        }
        Asks::Bank(rail) => Instrument::Bank {
            account: BankAccount::read(rail, |part| read(Field::Bank(part)).unwrap_or_default()).ok()?,
            account_type: form.account_type,
            holder: form.holder,
            email,
        },
        Asks::Nothing | Asks::Saved(_) => return None,
    };
    Some(TokenizeRequest {
        instrument,
        name: form.name.trim().to_owned(),
        billing_address: form.address.checked()?,
    })
}

/// The fields that hold secrets, so that they can be emptied after they left the document.
pub(crate) fn secret_fields() -> Vec<HtmlInputElement> {
    let bank = BankPart::ALL.map(Field::Bank);
    [Field::Number, Field::Expiry, Field::Cvc, Field::Renewal, Field::Code]
        .iter()
        .chain(&bank)
        .filter_map(|field| by_id(field.id()))
        .map(JsCast::unchecked_into)
        .collect()
}

/// Empties a field.
pub(super) fn empty(id: &str) {
    if let Some(input) = by_id(id) {
        input.unchecked_into::<HtmlInputElement>().set_value("");
    }
}

fn count(text: &str) -> usize {
    text.chars().filter_map(digit).count()
}
