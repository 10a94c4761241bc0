//! Validates form bodies against the public description of the API.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

const DESCRIPTION: &str = include_str!("../data/stripe-requests.json");

/// The description.
pub struct Contract(Value);

/// A form as a tree.
#[derive(Debug)]
enum Tree {
    Text(String),
    Group(BTreeMap<String, Tree>),
}

impl Contract {
    pub fn read() -> Self {
        Self(serde_json::from_str(DESCRIPTION).unwrap())
    }

    /// The path of the description that a request's path is an instance of.
    pub fn template(&self, path: &str) -> Option<&str> {
        let steps: Vec<&str> = path.split('/').collect();
        let paths = self.0["paths"].as_object().unwrap().keys();
        let fits = |template: &&String| {
            let wanted: Vec<&str> = template.split('/').collect();
            wanted.len() == steps.len()
                && wanted.iter().zip(&steps).all(|(want, step)| want.starts_with('{') || want == step)
        };
        // A literal step wins over a placeholder.
        paths.filter(fits).min_by_key(|template| template.matches('{').count()).map(String::as_str)
    }

    /// What is wrong with a body; nothing for a good one.
    pub fn errors(&self, template: &str, body: &str) -> Vec<String> {
        let content = &self.0["paths"][template]["post"]["requestBody"]["content"];
        let schema = &content["application/x-www-form-urlencoded"]["schema"];
        assert!(schema.is_object(), "{template} has no form");
        let mut tree = decode(body);
        if let Tree::Group(fields) = &mut tree {
            fields.remove("key");
        }
        errors(schema, &shape(schema, &tree))
    }

    /// What is wrong with an error's body.
    pub fn errors_of_error(&self, body: &Value) -> Vec<String> {
        errors(&self.0["components"]["schemas"]["error"], body)
    }
}

fn errors(schema: &Value, instance: &Value) -> Vec<String> {
    let validator = jsonschema::validator_for(schema).unwrap();
    validator.iter_errors(instance).map(|error| format!("{error} at {}", error.instance_path())).collect()
}

/// Reads a form: an implementation of its own, so that the processor's reader is not its own judge.
fn decode(body: &str) -> Tree {
    let mut url = reqwest::Url::parse("http://form").unwrap();
    url.set_query(Some(body));
    let mut root = Tree::Group(BTreeMap::new());
    for (name, value) in url.query_pairs() {
        let mut place = &mut root;
        for step in name.replace(']', "").split('[') {
            let Tree::Group(group) = place else { panic!("{name} is a text and a group") };
            let step = if step.is_empty() { group.len().to_string() } else { step.to_owned() };
            place = group.entry(step).or_insert_with(|| Tree::Group(BTreeMap::new()));
        }
        *place = Tree::Text(value.into_owned());
    }
    root
}

/// Gives the texts of a form the types that the schema asks for, where they can have them.
fn shape(schema: &Value, tree: &Tree) -> Value {
    if let Some(branches) = schema["anyOf"].as_array() {
        let shaped = branches.iter().map(|branch| (branch, shape(branch, tree)));
        let fitting = shaped.clone().find(|(branch, value)| jsonschema::is_valid(branch, value));
        return fitting.or_else(|| shaped.clone().next()).map(|(_, value)| value).unwrap();
    }
    match (schema["type"].as_str(), tree) {
        (Some("integer"), Tree::Text(text)) => {
            text.parse::<i64>().map_or_else(|_| json!(text), |number| json!(number))
        }
        (Some("number"), Tree::Text(text)) => {
            text.parse::<f64>().map_or_else(|_| json!(text), |number| json!(number))
        }
        (Some("boolean"), Tree::Text(text)) => {
            text.parse::<bool>().map_or_else(|_| json!(text), |flag| json!(flag))
        }
        (Some("array"), Tree::Group(items)) => {
            items.values().map(|item| shape(&schema["items"], item)).collect()
        }
        (_, Tree::Text(text)) => json!(text),
        (_, Tree::Group(fields)) => {
            let known =
                |name: &String| schema["properties"].get(name).unwrap_or(&schema["additionalProperties"]);
            let fields = fields.iter().map(|(name, tree)| (name.clone(), shape(known(name), tree)));
            Value::Object(fields.collect::<Map<_, _>>())
        }
    }
}

