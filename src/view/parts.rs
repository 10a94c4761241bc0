//! The pieces that everything is made of: a field, a notice.

use yew::Html;

use super::Cx;
use super::markup::{Out, Value, attr, attrs, fixed, when};
use crate::i18n::between;
use crate::state::Field;

/// A page that has fields: what there is to say of each.
pub(crate) trait Asks {
    /// A field of the page.
    type Field: Copy;

    /// Its element's id.
    fn id(&self, field: Self::Field) -> &'static str;
    /// What it is called.
    fn label(&self, field: Self::Field) -> &'static str;
    /// What is wrong with it, in words, once that is told.
    fn wrong(&self, field: Self::Field) -> Option<String>;
    /// Whether something is, and that is told.
    fn is_wrong(&self, field: Self::Field) -> bool {
        self.wrong(field).is_some()
    }
    /// Whether it may not be empty.
    fn is_required(&self, field: Self::Field) -> bool;
    /// The word beside the label of one that may.
    fn optional(&self) -> &'static str;
}

impl Asks for Cx<'_> {
    type Field = Field;

    fn id(&self, field: Field) -> &'static str {
        field.id()
    }

    fn label(&self, field: Field) -> &'static str {
        Cx::label(self, field)
    }

    fn wrong(&self, field: Field) -> Option<String> {
        self.state.form.shown_error(field).map(|error| self.error(error))
    }

    fn is_wrong(&self, field: Field) -> bool {
        self.state.form.shown_error(field).is_some()
    }

    fn is_required(&self, field: Field) -> bool {
        match field {
            Field::Address(part) => super::address::is_required(&self.state.form.address, part),
            _ => true,
        }
    }

    fn optional(&self) -> &'static str {
        self.t.optional()
    }
}

/// How a field is to be filled in.
pub(crate) struct Look<'a> {
    /// The autofill token.
    pub autocomplete: &'static str,
    /// The keyboard: `numeric` or `text`.
    pub inputmode: &'static str,
    /// Shown while it is empty.
    pub placeholder: &'static str,
    /// Told below the field, when nothing is wrong with it.
    pub hint: &'a str,
    /// The picture drawn inside the field, at its end.
    pub mark: &'static str,
}

impl Default for Look<'_> {
    fn default() -> Self {
        Self { autocomplete: "off", inputmode: "text", placeholder: "", hint: "", mark: "" }
    }
}

/// A text field that holds its own text (`None`) or shows the state's. There is no `name`: a form that is sent by
/// accident sends nothing.
pub(crate) fn text_field<C: Asks>(
    out: &mut Out,
    cx: &C,
    field: C::Field,
    text: Option<&str>,
    look: Look<'_>,
) {
    const KEYS: &[&str] = &[
        "id",
        "class",
        "aria-describedby",
        "aria-invalid",
        "aria-required",
        "type",
        "autocapitalize",
        "spellcheck",
        "autocomplete",
        "inputmode",
        "placeholder",
        "value",
    ];
    let note = note_id(cx.id(field));
    let mut values = frame_values(cx, field, &note);
    values.extend(["text", "off", "false", look.autocomplete, look.inputmode, look.placeholder].map(fixed));
    // Without a value, the last key is not there.
    values.extend(text.map(attr));
    let keys = KEYS.get(..values.len()).unwrap_or(KEYS);
    framed(out, cx, field, &note, look.hint, |out| {
        out.el_with("input", (keys, &values), |_| {});
        if !look.mark.is_empty() {
            mark(out, look.mark);
        }
    });
}

/// A list to choose from.
pub(crate) fn choice_field<C: Asks>(
    out: &mut Out,
    cx: &C,
    field: C::Field,
    key: Value<'_>,
    autocomplete: &'static str,
    options: [Html; 2],
) {
    const KEYS: &[&str] =
        &["id", "class", "aria-describedby", "aria-invalid", "aria-required", "autocomplete", "key"];
    let note = note_id(cx.id(field));
    let mut values = frame_values(cx, field, &note);
    values.extend([fixed(autocomplete), key]);
    framed(out, cx, field, &note, "", |out| {
        out.el_with("select", (KEYS, &values), |out| {
            options.into_iter().for_each(|options| out.put(options))
        });
    });
}

