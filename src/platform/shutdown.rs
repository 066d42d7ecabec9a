//! When to stop: SIGINT (Ctrl-C) or SIGTERM asks for a drain, a second one ends the process at once.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal as listen};

/// Listens from now on and completes on the first signal.
///
/// # Errors
/// If the process cannot listen for signals.
pub fn signal() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    let mut signals = Signals {
        interrupt: listen(SignalKind::interrupt())?,
        terminate: listen(SignalKind::terminate())?,
    };
    Ok(async move {
        let first = signals.next().await;
        tracing::info!(
            signal = first.name,
            "stopping; a second signal ends at once"
        );
        tokio::spawn(async move {
            let second = signals.next().await;
            tracing::warn!(signal = second.name, "ended before the drain was done");
            std::process::exit(second.exit_code);
        });
    })
}

struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

struct Received {
    name: &'static str,
    exit_code: i32,
}

impl Signals {
    async fn next(&mut self) -> Received {
        tokio::select! {
            _ = self.interrupt.recv() => Received { name: "SIGINT", exit_code: 130 },
            _ = self.terminate.recv() => Received { name: "SIGTERM", exit_code: 143 },
        }
    }
}
