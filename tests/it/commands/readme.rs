//! README is true: its queries, asked of a fresh `kada dev` with the countries that Kada brings, are answered as it says.

use std::fs;

use nix::sys::signal::Signal;
use serde_json::{Value, json};

use super::{Desk, Running};

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
/// Of one server with four countries and 64 connections: 64 MiB, less what the text of an optimised binary takes. That of
/// the binary under test is twice as large and is no part of what is measured here; `make bench` measures all of it.
const MOST_MEMORY: usize = 40 << 20;

/// The fenced blocks, by language, in their order.
fn blocks(markdown: &str) -> Vec<(&str, &str)> {
    let fenced = markdown.split("```").skip(1).step_by(2);
    fenced.filter_map(|it| it.split_once('\n')).collect()
}

async fn ask(client: &reqwest::Client, url: &str, token: &str, query: &str) -> Value {
    let request = client.post(url).bearer_auth(token);
    let request = request.header("accept-language", "en");
    let response = request.json(&json!({ "query": query })).send().await;
    let mut answer: Value = response.expect("an answer").json().await.expect("JSON");
    answer.as_object_mut().expect("a map").remove("extensions");
    // Opaque, and another one on each machine.
    if let Some(cursor) = answer.pointer_mut("/data/changes/pageInfo/endCursor") {
        *cursor = json!("…");
    }
    answer
}

/// Resident memory in bytes, without the pages of files.
fn memory(running: &Running) -> usize {
    let status = fs::read_to_string(format!("/proc/{}/status", running.child.id()));
    let status = status.expect("Linux tells of its processes");
    let line = status.lines().find_map(|it| it.strip_prefix("RssAnon:"));
    let kibibytes = line.and_then(|it| it.trim().trim_end_matches(" kB").parse::<usize>().ok());
    kibibytes.expect("a number of kB") << 10
}

#[tokio::test]
async fn load_readme_is_answered_as_it_says_and_the_server_stays_small() {
    let markdown = fs::read_to_string(README).expect("README");
    let desk = Desk::new();
    let dev = || desk.kada(&["dev", "--listen", "127.0.0.1:0"]);
    let mut first = Running::start(&mut dev(), false);
    let tokens = [
        ("(ml, hr_manager)", first.until("ml hr_manager ")),
        ("(ml, viewer)", first.until("ml viewer ")),
        ("(mw, hr_manager)", first.until("mw hr_manager ")),
        ("(tz, hr_manager)", first.until("tz hr_manager ")),
        ("(tz, viewer)", first.until("tz viewer ")),
    ];
    let url = first.until("GraphQL ");
    let client = crate::support::world::client();
    let mut asked = 0;
    let blocks = blocks(&markdown);
    for pair in blocks.windows(2) {
        let [("graphql", query), (language, answer)] = pair else {
            continue;
        };
        assert_eq!(*language, "json", "an answer follows: {query}");
        let (_, token) = tokens
            .iter()
            .find(|(who, _)| query.lines().next().is_some_and(|it| it.ends_with(who)))
            .expect("the first line says whose token");
        let wanted: Value = serde_json::from_str(answer).expect("README has JSON");
        let found = ask(&client, &url, token, query).await;
        assert_eq!(found, wanted, "{query}\n{found}");
        asked += 1;
    }
    assert!(asked >= 5, "{asked} queries");
    assert!(first.stop(Signal::SIGINT), "a clean end");

    let mut again = Running::start(&mut dev(), false);
    let url = again.until("GraphQL ");
    let page = "{ workers(first: 50) { nodes { name posting { facility { name type { label } } cadre { label } }
        identifiers { value } contacts { value } } } }";
    let clients: Vec<reqwest::Client> = (0..64).map(|_| crate::support::world::client()).collect();
    for _ in 0..2 {
        let asked = clients.iter().enumerate().map(|(number, client)| {
            let (_, token) = &tokens[number % tokens.len()];
            ask(client, &url, token, page)
        });
        for answer in futures_util::future::join_all(asked).await {
            let nodes = answer["data"]["workers"]["nodes"].as_array();
            assert_eq!(nodes.map(Vec::len), Some(50), "{answer}");
        }
    }
    let held = memory(&again);
    println!("{} MiB with 64 connections", held >> 20);
    assert!(held < MOST_MEMORY, "{held} bytes");
    assert!(again.stop(Signal::SIGTERM), "a clean end");
}
