//! Writes descriptors that nobody has taught: distinct, in four languages, of about three kilobytes, a third of them with
//! faults that people make. Half of the YAML looks as people type it, with comments, folded texts and lists in one line.
//! The same numbers give the same bytes on every machine.
//!
//!     cargo run --release --example generate -- COUNT DESTINATION [SEED]
//!
//! A destination that ends in `.ndjson` gets one record a line, and `-` the same on standard output; one that ends in
//! `.yaml` gets one document after the other; any other is a folder that gets a file for each, a thousand to a subfolder.
#![recursion_limit = "256"]
#![allow(clippy::print_stderr, reason = "it says what it did")]

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use serde_json::{Value, json};

/// Words of one language.
struct Words {
    code: &'static str,
    country: &'static str,
    body: &'static str,
    fields: [&'static str; 8],
    title: &'static str,
    description: &'static str,
    outcomes: [&'static str; 8],
    criteria: &'static str,
    grading: &'static str,
    place: &'static str,
    more: &'static str,
    remark: &'static str,
}

const LANGUAGES: [Words; 4] = [
    Words {
        code: "en",
        country: "IE",
        body: "Invented College of",
        fields: [
            "battery diagnosis",
            "soil care",
            "ward logistics",
            "net making",
            "timber joints",
            "tax returns",
            "bee keeping",
            "cold rooms",
        ],
        title: "Practice of {field}, part {n}",
        description: "For people who work in {field} and take on tasks of their own in team {n}. The course follows the order of the work, from the first inspection to the handing over, with examples from workshops of the region.",
        outcomes: [
            "Measure the values of {field} with calibrated instruments",
            "Document every step of {field} so that a colleague can repeat it",
            "Compare two procedures of {field} by cost, time and risk",
            "Plan a working day in {field} for a team of {n}",
            "Repair the usual faults met in {field}",
            "Instruct newcomers in the safe handling of tools",
            "Calculate the material that an order needs",
            "Assess the result against the order and report deviations",
        ],
        criteria: "A checklist of {n} steps; all safety steps are carried out in order and without help.",
        grading: "0 to 100 points, 60 to pass",
        place: "Workshop {n}, Example Town",
        more: "Bring working clothes. The workshop can be reached without steps; tools can be borrowed for the whole course.",
        remark: "still to be agreed with the examination board",
    },
    Words {
        code: "es",
        country: "ES",
        body: "Instituto Inventado de",
        fields: [
            "diagnosis de baterías",
            "cuidado de suelos",
            "logística de planta",
            "confección de redes",
            "uniones de madera",
            "declaraciones fiscales",
            "apicultura",
            "cámaras frías",
        ],
        title: "Práctica de {field}, parte {n}",
        description: "Para personas que trabajan en {field} y asumen tareas propias en el equipo {n}. El curso sigue el orden del trabajo, desde la primera inspección hasta la entrega, con ejemplos de talleres de la región.",
        outcomes: [
            "Medir los valores de {field} con instrumentos calibrados",
            "Documentar cada paso de {field} para que otra persona pueda repetirlo",
            "Comparar dos procedimientos de {field} por coste, tiempo y riesgo",
            "Planificar una jornada de {field} para un equipo de {n}",
            "Reparar las averías habituales de {field}",
            "Instruir a quienes empiezan en el manejo seguro de herramientas",
            "Calcular el material que necesita un encargo",
            "Evaluar el resultado frente al encargo e informar de las desviaciones",
        ],
        criteria: "Lista de {n} pasos; los pasos de seguridad se realizan en orden y sin ayuda.",
        grading: "de 0 a 100 puntos, 60 para superar",
        place: "Taller {n}, Ciudad Ejemplo",
        more: "Se pide ropa de trabajo. Al taller se llega sin escalones; las herramientas se prestan durante todo el curso.",
        remark: "pendiente de acordar con la comisión de evaluación",
    },
    Words {
        code: "pt",
        country: "PT",
        body: "Escola Inventada de",
        fields: [
            "diagnóstico de baterias",
            "cuidado do solo",
            "logística hospitalar",
            "confeção de redes",
            "ligações em madeira",
            "declarações fiscais",
            "apicultura",
            "câmaras frias",
        ],
        title: "Prática de {field}, parte {n}",
        description: "Para quem trabalha em {field} e assume tarefas próprias na equipa {n}. O curso segue a ordem do trabalho, da primeira inspeção até à entrega, com exemplos de oficinas da região.",
        outcomes: [
            "Medir os valores de {field} com instrumentos calibrados",
            "Documentar cada passo de {field} para que outra pessoa o possa repetir",
            "Comparar dois procedimentos de {field} por custo, tempo e risco",
            "Planear um dia de trabalho de {field} para uma equipa de {n}",
            "Reparar as avarias habituais de {field}",
            "Instruir quem começa no manuseamento seguro de ferramentas",
            "Calcular o material que uma encomenda exige",
            "Avaliar o resultado face à encomenda e comunicar desvios",
        ],
        criteria: "Lista de {n} passos; os passos de segurança são realizados por ordem e sem ajuda.",
        grading: "de 0 a 100 pontos, 60 para aprovar",
        place: "Oficina {n}, Cidade Exemplo",
        more: "Pede-se roupa de trabalho. Chega-se à oficina sem degraus; as ferramentas emprestam-se durante todo o curso.",
        remark: "falta acordar com a comissão de avaliação",
    },
    Words {
        code: "fi",
        country: "FI",
        body: "Keksitty opisto,",
        fields: [
            "akkujen vianhaku",
            "maan hoito",
            "osastologistiikka",
            "verkkojen teko",
            "puuliitokset",
            "veroilmoitukset",
            "mehiläishoito",
            "kylmähuoneet",
        ],
        title: "Käytännön taidot: {field}, osa {n}",
        description: "Niille, joiden työtä on {field} ja jotka ottavat omia tehtäviä ryhmässä {n}. Opinnoissa edetään työn järjestyksessä ensimmäisestä tarkastuksesta luovutukseen, ja esimerkit ovat alueen työpajoista.",
        outcomes: [
            "Mittaa arvot kalibroiduilla laitteilla: {field}",
            "Dokumentoi jokaisen vaiheen niin, että työtoveri voi toistaa sen",
            "Vertailee kahta menettelyä kustannusten, ajan ja riskin mukaan",
            "Suunnittelee työpäivän {n} hengen ryhmälle: {field}",
            "Korjaa tavalliset viat: {field}",
            "Opastaa aloittelijoita työkalujen turvallisessa käytössä",
            "Laskee tilauksen tarvitseman materiaalin",
            "Arvioi tuloksen tilausta vasten ja ilmoittaa poikkeamat",
        ],
        criteria: "{n} kohdan tarkistuslista; kaikki turvavaiheet tehdään järjestyksessä ja ilman apua.",
        grading: "0–100 pistettä, hyväksytty 60:stä",
        place: "Työpaja {n}, Esimerkkikaupunki",
        more: "Työvaatteet mukaan. Työpajaan pääsee esteettömästi; työkaluja saa lainaksi koko opintojen ajan.",
        remark: "sovittava vielä arviointilautakunnan kanssa",
    },
];

/// SplitMix64: small, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % below
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.next(of.len() as u64) as usize]
    }
}

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let usage = || io::Error::other("usage: generate COUNT DESTINATION [SEED]");
    let count: u64 = arguments.first().and_then(|text| text.parse().ok()).ok_or_else(usage)?;
    let destination = arguments.get(1).ok_or_else(usage)?;
    let seed = arguments.get(2).and_then(|text| text.parse().ok()).unwrap_or(42);
    let streamed = destination == "-" || destination.ends_with(".ndjson") || destination.ends_with(".yaml");
    let mut bytes = 0;
    if streamed {
        let mut out: Box<dyn Write> = match destination.as_str() {
            "-" => Box::new(BufWriter::new(io::stdout().lock())),
            name => Box::new(BufWriter::new(File::create(name)?)),
        };
        for number in 0..count {
            let text = if destination.ends_with(".yaml") {
                format!("---\n{}", yaml(number, seed)?)
            } else {
                json_line(number, seed)?
            };
            bytes += text.len();
            out.write_all(text.as_bytes())?;
        }
        out.flush()?;
    } else {
        for number in 0..count {
            let folder = Path::new(destination).join(format!("{:04}", number / 1000));
            if number.is_multiple_of(1000) {
                fs::create_dir_all(&folder)?;
            }
            let text = yaml(number, seed)?;
            bytes += text.len();
            fs::write(folder.join(format!("c-{number:07}.yaml")), text)?;
        }
    }
    eprintln!("{count} descriptors, {bytes} bytes");
    Ok(())
}

