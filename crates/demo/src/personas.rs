//! Who shops in the demo, and what for.

use serde_json::{Value, json};

/// A client of the recreation centre.
pub struct Persona {
    /// The name in URLs.
    pub id: &'static str,
    /// The client's name.
    pub name: &'static str,
    /// The client's e-mail address.
    pub email: &'static str,
    /// The persona in the switch, in English.
    pub label_en: &'static str,
    /// The persona in the switch, in French.
    pub label_fr: &'static str,
    /// Cards in the wallet from the beginning.
    pub cards: &'static [Card],
    /// Account credit that the centre has given the client, cents; 0: none.
    pub credit: i64,
    /// What the client buys.
    pub items: &'static [Item],
}

/// A test card of the sandbox that is in a wallet from the beginning.
pub struct Card {
    /// A number of the sandbox.
    pub number: &'static str,
    /// The month at whose end it expires.
    pub exp_month: &'static str,
    /// The year.
    pub exp_year: &'static str,
    /// Four digits for American Express, else three.
    pub cvc: &'static str,
    /// What the client calls it.
    pub nickname: Option<&'static str>,
}

/// A line of an invoice.
pub struct Item {
    /// What it is for.
    pub description: &'static str,
    /// Who takes part.
    pub participant: Option<&'static str>,
    /// Cents.
    pub amount: i64,
}

/// Everybody.
pub const PERSONAS: [Persona; 4] = [
    Persona {
        id: "camille",
        name: "Camille Tremblay",
        email: "camille@example.org",
        label_en: "Camille, with saved cards",
        label_fr: "Camille, avec cartes enregistrées",
        cards: &[
            Card {
                number: "4242424242424242",
                exp_month: "3",
                exp_year: "2030",
                cvc: "314",
                nickname: Some("Everyday"),
            },
            Card {
                number: "5555555555554444",
                exp_month: "11",
                exp_year: "2029",
                cvc: "271",
                nickname: None,
            },
            // Aged by the sandbox after it was stored: the processor takes no card that has already expired.
            Card { number: "378282246310005", exp_month: "8", exp_year: "2024", cvc: "1618", nickname: None },
        ],
        credit: 0,
        items: &[
            Item {
                description: "Swimming, level 3 (Tuesdays, 10 weeks)",
                participant: Some("Léa Tremblay"),
                amount: 14800,
            },
            Item {
                description: "Pottery for families (Saturdays, 6 weeks)",
                participant: Some("Camille & Noah Tremblay"),
                amount: 21650,
            },
            Item { description: "Locker, winter season", participant: None, amount: 2500 },
        ],
    },
    Persona {
        id: "jordan",
        name: "Jordan Lee",
        email: "jordan@example.org",
        label_en: "Jordan, a new client",
        label_fr: "Jordan, nouveau client",
        cards: &[],
        credit: 0,
        items: &[
            Item { description: "Adult membership, 3 months", participant: Some("Jordan Lee"), amount: 9600 },
            Item { description: "Climbing wall introduction", participant: Some("Jordan Lee"), amount: 3575 },
        ],
    },
    Persona {
        id: "alex",
        name: "Alex Martin",
        email: "alex@example.org",
        label_en: "Alex, whose card has expired",
        label_fr: "Alex, dont la carte est expirée",
        cards: &[Card {
            number: "4242424242424242",
            exp_month: "8",
            exp_year: "2024",
            cvc: "314",
            nickname: Some("Everyday"),
        }],
        credit: 0,
        items: &[Item {
            description: "Adult membership, 3 months",
            participant: Some("Alex Martin"),
            amount: 9600,
        }],
    },
    Persona {
        id: "sam",
        name: "Sam Gagnon",
        email: "sam@example.org",
        label_en: "Sam, with account credit",
        label_fr: "Sam, avec du crédit au compte",
        cards: &[Card {
            number: "5555555555554444",
            exp_month: "6",
            exp_year: "2031",
            cvc: "271",
            nickname: None,
        }],
        credit: 6000,
        items: &[Item {
            description: "Summer camp, week 2 (July 12 to 16)",
            participant: Some("Zoé Gagnon"),
            amount: 18900,
        }],
    },
];

impl Persona {
    /// The persona with this name in URLs.
    pub fn find(id: &str) -> Option<&'static Self> {
        PERSONAS.iter().find(|persona| persona.id == id)
    }

    /// The lines of an invoice, as the billing API wants them.
    pub fn items_json(&self) -> Vec<Value> {
        let line = |item: &Item| json!({"description": item.description, "participant": item.participant, "amount": item.amount});
        self.items.iter().map(line).collect()
    }
}
