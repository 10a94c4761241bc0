//! Requests and answers of the organization's side, a file for each kind of thing. (The browser's side is in
//! `paydesk_domain::wire::billing`, because the browser shares it.)

mod action_items;
mod audit;
mod charges;
mod clients;
mod credits;
mod erasures;
mod invoices;
mod list;
mod mandates;
mod organizations;
mod payments;
mod people;
mod plans;
mod refunds;
mod sessions;
pub mod webhooks;

pub use action_items::{ActionItemView, ActionItemsQuery};
pub use audit::{AuditEntryView, AuditQuery};
pub use charges::{ChargeReason, ChargeView, ChargesQuery, NewCharge};
pub use clients::{
    BringMethod, ChangedAccount, ChangedClient, ChangedLogin, ClientView, ClientsQuery, GivenConsent,
    NewAccount, NewClient, NewLogin, NewPerson, PersonView, SavedMethodView,
};
pub use credits::{CreditAllocationView, CreditUseView, CreditView, CreditsQuery, NewCredit};
pub use erasures::{ErasedClientView, WalletErasureView, WalletStayView};
pub use invoices::{InvoicesQuery, NewInvoice, NewItem, OwnInvoiceView, OwnItemView};
pub use list::{List, PageQuery};
pub use mandates::{ConsentsQuery, MandateTextQuery, MandateView, MandatesQuery};
pub use organizations::{ChangedOrganization, OrganizationView, Wording};
pub use payments::{AllocationView, OwnReceiptView, PaymentEventView, PaymentView, PaymentsQuery};
pub use people::{ChangedPerson, Enrolment, ListedPersonView, Membership, PeopleQuery};
pub use plans::{
    ChangedPlan, ChangedPlannedPayment, FirstChargeTerms, InstallmentConfigurationView,
    InstallmentConfigurationsQuery, InstallmentOptionTerms, IntervalTerms, NewInstallmentConfiguration,
    PlanView, PlannedPaymentView, PlannedPaymentsQuery, PlansQuery, RecurringTerms, SubscriptionTerms,
};
pub use refunds::{NewRefund, NewRefundLine, RefundLineView, RefundView, RefundsQuery};
pub use sessions::{
    Acting, CreatedSession, CreatedWalletSession, NewSession, NewWalletSession, OwnSessionView,
};
