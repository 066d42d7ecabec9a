//! The private cluster of `kada dev`, started for real from the installed binaries.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use kada::platform::embedded::{Access, Cluster, ClusterError};
use sqlx::{Connection, PgConnection};
use tempfile::TempDir;

/// A home that is removed at the end, with what it may have put elsewhere.
struct Home {
    directory: TempDir,
    path: PathBuf,
}

impl Home {
    /// In a directory that everybody may enter, or that is closed to all but its owner.
    fn new(name: &str, mode: u32) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        fs::set_permissions(directory.path(), Permissions::from_mode(mode)).expect("ours");
        let path = directory.path().join(name);
        Self { directory, path }
    }

    fn open() -> Self {
        Self::new("home", 0o755)
    }

    async fn start(&self) -> Result<Cluster, ClusterError> {
        Cluster::start(&self.path, |_| ()).await
    }

    async fn started(&self) -> Cluster {
        match self.start().await {
            Ok(cluster) => cluster,
            Err(fault) => panic!("the cluster did not start: {fault}"),
        }
    }

    async fn refused(&self) -> String {
        match self.start().await {
            Ok(_) => panic!("the cluster started"),
            Err(fault) => fault.to_string(),
        }
    }

    fn data(&self) -> PathBuf {
        self.path.join("postgres")
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let data = fs::canonicalize(self.data()).unwrap_or_default();
        if let Some(place) = data.parent()
            && !place.starts_with(self.directory.path())
        {
            fs::remove_dir_all(place).expect("ours");
        }
    }
}

async fn ask(access: &Access, question: &'static str) -> String {
    let mut connection = PgConnection::connect_with(&access.options())
        .await
        .expect("the superuser logs in");
    sqlx::query_scalar(question)
        .fetch_one(&mut connection)
        .await
        .expect("an answer")
}

async fn keep(access: &Access) {
    let mut connection = PgConnection::connect_with(&access.options())
        .await
        .expect("the superuser logs in");
    sqlx::raw_sql("create table kept ()")
        .execute(&mut connection)
        .await
        .expect("a table");
}

async fn kept(access: &Access) -> bool {
    ask(
        access,
        "select count(*)::text from pg_class where relname = 'kept'",
    )
    .await
        == "1"
}

#[tokio::test]
async fn a_first_start_makes_a_private_durable_cluster() {
    let home = Home::open();
    let cluster = home.started().await;
    let access = cluster.access();
    let settings = ask(
        access,
        "select string_agg(name || '=' || setting, ' ' order by name) from pg_settings
         where name in ('fsync', 'synchronous_commit', 'listen_addresses', 'server_encoding', 'TimeZone')",
    )
    .await;
    assert_eq!(
        settings,
        "TimeZone=UTC fsync=on listen_addresses= server_encoding=UTF8 synchronous_commit=on"
    );
    let secret = fs::metadata(home.path.join("secret")).expect("kept in the home");
    assert_eq!(secret.permissions().mode() & 0o777, 0o600);
    assert_eq!(access.secret().len(), 64);

    let wrong = access.options().password("guessed");
    let refusal = PgConnection::connect_with(&wrong).await;
    assert!(refusal.is_err(), "a password is asked for");
    cluster.stop().await;
}

#[tokio::test]
async fn an_address_carries_any_role_password_and_socket() {
    let home = Home::new("a home, with \"signs\" & blanks", 0o755);
    let cluster = home.started().await;
    let mut connection = PgConnection::connect_with(&cluster.access().options())
        .await
        .expect("the superuser logs in");
    sqlx::raw_sql("create role \"tenant ml\" login password 'a/b+c d@e'")
        .execute(&mut connection)
        .await
        .expect("a role");
    let url = cluster.access().url("tenant ml", "a/b+c d@e", "postgres");
    let mut tenant = PgConnection::connect(&url).await.expect("it logs in");
    let name: String = sqlx::query_scalar("select current_user::text")
        .fetch_one(&mut tenant)
        .await
        .expect("an answer");
    assert_eq!(name, "tenant ml");
}

