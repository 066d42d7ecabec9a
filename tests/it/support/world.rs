//! A running Kada with small countries: the production house on a free port, over a database of its own.
//!
//! ```ignore
//! let world = World::new().await;
//! let country = world.country().await;
//! let officer = country.caller(Role::HrOfficer).scope(&["A-1"]);
//! let answer = officer.ask("{ workers(first: 5) { nodes { id } } }", json!({})).await;
//! ```

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use chrono_tz::Tz;
use kada::api::{Services, assemble, router, serve};
use kada::auth::{DevelopmentIssuer, Role, Verifier};
use kada::cli::apply::{self, Country};
use kada::cli::folder::Folder;
use kada::kernel::{Clock, Sector, TenantCode, WorkerId};
use kada::places::{FacilityRow, PlacesConfiguration, Setting};
use kada::platform::config::Config;
use kada::tenancy::{Settings, TenantDb, Tenants};
use serde_json::{Value, json};

use super::database::TestDatabase;

/// The day on which the tests' clock stands still.
pub const TODAY: &str = "2026-03-01";

pub struct World {
    pub database: TestDatabase,
    pub clock: Clock,
    pub address: SocketAddr,
    issuer: Arc<DevelopmentIssuer>,
    tenants: Vec<TenantCode>,
    config: Config,
    http: reqwest::Client,
    _home: tempfile::TempDir,
}

/// A small made-up country (`tests/it/tenants/zz`): regions A and B, districts A-1, A-2, B-1, six facilities.
pub struct TestCountry<'a> {
    pub world: &'a World,
    pub code: TenantCode,
    pub db: TenantDb,
}

/// Someone with a token.
#[derive(Clone)]
pub struct Caller<'a> {
    world: &'a World,
    tenant: TenantCode,
    role: Role,
    scope: Vec<String>,
    sectors: Vec<Sector>,
    person: Option<WorkerId>,
    language: &'static str,
    /// The process that is asked.
    address: SocketAddr,
}

impl World {
    pub async fn new() -> Self {
        Self::with(1, |_| {}).await
    }

    /// With so many countries (see [`World::countries`]) and another configuration than the defaults.
    pub async fn with(countries: usize, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::defaults();
        config.graphql.signing_secret = "a signing secret of the tests, long enough".to_owned();
        config.rate.capacity = 1_000_000_000;
        config.rate.refill_per_second = 1_000_000_000;
        change(&mut config);
        let database = TestDatabase::with(|own| {
            own.cap = config.database.cap;
            own.per_tenant = config.database.per_tenant;
            own.acquire_timeout_ms = config.database.acquire_timeout_ms;
        })
        .await;
        let clock = Clock::fixed(format!("{TODAY}T12:00:00Z").parse().expect("a moment"));
        let home = tempfile::tempdir().expect("a directory");
        let issuer = Arc::new(DevelopmentIssuer::open(home.path()).expect("an issuer"));
        let tenants: Vec<TenantCode> = (0..countries).map(|_| database.code()).collect();
        let mut world = Self {
            database,
            clock,
            address: ([127, 0, 0, 1], 0).into(),
            issuer,
            tenants,
            config,
            http: client(),
            _home: home,
        };
        world.address = world.serve(world.database.tenants.clone()).await;
        world
    }

    /// A second process of the same deployment: it shares the database, Redis and nothing else.
    pub async fn another_process(&self) -> SocketAddr {
        self.serve(self.database.another_process()).await
    }

