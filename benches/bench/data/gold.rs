//! People who are on the register twice, and how one clerk and another write the same person: names in the other
//! order, without accents, spelt by ear, shortened; a day of birth that is not known; another telephone.
//!
//! The names are common in Mali, Malawi, Tanzania and Haiti; who bears which, and what is written of them, chance says.

use chrono::{Datelike, NaiveDate};
use kada::kernel::{PostingId, WorkerId};
use kada::workforce::{NewWorker, PersonName, Sex};
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::people::{World, uuid};

const FAMILIES: &str = "Traoré Coulibaly Diarra Keïta Konaté Dembélé Sidibé Touré Cissé Maïga Diallo Sangaré Koné \
    Sissoko Dicko N'Diaye Haïdara Doumbia Camara Kouyaté Ballo Bagayoko Samaké Togola Sanogo Berthé Banda Phiri \
    Mwale Chirwa Nyirenda Kachale Mbewe Gondwe Msiska Tembo Mushi Kimaro Massawe Mwakyusa Shirima Mrema Lyimo \
    Mollel Ngowi Swai Jean-Baptiste Pierre-Louis Joseph Charles Désir Dorvil Célestin Augustin Toussaint Estimé";
const GIVEN: &str = "Fatoumata Aminata Mariam Awa Kadiatou Oumou Rokia Djénéba Hawa Ramata Assétou Salimata Moussa \
    Amadou Ibrahima Mamadou Boubacar Seydou Drissa Modibo Souleymane Oumar Cheick Abdoulaye Chikondi Thokozani \
    Tamandani Limbani Mphatso Chisomo Blessings Grace Neema Rehema Zawadi Upendo Baraka Juma Hamisi Rashidi Amina \
    Halima Marie Rose Guerline Wideline Jean Wilner Frantz Ketlie Roseline Mirlande";
/// How two clerks hear one name.
const HEARD: [(&str, &str); 10] = [
    ("ou", "u"),
    ("dj", "j"),
    ("c", "k"),
    ("y", "i"),
    ("ph", "f"),
    ("ss", "s"),
    ("ch", "tch"),
    ("th", "t"),
    ("é", "e"),
    ("n", "nn"),
];

/// As many people as are asked for, and each once more as somebody else wrote them: the records of each stand side by
/// side. The same on every machine.
pub fn twice(world: &World<'_>, people: usize) -> Vec<[NewWorker; 2]> {
    let mut chance = ChaCha8Rng::seed_from_u64(20_261_122);
    let (families, given) = (words(FAMILIES), words(GIVEN));
    let all = (0..people).map(|number| {
        let mut first = world.person(number);
        let mut names = vec![*given.choose(&mut chance).unwrap_or(&"Awa")];
        if chance.random_bool(0.3) {
            names.extend(given.choose(&mut chance));
        }
        first.name = PersonName {
            family: (*families.choose(&mut chance).unwrap_or(&"Traoré")).to_owned(),
            given: names.join(" "),
        };
        let again = written_again(&first, people + number, &mut chance);
        [first, again]
    });
    all.collect()
}

fn words(text: &'static str) -> Vec<&'static str> {
    text.split_whitespace().collect()
}

/// The same person in another office's hand.
fn written_again(first: &NewWorker, number: usize, chance: &mut ChaCha8Rng) -> NewWorker {
    let mut again = first.clone();
    again.id = WorkerId::from(uuid(0, number));
    for (at, posting) in again.postings.iter_mut().enumerate() {
        posting.worker = again.id;
        posting.id = PostingId::from(uuid(3 + at as u128, number));
    }
    // The first office gave a staff number; the second does not know it, or has given another.
    if chance.random_bool(0.7) {
        again.identifiers.clear();
    } else if let Some(it) = again.identifiers.first_mut() {
        it.value = format!("M{number:07}");
    }
    if chance.random_bool(0.4)
        && let Some(it) = again.contacts.first_mut()
    {
        it.value = format!("+22360{number:06}");
    }
    again.name = renamed(&first.name, chance);
    again.birth_date = first.birth_date.map(|born| redated(born, chance));
    if chance.random_bool(0.03) {
        again.sex = Sex::Unknown;
    }
    again
}

fn renamed(name: &PersonName, chance: &mut ChaCha8Rng) -> PersonName {
    let PersonName {
        mut family,
        mut given,
    } = name.clone();
    if chance.random_bool(0.5) {
        family = unaccented(&family);
        given = unaccented(&given);
    }
    if chance.random_bool(0.2) {
        family = family.to_uppercase();
    }
    if chance.random_bool(0.2) {
        let (from, to) = HEARD.choose(chance).copied().unwrap_or(("ou", "u"));
        family = family.replacen(from, to, 1);
        given = given.replacen(from, to, 1);
    }
    if chance.random_bool(0.08) {
        family = slipped(&family, chance);
    }
    if chance.random_bool(0.08) {
        given = slipped(&given, chance);
    }
    if chance.random_bool(0.1)
        && let Some(end) = given.find(' ')
    {
        given.truncate(end);
    }
    if chance.random_bool(0.15) {
        (family, given) = (given, family);
    }
    PersonName { family, given }
}

fn unaccented(text: &str) -> String {
    let plain = text.chars().map(|c| match c {
        'é' | 'è' | 'ê' => 'e',
        'ï' => 'i',
        'É' => 'E',
        other => other,
    });
    plain.collect()
}

/// A letter left out, or two that have changed places.
fn slipped(text: &str, chance: &mut ChaCha8Rng) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    if letters.len() < 4 {
        return text.to_owned();
    }
    let at = chance.random_range(1..letters.len() - 1);
    if chance.random_bool(0.5) {
        letters.remove(at);
    } else {
        letters.swap(at, at + 1);
    }
    letters.into_iter().collect()
}

/// As it is written where the day, or the month too, is not known; or with a slip of the pen.
fn redated(born: NaiveDate, chance: &mut ChaCha8Rng) -> NaiveDate {
    let written = match chance.random_range(0..100) {
        0..12 => born.with_day(1),
        12..16 => born.with_day(1).and_then(|it| it.with_month(1)),
        16..19 => born.with_year(born.year() + if chance.random_bool(0.5) { 1 } else { -1 }),
        19..21 => NaiveDate::from_ymd_opt(born.year(), born.day(), born.month()),
        _ => None,
    };
    written.unwrap_or(born)
}
