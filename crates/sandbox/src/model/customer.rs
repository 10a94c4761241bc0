//! Somebody whose payment methods are kept.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Address, Metadata};

/// A customer.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Customer {
    /// `cus_…`.
    pub id: String,
    /// Unix seconds.
    pub created: i64,
    /// Deleted customers are still named by their id, and nothing else.
    pub deleted: bool,
    /// Where they live.
    pub address: Option<Address>,
    /// The caller's words.
    pub description: Option<String>,
    /// Their e-mail address.
    pub email: Option<String>,
    /// Their name.
    pub name: Option<String>,
    /// Their telephone number.
    pub phone: Option<String>,
    /// The source that is charged when none is named.
    pub default_source: Option<String>,
    /// The method that invoices are charged to.
    pub default_payment_method: Option<String>,
    /// The caller's notes.
    pub metadata: Metadata,
}

impl Customer {
    /// As it reads in an answer.
    pub fn view(&self) -> Value {
        if self.deleted {
            return json!({ "id": self.id, "object": "customer", "deleted": true });
        }
        json!({
            "id": self.id,
            "object": "customer",
            "address": self.address.as_ref().map(Address::view),
            "balance": 0,
            "created": self.created,
            "currency": null,
            "default_source": self.default_source,
            "delinquent": false,
            "description": self.description,
            "discount": null,
            "email": self.email,
            "invoice_prefix": null,
            "invoice_settings": {
                "custom_fields": null,
                "default_payment_method": self.default_payment_method,
                "footer": null,
                "rendering_options": null,
            },
            "livemode": false,
            "metadata": self.metadata,
            "name": self.name,
            "phone": self.phone,
            "preferred_locales": [],
            "shipping": null,
            "tax_exempt": "none",
            "test_clock": null,
        })
    }
}