#[tokio::test]
async fn a_second_start_finds_everything_again() {
    let home = Home::open();
    let first = home.started().await;
    let secret = first.access().secret().to_owned();
    keep(first.access()).await;
    first.stop().await;
    assert!(
        !home.data().join("postmaster.pid").exists(),
        "stopped cleanly"
    );

    let began = Instant::now();
    let second = home.started().await;
    assert!(
        began.elapsed() < Duration::from_secs(3),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(second.access().secret(), secret);
    assert!(kept(second.access()).await);
}

#[tokio::test]
async fn two_at_once_on_one_home_are_refused_and_others_find_the_first() {
    let home = Home::open();
    let first = home.started().await;
    let refusal = home.refused().await;
    assert!(
        refusal.contains(&format!("process {}", std::process::id())),
        "{refusal}"
    );
    let found = Access::find(&home.path).expect("it runs");
    assert_eq!(ask(&found, "select 'here'").await, "here");
    first.stop().await;
    assert!(matches!(
        Access::find(&home.path),
        Err(ClusterError::NotRunning { .. })
    ));
    home.started().await.stop().await;
}

#[tokio::test]
async fn a_stale_pid_file_is_no_obstacle() {
    let home = Home::open();
    home.started().await.stop().await;
    let pid_file = home.data().join("postmaster.pid");
    let mut gone = Command::new("true").spawn().expect("a short life");
    gone.wait().expect("ended");
    let mut stranger = sleeper();
    for pid in [gone.id(), stranger.id()] {
        fs::write(&pid_file, format!("{pid}\n{}\n", home.data().display())).expect("ours");
        home.started().await.stop().await;
    }
    assert!(
        stranger.try_wait().expect("our child").is_none(),
        "a stranger's process is left alone"
    );
    stranger.kill().expect("our child");
    stranger.wait().expect("our child");
}

fn sleeper() -> Child {
    Command::new("sleep").arg("600").spawn().expect("sleep")
}

#[tokio::test]
async fn another_major_version_is_named() {
    let home = Home::open();
    home.started().await.stop().await;
    fs::write(home.data().join("PG_VERSION"), "9\n").expect("ours");
    let refusal = home.refused().await;
    assert!(
        refusal.contains("was made by PostgreSQL 9") && refusal.contains("remove"),
        "{refusal}"
    );
}

#[tokio::test]
async fn an_interrupted_first_start_is_begun_again() {
    let home = Home::open();
    let half = home.path.join("postgres.new/data");
    fs::create_dir_all(&half).expect("ours");
    fs::set_permissions(&home.path, Permissions::from_mode(0o755)).expect("ours");
    fs::write(half.join("PG_VERSION"), "15\n").expect("ours");
    home.started().await.stop().await;
    assert!(!home.path.join("postgres.new").exists());
}

#[tokio::test]
async fn a_lost_secret_is_said_so() {
    let home = Home::open();
    home.started().await.stop().await;
    fs::remove_file(home.path.join("secret")).expect("ours");
    let refusal = home.refused().await;
    assert!(refusal.contains("secret is missing"), "{refusal}");
}

#[tokio::test]
async fn a_long_home_gets_a_short_socket() {
    let home = Home::new(&"long/".repeat(30), 0o755);
    let cluster = home.started().await;
    assert_eq!(ask(cluster.access(), "select 'here'").await, "here");
    let socket = ask(
        cluster.access(),
        "select current_setting('unix_socket_directories')",
    )
    .await;
    cluster.stop().await;
    assert!(!Path::new(socket.trim_matches('"')).exists());
}

/// As root, Postgres runs as a user who cannot pass such a directory; for anyone else it is an ordinary home.
#[tokio::test]
async fn a_home_in_a_closed_directory_works_and_can_be_removed() {
    let home = Home::new("home", 0o700);
    let first = home.started().await;
    keep(first.access()).await;
    first.stop().await;
    let second = home.started().await;
    assert!(kept(second.access()).await);
    second.stop().await;

    fs::remove_dir_all(&home.path).expect("ours");
    let anew = home.started().await;
    assert!(!kept(anew.access()).await, "removed is removed");
}

#[tokio::test]
async fn the_server_of_a_killed_kada_is_stopped_and_started_anew() {
    let home = Home::open();
    let mut killed = Command::new(std::env::current_exe().expect("this test"))
        .args(["--ignored", "--exact", "embedded::a_process_to_be_killed"])
        .env("KADA_TEST_HOME", &home.path)
        .stdout(Stdio::null())
        .spawn()
        .expect("this test again");
    wait_for(&home.path.join("kept")).await;
    killed.kill().expect("our child");
    killed.wait().expect("our child");
    let orphan = Access::find(&home.path).expect("it outlives kada");
    let before = ask(&orphan, "select pg_postmaster_start_time()::text").await;

    let cluster = home.started().await;
    let after = ask(cluster.access(), "select pg_postmaster_start_time()::text").await;
    assert_ne!(before, after);
    assert!(kept(cluster.access()).await);
}

#[tokio::test]
#[ignore = "run by the test above, which kills it"]
async fn a_process_to_be_killed() {
    let Some(home) = std::env::var_os("KADA_TEST_HOME").map(PathBuf::from) else {
        return;
    };
    let cluster = Cluster::start(&home, |_| ()).await;
    let Ok(cluster) = cluster else { return };
    keep(cluster.access()).await;
    fs::write(home.join("kept"), "").expect("ours");
    tokio::time::sleep(Duration::from_mins(1)).await;
}

async fn wait_for(file: &Path) {
    let began = Instant::now();
    while !file.exists() {
        assert!(began.elapsed() < Duration::from_secs(30), "never ready");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