fn json_line(number: u64, seed: u64) -> io::Result<String> {
    let made = made(number, seed);
    let mut text = serde_json::to_string(&made.record)?;
    if made.repeats_title {
        text.pop();
        text += r#","title":"Again"}"#;
    }
    Ok(text + "\n")
}

fn yaml(number: u64, seed: u64) -> io::Result<String> {
    let made = made(number, seed);
    let mut text = serde_yaml::to_string(&made.record).map_err(io::Error::other)?;
    if made.typed {
        text = as_typed(&text, made.remark);
    }
    if made.repeats_title {
        text += "title: Again\n";
    }
    Ok(text)
}

/// The same YAML as a person would type it: sections apart, remarks, short lists in one line, long texts folded.
fn as_typed(text: &str, remark: &str) -> String {
    let mut out = format!("# {remark}\n");
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let name = line.trim_start().trim_end_matches(':');
        let indent = &line[..line.len() - line.trim_start().len()];
        if ["learning_outcomes", "assessment", "quality_assurance", "offers"].contains(&name) {
            out += &format!("\n# {remark}\n{line}\n");
        } else if ["proves", "mode", "language", "formats"].contains(&name) {
            let item = format!("{indent}- ");
            let mut items = Vec::new();
            while let Some(next) = lines.next_if(|next| next.starts_with(&item)) {
                items.push(&next[item.len()..]);
            }
            out += &format!("{line} [{}]\n", items.join(", "));
        } else if let Some((key, long)) = line.split_once(": ").filter(|(_, value)| foldable(value)) {
            out += &format!("{key}: >-\n");
            let mut column = 0;
            for word in long.split(' ') {
                let begins = column == 0 || column + word.len() > 90;
                if begins && column > 0 {
                    out.push('\n');
                }
                out += if begins { indent } else { " " };
                out += if begins { "  " } else { "" };
                out += word;
                column = if begins { word.len() } else { column + 1 + word.len() };
            }
            out.push('\n');
        } else {
            out += &format!("{line}\n");
        }
    }
    out
}

