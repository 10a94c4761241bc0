//! The list of people: by program, activity and membership, page by page, and nobody else's; and that it says nothing of what an
//! organization may not charge.

use reqwest::Method;
use serde_json::{Value, json};

use crate::histories::Dice;
use crate::support::{Engine, Keeper, Reply, Stack, StackOptions, fresh, on_both, organization};

on_both! {
    people_are_found_by_where_they_take_part;
    every_combination_of_filters_is_right_page_by_page;
    memberships_begin_and_end_with_the_organizations_day;
    pages_stay_as_people_come_and_change;
    what_does_not_fit_is_refused;
    nobody_elses_people_are_there;
    what_may_not_be_charged_is_not_there_to_be_found;
}

impl Stack {
    async fn change_person(&self, key: &str, id: &str, body: &Value) -> Reply {
        let request = self.http.patch(format!("{}/v1/people/{id}", self.billing)).bearer_auth(key);
        self.send(request.header("idempotency-key", fresh("k-")).json(body)).await
    }

    /// The ids of a list, newest first, gone through by pages of this size.
    async fn pages(&self, query: &str, limit: usize) -> Vec<String> {
        let (mut ids, mut cursor) = (Vec::new(), String::new());
        loop {
            let page =
                self.read(&format!("/v1/people?limit={limit}{query}{cursor}")).await.expect(200).json();
            let rows = page["data"].as_array().unwrap();
            assert!(rows.len() <= limit);
            ids.extend(rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return ids,
            }
        }
    }
}