/// What this crate's own tests send of bank accounts.
const US_ACCOUNT: &str = "type=us_bank_account&us_bank_account[account_number]=000123456789\
                          &us_bank_account[routing_number]=110000000&us_bank_account[account_type]=checking\
                          &us_bank_account[account_holder_type]=individual&billing_details[name]=Ann";
const CANADIAN_ACCOUNT: &str = "type=acss_debit&acss_debit[account_number]=000123456789\
                                &acss_debit[institution_number]=000&acss_debit[transit_number]=11000\
                                &billing_details[name]=Ann&billing_details[email]=ann@example.org";
const CONSENT: &str = "mandate_data[customer_acceptance][type]=online\
                       &mandate_data[customer_acceptance][online][ip_address]=203.0.113.7\
                       &mandate_data[customer_acceptance][online][user_agent]=Test";

/// The judge is judged: it must refuse what is wrong.
#[test]
fn a_wrong_body_is_refused() {
    let contract = Contract::read();
    let wrong = |path, body| !contract.errors(contract.template(path).unwrap(), body).is_empty();
    let debit =
        format!("amount=100&currency=usd&payment_method_types[0]=us_bank_account&confirm=true&{CONSENT}");
    let card = "card[number]=4242424242424242&card[exp_month]=3&card[exp_year]=2030";
    for (path, body) in [
        ("/v1/tokens", card),
        ("/v1/payment_methods", "type=card&card[token]=tok_x&metadata[a]=1"),
        (
            "/v1/payment_intents",
            "amount=100&currency=cad&off_session=true&confirm=true&expand[0]=latest_charge",
        ),
        ("/v1/payment_intents/pi_x/confirm", "off_session=recurring"),
        ("/v1/refunds", "payment_intent=pi_x&reason=duplicate"),
        ("/v1/tokens", "bank_account[country]=US&bank_account[account_number]=000123456789"),
        ("/v1/payment_methods", US_ACCOUNT),
        ("/v1/payment_methods", CANADIAN_ACCOUNT),
        ("/v1/payment_intents", &debit),
        (
            "/v1/payment_intents",
            "amount=100&currency=cad&payment_method_types[0]=acss_debit&mandate=mandate_x",
        ),
        ("/v1/payment_intents/pi_x/confirm", CONSENT),
        (
            "/v1/setup_intents",
            "payment_method_types[0]=acss_debit&payment_method_options[acss_debit][currency]=cad",
        ),
        ("/v1/setup_intents/seti_x/confirm", CONSENT),
    ] {
        assert!(!wrong(path, body), "{path} {body}");
    }
    for (path, body) in [
        ("/v1/tokens", "card[number]=4242424242424242"),
        ("/v1/tokens", "bank_account[country]=US"),
        ("/v1/payment_methods", "type=acss_debit&acss_debit[account_number]=000123456789"),
        ("/v1/payment_methods", "type=us_bank_account&us_bank_account[account_holder_type]=dog"),
        (
            "/v1/payment_intents",
            "amount=1&currency=usd&mandate_data[customer_acceptance][online][ip_address]=::1",
        ),
        ("/v1/setup_intents", "payment_method_options[us_bank_account][verification_method]=trust"),
        ("/v1/payment_methods", "type=plastic"),
        ("/v1/payment_intents", "amount=ten&currency=cad"),
        ("/v1/payment_intents", "amount=100"),
        ("/v1/payment_intents", "amount=100&currency=cad&surprise=1"),
        ("/v1/payment_intents/pi_x/cancel", "cancellation_reason=bored"),
        ("/v1/payment_methods/pm_x/attach", ""),
        ("/v1/refunds", "payment_intent=pi_x&reason=whatever"),
    ] {
        assert!(wrong(path, body), "{path} {body}");
    }
    assert!(!contract.errors_of_error(&json!({ "error": { "type": "odd" } })).is_empty());
}
