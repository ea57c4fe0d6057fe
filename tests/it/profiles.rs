//! Profiles: what they take over, and what they add.

use credlint::rule::Level;
use credlint::rule::set::{RuleSet, profile_names};

use crate::options;

const COURSE: &str = "descriptor: micro-credential/1\nworkload: {hours: 400, credits: [{system: ECTS, points: 16}]}\n";

fn said(profiles: &[&str]) -> Vec<(String, Level)> {
    said_of(COURSE, profiles)
}

fn said_of(course: &str, profiles: &[&str]) -> Vec<(String, Level)> {
    let names: Vec<String> = profiles.iter().map(|name| (*name).to_string()).collect();
    let set = RuleSet::load(&names, &[]).expect("profiles");
    let source = std::sync::Arc::new(credlint::source::Source::new("x.yaml", course.to_string()));
    let practice = credlint::lint::lint_source(&set, &options(), &source, credlint::lint::Presence::Named).remove(0);
    practice
        .findings
        .iter()
        .map(|finding| (set.rules[finding.rule].id.clone(), finding.level))
        .collect()
}

fn speaks(profiles: &[&str], rule: &str) -> bool {
    said(profiles).iter().any(|(id, _)| id == rule)
}

#[test]
fn there_is_no_size_limit_for_the_whole_of_europe() {
    assert!(!said(&["eu"]).iter().any(|(id, _)| id.contains("size-outside")));
    assert!(speaks(&["es-university"], "workload/size-outside-es-university"));
    assert!(!speaks(&["nl-he"], "workload/size-outside-nl-he"));
}

#[test]
fn further_profiles_add_findings_and_no_scores() {
    assert!(speaks(&["eu", "es-university"], "workload/size-outside-es-university"));
    // Under the researcher's profile silence stays silent, whatever a further profile says of sizes.
    let both = said(&["mapping", "es-university"]);
    assert!(
        both.iter().any(|(id, _)| id == "workload/size-outside-es-university"),
        "{both:?}"
    );
    let set = RuleSet::load(&["mapping".to_string(), "es-university".to_string()], &[]).expect("profiles");
    assert_eq!(set.profile.name(), "mapping");
    let (gap, _) = set.get("evidence/gap").expect("a rule");
    assert_eq!(
        set.levels[gap],
        Some(Level::Warning),
        "what es-university takes over from eu stays out of it"
    );
}

#[test]
fn every_profile_is_whole_and_names_rules_that_exist() {
    for name in profile_names() {
        let set = crate::set(name);
        assert!(
            !set.profile.blocks.is_empty() && !set.profile.description.get("en").is_empty(),
            "{name}"
        );
        for line in &set.profile.levels {
            let (element, problem) = line.rule.split_once('/').expect("element/problem");
            let exists = set.rules.iter().any(|rule| {
                let (own, what) = rule.id.split_once('/').expect("an id");
                (element == "*" || element == own) && (problem == "*" || problem == what)
            });
            assert!(exists, "{name}: {}", line.rule);
        }
    }
}

#[test]
fn a_rule_that_waits_for_a_profile_is_in_one() {
    let sets: Vec<&RuleSet> = profile_names().into_iter().map(crate::set).collect();
    for (index, rule) in sets[0].rules.iter().enumerate().filter(|(_, rule)| !rule.file.in_force) {
        assert!(
            sets.iter().any(|set| set.levels[index].is_some()),
            "{} is in no profile",
            rule.id
        );
    }
}

/// What each profile is told by, beside what everybody hears: a course, and the rules that only the profile lets speak.
#[track_caller]
fn is_told(profile: &str, course: &str, expected: &[(&str, Level)]) {
    let course = format!("descriptor: micro-credential/1\n{course}");
    let under = said_of(&course, &[profile]);
    let everywhere = said_of(&course, &["eu"]);
    for (rule, level) in expected {
        let told = |said: &[(String, Level)]| said.iter().any(|(id, own)| id == rule && own == level);
        assert!(told(&under), "{profile}: {rule} is not said; {under:?}");
        assert!(!told(&everywhere), "{rule} is said under `eu` as well");
    }
}

