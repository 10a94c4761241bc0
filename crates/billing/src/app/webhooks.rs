//! What the use cases of webhooks share: the sender, the sealing key, and how much is under way at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use paydesk_domain::wire::error::ErrorCode;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio_util::task::TaskTracker;
use zeroize::Zeroizing;

use crate::app::AppError;
use crate::ports::webhooks::WebhookSender;
use crate::seal::{SealKeys, Sealed};

/// The figures that the rules of webhooks take.
#[derive(Clone, Debug)]
pub struct WebhookSettings {
    /// What secrets are sealed with. Without it there are no endpoints.
    pub secret_key: Option<SealKeys>,
    /// Whether plain HTTP to this machine itself is allowed: for development and tests.
    pub allow_loopback_http: bool,
    /// How long one try may take. A delivery belongs to whoever sends it for three times as long.
    pub timeout: Duration,
    /// How many deliveries may be under way at once.
    pub concurrent_max: usize,
    /// How many of them to one endpoint. One whose last delivery failed gets one at a time.
    pub per_endpoint_max: usize,
    /// How many endpoints an organization may have.
    pub endpoints_max: usize,
    /// How long a replaced secret goes on signing.
    pub rotation: Duration,
    /// How long an event is kept after it was given out, and a delivery after nothing more was to be done about it.
    pub retention: Duration,
}

impl Default for WebhookSettings {
    fn default() -> Self {
        Self {
            secret_key: None,
            allow_loopback_http: false,
            timeout: Duration::from_secs(20),
            concurrent_max: 64,
            per_endpoint_max: 4,
            endpoints_max: 20,
            rotation: Duration::from_secs(24 * 60 * 60),
            retention: Duration::from_secs(30 * 24 * 60 * 60),
        }
    }
}

/// What the use cases of webhooks share.
#[derive(Debug)]
pub struct Webhooks {
    /// The way out.
    pub sender: Arc<dyn WebhookSender>,
    /// The figures.
    pub settings: WebhookSettings,
    /// Deliveries under way: a stopping server waits for them.
    pub under_way: TaskTracker,
    /// Rung whenever a place becomes free.
    pub freed: Notify,
    slots: Arc<Semaphore>,
    lanes: Mutex<HashMap<String, Lane>>,
}

/// Beyond so many endpoints, those with nothing under way are forgotten.
const LANES_MAX: usize = 10_000;

/// What this process knows of one endpoint.
#[derive(Clone, Copy, Debug, Default)]
struct Lane {
    under_way: usize,
    failing: bool,
}

/// A place for one delivery, given back when it is dropped.
#[derive(Debug)]
pub struct Place {
    webhooks: Arc<Webhooks>,
    endpoint: String,
    arrived: Option<bool>,
    _slot: OwnedSemaphorePermit,
}

impl Webhooks {
    /// Begins with nothing under way.
    pub fn new(sender: Arc<dyn WebhookSender>, settings: WebhookSettings) -> Self {
        let slots = Arc::new(Semaphore::new(settings.concurrent_max));
        Self {
            sender,
            settings,
            under_way: TaskTracker::new(),
            freed: Notify::new(),
            slots,
            lanes: Mutex::default(),
        }
    }

    /// A place for a delivery to this endpoint, if there is one: a slow endpoint fills its own lane, not the road.
    pub fn place(self: &Arc<Self>, endpoint: &str) -> Option<Place> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let lane = lanes.get(endpoint).copied().unwrap_or_default();
        let width = if lane.failing { 1 } else { self.settings.per_endpoint_max };
        if lane.under_way >= width {
            return None;
        }
        let slot = self.slots.clone().try_acquire_owned().ok()?;
        if lanes.len() >= LANES_MAX {
            lanes.retain(|_, lane| lane.under_way > 0);
        }
        lanes.insert(endpoint.to_owned(), Lane { under_way: lane.under_way + 1, ..lane });
        let endpoint = endpoint.to_owned();
        Some(Place { webhooks: Arc::clone(self), endpoint, arrived: None, _slot: slot })
    }

    /// The keys that secrets are sealed with.
    ///
    /// # Errors
    /// `webhooks_off` when the server was set up without one.
    pub fn seal_keys(&self) -> Result<&SealKeys, AppError> {
        self.settings.secret_key.as_ref().ok_or_else(|| {
            let detail = "This server was set up without webhooks: its operator sets webhooks.secret_key.";
            AppError::refused(ErrorCode::WebhooksOff, detail)
        })
    }

    /// Opens a secret of an endpoint.
    ///
    /// # Errors
    /// [`Sealed`] when there is no key, or none that it was sealed with.
    pub fn open(&self, owner: &str, sealed: &str) -> Result<Zeroizing<Vec<u8>>, Sealed> {
        self.settings.secret_key.as_ref().ok_or(Sealed)?.open(owner, sealed)
    }
}

/// Whom a sealed secret belongs to: it opens in this row only.
pub fn owner(organization: &str, endpoint: &str, secret: &str) -> String {
    format!("{organization} {endpoint} {secret}")
}

impl Place {
    /// Says whether the delivery arrived. Unsaid, the endpoint counts as it did before.
    pub fn note(&mut self, arrived: bool) {
        self.arrived = Some(arrived);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut lanes = self.webhooks.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lane) = lanes.get_mut(&self.endpoint) {
            lane.under_way = lane.under_way.saturating_sub(1);
            lane.failing = self.arrived.map_or(lane.failing, |arrived| !arrived);
            // What works and rests need not be remembered.
            if lane.under_way == 0 && !lane.failing {
                lanes.remove(&self.endpoint);
            }
        }
        drop(lanes);
        self.webhooks.freed.notify_one();
    }
}
