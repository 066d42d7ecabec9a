//! What a server holds after 64 connections have asked for pages of every tenant.

use serde_json::json;

use super::{Bench, Bound, Seen, page};
use crate::drive::{Ask, drive};
use crate::process::memory;
use crate::rounds::Spread;
use crate::server::Server;

const CONNECTIONS: usize = 64;

/// Of a server of its own, which nothing was asked before.
pub async fn of_a_server(bench: &Bench) -> anyhow::Result<Seen> {
    let data = &bench.data;
    let server = Server::start(data, bench.redis.as_ref()).await?;
    let idle = memory(server.pid)?;
    let asks: Vec<Ask> = data
        .equal
        .iter()
        .map(|tenant| {
            let token = data.token(tenant)?;
            Ok(Ask::graphql(&token, page::QUERY, &json!({ "first": 50 })))
        })
        .collect::<anyhow::Result<_>>()?;
    let mut held = Vec::new();
    for _ in 0..data.scale.rounds {
        drive(server.address, &asks, CONNECTIONS, data.scale.round).await?;
        held.push(memory(server.pid)?);
    }
    server.stop().await?;
    Ok(Seen {
        figure: Spread::new(held.into_iter()),
        bound: Bound::AtMost(64.0),
        unit: " MiB",
        ours: format!("{idle:.0} MiB before the first request"),
        limit: "64 MiB".to_owned(),
        besides: Some((format!("pages of {} tenants", asks.len()), true)),
    })
}
