//! A Redis of a test's own, which may be killed and come back.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

pub struct Redis {
    port: u16,
    child: Option<Child>,
    home: tempfile::TempDir,
}

impl Redis {
    /// On a free port.
    pub async fn start() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let mut redis = Self {
            port: listener.local_addr().expect("an address").port(),
            child: None,
            home: tempfile::tempdir().expect("a directory"),
        };
        drop(listener);
        redis.run().await;
        redis
    }

    /// Starts it, empty, where it was before.
    pub async fn run(&mut self) {
        let child = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--save", "", "--port"])
            .arg(self.port.to_string())
            .current_dir(self.home.path())
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server is installed");
        self.child = Some(child);
        for _ in 0..400 {
            let address = ("127.0.0.1", self.port);
            if tokio::net::TcpStream::connect(address).await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("redis-server did not start");
    }

    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("it runs");
            child.wait().expect("it has ended");
        }
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// A connection, to look behind the house.
    pub async fn connection(&self) -> redis::aio::MultiplexedConnection {
        let client = redis::Client::open(self.url()).expect("an address");
        let connection = client.get_multiplexed_async_connection().await;
        connection.expect("Redis answers")
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.kill();
    }
}
