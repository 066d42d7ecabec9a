//! The clients: so many connections that are kept, each asking again as soon as it is answered.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::ensure;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use axum::http::{Method, Request, StatusCode};
use futures_util::TryStreamExt;
use futures_util::future::try_join_all;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;

const LARGEST_ANSWER: usize = 16 << 20;

/// A request that can be sent any number of times.
#[derive(Clone, Debug)]
pub struct Ask {
    path: &'static str,
    bearer: Option<String>,
    /// Without one it is a GET.
    body: Bytes,
}

impl Ask {
    /// Of Kada.
    pub fn graphql(token: &str, query: &str, variables: &Value) -> Self {
        let body = json!({ "query": query, "variables": variables });
        Self {
            path: "/graphql",
            bearer: Some(format!("Bearer {token}")),
            body: body.to_string().into(),
        }
    }

    /// Of a file of Kada's.
    pub fn download(token: &str, path: &'static str) -> Self {
        Self {
            path,
            bearer: Some(format!("Bearer {token}")),
            body: Bytes::new(),
        }
    }

    /// Of a limit, which knows nobody.
    pub fn limit(arguments: &[String]) -> Self {
        Self {
            path: "/",
            bearer: None,
            body: json!(arguments).to_string().into(),
        }
    }
}

/// A client on a connection of its own.
pub struct Asker {
    address: SocketAddr,
    sender: SendRequest<Body>,
}

impl Asker {
    pub async fn connect(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        // It ends with the sender; what breaks it is what the sender meets.
        tokio::spawn(connection);
        Ok(Self { address, sender })
    }

    /// The body of the answer.
    pub async fn ask(&mut self, ask: &Ask) -> anyhow::Result<Bytes> {
        let (status, body) = self.send(ask).await?;
        let body = to_bytes(body, LARGEST_ANSWER).await?;
        ensure!(
            status.is_success(),
            "{status}: {}",
            String::from_utf8_lossy(&body)
        );
        Ok(body)
    }

    /// How many lines an answer has, of which nothing is kept.
    pub async fn lines(&mut self, ask: &Ask) -> anyhow::Result<usize> {
        let (status, body) = self.send(ask).await?;
        ensure!(status.is_success(), "{status}");
        let mut pieces = body.into_data_stream();
        let mut lines = 0;
        while let Some(piece) = pieces.try_next().await? {
            lines += piece.split(|it| *it == b'\n').count() - 1;
        }
        Ok(lines)
    }

    async fn send(&mut self, ask: &Ask) -> anyhow::Result<(StatusCode, Body)> {
        let method = if ask.body.is_empty() {
            Method::GET
        } else {
            Method::POST
        };
        let mut request = Request::builder()
            .method(method)
            .uri(ask.path)
            .header(HOST, self.address.to_string())
            .header(CONTENT_TYPE, "application/json");
        if let Some(bearer) = &ask.bearer {
            request = request.header(AUTHORIZATION, bearer);
        }
        self.sender.ready().await?;
        let request = request.body(Body::from(ask.body.clone()))?;
        let response = self.sender.send_request(request).await?;
        Ok((response.status(), Body::new(response.into_body())))
    }
}

/// How many answers came in time. Connection `c` asks the requests `c`, `c + connections`, … and begins again.
pub async fn drive(
    address: SocketAddr,
    asks: &[Ask],
    connections: usize,
    time: Duration,
) -> anyhow::Result<u64> {
    let until = Instant::now() + time;
    let clients = (0..connections).map(|client| async move {
        let mut asker = Asker::connect(address).await?;
        let mut answers = 0;
        for turn in 0.. {
            let body = asker
                .ask(&asks[(client + turn * connections) % asks.len()])
                .await?;
            ensure!(
                !body.starts_with(b"{\"data\":null") && !body.starts_with(b"{\"errors\""),
                "{}",
                String::from_utf8_lossy(&body)
            );
            if Instant::now() > until {
                break;
            }
            answers += 1;
        }
        Ok::<u64, anyhow::Error>(answers)
    });
    Ok(try_join_all(clients).await?.iter().sum())
}
