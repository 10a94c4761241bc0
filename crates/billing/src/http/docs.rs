//! The description of the API: as OpenAPI JSON, and as a page that loads nothing from outside.

use std::fmt::Write as _;

use axum::body::Bytes;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use paydesk_domain::wire::error::ErrorCode;
use serde_json::{Map, Value};
use utoipa::openapi::OpenApi;

const POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const CACHE: &str = "public, max-age=300";
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Both forms, made once.
#[derive(Debug)]
pub struct Documents {
    /// OpenAPI.
    pub json: Bytes,
    /// HTML.
    pub page: Bytes,
}

impl Documents {
    /// Makes both.
    pub fn new(description: &OpenApi) -> Self {
        let value = serde_json::to_value(description).unwrap_or_default();
        let json = serde_json::to_vec_pretty(&value).unwrap_or_default();
        Self { json: json.into(), page: render(&value).into() }
    }
}

/// `GET /openapi.json`
pub fn json(document: Bytes) -> Response {
    ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, CACHE)], document).into_response()
}

/// `GET /docs`
pub fn page(document: Bytes) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, CACHE),
        (header::CONTENT_SECURITY_POLICY, POLICY),
    ];
    (headers, document).into_response()
}

/// `GET /docs/style.css`
pub async fn style() -> Response {
    let headers = [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, CACHE)];
    (headers, include_str!("docs.css")).into_response()
}

fn render(api: &Value) -> String {
    let mut out = String::from(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>Paydesk billing API</title>\
         <link rel=\"stylesheet\" href=\"/docs/style.css\"></head><body>\n",
    );
    let text = |value: &Value| escape(value.as_str().unwrap_or_default());
    let _ = write!(
        out,
        "<header><h1>{}</h1><p>{}</p><p><a href=\"/openapi.json\">openapi.json</a></p></header>\n<main>\n",
        text(&api["info"]["title"]),
        prose(&api["info"]["description"])
    );
    for tag in list(&api["tags"]) {
        let name = tag["name"].as_str().unwrap_or_default();
        let _ = writeln!(out, "<section><h2>{}</h2><p>{}</p>", escape(name), prose(&tag["description"]));
        for (path, item) in fields(&api["paths"]) {
            for method in METHODS {
                let operation = &item[method];
                if list(&operation["tags"]).any(|tag| tag == name) {
                    render_operation(&mut out, method, path, operation);
                }
            }
        }
        out.push_str("</section>\n");
    }
    out.push_str("<section><h2>Types</h2>\n");
    for (name, schema) in fields(&api["components"]["schemas"]) {
        render_schema(&mut out, name, schema);
    }
    out.push_str("</section>\n<section><h2>Error codes</h2><table><tr><th>code<th>status</tr>\n");
    for code in ErrorCode::ALL {
        let _ =
            writeln!(out, "<tr id=\"{0}\"><td><code>{0}</code><td>{1}</tr>", code.as_str(), code.status());
    }
    out.push_str("</table></section>\n</main></body></html>\n");
    out
}

fn render_operation(out: &mut String, method: &str, path: &str, operation: &Value) {
    let text = |value: &Value| escape(value.as_str().unwrap_or_default());
    let _ = writeln!(
        out,
        "<article><h3><code class=\"{method}\">{}</code> <code>{}</code></h3><p>{}</p>",
        method.to_uppercase(),
        escape(path),
        prose(&operation["summary"])
    );
    if !operation["description"].is_null() {
        let _ = writeln!(out, "<p>{}</p>", prose(&operation["description"]));
    }
    for security in list(&operation["security"]) {
        for (name, _) in fields(security) {
            let caller = if name == "key" { "an organization’s key" } else { "a session’s secret" };
            let _ = writeln!(out, "<p class=\"who\">With {caller}.</p>");
        }
    }
    out.push_str("<table>\n");
    for parameter in list(&operation["parameters"]) {
        let _ = writeln!(
            out,
            "<tr><td>{}<td><code>{}</code><td>{}</tr>",
            text(&parameter["in"]),
            text(&parameter["name"]),
            prose(&parameter["description"])
        );
    }
    let body = &operation["requestBody"]["content"]["application/json"]["schema"];
    if !body.is_null() {
        let _ = writeln!(out, "<tr><td>body<td>{}<td></tr>", kind(body));
    }
    for (status, response) in fields(&operation["responses"]) {
        let schema = &response["content"]["application/json"]["schema"];
        let kind = if schema.is_null() { String::new() } else { kind(schema) };
        let _ =
            writeln!(out, "<tr><td>{}<td>{kind}<td>{}</tr>", escape(status), prose(&response["description"]));
    }
    out.push_str("</table></article>\n");
}

fn render_schema(out: &mut String, name: &str, schema: &Value) {
    let text = |value: &Value| escape(value.as_str().unwrap_or_default());
    let name = escape(name);
    let _ = writeln!(
        out,
        "<article id=\"type-{name}\"><h3><code>{name}</code></h3><p>{}</p>",
        prose(&schema["description"])
    );
    let values: Vec<String> =
        list(&schema["enum"]).map(|value| format!("<code>{}</code>", text(value))).collect();
    if !values.is_empty() {
        let _ = writeln!(out, "<p>One of {}.</p>", values.join(", "));
    }
    let required: Vec<&Value> = list(&schema["required"]).collect();
    out.push_str("<table>\n");
    for (field, property) in fields(&schema["properties"]) {
        let optional = if required.iter().any(|name| *name == field) { "" } else { " (optional)" };
        let _ = writeln!(
            out,
            "<tr><td><code>{}</code>{optional}<td>{}<td>{}</tr>",
            escape(field),
            kind(property),
            prose(&property["description"])
        );
    }
    out.push_str("</table></article>\n");
}

/// A type in words, linked where it has a name.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next()) {
        let name = escape(name);
        return format!("<a href=\"#type-{name}\"><code>{name}</code></a>");
    }
    for choice in ["oneOf", "anyOf", "allOf"] {
        let kinds: Vec<String> =
            list(&schema[choice]).filter(|schema| schema["type"] != "null").map(kind).collect();
        if !kinds.is_empty() {
            return kinds.join(" or ");
        }
    }
    match &schema["type"] {
        Value::String(name) if name == "array" => format!("list of {}", kind(&schema["items"])),
        Value::String(name) => format!("<code>{}</code>", escape(name)),
        Value::Array(names) => {
            let known: Vec<String> =
                names.iter().filter_map(Value::as_str).filter(|name| *name != "null").map(escape).collect();
            format!("<code>{}</code>", known.join(" or "))
        }
        _ => String::new(),
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn fields(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

/// A text as HTML shows it.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A sentence, with what stands between backticks as code.
fn prose(value: &Value) -> String {
    let parts = value.as_str().unwrap_or_default().split('`').enumerate();
    let piece = |(index, part): (usize, &str)| match index % 2 {
        0 => escape(part),
        _ => format!("<code>{}</code>", escape(part)),
    };
    parts.map(piece).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_every_route_and_loads_nothing_from_outside() {
        let description = crate::http::openapi();
        let documents = Documents::new(&description);
        let page = String::from_utf8(documents.page.to_vec()).unwrap();
        for path in description.paths.paths.keys() {
            assert!(page.contains(&escape(path)), "{path}");
        }
        for outside in ["http:", "https:", "src=", "<script", "style="] {
            assert!(!page.contains(outside), "{outside}");
        }
    }
}
