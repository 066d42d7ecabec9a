//! HTTP over a bare socket: every byte is the test's own, and every wait has an end.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const PATIENCE: Duration = Duration::from_secs(20);

pub struct Raw {
    stream: TcpStream,
    kept: Vec<u8>,
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// The first error's code.
    pub fn code(&self) -> String {
        self.json()["errors"][0]["extensions"]["code"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }
}

impl Raw {
    pub async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address)
            .await
            .expect("the server listens");
        Self {
            stream,
            kept: Vec::new(),
        }
    }

    /// Whether the bytes could be written at all.
    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        let write = self.stream.write_all(bytes.as_ref());
        matches!(tokio::time::timeout(PATIENCE, write).await, Ok(Ok(())))
    }

    /// `None` when the server closed the connection first.
    pub async fn answer(&mut self) -> Option<Answer> {
        let end = loop {
            if let Some(end) = self.kept.windows(4).position(|w| w == b"\r\n\r\n") {
                break end + 4;
            }
            self.more().await?;
        };
        let head: Vec<u8> = self.kept.drain(..end).collect();
        let head = String::from_utf8(head).expect("a head is text");
        let status = head.split(' ').nth(1).and_then(|s| s.parse().ok());
        let mut answer = Answer {
            status: status.expect("a status line"),
            head,
            body: Vec::new(),
        };
        let length = answer
            .header("content-length")
            .map_or(0, |n| n.parse().expect("a length"));
        while self.kept.len() < length {
            self.more().await?;
        }
        answer.body = self.kept.drain(..length).collect();
        Some(answer)
    }

    async fn more(&mut self) -> Option<()> {
        let mut chunk = vec![0; 16 * 1024];
        let read = tokio::time::timeout(PATIENCE, self.stream.read(&mut chunk)).await;
        let read = read
            .expect("the server answers or closes in time")
            .unwrap_or(0);
        self.kept.extend_from_slice(&chunk[..read]);
        (read > 0).then_some(())
    }
}

/// One request on a connection of its own.
pub async fn request(
    address: SocketAddr,
    line: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Answer {
    let mut head = vec![format!("{line} HTTP/1.1")];
    let fixed = [("Host", "kada.test"), ("Connection", "close")];
    let all = fixed.iter().chain(headers);
    head.extend(all.map(|(name, value)| format!("{name}: {value}")));
    if line.starts_with("POST") {
        head.push(format!("Content-Length: {}", body.len()));
    }
    let mut raw = Raw::connect(address).await;
    let _ = raw.send(head.join("\r\n") + "\r\n\r\n").await;
    // A server that has refused the head may close before the body is through.
    let _ = raw.send(body).await;
    raw.answer().await.expect("an answer")
}