/// A certificate of several modules is no micro-credential; online training of the small grades ends on site.
#[test]
fn spanish_vocational_training_has_five_grades() {
    is_told(
        "es-vet",
        "title: Certificado profesional en electromecánica\nworkload: {credits: [{system: ECTS, points: 2}]}\n\
         level: {nqf: [{framework: CNCP, level: 5}]}\nassessment: [{type: quiz}]\nparticipation: {mode: online}\n\
         prerequisites: Título de Graduado en ESO\nstackability: none\n",
        &[
            ("title/es-vet-grade-above-b", Level::Warning),
            ("document/es-vet-grade-missing", Level::Advice),
            ("workload/es-vet-hours-missing", Level::Warning),
            ("level/outside-es-vet", Level::Warning),
            ("assessment/es-vet-not-onsite", Level::Advice),
            ("prerequisites/es-vet-academic", Level::Advice),
            ("stackability/es-vet-stand-alone", Level::Advice),
        ],
    );
}

/// Competence points carry no hours: 15 points are complete, and 400 hours beside them look worked out.
#[test]
fn finnish_competence_points_are_not_converted() {
    let alone = "descriptor: micro-credential/1\nworkload: {credits: [{system: osp, points: 15}]}\n";
    let said = said_of(alone, &["fi-vet"]);
    assert!(!said.iter().any(|(id, _)| id.starts_with("workload/")), "{said:?}");
    is_told(
        "fi-vet",
        "workload: {hours: 400, credits: [{system: osp, points: 15}]}\n\
         assessment: [{type: written-examination}]\nlevel: {nqf: [{framework: FiNQF, level: 6}]}\n",
        &[
            ("workload/fi-vet-hours-converted", Level::Advice),
            ("assessment/fi-vet-demonstration-missing", Level::Advice),
            ("level/outside-fi-vet", Level::Advice),
            ("document/eperusteet-missing", Level::Advice),
        ],
    );
    is_told(
        "fi-vet",
        "workload: {credits: [{system: osp, points: 180}]}\n",
        &[("workload/size-outside-fi-vet", Level::Warning)],
    );
}

/// 50 hours with 4.5 points are one unit; 100 with 9 are two, and the catalogue has no such unit.
#[test]
fn the_portuguese_catalogue_counts_in_units() {
    let unit = "descriptor: micro-credential/1\nworkload: {hours: 50, credits: [{system: CNQ, points: 4.5}]}\n";
    let said = said_of(unit, &["pt-cnq"]);
    assert!(!said.iter().any(|(id, _)| id.starts_with("workload/")), "{said:?}");
    is_told(
        "pt-cnq",
        "workload: {hours: 100, credits: [{system: CNQ, points: 9}]}\nlevel: {nqf: [{framework: QNQ, level: 4}]}\n",
        &[
            ("workload/size-outside-pt-cnq", Level::Advice),
            ("document/ufcd-code-missing", Level::Advice),
            ("digital-issuance/passaporte-qualifica-missing", Level::Advice),
            ("level/eqf-missing", Level::Warning),
            ("stackability/missing", Level::Warning),
        ],
    );
}

/// At 22 hours a credit an Irish course is as usual there, and the European range is only advice.
#[test]
fn irish_credits_may_have_fewer_hours() {
    let course = "descriptor: micro-credential/1\nworkload: {hours: 110, credits: [{system: ECTS, points: 5}]}\n";
    let said = said_of(course, &["ie-he"]);
    assert!(
        !said.iter().any(|(id, _)| id == "workload/ects-ratio-outside-ie"),
        "{said:?}"
    );
    is_told(
        "ie-he",
        &course.replacen("descriptor: micro-credential/1\n", "", 1),
        &[("workload/ects-ratio", Level::Advice)],
    );
    is_told(
        "ie-he",
        "workload: {credits: [{system: ECTS, points: 60}]}\nlevel: {eqf: 6}\n",
        &[
            ("workload/size-outside-ie-he", Level::Advice),
            ("level/ie-he-nfq-missing", Level::Warning),
        ],
    );
}

