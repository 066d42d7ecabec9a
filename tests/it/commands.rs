//! The commands as an operator types them: the real binary, its words and its exit codes.

mod export;
mod forms;
mod ihris;
mod killed;
mod readme;

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use kada::auth::DevelopmentIssuer;
use kada::kernel::TenantCode;
use kada::platform::database::Address;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection};
use tempfile::TempDir;

use crate::support::database::{SECRET, TestDatabase, letters};

const MADE_UP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/tenants/zz");
const TENANTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/tenants");

/// A machine with nothing but `kada` and a configuration file.
struct Desk {
    directory: TempDir,
}

/// What a command said and how it ended.
struct Said {
    good: bool,
    out: String,
    err: String,
}

impl Desk {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        // Postgres, which is not root, must be able to reach a home in here.
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).expect("ours");
        Self { directory }
    }

    /// With a configuration for this database.
    fn at(database: &TestDatabase) -> Self {
        let desk = Self::new();
        desk.configure(&database.owner.configured(), SECRET, "");
        desk
    }

    fn configure(&self, owner: &PgConnectOptions, secret: &str, more: &str) {
        let owner = owner.to_url_lossy();
        // Without a password: serving processes know their role and derive it.
        let mut serving = owner.clone();
        serving.set_password(None).expect("a URL");
        let text = format!(
            "[database]\nurl = \"{serving}\"\nowner_url = \"{owner}\"\ntenant_secret = \"{secret}\"\n
             [graphql]\nsigning_secret = \"a signing secret of the tests, long enough\"\n
             [http]\nlisten = \"127.0.0.1:0\"\n{more}"
        );
        fs::write(self.path("kada.toml"), text).expect("ours");
    }

    /// The development issuer of this desk's `home`, trusted by configuration.
    fn issuer(&self, code: &TenantCode) -> String {
        let issuer = DevelopmentIssuer::open(&self.path("home")).expect("an issuer");
        let config = issuer.config(&[code.clone()]).expect("a configuration");
        format!(
            "[[issuer]]\nissuer = \"{}\"\ntenants = [\"{code}\"]\njwks_url = \"{}\"\naudience = \"{}\"\n\
             algorithms = [\"EdDSA\"]\n",
            config.issuer, config.jwks_url, config.audience
        )
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn kada(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kada"));
        command
            .args(words)
            .current_dir(self.directory.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command
    }

    fn run(&self, words: &[&str]) -> Said {
        Said::from(self.kada(words).output().expect("kada runs"))
    }

    fn done(&self, words: &[&str]) -> String {
        let said = self.run(words);
        assert!(said.good, "{words:?}: {}{}", said.out, said.err);
        said.out
    }

    /// The made-up country under a code that no other test has.
    fn country(&self, code: &TenantCode) {
        let folder = self.path("tenants").join(code.as_str());
        fs::create_dir_all(&folder).expect("ours");
        for entry in fs::read_dir(MADE_UP).expect("there") {
            let entry = entry.expect("there");
            let text = fs::read_to_string(entry.path()).expect("text");
            let text = text.replace("code = \"zz\"", &format!("code = \"{code}\""));
            fs::write(folder.join(entry.file_name()), text).expect("ours");
        }
    }
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        Self {
            good: output.status.success(),
            out: String::from_utf8(output.stdout).expect("text"),
            err: String::from_utf8(output.stderr).expect("text"),
        }
    }
}

/// A running server, which is stopped whatever happens.
struct Running {
    child: Child,
    said: BufReader<Box<dyn Read>>,
    lines: Vec<String>,
}

impl Running {
    /// `serve` speaks by its log; `dev` to its user.
    fn start(command: &mut Command, by_log: bool) -> Self {
        let (out, err) = if by_log {
            (Stdio::null(), Stdio::piped())
        } else {
            (Stdio::piped(), Stdio::null())
        };
        let mut child = command.stdout(out).stderr(err).spawn().expect("kada runs");
        let said: Box<dyn Read> = if by_log {
            Box::new(child.stderr.take().expect("piped"))
        } else {
            Box::new(child.stdout.take().expect("piped"))
        };
        Self {
            child,
            said: BufReader::new(said),
            lines: Vec::new(),
        }
    }

    /// Reads what it prints up to the line that holds `mark`; what follows the mark there.
    fn until(&mut self, mark: &str) -> String {
        loop {
            let mut line = String::new();
            let read = self.said.read_line(&mut line).expect("text");
            assert!(
                read > 0,
                "it ended before {mark:?}: {}",
                self.lines.concat()
            );
            let found = line.split_once(mark).map(|it| it.1.trim().to_owned());
            self.lines.push(line);
            if let Some(rest) = found {
                return rest;
            }
        }
    }

