//! Serving connections. `axum::serve` waits for ever for a request's head, so the connections are ours.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::patient::Patient;
use crate::platform::config;

/// Connections open at once; further ones wait in the listener's queue.
const CONNECTIONS: usize = 4096;

/// A request's head, its line and headers, fits in this.
const HEAD_BYTES: usize = 64 * 1024;
const HEADERS: usize = 100;

/// Serves until `stop`, then lets running requests finish for `shutdown_seconds` and cuts off the rest.
///
/// # Errors
/// The listener has no address of its own: it is no listener.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    http: &config::Http,
    stop: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    let address = listener
        .local_addr()
        .context("the listener has no address")?;
    tracing::info!(%address, "serving");
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(http.header_timeout())
        .max_buf_size(HEAD_BYTES)
        .max_headers(HEADERS);
    let service = TowerToHyperService::new(router);
    let slots = Arc::new(Semaphore::new(CONNECTIONS));
    let graceful = GracefulShutdown::new();
    let mut open = JoinSet::new();
    tokio::pin!(stop);
    loop {
        let (stream, slot) = tokio::select! {
            () = &mut stop => break,
            accepted = accept(&listener, &slots) => accepted,
            Some(_) = open.join_next() => continue,
        };
        let stream = TokioIo::new(Patient::new(stream, http.body_timeout()));
        let connection = builder.serve_connection(stream, service.clone());
        let connection = graceful.watch(connection);
        open.spawn(async move {
            // A broken connection is the client's affair.
            let _ = connection.await;
            drop(slot);
        });
    }
    drop(listener);
    let patience = Duration::from_secs(http.shutdown_seconds);
    if tokio::time::timeout(patience, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("requests still under way are cut off");
    }
    open.shutdown().await;
    Ok(())
}

async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
) -> (TcpStream, Option<tokio::sync::OwnedSemaphorePermit>) {
    let slot = Arc::clone(slots).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let _ = stream.set_nodelay(true);
                return (stream, slot);
            }
            Err(error) => {
                // Out of file descriptors, most likely: trying again at once would only burn the processor.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}
