//! The fields of a card or bank account, whichever page asks for them. Those of numbers, the expiry and the security code hold their
//! own text; the markup never has it.

use paydesk_domain::bank::{AccountType, BankPart};
use paydesk_domain::card::Brand;
use paydesk_domain::mandate::HolderType;
use paydesk_domain::return_code::Rail;
use yew::Html;

use super::address::AsksAddress;
use super::markup::{Out, fixed};
use super::options::option_list;
use super::parts::{Look, choice_field, text_field};
use crate::i18n::FormWords;
use crate::state::{Field, Form, Needs};

/// A card that is typed in.
pub(crate) fn card<C: AsksAddress>(out: &mut Out, cx: &C, brand: Brand) {
    let t = cx.locale().strings();
    digits(out, cx, Field::Number, "cc-number", "1234 1234 1234 1234", ("", brand.as_str()));
    digits(out, cx, Field::Expiry, "cc-exp", t.expiry_hint(), ("", ""));
    digits(out, cx, Field::Cvc, "cc-csc", "", code_look(t, brand));
}

/// What a saved card lacks of its own.
pub(crate) fn lacking<C: AsksAddress>(out: &mut Out, cx: &C, needs: Needs) {
    let t = cx.locale().strings();
    if needs.expiry {
        digits(out, cx, Field::Renewal, "cc-exp", t.expiry_hint(), ("", ""));
    }
    if needs.code {
        digits(out, cx, Field::Code, "cc-csc", "", code_look(t, needs.brand));
    }
}

/// The name on a card, or of an account's holder.
pub(crate) fn name<C: AsksAddress>(out: &mut Out, cx: &C, form: &Form) {
    let autocomplete = if form.asks.has_card() { "cc-name" } else { "name" };
    text_field(out, cx, C::of_form(Field::Name), Some(&form.name), Look { autocomplete, ..Look::default() });
}

/// The numbers of an account in its country's form.
pub(crate) fn account<C: AsksAddress>(out: &mut Out, cx: &C, form: &Form, rail: Rail) {
    let t = cx.locale().strings();
    for part in BankPart::of_rail(rail) {
        let look = Look { inputmode: "numeric", ..Look::default() };
        text_field(out, cx, C::of_form(Field::Bank(*part)), None, look);
    }
    if rail == Rail::Ach {
        let types = [AccountType::Checking, AccountType::Savings].map(AccountType::as_str);
        let options = [(types[0], t.chequing()), (types[1], t.savings())];
        select(out, cx, Field::AccountType, options, form.account_type.as_str());
    }
}

/// Whose account it is.
pub(crate) fn holder<C: AsksAddress>(out: &mut Out, cx: &C, form: &Form) {
    let t = cx.locale().strings();
    let options =
        [(HolderType::Personal.as_str(), t.personal()), (HolderType::Business.as_str(), t.business())];
    select(out, cx, Field::Holder, options, form.holder.as_str());
}

fn select<C: AsksAddress>(
    out: &mut Out,
    cx: &C,
    field: Field,
    options: [(&'static str, &'static str); 2],
    chosen: &str,
) {
    let options = [option_list(options, chosen), Html::default()];
    choice_field(out, cx, C::of_form(field), fixed(""), "off", options);
}

/// Where a card has its security code: in words and as a picture.
fn code_look<W: FormWords>(t: &W, brand: Brand) -> (&'static str, &'static str) {
    if brand == Brand::Amex { (t.cvc_hint_front(), "front") } else { (t.cvc_hint_back(), "code") }
}

/// A field of digits that holds its own text.
fn digits<C: AsksAddress>(
    out: &mut Out,
    cx: &C,
    field: Field,
    autocomplete: &'static str,
    placeholder: &'static str,
    (hint, mark): (&'static str, &'static str),
) {
    let look = Look { autocomplete, inputmode: "numeric", placeholder, hint, mark };
    text_field(out, cx, C::of_form(field), None, look);
}