    /// Asks it to stop; whether it ended well.
    fn stop(mut self, signal: Signal) -> bool {
        let pid = Pid::from_raw(self.child.id().try_into().expect("a pid"));
        kill(pid, signal).expect("our child");
        self.child.wait().expect("our child").success()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

async fn ask(url: &str, token: &str, query: &str) -> Value {
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    let client = reqwest::Client::builder().no_proxy().build();
    let response = client
        .expect("a client")
        .post(url)
        .bearer_auth(token)
        .json(&json!({ "query": query }))
        .send()
        .await
        .expect("an answer");
    response.json().await.expect("JSON")
}

const HEALTHY: &str = "{ country { code } facilityTypes { code } }";

#[tokio::test]
async fn migrating_again_finds_nothing_to_do() {
    let database = TestDatabase::new().await;
    let mut superuser = database.superuser().await;
    let name = format!("kada_test_{}", letters(10));
    let owner = database.owner.configured();
    let role = owner.get_username();
    let made = format!("create database {name} owner {role}");
    superuser.execute(AssertSqlSafe(made)).await.expect("made");
    let desk = Desk::new();
    desk.configure(&owner.clone().database(&name), SECRET, "");

    // All databases of the server share the serving role: one migrates at a time, as in `TestDatabase`.
    let url = std::env::var("KADA_TEST_POSTGRES_URL").expect("checked");
    let mut one_at_a_time = PgConnection::connect(&url).await.expect("it answers");
    let lock = "select pg_advisory_lock(20120302)";
    one_at_a_time.execute(lock).await.expect("a lock");
    let first = desk.done(&["migrate"]);
    one_at_a_time.close().await.ok();
    for schema in ["control", "shared", "tenant_template"] {
        assert!(
            first.contains(&format!("{schema}: brought up to date")),
            "{first}"
        );
    }
    assert_eq!(desk.done(&["migrate"]), "nothing to do\n");
    assert_eq!(desk.done(&["tenant", "list"]), "");
}

#[tokio::test]
async fn a_tenant_is_made_changed_and_listed_and_says_its_plan() {
    let database = TestDatabase::new().await;
    let (desk, code) = (Desk::at(&database), database.code());
    desk.country(&code);
    let create = ["tenant", "create", code.as_str(), "--tenants", "tenants"];
    let apply = ["tenant", "apply", code.as_str(), "--tenants", "tenants"];

    let early = desk.run(&apply);
    assert!(
        !early.good && early.err.contains("kada tenant create"),
        "{}",
        early.err
    );
    let plan = desk.done(&create);
    assert!(plan.contains("MW") && plan.ends_with('\n'), "{plan:?}");
    for again in [create, apply] {
        let plan = desk.done(&again);
        assert!(plan.ends_with("nothing to do\n"), "{plan:?}");
    }

    let file = desk.path("tenants").join(code.as_str()).join("cadres.csv");
    let more = fs::read_to_string(&file)
        .expect("ours")
        .replace(",Midwife,", ",Nurse-midwife,");
    fs::write(&file, more).expect("ours");
    let plan = desk.done(&apply);
    assert!(
        plan.contains("MW") && !plan.contains("nothing to do"),
        "{plan}"
    );
    assert!(desk.done(&apply).ends_with("nothing to do\n"));
    let exported = desk.done(&["tenant", "export-config", code.as_str(), "written"]);
    assert!(exported.contains("cadres.csv"), "{exported}");
    let from = ["tenant", "apply", code.as_str(), "--tenants", "written"];
    assert!(desk.done(&from).ends_with("nothing to do\n"));
    assert_eq!(desk.done(&["tenant", "list"]), format!("{code}\tEssai\n"));
    let chain = desk.done(&["ledger", "verify", code.as_str()]);
    assert!(chain.contains("2 rows, the chain holds"), "{chain}");

    fs::write(&file, "code,parent\n").expect("ours");
    let refused = desk.run(&apply);
    assert!(
        !refused.good && refused.err.contains("cadres.csv"),
        "{}",
        refused.err
    );
    let unknown = desk.run(&["tenant", "create", "xx", "--tenants", "tenants"]);
    assert!(
        !unknown.good && unknown.err.contains(code.as_str()),
        "{}",
        unknown.err
    );
}

/// Alone on the server: all its databases share the serving role, whose password changes and changes back.
#[tokio::test]
async fn load_the_secret_is_rotated_by_one_command() {
    let database = TestDatabase::new().await;
    let (desk, code) = (Desk::at(&database), database.code());
    desk.country(&code);
    desk.done(&["tenant", "create", code.as_str(), "--tenants", "tenants"]);
    let owner = database.owner.configured();
    let newer = "another secret of the tests, as long as it has to be";
    let enters = async |secret: &str, role: &str| {
        let address = Address::from_options(owner.clone(), secret).of_role(role);
        PgConnection::connect_with(&address).await.is_ok()
    };
    let schema = code.schema();
    let roles = [schema.as_str(), "kada_serve"];
    desk.configure(&owner, newer, "");
    let said = desk.run(&["tenant", "rotate"]);
    let mut seen = Vec::new();
    for role in roles {
        seen.push((enters(SECRET, role).await, enters(newer, role).await));
    }
    let listed = desk.run(&["tenant", "list"]);
    desk.configure(&owner, SECRET, "");
    desk.done(&["tenant", "rotate"]);
    assert!(
        said.good && said.out.starts_with("2 roles"),
        "{}{}",
        said.out,
        said.err
    );
    assert_eq!(seen, [(false, true); 2]);
    assert_eq!(listed.out, format!("{code}\tEssai\n"), "{}", listed.err);
    for role in roles {
        assert!(enters(SECRET, role).await, "{role}");
        assert!(!enters(newer, role).await, "{role}");
    }
}

#[test]
fn an_incomplete_configuration_is_refused_with_every_fault() {
    let desk = Desk::new();
    let said = desk.run(&["serve"]);
    assert!(!said.good);
    for fault in [
        "DATABASE_URL",
        "tenant_secret",
        "signing_secret",
        "[[issuer]]",
    ] {
        assert!(said.err.contains(fault), "{}", said.err);
    }
    for (words, variable) in [
        ("migrate", "DATABASE_OWNER_URL"),
        ("doctor", "DATABASE_URL"),
    ] {
        let said = desk.run(&[words]);
        assert!(!said.good && (said.out + &said.err).contains(variable));
    }
    fs::write(desk.path("kada.toml"), "[http]\nport = 80\n").expect("ours");
    let said = desk.run(&["serve"]);
    assert!(!said.good && said.err.contains("port"), "{}", said.err);
}

#[tokio::test]
async fn serving_waits_for_migrations_and_then_answers() {
    let database = TestDatabase::new().await;
    let (desk, code) = (Desk::at(&database), database.code());
    desk.country(&code);
    desk.done(&["tenant", "create", code.as_str(), "--tenants", "tenants"]);
    let owner = database.owner.configured();
    desk.configure(&owner, SECRET, &desk.issuer(&code));

    let mut superuser = database.superuser().await;
    let step = async |by: i32, superuser: &mut PgConnection| {
        let sql = "update control.migration set version = version + $1 where schema_name = $2";
        let done = sqlx::query(sql).bind(by).bind(code.schema());
        assert_eq!(
            done.execute(superuser).await.expect("done").rows_affected(),
            1
        );
    };
    step(-1, &mut superuser).await;
    let refused = desk.run(&["serve"]);
    assert!(!refused.good, "it serves");
    assert!(refused.err.contains(&code.schema()), "{}", refused.err);
    assert!(refused.err.contains("kada migrate"), "{}", refused.err);
    step(1, &mut superuser).await;

    let token = desk.done(&[
        "token",
        "--home",
        "home",
        "--tenant",
        code.as_str(),
        "--role",
        "viewer",
    ]);
    assert_eq!(token.matches('.').count(), 2, "{token}");
    assert_eq!(token.lines().count(), 1, "{token}");
    let mut server = Running::start(&mut desk.kada(&["serve"]), true);
    let address = server.until("serving address=");
    let answer = ask(&format!("http://{address}/graphql"), token.trim(), HEALTHY).await;
    assert_eq!(
        answer["data"]["country"]["code"],
        json!(code.as_str()),
        "{answer}"
    );

    let rival = desk
        .kada(&["serve"])
        .env("KADA_HTTP__LISTEN", &address)
        .output();
    let rival = Said::from(rival.expect("kada runs"));
    assert!(!rival.good && rival.err.contains(&address), "{}", rival.err);
    assert!(server.stop(Signal::SIGTERM), "a clean end");
}

#[test]
fn the_schema_is_the_committed_one_and_tokens_need_an_issuer() {
    let desk = Desk::new();
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema.graphql");
    let committed = fs::read_to_string(committed).expect("there");
    assert!(desk.done(&["schema"]) == committed, "run `make schema`");

    let early = desk.run(&["token", "--tenant", "ml", "--role", "viewer"]);
    assert!(
        !early.good && early.err.contains("kada dev"),
        "{}",
        early.err
    );
    let wrong = desk.run(&["token", "--tenant", "ml", "--role", "boss"]);
    assert!(!wrong.good && wrong.err.contains("boss"), "{}", wrong.err);
}

#[tokio::test]
async fn the_doctor_finds_what_is_wrong() {
    let database = TestDatabase::new().await;
    let (desk, code) = (Desk::at(&database), database.code());
    desk.country(&code);
    desk.done(&["tenant", "create", code.as_str(), "--tenants", "tenants"]);
    let (owner, issuer) = (database.owner.configured(), desk.issuer(&code));
    let doctor = |secret: &str, redis: &str| {
        desk.configure(&owner, secret, &issuer);
        let asked = desk.kada(&["doctor"]).env("REDIS_URL", redis).output();
        Said::from(asked.expect("kada runs"))
    };
    let redis = std::env::var("KADA_TEST_REDIS_URL").expect("make test sets it");

    let good = doctor(SECRET, &redis);
    assert!(
        good.good && !good.out.contains("FAIL"),
        "{}{}",
        good.out,
        good.err
    );
    let down = doctor(SECRET, "redis://127.0.0.1:1/");
    assert!(
        !down.good && down.out.contains("FAIL  Redis"),
        "{}",
        down.out
    );
    let wrong = doctor("another secret, as long as it has to be", &redis);
    assert!(
        !wrong.good && wrong.out.contains("FAIL  migrations"),
        "{}",
        wrong.out
    );

    let mut superuser = database.superuser().await;
    let drift = format!(
        "alter table {}.worker add column nickname text",
        code.schema()
    );
    superuser.execute(AssertSqlSafe(drift)).await.expect("done");
    let drifted = doctor(SECRET, &redis);
    assert!(!drifted.good, "{}", drifted.out);
    assert!(
        drifted.out.contains("has besides worker: nickname"),
        "{}",
        drifted.out
    );
}

/// A whole life of `kada dev`, with the made-up country alone.
#[tokio::test]
async fn load_dev_is_set_up_once_and_found_again() {
    let desk = Desk::new();
    let dev = || desk.kada(&["dev", "--listen", "127.0.0.1:0", "--tenants", TENANTS]);
    let mut first = Running::start(&mut dev(), false);
    let token = first.until("zz hr_manager ");
    let url = first.until("GraphQL ");
    assert!(url.starts_with("http://127.0.0.1:"), "{url}");
    let answer = ask(&url, &token, HEALTHY).await;
    assert_eq!(answer["data"]["country"]["code"], json!("zz"), "{answer}");
    let page = reqwest::get(url.replace("/graphql", "/graphiql")).await;
    let page = page.expect("an answer").text().await.expect("text");
    assert!(page.contains("Country"), "{page}");
    let healthy = desk.done(&["doctor", "--home", ".kada"]);
    assert!(healthy.contains("ok    tenant zz"), "{healthy}");

    let second_on_the_home = Said::from(dev().output().expect("kada runs"));
    assert!(!second_on_the_home.good, "{}", second_on_the_home.out);
    let address = url
        .trim_start_matches("http://")
        .trim_end_matches("/graphql");
    let words = ["dev", "--home", "other", "--listen", address];
    let rival = Said::from(desk.kada(&words).output().expect("kada runs"));
    assert!(
        !rival.good && rival.err.contains("--listen"),
        "{}",
        rival.err
    );
    assert!(!desk.path("other").exists(), "nothing was set up");
    assert!(first.stop(Signal::SIGTERM), "a clean end");

    let mut again = Running::start(&mut dev(), false);
    let url = again.until("GraphQL ");
    let answer = ask(&url, &token, HEALTHY).await;
    assert_eq!(
        answer["data"]["country"]["code"],
        json!("zz"),
        "tokens outlive a restart"
    );
    assert!(again.stop(Signal::SIGINT), "a clean end");
    let pid_file = desk.path(".kada/postgres/postmaster.pid");
    assert!(!pid_file.exists(), "Postgres is stopped too");

    let mut interrupted = Running::start(
        &mut desk.kada(&["dev", "--home", "short", "--listen", "127.0.0.1:0"]),
        false,
    );
    interrupted.until("Setting up");
    assert!(
        interrupted.stop(Signal::SIGTERM),
        "a clean end within the set-up"
    );
    assert!(!desk.path("short/postgres/postmaster.pid").exists());
}
