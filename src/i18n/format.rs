//! Money and dates as the payer's region writes them: by the browser's `Intl`.

use super::{Locale, Words};
use paydesk_domain::money::Currency;

impl<W: Words> Locale<W> {
    /// An amount with its currency, for example `$182.50` or `182,50 $`.
    pub fn money(&self, minor: i64, currency: &str) -> String {
        match currency.parse::<Currency>() {
            Ok(currency) => platform::money(self, minor, currency),
            Err(_) => String::new(),
        }
    }

    /// A month of a year, for example `March 2030` or `mars 2030`.
    pub fn month_year(&self, year: u16, month: u8) -> String {
        platform::month(self, year, month)
    }

    /// The day of an RFC 3339 time, where the payer is.
    pub fn day(&self, time: &str) -> String {
        platform::day(self, time)
    }

    /// A day, `2026-12-31`, which is the same one everywhere.
    #[inline(never)]
    pub fn date(&self, day: &str) -> String {
        platform::date(self, day)
    }

    /// The names of countries, given as codes with spaces between, as the language sorts them: code and name.
    pub fn countries(&self, codes: &str) -> Vec<(String, String)> {
        platform::countries(self, codes)
    }
}

#[cfg(target_arch = "wasm32")]
mod platform {
    use super::{Currency, Locale, Words};
    use crate::i18n::pieces;
    use crate::js::{number, texts};
    use wasm_bindgen::prelude::wasm_bindgen;
    use wasm_bindgen::{JsCast, JsValue};

    // Every constructor is bound with `catch`: an exception that crossed the views would leave them dead.
    #[wasm_bindgen]
    extern "C" {
        type NumberFormat;
        #[wasm_bindgen(constructor, js_namespace = Intl, catch)]
        fn new(tag: &str, options: &JsValue) -> Result<NumberFormat, JsValue>;
        #[wasm_bindgen(method)]
        fn format(this: &NumberFormat, number: f64) -> String;

        type DateTimeFormat;
        #[wasm_bindgen(constructor, js_namespace = Intl, catch)]
        fn new(tag: &str, options: &JsValue) -> Result<DateTimeFormat, JsValue>;
        #[wasm_bindgen(method, catch)]
        fn format(this: &DateTimeFormat, date: &js_sys::Date) -> Result<String, JsValue>;

        type DisplayNames;
        #[wasm_bindgen(constructor, js_namespace = Intl, catch)]
        fn new(tag: &str, options: &JsValue) -> Result<DisplayNames, JsValue>;
        #[wasm_bindgen(method, catch)]
        fn of(this: &DisplayNames, code: &str) -> Result<Option<String>, JsValue>;

        type Collator;
        #[wasm_bindgen(constructor, js_namespace = Intl, catch)]
        fn new(tag: &str) -> Result<Collator, JsValue>;
        #[wasm_bindgen(method, getter)]
        fn compare(this: &Collator) -> JsValue;

        #[wasm_bindgen(js_name = Array)]
        type Names;
        #[wasm_bindgen(method)]
        fn sort(this: &Names, compare: &JsValue);
    }

    /// Minor units and their quotient are within what a JavaScript number holds to the cent.
    pub(super) fn money<W: Words>(locale: &Locale<W>, minor: i64, currency: Currency) -> String {
        let scale = (0..currency.exponent()).fold(1.0, |scale, _| scale * 10.0);
        let options = texts(&[("style", "currency"), ("currency", currency.code())]);
        NumberFormat::new(locale.tag(), &options)
            .map_or_else(|_| String::new(), |format| format.format(number(minor) / scale))
    }

    pub(super) fn month<W: Words>(locale: &Locale<W>, year: u16, month: u8) -> String {
        let date = js_sys::Date::new_with_year_month_day(u32::from(year), i32::from(month) - 1, 15);
        write(locale, &[("month", "long"), ("year", "numeric")], &date)
    }

