//! Who acts in a checkout session: the client, or an admin of the organization on the client's behalf, as its server states it.

use paydesk_domain::consent::{self, ConsentText};
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::wire::error::ErrorCode;
use paydesk_domain::wire::payers::{ActingView, ActorKind};

use crate::app::authenticate::Payer;
use crate::app::{AppError, text};
use crate::store::{Actor, AttemptRow, OrgTx, SessionRow, StoreError, Tenant};
use crate::wire::Acting;

/// How long the organization's own id of an admin may be.
const ADMIN_ID_CHARACTERS_MAX: usize = 100;

/// An admin who acts for a client, with the facts that the rules for admins need.
#[derive(Clone, Debug)]
pub struct OnBehalf {
    /// The organization's own id of the admin.
    pub admin: String,
    /// The client's name.
    pub client: String,
    /// Whether the client's login was never used.
    pub never_logged_in: bool,
}

impl OnBehalf {
    /// Refuses to save, where the client has never been there.
    ///
    /// # Errors
    /// `never_logged_in`.
    pub(super) fn may_save(&self) -> Result<(), AppError> {
        if !self.never_logged_in {
            return Ok(());
        }
        let detail = "This client has never signed in: pay without saving, and follow them up. A plan keeps a card for its own \
                      payments, where the text of `consent` is agreed to.";
        Err(AppError::param(ErrorCode::NeverLoggedIn, "save", detail))
    }
}

/// Reads who is to act in a session: an admin's id and name, or `None` for the client.
///
/// # Errors
/// A refusal that names the field.
pub(super) fn read(acting: Option<&Acting>) -> Result<Option<(String, String)>, AppError> {
    let Some(Acting { kind, id, name }) = acting else {
        return Ok(None);
    };
    if *kind == ActorKind::Client {
        return match (id, name) {
            (None, None) => Ok(None),
            _ => Err(AppError::invalid("acting.kind", "The client has neither id nor name here.")),
        };
    }
    let id = text::required("acting.id", id.as_deref().unwrap_or_default(), ADMIN_ID_CHARACTERS_MAX)?;
    // It goes into the audit log, out of which nothing can be taken again.
    if !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte)) {
        let detail = "An id of your own: letters, digits and ._:- only; neither a name nor an address.";
        return Err(AppError::invalid("acting.id", detail));
    }
    let name = text::required("acting.name", name.as_deref().unwrap_or_default(), 200)?;
    Ok(Some((id, name)))
}

/// Who acts in a session, with what the rules for admins need to know.
pub(super) async fn on_behalf(tenant: &Tenant, session: &SessionRow) -> Result<Option<OnBehalf>, StoreError> {
    let Some(admin) = session.admin_id.clone() else {
        return Ok(None);
    };
    // A transaction of its own: nothing else is read while the wallet is in reach.
    let mut tx = tenant.read().await?;
    let account = tx.find_account(&session.account_id).await?;
    tx.act_for_login(&session.login_id).await?;
    let never_logged_in = tx.last_login(&session.login_id).await?.is_none();
    Ok(Some(OnBehalf {
        admin,
        client: account.map(|account| account.name).unwrap_or_default(),
        never_logged_in,
    }))
}

/// Whom the audit log names for what is done through a session.
pub(super) fn actor(session: &SessionRow, address: Option<String>) -> Actor {
    match session.admin_id.clone() {
        Some(id) => Actor::Admin { id, address },
        None => Actor::CheckoutSession { id: session.id.clone(), address },
    }
}

/// Whether a try to pay was begun by whoever acts in this session, there or on another page: the client, or the same admin for
/// them. Nobody else is asked by the client's bank, or calls that off.
///
/// # Errors
/// When the database fails.
pub(super) async fn is_by(tx: &mut OrgTx, row: &AttemptRow, session: &SessionRow) -> Result<bool, AppError> {
    if row.session_id.as_ref() == Some(&session.id) {
        return Ok(true);
    }
    let Some(other) = row.session_id.as_deref() else { return Ok(false) };
    let other = tx.find_session(other).await?;
    let is_same =
        |other: SessionRow| other.login_id == session.login_id && other.admin_id == session.admin_id;
    Ok(row.invoice_id == session.invoice_id && other.is_some_and(is_same))
}

/// A client who accepts what is agreed to, as it is kept with the proof.
pub(super) const PAYER: &str = "payer";
/// An admin who accepts it for them.
pub(super) const ADMIN: &str = "admin";

/// Who acts, as the organization sees it.
pub(super) fn own_view(session: &SessionRow) -> Acting {
    let kind = if session.admin_id.is_some() { ActorKind::Admin } else { ActorKind::Client };
    Acting { kind, id: session.admin_id.clone(), name: session.admin_name.clone() }
}

/// Who acts and for whom, as the checkout shows it.
pub(super) fn view(session: &SessionRow, client: &str) -> ActingView {
    let Acting { kind, name, .. } = own_view(session);
    ActingView { kind, admin: name, client: client.to_owned() }
}

/// What whoever acts agrees to when a method is kept: a client for themselves, an admin for a client, into their wallet or, where
/// they have never signed in, with a plan alone.
pub(super) fn consent_text(payer: &Payer, kind: MethodKind, locale: &str) -> ConsentText {
    let organization = &payer.organization.name;
    match &payer.on_behalf {
        None => consent::save(kind, locale, organization),
        Some(OnBehalf { client, never_logged_in: true, .. }) => {
            consent::plan_card_for_client(locale, organization, client)
        }
        Some(OnBehalf { client, .. }) => consent::save_card_for_client(locale, organization, client),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admin(id: &str, name: Option<&str>) -> Result<Option<(String, String)>, AppError> {
        let (id, name) = (Some(id.to_owned()), name.map(str::to_owned));
        read(Some(&Acting { kind: ActorKind::Admin, id, name }))
    }

    #[test]
    fn an_admin_has_an_id_and_a_name() {
        assert!(matches!(read(None), Ok(None)));
        let client = Acting { kind: ActorKind::Client, id: None, name: None };
        assert!(matches!(read(Some(&client)), Ok(None)));
        assert!(read(Some(&Acting { id: Some("7".into()), ..client })).is_err());
        let good = admin("staff:12.b_c-d", Some("Lou Chan"));
        assert!(matches!(good, Ok(Some((id, name))) if id == "staff:12.b_c-d" && name == "Lou Chan"));
        for id in ["", "lou@example.org", "Lou Chan", "\u{e9}"] {
            let Err(AppError::Refused(refusal)) = admin(id, Some("Lou Chan")) else { panic!("{id:?}") };
            assert_eq!(refusal.param.as_deref(), Some("acting.id"), "{id:?}");
        }
        assert!(admin("12", None).is_err());
    }
}
