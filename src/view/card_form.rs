//! The form for a new card. The fields of the number, the expiry and the security code hold their own text; the
//! markup never has it.

use paydesk_domain::address::Part;
use paydesk_domain::card::Brand;
use paydesk_domain::wire::billing::CheckoutView;
use yew::Html;

use super::Cx;
use super::markup::{Out, attr, attrs, fixed, when};
use super::options::option_list;
use super::parts::{Look, button, choice_field, text_field};
use crate::i18n::fill;
use crate::state::Field;

/// Draws the form; `hidden` keeps it in the document without showing it.
pub(super) fn card_form(out: &mut Out, cx: &Cx<'_>, view: &CheckoutView, hidden: bool) {
    out.el_with("div", attrs! {"class": fixed("card"), "hidden": when(hidden)}, |out| {
        out.el("div", "grid", |out| card_fields(out, cx));
        out.el_with("div", attrs! {"class": fixed("grid"), "role": fixed("group"), "aria-label": fixed(cx.t.billing_address)}, |out| {
            address(out, cx);
        });
        if view.session.may_save {
            save(out, cx, view);
        }
    });
}

fn card_fields(out: &mut Out, cx: &Cx<'_>) {
    let t = cx.t;
    let form = &cx.state.form;
    let front = form.brand == Brand::Amex;
    let (cvc_hint, cvc_mark) = if front { (t.cvc_hint_front, "front") } else { (t.cvc_hint_back, "code") };
    let mut digits = |field, autocomplete, placeholder, hint, mark| {
        let look = Look { autocomplete, inputmode: "numeric", placeholder, hint: fixed(hint), mark };
        text_field(out, cx, field, None, look);
    };
    digits(Field::Number, "cc-number", "1234 1234 1234 1234", "", form.brand.as_str());
    digits(Field::Expiry, "cc-exp", t.expiry_hint, "", "");
    digits(Field::Cvc, "cc-csc", "", cvc_hint, cvc_mark);
    text_field(out, cx, Field::Name, Some(&form.name), Look { autocomplete: "cc-name", ..Look::default() });
}

/// The country, then the parts of its addresses in its own order.
fn address(out: &mut Out, cx: &Cx<'_>) {
    let form = &cx.state.form.address;
    let countries = [cx.lists.countries(cx.locale, form.country()), Html::default()];
    choice_field(out, cx, Field::Country, fixed("country"), "billing country", countries);
    if form.has_failed() {
        out.el_with("p", attrs! {"class": fixed("wide error note"), "key": fixed("failed")}, |out| {
            out.say(cx.t.address_unavailable);
            out.say(" ");
            button(out, "link", "retry-address", "button", cx.t.retry);
        });
    } else if !form.is_known() {
        out.el_with("p", attrs! {"class": fixed("wide note"), "key": fixed("loading")}, |out| {
            out.say(cx.t.address_loading)
        });
    }
    for part in form.parts() {
        address_part(out, cx, *part);
    }
}

fn address_part(out: &mut Out, cx: &Cx<'_>, part: Part) {
    let form = &cx.state.form.address;
    let field = Field::Address(part);
    let Some(rules) = form.rules() else {
        return;
    };
    let autocomplete = match part {
        Part::Line1 => "billing address-line1",
        Part::Line2 => "billing address-line2",
        Part::City => "billing address-level2",
        Part::Region => "billing address-level1",
        Part::PostalCode => "billing postal-code",
    };
    let text = form.value(part);
    if part == Part::Region && !rules.regions.is_empty() {
        let none = option_list([("", cx.t.choose)], text);
        let regions = cx.lists.regions(rules, cx.locale.language(), text);
        // Another country's regions are another list.
        return choice_field(out, cx, field, attr(form.country()), autocomplete, [none, regions]);
    }
    let is_code = part == Part::PostalCode;
    let letters = |template: &String| {
        template.bytes().any(|shape| shape == b'@' || shape == b'?' || shape.is_ascii_alphabetic())
    };
    let numeric = is_code && !rules.postal.is_empty() && !rules.postal.iter().any(letters);
    let example = if is_code { rules.postal_example.as_str() } else { "" };
    let look = Look {
        autocomplete,
        inputmode: if numeric { "numeric" } else { "text" },
        hint: if example.is_empty() { fixed("") } else { attr(&fill(cx.t.example, &[example])) },
        ..Look::default()
    };
    text_field(out, cx, field, Some(text), look);
}

fn save(out: &mut Out, cx: &Cx<'_>, view: &CheckoutView) {
    let consent = cx.state.consent(view);
    out.el("div", "save", |out| {
        out.el("label", "", |out| {
            out.el_with("input", attrs! {
                "type": fixed("checkbox"), "id": fixed(Field::Save.id()), "checked": when(cx.state.form.save),
                "aria-describedby": fixed("consent"),
            }, |_| {});
            out.el("span", "", |out| out.say(cx.t.save));
        });
        out.el_with("p", attrs! {"id": fixed("consent"), "lang": attr(&consent.locale)}, |out| {
            out.said(&consent.text)
        });
    });
}