    pub(super) fn day<W: Words>(locale: &Locale<W>, time: &str) -> String {
        write(locale, &[("dateStyle", "long")], &js_sys::Date::new(&JsValue::from_str(time)))
    }

    /// A day alone begins at midnight in UTC, which is still the day before where the payer may be.
    pub(super) fn date<W: Words>(locale: &Locale<W>, day: &str) -> String {
        let day = js_sys::Date::new(&JsValue::from_str(day));
        write(locale, &[("dateStyle", "long"), ("timeZone", "UTC")], &day)
    }

    fn write<W: Words>(locale: &Locale<W>, parts: &[(&str, &str)], date: &js_sys::Date) -> String {
        let written = DateTimeFormat::new(locale.tag(), &texts(parts)).and_then(|format| format.format(date));
        written.unwrap_or_default()
    }

    /// The browser sorts, too: a sort of ours would weigh five kilobytes.
    pub(super) fn countries<W: Words>(locale: &Locale<W>, codes: &str) -> Vec<(String, String)> {
        let names = DisplayNames::new(locale.tag(), &texts(&[("type", "region")])).ok();
        let name = |code: &str| names.as_ref().and_then(|names| names.of(code).ok().flatten());
        let lines: js_sys::Array = pieces(codes, &[' '])
            .into_iter()
            .filter(|code| !code.is_empty())
            .map(|code| JsValue::from_str(&[name(code).as_deref().unwrap_or(code), "\n", code].concat()))
            .collect();
        if let Ok(collator) = Collator::new(locale.tag()) {
            lines.unchecked_ref::<Names>().sort(&collator.compare());
        }
        let lines = lines.iter().filter_map(|line| line.as_string());
        let named = |line: String| match *pieces(&line, &['\n']) {
            [name, code] => Some((code.to_owned(), name.to_owned())),
            _ => None,
        };
        lines.filter_map(named).collect()
    }
}

/// Without a browser, for tests of the views: enough to tell the languages apart, no more.
#[cfg(not(target_arch = "wasm32"))]
mod platform {
    use super::{Currency, Locale, Words};
    use paydesk_domain::money::Money;

    const MONTHS: [(&str, &str); 12] = [
        ("January", "janvier"),
        ("February", "février"),
        ("March", "mars"),
        ("April", "avril"),
        ("May", "mai"),
        ("June", "juin"),
        ("July", "juillet"),
        ("August", "août"),
        ("September", "septembre"),
        ("October", "octobre"),
        ("November", "novembre"),
        ("December", "décembre"),
    ];

    pub(super) fn money<W: Words>(locale: &Locale<W>, minor: i64, currency: Currency) -> String {
        let plain = Money::new(minor, currency).to_string();
        let decimal = plain.split(' ').next().unwrap_or_default();
        if locale.is_french() {
            format!("{}\u{a0}$", decimal.replace('.', ","))
        } else {
            format!("${decimal}")
        }
    }

    pub(super) fn month<W: Words>(locale: &Locale<W>, year: u16, month: u8) -> String {
        let names = MONTHS.get(usize::from(month) - 1).copied().unwrap_or_default();
        format!("{} {year}", if locale.is_french() { names.1 } else { names.0 })
    }

    pub(super) fn day<W: Words>(_: &Locale<W>, time: &str) -> String {
        time.split('T').next().unwrap_or_default().to_owned()
    }

    pub(super) fn date<W: Words>(_: &Locale<W>, day: &str) -> String {
        day.to_owned()
    }

    pub(super) fn countries<W: Words>(locale: &Locale<W>, codes: &str) -> Vec<(String, String)> {
        let name = |code| match (code, locale.is_french()) {
            ("CA", _) => "Canada",
            ("US", false) => "United States",
            ("US", true) => "États-Unis",
            _ => code,
        };
        codes.split_whitespace().map(|code| (code.to_owned(), name(code).to_owned())).collect()
    }
}
