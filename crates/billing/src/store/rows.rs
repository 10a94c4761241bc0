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
        /// Where a payer reaches it: an address or a telephone number.
        contact: Option<String>,
        /// The largest bank debit that may be given back at once, minor units.
        debit_refund_max: i64,
        /// When a saved card's security code is asked for again: `never`, `always`, `above` or `admin`.
        security_code_policy: String,
        /// Minor units, for `above`.
        security_code_above: i64,
        /// The least that may be paid at once, minor units. None: all that is payable, or nothing.
        partial_minimum: Option<i64>,
        /// For how many days after its end what was agreed to is kept.
        records_kept_days: i64,
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
        /// Its address, as JSON.
        billing_address: Option<String>,
        /// What could be charged to its wallet, whatever the day (migration 19).
        chargeable: i64,
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
        /// The admin who acts, by the organization's own id for them; none: the client.
        admin_id: Option<String>,
        /// The admin's name.
        admin_name: Option<String>,
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
        /// `card`, `ach` or `pad`.
        kind: String,
        /// A card's scheme, or the name of the bank.
        brand: String,
        /// The last four digits.
        last4: String,
        /// 1 to 12; cards only.
        exp_month: Option<i64>,
        /// Four digits; cards only.
        exp_year: Option<i64>,
        /// As JSON.
        billing_address: String,
        /// What the payer calls it.
        nickname: Option<String>,
        /// What the network called its first charge.
        network_transaction_id: Option<String>,
        /// The code of the return that ended debits of it.
        blocked_by: Option<String>,
        /// Counts the changes of it.
        version: i64,
        /// 1 for the card, and for the bank account, that its client prefers.
        is_default: i64,
        /// Since when a card is closed, as its bank told.
        closed_at_ms: Option<i64>,
        /// When its bank told of a change.
        bank_told_at_ms: Option<i64>,
        /// What its last digits were before that.
        was_last4: Option<String>,
        /// And its month.
        was_exp_month: Option<i64>,
        /// And its year.
        was_exp_year: Option<i64>,
    }
}

row! {
    /// One try to charge.
    AttemptRow {
        /// Whose it is.
        org_id: String,
        /// `att_…`, made by whoever wants the charge.
        id: String,
        /// The session it came through, when a payer started it.
        session_id: Option<String>,
        /// The first try of this debt: itself, unless it repeats another one.
        origin_id: String,
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
        /// `card`, `ach` or `pad`.
        kind: String,
        /// Who starts it: `payer`, `installment`, `recurring`, `unscheduled` or `resubmission`.
        initiation: String,
        /// The saved method, when one is charged.
        method_id: Option<String>,
        /// The single-use token, when a new card or account is charged.
        token: Option<String>,
        /// The agreement that a debit rests on.
        mandate_id: Option<String>,
        /// What the processor called that agreement when this was written.
        processor_mandate: Option<String>,
        /// What the network called the first charge of this method.
        network_transaction_id: Option<String>,
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
        /// When it was first sent.
        first_sent_at_ms: Option<i64>,
        /// When it was last sent.
        sent_at_ms: Option<i64>,
        /// When a human was asked to look.
        handed_over_at_ms: Option<i64>,
        /// Where a look-up goes on that did not come to its end.
        look_up_after: Option<String>,
        /// When that one began.
        look_up_began_at_ms: Option<i64>,
        /// Where the payer proves who they are, while that is waited for.
        challenge_url: Option<String>,
        /// When that is given up.
        challenge_until_ms: Option<i64>,
        /// 1 when it is given up.
        challenge_given_up: i64,
        /// How much account credit it uses besides, minor units.
        credit: i64,
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
        /// `card`, `ach` or `pad`.
        kind: String,
        /// `succeeded` for a card; `submitted`, `settled`, `returned` or `canceled` for a debit.
        status: String,
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
        /// The agreement that a debit rests on.
        mandate_id: Option<String>,
        /// Why the bank sent it back.
        return_code: Option<String>,
        /// When it was taken, or submitted.
        paid_at_ms: i64,
        /// When a debit settled.
        settled_at_ms: Option<i64>,
        /// When a debit came back or was called off.
        ended_at_ms: Option<i64>,
        /// How often the processor was asked about it.
        checks: i64,
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

row! {
    /// Something that became of a payment.
    PaymentEventRow {
        /// `submitted`, `succeeded`, `settled`, `returned`, `canceled`, `refunded`, `refund_failed`.
        kind: String,
        /// Why.
        code: Option<String>,
        /// Minor units.
        amount: i64,
        /// When.
        at_ms: i64,
    }
}

row! {
    /// A payer's agreement to be debited.
    MandateRow {
        /// `man_…`.
        id: String,
        /// Whose account is debited.
        login_id: String,
        /// For which account.
        account_id: String,
        /// The saved method that it stands for.
        method_id: Option<String>,
        /// `ach` or `pad`.
        kind: String,
        /// `one_time` or `standing`.
        scope: String,
        /// `personal` or `business`.
        holder_type: String,
        /// ISO 4217.
        currency: String,
        /// The most that one debit may take, minor units.
        amount_max: Option<i64>,
        /// Which text.
        text_version: String,
        /// Its hash as it was shown.
        text_hash: String,
        /// The text as it was shown.
        text: String,
        /// The language it was shown in.
        locale: String,
        /// When it was accepted.
        accepted_at_ms: i64,
        /// Who accepted: `payer`.
        actor: String,
        /// From which network address.
        address: Option<String>,
        /// With which browser.
        user_agent: Option<String>,
        /// What the processor calls it.
        processor_reference: Option<String>,
        /// The first try of the debt that a one-time mandate was used for.
        used_by: Option<String>,
        /// When it ended.
        ended_at_ms: Option<i64>,
        /// Why it ended.
        ended_because: Option<String>,
    }
}

row! {
    /// Something that a human must look at.
    ActionItemRow {
        /// `act_…`.
        id: String,
        /// What kind of thing happened.
        kind: String,
        /// Whose account it is about.
        account_id: String,
        /// The attempt, payment, refund or payment method.
        subject: String,
        /// Minor units.
        amount: i64,
        /// ISO 4217.
        currency: String,
        /// The processor's or the bank's code.
        code: Option<String>,
        /// When it came up.
        created_at_ms: i64,
        /// When it was closed.
        closed_at_ms: Option<i64>,
        /// Why.
        closed_because: Option<String>,
    }
}