    async fn serve(&self, tenants: Tenants) -> SocketAddr {
        let issuer = self.issuer.config(&self.tenants);
        let issuers = vec![issuer.expect("an issuer's configuration")];
        let services = Services {
            clock: self.clock.clone(),
            tenants,
            verifier: Verifier::new(issuers, self.clock.clone()).expect("a verifier"),
            metrics: None,
            development: None,
        };
        let http = self.config.http.clone();
        let app = assemble(self.config.clone(), services).expect("the house can be built");
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a free port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move {
            serve(listener, router(app), &http, std::future::pending::<()>()).await
        });
        address
    }

    /// The first country.
    pub async fn country(&self) -> TestCountry<'_> {
        self.make(self.tenants[0].clone()).await
    }

    /// The first country, where days begin elsewhere than at Greenwich.
    pub async fn country_in(&self, zone: Tz) -> TestCountry<'_> {
        let code = self.tenants[0].clone();
        self.make_as(code, |settings| settings.time_zone = zone)
            .await
    }

    /// All the countries that the world was made with.
    pub async fn countries(&self) -> Vec<TestCountry<'_>> {
        let mut made = Vec::new();
        for code in &self.tenants {
            made.push(self.make(code.clone()).await);
        }
        made
    }

    async fn make(&self, code: TenantCode) -> TestCountry<'_> {
        self.make_as(code, |_| {}).await
    }

    async fn make_as(
        &self,
        code: TenantCode,
        change: impl FnOnce(&mut Settings),
    ) -> TestCountry<'_> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/tenants/zz");
        let units = apply::classifications(&self.database.owner)
            .await
            .expect("classifications");
        let mut country: Country = apply::read(&Folder::at(&folder), &units)
            .expect("the folder is sound")
            .renamed(code.clone());
        change(&mut country.settings);
        let (owner, tenants) = (&self.database.owner, &self.database.tenants);
        apply::create(owner, tenants, &country, self.clock.now(), |_| {})
            .await
            .expect("the country is made");
        let db = tenants.open(&code).await.expect("the country is there");
        add_facilities(&db, &self.clock).await;
        TestCountry {
            world: self,
            code,
            db,
        }
    }

    /// The codes that the world's countries have, made or not.
    pub fn codes(&self) -> &[TenantCode] {
        &self.tenants
    }

    /// Someone of a country, whose scope is all of it.
    pub fn caller(&self, country: &TenantCode, role: Role) -> Caller<'_> {
        Caller {
            world: self,
            tenant: country.clone(),
            role,
            scope: Vec::new(),
            sectors: Vec::new(),
            person: None,
            language: "en",
            address: self.address,
        }
    }

    /// Posts a request as it is; the status, the body.
    pub async fn post(&self, token: Option<&str>, body: &Value) -> (u16, Value) {
        let mut request = self
            .http
            .post(format!("http://{}/graphql", self.address))
            .json(body);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.expect("an answer");
        let status = response.status().as_u16();
        (status, response.json().await.expect("JSON"))
    }
}

pub fn client() -> reqwest::Client {
    // reqwest builds its TLS before it knows that it will need none.
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    // The server closes a connection that was silent for ten seconds; a request must not meet it closing.
    let client = reqwest::Client::builder()
        .no_proxy()
        .pool_idle_timeout(Duration::from_secs(5));
    client.build().expect("an HTTP client")
}

/// Facilities come with registers, not with a country's configuration.
async fn add_facilities(db: &TenantDb, clock: &Clock) {
    let row = |code: &str, kind: &str, unit: &str, setting, closed: Option<&str>| FacilityRow {
        code: code.to_owned(),
        name: format!("Établissement {code}"),
        type_code: kind.to_owned(),
        ownership: "GOV".to_owned(),
        unit: unit.to_owned(),
        setting,
        opened_on: Some("2000-01-01".parse().expect("a date")),
        closed_on: closed.map(|it| it.parse().expect("a date")),
    };
    let facilities = vec![
        row("F-A1", "HC", "A-1", Setting::Rural, None),
        row("H-A1", "DH", "A-1", Setting::Urban, None),
        row("S-A1", "SWO", "A-1", Setting::Urban, None),
        row("F-A2", "HC", "A-2", Setting::Rural, None),
        row("F-B1", "HC", "B-1", Setting::Rural, None),
        row("F-OLD", "HC", "A-1", Setting::Rural, Some("2015-01-01")),
    ];
    let wanted = PlacesConfiguration {
        facilities,
        ..PlacesConfiguration::default()
    };
    let at = clock.now();
    let day = at.date_naive();
    db.write(async |tx: &mut kada::tenancy::Reader<'_>| {
        let changes = kada::places::configure(tx, &wanted, day).await?;
        apply::record(tx, &changes, at).await
    })
    .await
    .expect("the facilities are added");
}