/// A long text without quotes around it.
fn foldable(value: &str) -> bool {
    value.len() > 120 && !value.starts_with(['\'', '"'])
}

/// What one number becomes.
struct Made {
    record: Value,
    /// Whether the YAML looks typed.
    typed: bool,
    remark: &'static str,
    /// A key that stands twice, which no `Value` can hold.
    repeats_title: bool,
}

/// A descriptor; its number and the seed decide everything in it.
fn made(number: u64, seed: u64) -> Made {
    let mut random = Random(seed.wrapping_mul(1_000_003) ^ number.wrapping_mul(0x5851_F42D_4C95_7F2D));
    let words = &LANGUAGES[random.next(4) as usize];
    let field = random.one(&words.fields);
    let some = (2 + random.next(40)).to_string();
    let say = |text: &str| text.replace("{field}", field).replace("{n}", &some);
    let first = random.next(4) as usize;
    let outcomes: Vec<Value> = (0..4 + random.next(3) as usize)
        .map(|at| {
            let text = say(words.outcomes[(first + at) % words.outcomes.len()]);
            json!({"id": format!("LO{}", at + 1), "text": text, "kind": random.one(&["knowledge", "skill", "responsibility-autonomy"])})
        })
        .collect();
    // The first of fifty is large, and the second counts towards it.
    let points = if number.is_multiple_of(50) {
        30
    } else {
        1 + random.next(12)
    };
    let hours = points * (25 + random.next(6));
    let proves: Vec<Value> = outcomes.iter().map(|outcome| outcome["id"].clone()).collect();
    let (area, body) = (random.next(1000), random.next(5000));
    let mut record = json!({
        "descriptor": "micro-credential/1",
        "kind": "micro-credential",
        "id": format!("course-{seed}-{number}"),
        "title": format!("{} · {area}", say(words.title)),
        "description": say(words.description),
        "label": "micro-credential",
        "default_language": words.code,
        "awarding_bodies": [{
            "name": format!("{} {field} {body}", words.body),
            "country": words.country,
            "legal_id": {"kind": "vat", "value": format!("{}00{body}", words.country), "country": words.country},
            "homepage": format!("https://b{body}.example/"),
        }],
        "learning_outcomes": outcomes,
        "workload": {
            "hours": hours,
            "contact_hours": hours / 3,
            "self_study_hours": hours - hours / 3,
            "credits": [{"system": "ECTS", "points": points}],
        },
        "level": {"eqf": 3 + random.next(4), "assigned_by": format!("{} {}", words.body, random.next(40))},
        "assessment": [{
            "id": "A1",
            "type": random.one(&["practical-assessment", "portfolio", "project-work"]),
            "purpose": "summative",
            "proves": proves,
            "mode": random.one(&["in-person", "online"]),
            "supervision": "onsite",
            "identity_verified": true,
            "criteria": say(words.criteria),
            "grading": words.grading,
            "assessor": {"name": format!("{} {}", words.body, random.next(90)), "independent": true},
            "consistency": "common",
            "language": words.code,
        }],
        "participation": {
            "mode": [random.one(&["in-person", "blended", "online"])],
            "language": [words.code],
            "setting": "formal",
            "place": say(words.place),
        },
        "quality_assurance": [
            {"type": "internal", "title": format!("{} {area}", say(words.title)), "scope": "programme"},
            {
                "type": "institutional-license",
                "scope": "institution",
                "agent": {"name": format!("{} {}", words.body, random.next(40)), "country": words.country},
                "issued": format!("20{}-0{}-1{}", 20 + random.next(6), 1 + random.next(9), random.next(10)),
                "valid_until": format!("20{}-0{}-2{}", 27 + random.next(6), 1 + random.next(9), random.next(9)),
                "report": format!("https://agency{}.example/{body}", random.next(40)),
            },
        ],
        "prerequisites": [say(words.more)],
        "stackability": {"status": "stackable", "pathway": say(words.description)},
        "further_information": {
            "homepage": format!("https://b{body}.example/courses/{number}"),
            "contact": format!("courses@b{body}.example"),
            "reviewed": format!("20{}-0{}-1{}", 25 + random.next(2), 1 + random.next(9), random.next(10)),
        },
        "issuing": {"formats": ["edc"], "verification": format!("https://b{body}.example/verify")},
        "recognition": [{
            "by": {"name": format!("{} {}", words.body, random.next(300)), "kind": "public authority"},
            "for": "further-study",
            "basis": "agreement",
            "status": "formal",
        }],
        "field": {"isced_f": random.one(&["0716", "0811", "0913", "0831", "0722", "0411"])},
        "offers": [{
            "id": format!("{number}-spring"),
            "homepage": format!("https://b{body}.example/courses/{number}/spring"),
            "start": format!("2027-0{}-1{}", 1 + random.next(3), random.next(10)),
            "end": format!("2027-0{}-1{}", 4 + random.next(5), random.next(10)),
            "price": {"amount": 50 + 10 * random.next(60), "currency": "EUR"},
            "mode": "blended",
            "language": words.code,
        }],
    });
    if number % 50 == 1 {
        record["stackability"]["part_of"] = json!([format!("course-{seed}-{}", number - 1)]);
    }
    if random.next(5) == 0 {
        let english = LANGUAGES[0].title.replace("{field}", field).replace("{n}", &some);
        let own = record["title"].take();
        record["title"] = json!({"en": format!("{english} · {area}")});
        record["title"][words.code] = own;
    }
    let repeats_title = fault(&mut record, &mut random);
    Made {
        record,
        typed: random.next(2) == 0,
        remark: words.remark,
        repeats_title,
    }
}

/// One record in three has a fault. Whether its title is to stand twice.
fn fault(record: &mut Value, random: &mut Random) -> bool {
    let mut drop = |key: &str| {
        if let Some(map) = record.as_object_mut() {
            map.shift_remove(key);
        }
    };
    match random.next(30) {
        0 => drop("quality_assurance"),
        1 => drop("assessment"),
        2 => drop("level"),
        3 => record["workload"]["credits"][0]["points"] = json!(40),
        4 => record["title"] = json!("TBD"),
        5 => record["awarding_bodies"][0]["country"] = json!("Spain, mostly"),
        6 => record["workload"]["hours"] = json!("about fifty"),
        7 => record["titel"] = json!("Extra"),
        8 => record["level"]["eqf"] = json!(12),
        9 => return true,
        _ => {}
    }
    false
}
