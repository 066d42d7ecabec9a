//! `kada tenant create --from-ihris`: the bundles and what they do not say become a country.

use clap::Parser;
use kada::auth::Role;
use kada::cli::apply;
use kada::cli::ihris::{Conventions, NoCountry, Options, country};
use kada::interop::ihris::Losses;
use kada::kernel::TenantCode;
use serde_json::json;

use super::bundles;
use crate::support::world::World;

#[derive(Parser)]
struct Words {
    #[arg(long)]
    tenants: Option<String>,
    #[command(flatten)]
    options: Options,
}

fn parsed(words: &str) -> Result<Conventions, String> {
    let words = ["kada"].into_iter().chain(words.split_whitespace());
    match Words::try_parse_from(words) {
        Ok(words) => Ok(words.options.conventions),
        Err(error) => Err(error.to_string()),
    }
}

const SAID: &str =
    "--from-ihris x --languages en,fr --currency XOF --time-zone Africa/Bamako --phone-region ML";

#[test]
fn what_the_bundles_do_not_say_is_asked_for_all_at_once() {
    let code: TenantCode = "zz".parse().expect("a code");
    let ask = |words: &str| {
        let said = parsed(words).expect("legal");
        country(&code, &bundles(), &said, &mut Losses::default())
    };
    let refusal = ask("--from-ihris x").expect_err("much is open");
    insta::assert_snapshot!(refusal, @"nothing was written: the bundles do not say it all; say it by --languages --currency --time-zone --phone-region");
    let refusal = ask("--from-ihris x --currency XOF --languages fr").expect_err("some is open");
    let NoCountry::Unsaid(open) = refusal else {
        panic!("{refusal}");
    };
    assert_eq!(open, ["--time-zone", "--phone-region"]);
    let country = ask(SAID).expect("a country");
    insta::assert_json_snapshot!(country.settings, @r#"
    {
      "code": "zz",
      "name": {
        "en": "Zanda"
      },
      "languages": [
        "en",
        "fr"
      ],
      "currency": "XOF",
      "currency_minor_units": 0,
      "time_zone": "Africa/Bamako",
      "phone_region": "ML",
      "fiscal_year_start": "01-01",
      "level": [
        {
          "number": 1,
          "name": {
            "en": "Region"
          }
        },
        {
          "number": 2,
          "name": {
            "en": "District"
          }
        },
        {
          "number": 3,
          "name": {
            "en": "Sub-County"
          }
        }
      ],
      "weekend": [
        "Sat",
        "Sun"
      ],
      "cors_origins": []
    }
    "#);
}

#[test]
fn words_that_say_nothing_are_refused() {
    for (words, reason) in [
        (
            "--from-ihris x --languages English",
            "needs codes of two or three letters",
        ),
        (
            "--from-ihris x --currency Francs",
            "is not a code of three capitals",
        ),
        (
            "--from-ihris x --phone-region ZZ",
            "is no region with a numbering plan",
        ),
        (
            "--from-ihris x --fiscal-year-start 13-01",
            "is not a month and a day",
        ),
        ("--from-ihris x --time-zone Mars", "invalid value"),
        ("--currency XOF", "--from-ihris"),
        ("--from-ihris x --tenants y", "cannot be used with"),
    ] {
        let refusal = parsed(words).expect_err(words);
        assert!(refusal.contains(reason), "{words}: {refusal}");
    }
}

#[tokio::test]
async fn a_country_is_made_from_its_bundles_and_a_second_time_there_is_nothing_to_do() {
    let world = World::new().await;
    let code = &world.codes()[0];
    let said = parsed(SAID).expect("legal");
    let found = country(code, &bundles(), &said, &mut Losses::default()).expect("a country");
    let (owner, tenants) = (&world.database.owner, &world.database.tenants);
    let plan = apply::create(owner, tenants, &found, world.clock.now(), |_| ())
        .await
        .expect("it is made");
    assert!(!plan.is_empty());

    let manager = world.caller(code, Role::HrManager);
    let query = "{
        orgUnits(first: 50) { nodes { code level } }
        facilities(first: 50, filter: {setting: UNKNOWN}) { nodes { code setting type { code } ownership { code } orgUnit { code } } }
        cadres(first: 50) { nodes { code isco08 } }
    }";
    let data = manager.data(query, json!({})).await;
    insta::assert_json_snapshot!(data, @r#"
    {
      "cadres": {
        "nodes": [
          {
            "code": "2221-1D",
            "isco08": null
          },
          {
            "code": "2230-1B",
            "isco08": null
          },
          {
            "code": "2230-1C",
            "isco08": null
          },
          {
            "code": "ihris-job",
            "isco08": null
          }
        ]
      },
      "facilities": {
        "nodes": [
          {
            "code": "ZZ.A.1.F1",
            "orgUnit": {
              "code": "ZZ.A.1"
            },
            "ownership": {
              "code": "government"
            },
            "setting": "UNKNOWN",
            "type": {
              "code": "HOSP"
            }
          },
          {
            "code": "ZZ.C.F3",
            "orgUnit": {
              "code": "unplaced"
            },
            "ownership": {
              "code": "unknown"
            },
            "setting": "UNKNOWN",
            "type": {
              "code": "unknown"
            }
          },
          {
            "code": "ZZ.B.1.F2",
            "orgUnit": {
              "code": "ZZ.B.1.S"
            },
            "ownership": {
              "code": "unknown"
            },
            "setting": "UNKNOWN",
            "type": {
              "code": "HC"
            }
          }
        ]
      },
      "orgUnits": {
        "nodes": [
          {
            "code": "ZZ.A",
            "level": 1
          },
          {
            "code": "ZZ.A.1",
            "level": 2
          },
          {
            "code": "ZZ.B",
            "level": 1
          },
          {
            "code": "ZZ.B.1",
            "level": 2
          },
          {
            "code": "ZZ.B.1.S",
            "level": 3
          },
          {
            "code": "unplaced",
            "level": 1
          }
        ]
      }
    }
    "#);

    let again = apply::create(owner, tenants, &found, world.clock.now(), |_| ())
        .await
        .expect("it is there");
    assert!(again.is_empty(), "{again}");
}
