//! People in accounts, and where they take part.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// That somebody takes part in an activity of a program.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Enrolment {
    /// The program, by a name or number of your own.
    #[schema(example = "Swimming")]
    pub program: String,
    /// The activity, by a name or number of your own.
    #[schema(example = "Level 3, Mondays")]
    pub activity: String,
}

/// That somebody is a member.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Membership {
    /// Of what, by a name or number of your own.
    #[schema(example = "Season pass")]
    pub membership: String,
    /// The first day, in your time zone; since ever when absent.
    #[schema(example = "2026-09-01")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The last day; for ever when absent.
    #[schema(example = "2027-06-30")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// What has changed about somebody. A list takes the place of the one before.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangedPerson {
    /// Their name.
    pub name: Option<String>,
    /// The activities that they take part in, all of them.
    pub enrolments: Option<Vec<Enrolment>>,
    /// What they are, were and will be members of, all of it.
    pub memberships: Option<Vec<Membership>>,
}

/// Somebody in an account.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ListedPersonView {
    /// `per_…`.
    pub id: String,
    /// Their name.
    pub name: String,
    /// The account that they are in, `acc_…`: a client of yours.
    pub account: String,
    /// The account's name.
    pub account_name: String,
    /// The client's address for messages.
    pub email: Option<String>,
    /// Your own number for the account.
    pub reference: Option<String>,
    /// Whether you may charge a card of the client's today.
    pub saved_card: bool,
    /// Whether you may debit a bank account of the client's today, in your currency.
    pub saved_echeck: bool,
    /// The activities that they take part in.
    pub enrolments: Vec<Enrolment>,
    /// What they are members of, also in the past and in the future.
    pub memberships: Vec<Membership>,
}

/// Which people.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PeopleQuery {
    /// How many rows, 1 to 100; 25 when absent.
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Only people whose client has a card that you may charge today, or only those whose client has none.
    pub saved_card: Option<bool>,
    /// Only people whose client has a bank account that you may debit today in your currency, or only those whose client has none.
    pub saved_echeck: Option<bool>,
    /// Only people who take part in something of this program.
    #[param(example = "Swimming")]
    pub program: Option<String>,
    /// Only people who take part in this activity.
    #[param(example = "Level 3, Mondays")]
    pub activity: Option<String>,
    /// Only people who are members of this today.
    #[param(example = "Season pass")]
    pub membership: Option<String>,
    /// Only people in the account of the client with this address.
    pub email: Option<String>,
    /// Only people in the account with this number of your own.
    pub reference: Option<String>,
}
