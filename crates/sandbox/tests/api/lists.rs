//! Lists, searches and expansion.

use std::time::Duration;

use jiff::SignedDuration;

use crate::support::Running;

fn ids(body: &serde_json::Value) -> Vec<&str> {
    body["data"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_list_is_walked_in_pages_without_loss() {
    let processor = Running::start().await;
    let mut made = Vec::new();
    for number in 0..25 {
        if number % 5 == 0 {
            processor.clock.advance(SignedDuration::from_secs(60));
        }
        made.insert(0, processor.post("/v1/customers", &[("name", &number.to_string())]).await.id());
    }
    let first = processor.get("/v1/customers").await;
    assert_eq!(
        (ids(&first.body).len(), &first.body["has_more"], first.text("/url")),
        (10, &true.into(), "/v1/customers")
    );
    let (mut walked, mut after) = (Vec::new(), String::new());
    loop {
        let page = processor.get(&format!("/v1/customers?limit=4{after}")).await.body;
        walked.extend(ids(&page).into_iter().map(str::to_owned));
        after = format!("&starting_after={}", walked.last().unwrap());
        if page["has_more"] == false {
            break;
        }
    }
    assert_eq!(walked, made);
    // 2026-11-23T12:03:00Z: the third batch of five.
    let recent = processor.get("/v1/customers?limit=100&created[gte]=1795435380").await;
    assert_eq!(ids(&recent.body), made[..15]);
    let old = processor.get("/v1/customers?limit=100&created[lt]=1795435380").await;
    assert_eq!(ids(&old.body), made[15..]);
    for wrong in ["limit=0", "limit=101", "limit=x", "starting_after=cus_nobody", "surprise=1"] {
        assert_eq!(processor.get(&format!("/v1/customers?{wrong}")).await.status, 400, "{wrong}");
    }
}

#[tokio::test]
async fn intents_are_found_by_customer_and_by_note() {
    let processor = Running::start().await;
    let (customer, method) = processor.customer_with("4242424242424242").await;
    let (other, other_method) = processor.customer_with("5555555555554444").await;
    let mine = processor.charge(&customer, &method, "mine").await.id();
    let theirs = processor.charge(&other, &other_method, "theirs").await.id();
    for (query, found) in [
        (format!("/v1/payment_intents?customer={customer}"), vec![mine.as_str()]),
        ("/v1/payment_intents".to_owned(), vec![theirs.as_str(), mine.as_str()]),
        ("/v1/payment_intents?metadata[attempt]=mine".to_owned(), vec![mine.as_str()]),
        (format!("/v1/payment_intents?metadata[attempt]=mine&customer={other}"), vec![]),
        (
            "/v1/payment_intents/search?query=metadata%5B'attempt'%5D:'theirs'".to_owned(),
            vec![theirs.as_str()],
        ),
        (
            format!("/v1/payment_intents/search?query=customer:'{customer}'%20AND%20status:'succeeded'"),
            vec![mine.as_str()],
        ),
        (format!("/v1/payment_intents/search?query=customer:'{customer}'%20AND%20status:'canceled'"), vec![]),
        (format!("/v1/charges?customer={customer}&limit=1"), vec![]),
    ] {
        let list = processor.get(&query).await;
        assert_eq!(list.status, 200, "{query}: {}", list.body);
        if !query.contains("charges") {
            assert_eq!(ids(&list.body), found, "{query}");
        }
    }
    // A note that changes is found by what it says now.
    processor.post(&format!("/v1/payment_intents/{mine}"), &[("metadata[attempt]", "renamed")]).await.id();
    assert!(ids(&processor.get("/v1/payment_intents?metadata[attempt]=mine").await.body).is_empty());
    assert_eq!(ids(&processor.get("/v1/payment_intents?metadata[attempt]=renamed").await.body), [mine]);
}

#[tokio::test]
async fn a_search_can_be_told_to_lag() {
    let processor = Running::start_with(|config| config.search_lag = Duration::from_secs(60)).await;
    let (customer, method) = processor.customer_with("4242424242424242").await;
    let intent = processor.charge(&customer, &method, "new").await.id();
    let query = "/v1/payment_intents/search?query=metadata%5B'attempt'%5D:'new'";
    assert!(ids(&processor.get(query).await.body).is_empty());
    let listed = processor.get("/v1/payment_intents").await.body;
    assert_eq!(ids(&listed), [intent.as_str()], "lists never lag");
    processor.clock.advance(SignedDuration::from_secs(60));
    assert_eq!(ids(&processor.get(query).await.body), [intent]);
}

#[tokio::test]
async fn ids_are_expanded_into_objects() {
    let processor = Running::start().await;
    let (customer, method) = processor.customer_with("4242424242424242").await;
    let intent = processor.charge(&customer, &method, "expand").await.id();
    let path =
        format!("/v1/payment_intents/{intent}?expand[]=latest_charge.customer&expand[]=payment_method");
    let view = processor.get(&path).await;
    assert_eq!(view.text("/latest_charge/customer/name"), "Ann Example");
    assert_eq!(view.text("/payment_method/card/last4"), "4242");
    let list = processor.get("/v1/payment_intents?expand[0]=data.customer").await;
    assert_eq!(list.text("/data/0/customer/id"), customer);
    for wrong in ["expand[]=amount", "expand[]=latest_charge.a.b.c.d", "expand[]=nothing"] {
        assert_eq!(
            processor.get(&format!("/v1/payment_intents/{intent}?{wrong}")).await.status,
            400,
            "{wrong}"
        );
    }
    let before = processor.journal().await.len();
    let form = [
        ("amount", "500"),
        ("currency", "cad"),
        ("payment_method", "pm_card_visa"),
        ("confirm", "true"),
        ("expand[]", "nonsense"),
    ];
    assert_eq!(processor.post("/v1/payment_intents", &form).await.status, 400);
    assert_eq!(processor.journal().await.len(), before, "an answer that cannot be given was charged for");
}

#[tokio::test]
async fn the_journal_is_read_in_pages() {
    let processor = Running::start().await;
    let (customer, method) = processor.customer_with("4242424242424242").await;
    for number in 0..5 {
        processor.charge(&customer, &method, &format!("n{number}")).await.id();
    }
    let page = processor.get("/sandbox/journal?after=1&limit=3").await;
    let seqs: Vec<_> =
        page.body["data"].as_array().unwrap().iter().map(|row| row["seq"].as_u64().unwrap()).collect();
    assert_eq!(
        (seqs, &page.body["has_more"], &page.body["last_seq"]),
        (vec![2, 3, 4], &true.into(), &5.into())
    );
    assert_eq!(processor.get("/sandbox/journal?after=9").await.body["data"], serde_json::json!([]));
    assert_eq!(processor.get("/sandbox/journal?limit=0").await.status, 400);
}

#[tokio::test]
async fn a_customers_lists_hold_nothing_of_others() {
    let processor = Running::start().await;
    let (ann, ann_method) = processor.customer_with("4242424242424242").await;
    let (bob, bob_method) = processor.customer_with("5555555555554444").await;
    processor.method("6011111111111117").await;
    processor.charge(&ann, &ann_method, "ann").await.id();
    processor.charge(&bob, &bob_method, "bob").await.id();
    for (customer, method) in [(&ann, &ann_method), (&bob, &bob_method)] {
        for path in [
            format!("/v1/payment_methods?customer={customer}"),
            format!("/v1/customers/{customer}/payment_methods"),
        ] {
            assert_eq!(ids(&processor.get(&path).await.body), [method.as_str()], "{path}");
        }
        let sources = processor.get(&format!("/v1/customers/{customer}/sources")).await;
        assert_eq!(ids(&sources.body), [method.as_str()]);
        let charges = processor.get(&format!("/v1/charges?customer={customer}")).await;
        assert_eq!(
            (charges.body["data"].as_array().unwrap().len(), charges.text("/data/0/customer")),
            (1, customer.as_str())
        );
        let theirs = processor.get(&format!("/v1/customers/{customer}/payment_methods/{bob_method}")).await;
        assert_eq!(theirs.status == 200, customer == &bob);
    }
    assert!(ids(&processor.get("/v1/payment_methods").await.body).is_empty());
    processor.post(&format!("/v1/payment_methods/{ann_method}/detach"), &[]).await.id();
    assert!(ids(&processor.get(&format!("/v1/payment_methods?customer={ann}")).await.body).is_empty());
}
