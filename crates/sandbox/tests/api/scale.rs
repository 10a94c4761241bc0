//! A hundred thousand stored cards and charges, and as much that waits for its time, must not slow the processor.

use std::sync::Arc;
use std::time::{Duration, Instant};

use paydesk_sandbox::{Config, Sandbox};

use crate::support::{ACH, CONSENT, Running, SECRET};

const FEW: usize = 1_000;
const MANY: usize = 100_000;
/// How many times slower a call may be among a hundred times as much: an index costs its logarithm (1.7
/// times), a walk over everything up to a hundred times.
const RATIO_MAX: f64 = 4.0;
const ROUNDS: usize = 41;

/// A processor that holds so many cards, and one of its customers.
struct Filled {
    processor: Running,
    customer: String,
    method: String,
    count: usize,
}

impl Filled {
    async fn with(count: usize) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let mut config = Config::new(folder.path().join("data"));
        config.debits.ach_settle = Duration::ZERO;
        let sandbox = Sandbox::open(config).unwrap();
        let mut customers = sandbox.fill(SECRET, count).await.unwrap();
        let customer = customers.swap_remove(customers.len() / 2);
        let processor = Running::serve(sandbox, folder).await;
        let listed = processor.get(&format!("/v1/payment_methods?customer={customer}")).await;
        assert_eq!(listed.body["data"].as_array().unwrap().len(), 10);
        let journal = processor.get(&format!("/sandbox/journal?after={}", count - 1)).await;
        assert_eq!(journal.body["last_seq"], count);
        let method = listed.text("/data/0/id").to_owned();
        Self { processor, customer, method, count }
    }

    async fn call(&self, what: &str, round: usize) {
        let (customer, method, middle) = (&self.customer, &self.method, self.count / 2);
        let path = match what {
            "charge" => {
                let paid = self.processor.charge(customer, method, &format!("round-{round}")).await;
                assert_eq!(paid.status, 200);
                return;
            }
            "settle a debit" => {
                let form = [
                    ("amount", "700"),
                    ("currency", "usd"),
                    ("payment_method", "pm_usBankAccount_success"),
                    ("payment_method_types[0]", ACH),
                    ("confirm", "true"),
                ];
                let debit = self.processor.post("/v1/payment_intents", &[&form[..], &CONSENT].concat()).await;
                // It is due at once: the next call finds it settled, among all that still waits.
                let path = format!("/v1/payment_intents/{}", debit.text("/id"));
                assert_eq!(self.processor.get(&path).await.text("/status"), "succeeded");
                return;
            }
            "store a card" => {
                self.processor.method("4242424242424242").await;
                return;
            }
            "read a card" => format!("/v1/payment_methods/{method}"),
            "list cards" => format!("/v1/payment_methods?customer={customer}&limit=3"),
            "list charges" => "/v1/charges?limit=3".to_owned(),
            "list a customer's intents" => format!("/v1/payment_intents?customer={customer}&limit=3"),
            "list old intents" => "/v1/payment_intents?created[lt]=4102444800&limit=3".to_owned(),
            "search by note" => format!("/v1/payment_intents/search?query=metadata%5B'number'%5D:'{middle}'"),
            "read the journal" => format!("/sandbox/journal?after={middle}&limit=3"),
            "walk over everything" => "/v1/payment_intents/search?query=currency:'gbp'".to_owned(),
            other => panic!("{other}"),
        };
        assert_eq!(self.processor.get(&path).await.status, 200, "{path}");
    }

    async fn time(&self, what: &str, round: usize) -> Duration {
        #[expect(clippy::disallowed_methods, reason = "measures how long a call takes")]
        let began = Instant::now();
        self.call(what, round).await;
        began.elapsed()
    }
}

#[tokio::test]
async fn a_hundred_thousand_objects_do_not_slow_a_call() {
    let (few, many) = (Filled::with(FEW).await, Filled::with(MANY).await);
    for what in [
        "charge",
        "settle a debit",
        "store a card",
        "read a card",
        "list cards",
        "list charges",
        "list a customer's intents",
        "list old intents",
        "search by note",
        "read the journal",
    ] {
        let ratio = ratio(what, &few, &many).await;
        assert!(ratio < RATIO_MAX, "{what}: {ratio:.1} times slower among {MANY} than among {FEW}");
    }
    // The measure sees a walk where there is one: no index helps this search.
    let ratio = ratio("walk over everything", &few, &many).await;
    assert!(ratio > RATIO_MAX, "a walk over {MANY} objects went unnoticed: {ratio:.1} times");
}

/// How many times slower a call is among many than among few, by the medians of calls made in turns: what
/// else the machine does meets both alike.
async fn ratio(what: &str, few: &Filled, many: &Filled) -> f64 {
    let (mut among_few, mut among_many) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        among_few.push(few.time(what, round).await);
        among_many.push(many.time(what, round).await);
    }
    among_few.sort();
    among_many.sort();
    let (few, many) = (among_few[ROUNDS / 2], among_many[ROUNDS / 2]);
    let ratio = many.as_secs_f64() / few.as_secs_f64();
    #[expect(clippy::print_stdout, reason = "a figure for whoever reads the test's output")]
    {
        println!("{what}: {few:?} among {FEW}, {many:?} among {MANY}, {ratio:.2} times");
    }
    ratio
}