impl<'a> TestCountry<'a> {
    /// Someone of this country, whose scope is all of it.
    pub fn caller(&self, role: Role) -> Caller<'a> {
        self.world.caller(&self.code, role)
    }

    /// The id of the org unit, facility or cadre with a code.
    pub async fn id(&self, kind: &str, code: &str) -> String {
        let query = format!("query($code: String!) {{ {kind}(by: {{code: $code}}) {{ id }} }}");
        let manager = self.caller(Role::HrManager);
        let data = manager.data(&query, json!({ "code": code })).await;
        data[kind]["id"].as_str().expect("an id").to_owned()
    }

    /// Registers somebody with a first posting; the worker's id.
    pub async fn register(&self, name: &str, facility: &str, cadre: &str, from: &str) -> String {
        let (facility, cadre) = (
            self.id("facility", facility).await,
            self.id("cadre", cadre).await,
        );
        let mut input = json!({
            "familyName": name, "givenNames": "Awa", "sex": "FEMALE", "birthDate": "1980-05-17",
            "posting": {
                "facility": facility, "cadre": cadre, "employmentType": "permanent", "startsOn": from
            },
        });
        let query = "mutation($input: RegisterWorkerInput!) {
            registerWorker(input: $input) { worker { id } likely { worker { id } } errors { errorCode path } }
        }";
        let manager = self.caller(Role::HrManager);
        let mut data = manager.data(query, json!({ "input": input })).await;
        // Everybody here has one birth date: whoever has the name as well is somebody else.
        let likely = data["registerWorker"]["likely"].as_array();
        let likely = likely.filter(|it| !it.is_empty());
        if let Some(likely) = likely {
            input["distinctFrom"] = likely.iter().map(|it| it["worker"]["id"].clone()).collect();
            data = manager.data(query, json!({ "input": input })).await;
        }
        let answer = &data["registerWorker"];
        match answer["worker"]["id"].as_str() {
            Some(id) => id.to_owned(),
            None => panic!("{answer}"),
        }
    }
}

impl Caller<'_> {
    #[must_use]
    pub fn scope(mut self, units: &[&str]) -> Self {
        self.scope = units.iter().map(|it| (*it).to_owned()).collect();
        self
    }

    #[must_use]
    pub fn sectors(mut self, sectors: &[Sector]) -> Self {
        self.sectors = sectors.to_vec();
        self
    }

    #[must_use]
    pub fn person(mut self, person: WorkerId) -> Self {
        self.person = Some(person);
        self
    }

    #[must_use]
    pub fn language(mut self, language: &'static str) -> Self {
        self.language = language;
        self
    }

    /// The same caller, asking another process.
    #[must_use]
    pub fn at(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/graphql", self.address)
    }

    #[must_use]
    pub fn token(&self) -> String {
        self.world
            .issuer
            .token(
                &self.tenant,
                self.role,
                &self.scope,
                &self.sectors,
                self.person,
                &self.world.clock,
                TimeDelta::hours(1),
            )
            .expect("a token")
    }

    /// The answer without its extensions.
    pub async fn ask(&self, query: &str, variables: Value) -> Value {
        let mut answer = self.whole(query, variables).await;
        if let Some(fields) = answer.as_object_mut() {
            fields.remove("extensions");
        }
        answer
    }

    /// The whole answer, with what it cost and where it was found.
    pub async fn whole(&self, query: &str, variables: Value) -> Value {
        let response = self
            .world
            .http
            .post(self.url())
            .bearer_auth(self.token())
            .header("accept-language", self.language)
            .json(&json!({ "query": query, "variables": variables }))
            .send()
            .await
            .expect("an answer");
        response.json().await.expect("JSON")
    }

    /// The data of an answer that has no errors.
    pub async fn data(&self, query: &str, variables: Value) -> Value {
        let mut answer = self.ask(query, variables).await;
        assert_eq!(answer.get("errors"), None, "{answer:#}");
        answer["data"].take()
    }

    /// The code of the first error at the top level.
    pub async fn error_code(&self, query: &str, variables: Value) -> String {
        let answer = self.ask(query, variables).await;
        let code = answer["errors"][0]["extensions"]["code"].as_str();
        code.map_or_else(|| panic!("{answer:#}"), str::to_owned)
    }
}