/// What every control says of itself: id, class, where its error stands, whether there is one, whether it is needed.
#[inline(never)]
fn frame_values<'a, C: Asks>(cx: &C, field: C::Field, note: &'a str) -> Vec<Value<'a>> {
    let wrong = cx.is_wrong(field);
    vec![fixed(cx.id(field)), fixed("control"), attr(note), when(wrong), when(cx.is_required(field))]
}

/// A label, a control, and the line below it that holds a hint or an error: always there, so that an error that
/// appears moves nothing.
fn framed<C: Asks>(
    out: &mut Out,
    cx: &C,
    field: C::Field,
    note_id: &str,
    hint: &str,
    control: impl FnOnce(&mut Out),
) {
    let id = fixed(cx.id(field));
    let error = cx.wrong(field);
    let note = fixed(if error.is_some() { "note error" } else { "note" });
    out.el_with("div", attrs! {"class": fixed("field"), "key": id}, |out| {
        out.el_with("label", attrs! {"for": id}, |out| {
            out.say(cx.label(field));
            out.el_say("span", "optional", if cx.is_required(field) { "" } else { cx.optional() });
        });
        out.el("span", "box", control);
        out.el_with("p", attrs! {"class": note, "id": attr(note_id)}, |out| {
            out.said(error.as_deref().unwrap_or(hint))
        });
    });
}

/// The picture of a card, for those who see it.
pub(crate) fn mark(out: &mut Out, name: &'static str) {
    out.el_with(
        "span",
        attrs! {"class": fixed("brand"), "data-mark": fixed(name), "aria-hidden": when(true)},
        |_| {},
    );
}

/// What, and how much.
pub(crate) fn line(out: &mut Out, class: &'static str, what: impl FnOnce(&mut Out), text: &str) {
    out.el("div", class, |out| {
        out.el("dt", "", what);
        out.el_said("dd", "", text);
    });
}

/// The same where what it is for is a text alone.
#[inline(never)]
pub(crate) fn figure(out: &mut Out, class: &'static str, what: &str, text: &str) {
    line(out, class, |out| out.said(what), text);
}

/// A button. What it does is known by its id.
pub(crate) fn button(out: &mut Out, class: &'static str, id: &'static str, kind: &'static str, text: &str) {
    out.el_with(
        "button",
        attrs! {"class": fixed(class), "key": fixed(id), "id": fixed(id), "type": fixed(kind)},
        |out| out.said(text),
    );
}

/// The class of a method that cannot be chosen.
pub(crate) const OFF: &str = "off";

/// A radio button for a method, with its picture and text.
pub(crate) fn method_row(
    out: &mut Out,
    value: Value<'_>,
    (chosen, class): (bool, &'static str),
    name: &str,
    picture: &'static str,
    text: impl FnOnce(&mut Out),
) {
    let hidden = when(!name.is_empty());
    out.el_with("div", attrs! {"class": fixed("row"), "key": value}, |out| {
        out.el_with("label", attrs! {"class": attr(&with("method", " ", class))}, |out| {
            out.el_with("input", attrs! {
                "type": fixed("radio"), "name": fixed("method"), "value": value, "checked": when(chosen), "disabled": when(class == OFF),
                "aria-label": attr(name),
            }, |_| {});
            mark(out, picture);
            out.el_with("span", attrs! {"class": fixed("what"), "aria-hidden": hidden}, text);
        });
    });
}

/// Two texts with something between them, or the first alone where there is no second.
pub(crate) fn with(first: &str, mark: &str, second: &str) -> String {
    if second.is_empty() { first.to_owned() } else { between(first, mark, second) }
}

fn note_id(id: &str) -> String {
    [id, "-note"].concat()
}