/// A level without its national one cannot be published as a level, and nothing without a field of study.
#[test]
fn europass_wants_more_than_annex_one() {
    is_told(
        "europass-publication",
        "title: Seguridad\nlevel: {eqf: 4}\noffers: [{id: spring}]\n\
         quality_assurance: [{type: institutional-license, agent: {name: Example Agency}}]\n",
        &[
            ("document/isced-f-missing", Level::Error),
            ("document/offer-homepage-missing", Level::Error),
            ("document/offer-provider-missing", Level::Error),
            ("document/offer-title-missing", Level::Warning),
            ("document/default-language-missing", Level::Warning),
            ("level/nqf-missing", Level::Warning),
            ("quality-assurance/title-missing", Level::Warning),
            ("quality-assurance/organisation-missing", Level::Warning),
        ],
    );
    is_told(
        "europass-publication",
        "level: {eqf: 6, nqf: [{framework: MECES, level: 2}]}\n",
        &[("level/framework-outside-elm", Level::Warning)],
    );
}

/// A VAT number is a legal identifier, and not the one that a seal is bound to.
#[test]
fn an_issuer_of_european_digital_credentials_needs_its_own_identifier() {
    let course = "awarding_bodies: [{name: Example Centre, country: ES, legal_id: {kind: vat, value: ESQ0000000J, country: ES}}]\n\
                  assessment: [{type: quiz}]\nissuing: {formats: [paper]}\n";
    is_told(
        "edc-issuance",
        course,
        &[
            ("awarding-body/eidas-missing", Level::Warning),
            ("document/default-language-missing", Level::Error),
            ("assessment/title-missing", Level::Warning),
            ("assessment/grading-missing", Level::Warning),
            ("digital-issuance/edc-not-named", Level::Warning),
        ],
    );
    let sealed = format!(
        "descriptor: micro-credential/1\n{}",
        course.replace("kind: vat", "kind: eidas")
    );
    assert!(
        !said_of(&sealed, &["edc-issuance"])
            .iter()
            .any(|(id, _)| id == "awarding-body/eidas-missing")
    );
}

/// Who only says so on paper is not asked less: silence about the danger is itself said.
#[test]
fn high_voltage_work_is_looked_at_as_dangerous() {
    is_told(
        "hv-safety",
        "title: High voltage\nquality_assurance: [{type: sector-standard, standard: DGUV 209-093}]\n",
        &[
            ("document/safety-critical-missing", Level::Warning),
            ("quality-assurance/ladder-step-missing", Level::Warning),
        ],
    );
    is_told(
        "hv-safety",
        "safety_critical: true\nassessment: [{type: practical-assessment, supervision: onsite}]\n",
        &[
            ("supervision/identity-unverified", Level::Warning),
            ("digital-issuance/validity-missing", Level::Warning),
            ("prerequisites/missing", Level::Warning),
        ],
    );
    let set = crate::set("hv-safety");
    assert!(set.profile.blocks.iter().any(|block| block.block == "safety"));
}

/// Programmes in the database, and those that AQU Catalunya accredits, name what their registers ask for.
#[test]
fn registers_ask_for_their_own_facts() {
    is_told(
        "deqar",
        "workload: {hours: 150}\nlevel: {eqf: 7}\nlearning_outcomes: [Isolate a battery]\n",
        &[
            ("workload/deqar-ects-missing", Level::Warning),
            ("level/cycle-missing", Level::Warning),
            ("learning-outcomes/esco-missing", Level::Advice),
        ],
    );
    is_told(
        "aqu-catalunya",
        "level: {nqf: [{framework: MECES, level: 4}]}\nquality_assurance: [{type: internal}]\n",
        &[
            ("level/outside-aqu-catalunya", Level::Warning),
            ("quality-assurance/aqu-missing", Level::Advice),
        ],
    );
    is_told(
        "mapping",
        "workload: {hours: 1400, credits: [{system: ECTS, points: 60}]}\n",
        &[("workload/ects-unusual", Level::Advice)],
    );
    is_told(
        "nl-he",
        "assessment: [{type: quiz}]\n",
        &[("supervision/missing", Level::Warning)],
    );
}
