//! What the statements read, as it is stored. Meaning is given to it in `app`.

use crate::store::macros::row;

row! {
    /// An organization.
    OrganizationRow {
        /// `org_…`.
        id: String,
        /// Its name.
        name: String,
        /// ISO 4217.
        currency: String,
        /// An IANA time zone.
        time_zone: String,
        /// BCP 47.
        locale: String,
        /// ISO 3166-1 alpha-2.
        country: String,
        /// Which account at a processor keeps its methods.
        vault: String,
    }
}

row! {
    /// A client's account.
    AccountRow {
        /// `acc_…`.
        id: String,
        /// Whose wallet pays.
        login_id: String,
        /// The client's name.
        name: String,
        /// The client's address for messages.
        email: Option<String>,
        /// The organization's own number for it.
        reference: Option<String>,
        /// When it was made.
        created_at_ms: i64,
    }
}

row! {
    /// Somebody in an account.
    PersonRow {
        /// `per_…`.
        id: String,
        /// Their name.
        name: String,
    }
}

row! {
    /// An invoice with what is paid and what is on its way.
    InvoiceRow {
        /// `inv_…`.
        id: String,
        /// Who owes it.
        account_id: String,
        /// The number printed on it.
        number: String,
        /// ISO 4217.
        currency: String,
        /// The sum of its items, minor units.
        total: i64,
        /// When it was made.
        created_at_ms: i64,
        /// What payments have covered, minor units.
        paid: i64,
        /// What attempts under way would cover, minor units.
        pending: i64,
    }
}

row! {
    /// A line of an invoice.
    ItemRow {
        /// `itm_…`.
        id: String,
        /// Top first, from 0.
        position: i64,
        /// What it is for.
        description: String,
        /// Who takes part.
        participant: Option<String>,
        /// Minor units.
        amount: i64,
        /// What payments have covered of it, minor units.
        covered: i64,
    }
}

row! {
    /// A checkout session.
    SessionRow {
        /// `cks_…`.
        id: String,
        /// Who pays.
        account_id: String,
        /// Whose wallet pays.
        login_id: String,
        /// What is paid.
        invoice_id: String,
        /// What its secret may do.
        scope: String,
        /// The page that may embed it.
        allowed_origin: String,
        /// BCP 47.
        locale: String,
        /// 1 when a new card may be saved.
        may_save: i64,
        /// When it was made.
        created_at_ms: i64,
        /// When it ends unless it is used.
        expires_at_ms: i64,
        /// When it ends however it is used.
        ends_at_ms: i64,
        /// The attempt that paid it.
        completed_by: Option<String>,
    }
}

row! {
    /// A saved method.
    MethodRow {
        /// `pm_…`.
        id: String,
        /// Whose it is.
        login_id: String,
        /// Where its token lives.
        vault: String,
        /// The processor's customer that it hangs on.
        customer: String,
        /// The processor's name for it.
        reference: String,
        /// The scheme.
        brand: String,
        /// The last four digits.
        last4: String,
        /// 1 to 12.
        exp_month: i64,
        /// Four digits.
        exp_year: i64,
        /// As JSON.
        billing_address: String,
        /// What the payer calls it.
        nickname: Option<String>,
    }
}

row! {
    /// One try to charge.
    AttemptRow {
        /// `att_…`, made by the browser.
        id: String,
        /// The session it came through.
        session_id: String,
        /// Who pays.
        account_id: String,
        /// Whose wallet pays.
        login_id: String,
        /// What is paid.
        invoice_id: String,
        /// Minor units.
        amount: i64,
        /// ISO 4217.
        currency: String,
        /// The saved method, when one is charged.
        method_id: Option<String>,
        /// The single-use token, when a new card is charged.
        token: Option<String>,
        /// Which account at a processor.
        vault: String,
        /// The processor's customer.
        customer: Option<String>,
        /// The processor's name for the method, once it is known.
        processor_method: Option<String>,
        /// The scheme.
        brand: Option<String>,
        /// The last four digits.
        last4: Option<String>,
        /// 1 to 12.
        exp_month: Option<i64>,
        /// Four digits.
        exp_year: Option<i64>,
        /// As JSON.
        billing_address: Option<String>,
        /// 1 when the new card is to be kept.
        save: i64,
        /// Which consent text was accepted.
        consent_version: Option<String>,
        /// The hash of the text as it was shown.
        consent_hash: Option<String>,
        /// The language it was shown in.
        consent_locale: Option<String>,
        /// When it was accepted.
        consented_at_ms: Option<i64>,
        /// From which network address.
        consent_address: Option<String>,
        /// With which browser.
        consent_user_agent: Option<String>,
        /// What the request asked for.
        request_hash: String,
        /// The key that goes to the processor.
        idempotency_key: String,
        /// The name of its state.
        status: String,
        /// The processor's name for the charge.
        processor_reference: Option<String>,
        /// Why it was refused.
        decline_code: Option<String>,
        /// Why it never reached the processor.
        failure: Option<String>,
        /// Who may write the outcome: it rises with every claim.
        fence: i64,
        /// When something is to be done about it.
        due_at_ms: i64,
        /// How often it was looked up.
        look_ups: i64,
        /// When it was made.
        created_at_ms: i64,
        /// When it was last sent.
        sent_at_ms: Option<i64>,
    }
}

row! {
    /// Money that was taken, with its receipt.
    PaymentRow {
        /// `pay_…`.
        id: String,
        /// Who paid.
        account_id: String,
        /// What was paid.
        invoice_id: String,
        /// The attempt that took it.
        attempt_id: String,
        /// Minor units.
        amount: i64,
        /// ISO 4217.
        currency: String,
        /// The processor's name for the charge.
        processor_reference: String,
        /// The scheme.
        brand: Option<String>,
        /// The last four digits.
        last4: Option<String>,
        /// When it was taken.
        paid_at_ms: i64,
        /// `rcp_…`.
        receipt_id: String,
        /// Counts up per organization, without gaps.
        receipt_number: i64,
    }
}

row! {
    /// Which line a payment covers, and by how much.
    AllocationRow {
        /// `itm_…`.
        item_id: String,
        /// Minor units.
        amount: i64,
        /// What the line is for.
        description: String,
    }
}

row! {
    /// One line of the books.
    LedgerEntryRow {
        /// Which lines belong together.
        transaction_id: String,
        /// Whose line it is.
        account: String,
        /// Minor units; the lines of a transaction sum to zero.
        amount: i64,
        /// ISO 4217.
        currency: String,
    }
}

row! {
    /// A number that was counted.
    NumberRow {
        /// The number.
        number: i64,
    }
}
