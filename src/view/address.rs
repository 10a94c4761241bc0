//! The fields of a billing address: the country, then the parts of its addresses in its own order.

use paydesk_domain::address::{CityLabel, Part, PostalLabel, Problem, RegionLabel};
use yew::Html;

use super::Cx;
use super::markup::{Out, attr, attrs, fixed};
use super::options::{Lists, option_list};
use super::parts::{Asks, Look, button, choice_field, text_field};
use crate::i18n::{FormWords, Locale, Strings, Words, fill};
use crate::state::{AddressForm, Field};

/// A page that asks for a card, an account or an address.
pub(crate) trait AsksAddress: Asks {
    /// The page's words.
    type Words: Words + FormWords;

    /// A field of a form, as the page has it.
    fn of_form(field: Field) -> Self::Field;
    /// In which language and region.
    fn locale(&self) -> &Locale<Self::Words>;
    /// Long lists, as they were last drawn.
    fn lists(&self) -> &Lists;
}

impl AsksAddress for Cx<'_> {
    type Words = Strings;

    fn of_form(field: Field) -> Field {
        field
    }

    fn locale(&self) -> &Locale {
        self.locale
    }

    fn lists(&self) -> &Lists {
        self.lists
    }
}

/// Draws the fields.
pub(crate) fn fields<C: AsksAddress>(out: &mut Out, cx: &C, form: &AddressForm) {
    let t = cx.locale().strings();
    let countries = [cx.lists().countries(cx.locale(), form.country()), Html::default()];
    choice_field(out, cx, C::of_form(Field::Country), fixed("country"), "billing country", countries);
    if form.has_failed() {
        out.el_with("p", attrs! {"class": fixed("wide error note"), "key": fixed("failed")}, |out| {
            out.say(t.address_unavailable());
            out.say(" ");
            button(out, "link", "retry-address", "button", t.retry());
        });
    } else if !form.is_known() {
        out.el_with("p", attrs! {"class": fixed("wide note"), "key": fixed("loading")}, |out| {
            out.say(t.address_loading())
        });
    }
    for part in form.parts() {
        field_of_part(out, cx, form, *part);
    }
}

fn field_of_part<C: AsksAddress>(out: &mut Out, cx: &C, form: &AddressForm, part: Part) {
    let t = cx.locale().strings();
    let field = C::of_form(Field::Address(part));
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
        let none = option_list([("", t.choose())], text);
        let regions = cx.lists().regions(rules, cx.locale(), text);
        // Another country's regions are another list.
        return choice_field(out, cx, field, attr(form.country()), autocomplete, [none, regions]);
    }
    let is_code = part == Part::PostalCode;
    let letters = |template: &String| {
        template.bytes().any(|shape| shape == b'@' || shape == b'?' || shape.is_ascii_alphabetic())
    };
    let numeric = is_code && !rules.postal.is_empty() && !rules.postal.iter().any(letters);
    let example = if is_code { rules.postal_example.as_str() } else { "" };
    let hint = if example.is_empty() { String::new() } else { fill(t.example(), &[example]) };
    let look = Look {
        autocomplete,
        inputmode: if numeric { "numeric" } else { "text" },
        hint: &hint,
        ..Look::default()
    };
    text_field(out, cx, field, Some(text), look);
}

/// Whether the country needs a part.
pub(crate) fn is_required(form: &AddressForm, part: Part) -> bool {
    form.rules().is_none_or(|rules| rules.required.contains(&part))
}

/// What the country calls a part.
pub(crate) fn label<W: FormWords>(t: &W, form: &AddressForm, part: Part) -> &'static str {
    let rules = form.rules();
    match part {
        Part::Line1 => t.line1(),
        Part::Line2 => t.line2(),
        Part::City => rules.map_or(t.city(), |rules| city(t, rules.city_label)),
        Part::Region => rules.map_or(t.province(), |rules| region(t, rules.region_label)),
        Part::PostalCode => rules.map_or(t.postal(), |rules| postal(t, rules.postal_label)),
    }
}

/// What is wrong with a part, in words.
pub(crate) fn problem<W: FormWords>(t: &W, form: &AddressForm, problem: Problem) -> String {
    match problem {
        Problem::Missing => t.required().to_owned(),
        Problem::TooLong => t.too_long().to_owned(),
        Problem::Unreadable => t.unreadable().to_owned(),
        Problem::UnknownRegion => t.region_unknown().to_owned(),
        Problem::PostalPattern => {
            let example = form.rules().map_or("", |rules| &rules.postal_example);
            fill(t.postal_pattern(), &[example])
        }
        Problem::PostalRegionMismatch => t.postal_region().to_owned(),
    }
}

fn city<W: FormWords>(t: &W, label: CityLabel) -> &'static str {
    match label {
        CityLabel::City => t.city(),
        CityLabel::District => t.district(),
        CityLabel::PostTown => t.post_town(),
        CityLabel::Suburb => t.suburb(),
    }
}

fn postal<W: FormWords>(t: &W, label: PostalLabel) -> &'static str {
    match label {
        PostalLabel::Eircode => t.eircode(),
        PostalLabel::Pin => t.pin(),
        PostalLabel::Postal => t.postal(),
        PostalLabel::Zip => t.zip(),
    }
}

fn region<W: FormWords>(t: &W, label: RegionLabel) -> &'static str {
    match label {
        RegionLabel::Area => t.area(),
        RegionLabel::County => t.county(),
        RegionLabel::Department => t.department(),
        RegionLabel::District => t.district(),
        RegionLabel::DoSi => t.do_si(),
        RegionLabel::Emirate => t.emirate(),
        RegionLabel::Island => t.island(),
        RegionLabel::Oblast => t.oblast(),
        RegionLabel::Parish => t.parish(),
        RegionLabel::Prefecture => t.prefecture(),
        RegionLabel::Province => t.province(),
        RegionLabel::State => t.state(),
    }
}