fn names(reply: &Value) -> Vec<&str> {
    reply["data"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect()
}

async fn people_are_found_by_where_they_take_part(engine: Engine) {
    let stack = Stack::start(engine).await;
    let body = json!({
        "login": {"name": "Kim Roy", "email": "kim@example.org", "last_login_at": "2026-01-05T15:00:00Z"},
        "account": {"reference": "C-17"},
        "people": [
            {"name": "Kim Roy", "memberships": [{"membership": "Season pass", "from": "2026-01-01"}]},
            {"name": "Lou Roy", "enrolments": [
                {"program": "Swimming", "activity": "Level 3"}, {"program": "Swimming", "activity": "Diving"},
                {"program": "Camps", "activity": "Level 3"},
            ]},
        ],
    });
    let client = stack.write("/v1/clients", body).await.expect(201).json();
    // In one moment, so that either may come first.
    let of = |name: &str| {
        let people = client["people"].as_array().unwrap();
        people.iter().find(|person| person["name"] == name).unwrap().clone()
    };
    let [kim, lou] = ["Kim Roy", "Lou Roy"].map(|name| of(name)["id"].as_str().unwrap().to_owned());
    assert_eq!(
        of("Kim Roy"),
        json!({"id": kim, "name": "Kim Roy"}),
        "the client's own list stays as short as it was"
    );
    let shown = stack.read(&format!("/v1/people/{lou}")).await.expect(200).json();
    assert_eq!(
        shown,
        json!({
            "id": lou, "name": "Lou Roy", "account": client["id"], "account_name": "Kim Roy", "email": "kim@example.org",
            "reference": "C-17", "saved_card": false, "saved_echeck": false, "memberships": [],
            "enrolments": [
                {"program": "Camps", "activity": "Level 3"}, {"program": "Swimming", "activity": "Diving"},
                {"program": "Swimming", "activity": "Level 3"},
            ],
        })
    );
    let found = async |query: &str| {
        let told = stack.read(&format!("/v1/people?{query}")).await.expect(200).json();
        {
            let mut names = names(&told);
            names.sort_unstable();
            names.join(", ")
        }
    };
    for (query, who) in [
        ("", "Kim Roy, Lou Roy"),
        ("program=Swimming", "Lou Roy"),
        ("activity=Level%203", "Lou Roy"),
        ("program=Camps&activity=Level%203", "Lou Roy"),
        ("program=Camps&activity=Diving", ""),
        ("program=swimming", ""),
        ("membership=Season%20pass", "Kim Roy"),
        ("membership=Season%20pass&program=Swimming", ""),
        ("email=kim@example.org", "Kim Roy, Lou Roy"),
        ("reference=C-17&activity=Diving", "Lou Roy"),
        ("reference=C-17&membership=Season%20pass", "Kim Roy"),
        ("reference=C-18", ""),
        ("email=kim@example.org&reference=C-18", ""),
        ("saved_card=true", ""),
        ("saved_card=false&saved_echeck=false", "Kim Roy, Lou Roy"),
    ] {
        assert_eq!(found(query).await, who, "{query}");
    }
    stack.saved_card(client["id"].as_str().unwrap(), "4242424242424242").await;
    assert_eq!(found("saved_card=true").await, "Kim Roy, Lou Roy");
    assert_eq!(found("saved_card=true&program=Swimming").await, "Lou Roy");
    assert_eq!(found("saved_card=true&email=kim@example.org&membership=Season%20pass").await, "Kim Roy");
    assert_eq!(found("saved_card=false").await, "");

    // What is told takes the place of what was told before; what is not named stays.
    let change =
        json!({"enrolments": [{"program": "Swimming", "activity": "Level 4"}], "name": "Louise Roy"});
    let changed = stack.change_person(&stack.key, &lou, &change).await.expect(200).json();
    assert_eq!(changed["enrolments"], change["enrolments"]);
    assert_eq!(found("saved_card=true&activity=Level%204").await, "Louise Roy");
    assert_eq!(found("activity=Level%203").await, "");
    let change = json!({"memberships": [{"membership": "Gold", "until": "2099-01-31"}]});
    let changed = stack.change_person(&stack.key, &lou, &change).await.expect(200).json();
    assert_eq!(changed["memberships"], change["memberships"]);
    assert_eq!(found("membership=Gold&program=Swimming&saved_card=true").await, "Louise Roy");
    let noted = stack.read("/v1/audit_entries?limit=10").await.expect(200);
    assert!(noted.text.contains("person.changed") && !noted.text.contains("Louise"), "{}", noted.text);
}

/// Positive controls (tried): without `DISTINCT` somebody in two activities of a program is listed twice; with the cursor left out of the
/// inner list a page comes again.
async fn every_combination_of_filters_is_right_page_by_page(engine: Engine) {
    let mut options = StackOptions::default();
    options.http.per_key_per_minute = 0;
    let stack = Stack::start_with(engine, options).await;
    let mut dice = Dice(3);
    let (programs, activities) = (["Swimming", "Camps"], ["Level 1", "Level 2", "Diving"]);
    for client in 0..14 {
        let mut people = Vec::new();
        for person in 0..=dice.below(3) {
            let mut enrolments = Vec::new();
            for _ in 0..dice.below(4) {
                let (program, activity) = (programs[dice.below(2)], activities[dice.below(3)]);
                let enrolment = json!({"program": program, "activity": activity});
                enrolments.push(enrolment);
            }
            let from = ["2020-01-01", "2090-01-01"][dice.below(2)];
            let season = json!({"membership": "Season", "from": from});
            let past = json!({"membership": "Season", "from": "2019-01-01", "until": "2019-06-30"});
            let memberships =
                [json!([]), json!([season]), json!([past, season]), json!([past])][dice.below(4)].clone();
            people.push(json!({"name": format!("{client}.{person}"), "enrolments": enrolments, "memberships": memberships}));
        }
        let login = json!({"name": "Kim", "last_login_at": "2026-01-05T15:00:00Z"});
        let made =
            stack.write("/v1/clients", json!({"login": login, "people": people})).await.expect(201).at("/id");
        // Cards of several months, so that a list is put together.
        match dice.below(4) {
            0 => drop(stack.saved_until(&made, "4242424242424242", Some(("11", "2031"))).await),
            1 => drop(stack.saved_card(&made, "4242424242424242").await),
            2 => {
                let debit = stack.debit_of(&made, "pad", "000123456789", &[100], true).await;
                stack.confirm(&debit.secret, &debit.body).await.expect(200);
            }
            _ => {}
        }
    }
    let all = stack.read("/v1/people?limit=100").await.expect(200).json()["data"].as_array().unwrap().clone();
    let today = stack.in_days(0);
    let takes_part = |row: &Value, program: &str, activity: &str| {
        row["enrolments"].as_array().unwrap().iter().any(|enrolment| {
            (program.is_empty() || enrolment["program"] == program)
                && (activity.is_empty() || enrolment["activity"] == activity)
        })
    };
    let is_member = |row: &Value| {
        row["memberships"].as_array().unwrap().iter().any(|membership| {
            membership["from"].as_str().unwrap() <= today.as_str()
                && membership["until"].as_str().is_none_or(|until| until >= today.as_str())
        })
    };
    let mut found = 0;
    for program in ["", "Swimming", "Camps"] {
        for activity in ["", "Level 1", "Diving"] {
            for member in [false, true] {
                for (card, bank) in
                    [("", ""), ("true", ""), ("false", ""), ("", "true"), ("", "false"), ("false", "false")]
                {
                    let mut query = String::new();
                    let membership = if member { "Season" } else { "" };
                    for (name, value) in [
                        ("program", program),
                        ("activity", activity),
                        ("membership", membership),
                        ("saved_card", card),
                        ("saved_echeck", bank),
                    ] {
                        if !value.is_empty() {
                            query += &format!("&{name}={}", value.replace(' ', "%20"));
                        }
                    }
                    let wanted: Vec<String> = all
                        .iter()
                        .filter(|row| {
                            (program.is_empty() && activity.is_empty() || takes_part(row, program, activity))
                                && (!member || is_member(row))
                                && (card.is_empty() || row["saved_card"] == json!(card == "true"))
                                && (bank.is_empty() || row["saved_echeck"] == json!(bank == "true"))
                        })
                        .map(|row| row["id"].as_str().unwrap().to_owned())
                        .collect();
                    assert_eq!(stack.pages(&query, 3).await, wanted, "{query}");
                    found += wanted.len();
                }
            }
        }
    }
    assert!(found > 300, "there was something to find: {found}");
}

async fn memberships_begin_and_end_with_the_organizations_day(engine: Engine) {
    let stack = Stack::start(engine).await;
    let (first, last) = (stack.in_days(1), stack.in_days(2));
    let membership = json!([{"membership": "Pass", "from": first, "until": last}]);
    let body = json!({"login": {"name": "Kim"}, "people": [{"name": "Lou", "memberships": membership,
        "enrolments": [{"program": "Swimming", "activity": "Level 3"}]}]});
    stack.write("/v1/clients", body).await.expect(201);
    let mut seen = Vec::new();
    for _ in 0..4 {
        for query in
            ["membership=Pass", "membership=Pass&program=Swimming", "membership=Pass&saved_card=false"]
        {
            let told = stack.read(&format!("/v1/people?{query}")).await.expect(200).json();
            seen.push(names(&told).len());
        }
        stack.clock.advance(std::time::Duration::from_secs(86_400));
    }
    assert_eq!(seen, [0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0]);
}

/// Who comes in between is on no later page, who is gone from the filter is missed by nobody else, and who stays comes once.
async fn pages_stay_as_people_come_and_change(engine: Engine) {
    let stack = Stack::start(engine).await;
    let mut clients = Vec::new();
    let new = async |stack: &Stack| {
        let login =
            json!({"name": "Kim", "email": "kim@example.org", "last_login_at": "2026-01-05T15:00:00Z"});
        let client = stack
            .write("/v1/clients", json!({"login": login, "people": [{"name": "Lou"}]}))
            .await
            .expect(201);
        stack.saved_card(&client.at("/id"), "4242424242424242").await;
        stack.clock.advance(std::time::Duration::from_millis(2));
        (client.at("/id"), client.at("/people/0/id"))
    };
    for _ in 0..6 {
        clients.push(new(&stack).await);
    }
    clients.reverse();
    let page = async |cursor: &str| {
        stack.read(&format!("/v1/people?saved_card=true&limit=2{cursor}")).await.expect(200)
    };
    let first = page("").await;
    let ids = |reply: &Reply| -> Vec<String> {
        reply.json()["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["id"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(ids(&first), [clients[0].1.clone(), clients[1].1.clone()]);
    new(&stack).await;
    // The third has no card any more.
    let secret = stack.wallet_session(&clients[2].0).await;
    let method = stack.wallet(&secret).await.at("/cards/methods/0/id");
    let url = format!("/v1/wallet/methods/{method}?version=1");
    let remove = stack.browser(Method::DELETE, &secret, &url).header("idempotency-key", fresh("w-"));
    stack.send(remove).await.expect(200);
    let second = page(&format!("&cursor={}", first.at("/next_cursor"))).await;
    assert_eq!(ids(&second), [clients[3].1.clone(), clients[4].1.clone()]);
    let last = page(&format!("&cursor={}", second.at("/next_cursor"))).await;
    assert_eq!(ids(&last), [clients[5].1.clone()]);
    assert!(last.json()["next_cursor"].is_null());
}

async fn what_does_not_fit_is_refused(engine: Engine) {
    let stack = Stack::start(engine).await;
    let account = stack.client().await;
    let person = stack.read(&format!("/v1/clients/{account}")).await.at("/people/0/id");
    let before = stack.read(&format!("/v1/people/{person}")).await.json();
    let long = "x".repeat(101);
    let many: Vec<Value> = (0..101).map(|n| json!({"program": "p", "activity": n.to_string()})).collect();
    for (body, param) in [
        (json!({"name": " "}), "name"),
        (json!({"enrolments": [{"program": "", "activity": "x"}]}), "enrolments.program"),
        (json!({"enrolments": [{"program": "x", "activity": long}]}), "enrolments.activity"),
        (json!({"enrolments": many}), "enrolments"),
        (json!({"memberships": [{"membership": "x", "from": "2026-02-30"}]}), "memberships.from"),
        (
            json!({"memberships": [{"membership": "x", "from": "2026-02-02", "until": "2026-02-01"}]}),
            "memberships.until",
        ),
        (json!({"memberships": [{"membership": "x"}, {"membership": "x"}]}), "memberships.from"),
    ] {
        let refused =
            stack.change_person(&stack.key, &person, &body).await.expect_problem(400, "invalid_request");
        assert_eq!(refused.at("/param"), param);
    }
    for query in ["saved_card=yes", "limit=0", "limit=101", "cursor=PER", "activity=x%00y"] {
        stack.read(&format!("/v1/people?{query}")).await.expect_problem(400, "invalid_request");
    }
    let unknown = format!("per_{}", "b".repeat(30));
    stack.change_person(&stack.key, &unknown, &json!({"name": "x"})).await.expect_problem(404, "not_found");
    assert_eq!(stack.read(&format!("/v1/people/{person}")).await.json(), before);
}

/// Positive control (tried): without the organization in `PEOPLE_BY_EMAIL`, the other one is shown these people on SQLite
/// (PostgreSQL's row-level security hides them still).
async fn nobody_elses_people_are_there(engine: Engine) {
    let stack = Stack::start(engine).await;
    let take_part = json!([{"name": "Lou", "enrolments": [{"program": "Swimming", "activity": "Level 3"}],
        "memberships": [{"membership": "Pass"}]}]);
    let body = json!({"login": {"name": "Kim", "email": "kim@example.org"}, "account": {"reference": "C-17"}, "people": take_part});
    let client = stack.write("/v1/clients", body).await.expect(201);
    stack.saved_card(&client.at("/id"), "4242424242424242").await;
    let person = client.at("/people/0/id");
    let (_, other) = organization(&stack.app, "Elsewhere").await;
    let queries = [
        "",
        "saved_card=true",
        "saved_card=false",
        "program=Swimming",
        "activity=Level%203",
        "membership=Pass",
        "program=Swimming&activity=Level%203&membership=Pass",
        "membership=Pass&saved_echeck=false",
        "email=kim@example.org",
        "reference=C-17",
    ];
    for query in queries {
        let path = format!("/v1/people?{query}");
        let own = stack.read(&path).await.expect(200).json();
        assert_eq!(
            own["data"].as_array().unwrap().len(),
            usize::from(query != "saved_card=false"),
            "{query}"
        );
        assert_eq!(stack.read_as(&other, &path).await.expect(200).json()["data"], json!([]), "{query}");
    }
    let path = format!("/v1/people/{person}");
    let unknown = format!("/v1/people/per_{}", "b".repeat(30));
    stack.read(&path).await.expect(200);
    let told = stack.read_as(&other, &path).await.expect_problem(404, "not_found");
    assert_eq!(told.at("/detail"), stack.read_as(&other, &unknown).await.at("/detail"));
    let change = json!({"enrolments": [], "name": "Mine"});
    stack.change_person(&other, &person, &change).await.expect_problem(404, "not_found");
    assert_eq!(stack.read(&path).await.at("/name"), "Lou");
}

/// Two organizations have the same client. What the one may charge changes nothing of what the other is told, nor of what is stored of
/// the other, to the version of each row: so that nothing that it asks can be answered otherwise, sooner or later. The positive control
/// is in the test: of the first one it changes. And (tried) where the view `chargeable_methods` counts any organization's permissions,
/// this fails.
async fn what_may_not_be_charged_is_not_there_to_be_found(engine: Engine) {
    let keeper = Keeper::start(engine).await;
    let Keeper { stack, account, sister, secret } = &keeper;
    let of = |email: &str| {
        json!({
            "login": {"name": "Kim", "email": email, "last_login_at": "2026-01-05T15:00:00Z"},
            "people": [{"name": "Lou", "enrolments": [{"program": "Swimming", "activity": "Level 3"}], "memberships": [{"membership": "Pass"}]}],
        })
    };
    // The same login with both, and another client of the sister's who has nothing at all.
    let login = stack.read(&format!("/v1/clients/{account}")).await.at("/login");
    let mut known = of("");
    known["login"] = json!({"id": login});
    known["account"] = json!({"name": "Kim"});
    for key in [&stack.key, &sister.key] {
        stack.write_as(key, &fresh("k-"), "/v1/clients", &known).await.expect(201);
    }
    stack.write_as(&sister.key, &fresh("k-"), "/v1/clients", &of("lee@example.org")).await.expect(201);
    let rows = match engine {
        Engine::Sqlite => {
            "SELECT org_id || ' ' || id || ' ' || chargeable FROM accounts \
            UNION ALL SELECT org_id || ' ' || id || ' ' || chargeable FROM people \
            UNION ALL SELECT org_id || ' ' || person_id || ' ' || chargeable FROM enrolments \
            UNION ALL SELECT org_id || ' ' || person_id || ' ' || chargeable FROM memberships \
            UNION ALL SELECT org_id || ' ' || person_id || ' ' || chargeable FROM member_enrolments"
        }
        Engine::Postgres => {
            "SELECT org_id || ' ' || xmin::text || ' ' || ctid::text || ' ' || a::text FROM accounts a \
            UNION ALL SELECT org_id || ' ' || xmin::text || ' ' || ctid::text || ' ' || p::text FROM people p \
            UNION ALL SELECT org_id || ' ' || xmin::text || ' ' || ctid::text || ' ' || e::text FROM enrolments e \
            UNION ALL SELECT org_id || ' ' || xmin::text || ' ' || ctid::text || ' ' || m::text FROM memberships m \
            UNION ALL SELECT org_id || ' ' || xmin::text || ' ' || ctid::text || ' ' || b::text FROM member_enrolments b"
        }
    };
    let seen = async |key: &str, organization: &str| {
        let mut all = Vec::new();
        for list in ["clients", "people"] {
            for wallet in
                ["", "&saved_card=true", "&saved_card=false", "&saved_echeck=true", "&saved_echeck=false"]
            {
                for more in ["", "&limit=1", "&email=lee@example.org"] {
                    all.push(
                        stack.read_as(key, &format!("/v1/{list}?{wallet}{more}")).await.expect(200).text,
                    );
                }
            }
        }
        for filter in
            ["program=Swimming", "activity=Level%203", "membership=Pass", "program=Swimming&membership=Pass"]
        {
            for wallet in ["", "&saved_card=true", "&saved_card=false", "&saved_echeck=true"] {
                all.push(stack.read_as(key, &format!("/v1/people?{filter}{wallet}")).await.expect(200).text);
            }
        }
        let stored = stack.database.read_past_everybody(rows).await.unwrap();
        let mut stored: Vec<String> =
            stored.into_iter().filter(|row| row.starts_with(organization)).collect();
        stored.sort();
        (all, stored)
    };
    let before = seen(&sister.key, sister.organization.as_str()).await;
    let own_before = seen(&stack.key, stack.organization.as_str()).await;
    assert!(before.1.len() >= 9, "{:?}", before.1);

    let card = stack.saved_card(account, "4242424242424242").await;
    let debit = stack.debit_of(account, "pad", "000123456789", &[100], true).await;
    stack.confirm(&debit.secret, &debit.body).await.expect(200);
    assert_eq!(
        seen(&sister.key, sister.organization.as_str()).await,
        before,
        "saved, and let the other one charge"
    );
    let own = seen(&stack.key, stack.organization.as_str()).await;
    assert_ne!(own, own_before);
    assert_eq!(
        own.1.iter().filter(|row| own_before.1.contains(row)).count(),
        0,
        "every row of the client's is another"
    );
    // The whole wallet is emptied again.
    assert_eq!(stack.wallet(secret).await.at("/cards/count"), "1");
    keeper.remove(&card).await.expect(200);
    stack.work_after(std::time::Duration::from_secs(301)).await;
    assert_eq!(seen(&sister.key, sister.organization.as_str()).await, before, "and removed");
}
