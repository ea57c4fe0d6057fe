//! What a reader did not understand, put back into a document of the format that it came from.
//!
//! It goes back under a key that is free, and only where it is certain of what it was said: of the only thing of its kind,
//! or of one that has the same id. What was said of a learner, or of how one of them came by the credential, belongs into
//! no template; nor what the published context and shapes do not know.

use serde_json::{Map, Value as Json};

use super::super::{ElmVersion, Unread, put, unescaped};
use super::loq;
use crate::descriptor::native::is_language_tag;

/// What a template says as the credential did, for every learner.
const LASTING: [&[&str]; 4] = [
    &["credentialProfiles"],
    &["credentialSubject", "hasClaim", "specifiedBy"],
    &["credentialSubject", "hasClaim", "awardedBy", "awardingBody"],
    &["credentialSubject", "hasClaim", "provenBy", "specifiedBy"],
];

/// Terms of the published context that stand for text by language.
const TEXTS: &str = "\
    altLabel category definition description geographicName legalName noteLiteral prefLabel schemeAgency title";

/// The other terms of the published context, without those about persons and issuing.
const TERMS: &str = "\
    accreditation accreditingAgent additionalNote address admissionProcedure amount applicationDeadline \
    areaDialingCode assessedBy attachment attachmentType awardedBy awardingBody awardingOpportunity awards \
    bannerImage contactForm contactHour contactPoint content contentEncoding contentSize contentType contentURL \
    count countryCode countryDialing creator creditPoint creditReceived dateCreated dateIssued dateModified dcType \
    decision descriptionHtml dialNumber directedBy duration eIDASIdentifier educationLevel educationSubject \
    educationalSystemNote elmSubject emailAddress endDate entitledBy entitlementStatus entitlesTo entryRequirement \
    eqfLevel expiryDate framework fullAddress generalisationOf gradingScheme grant groupMemberOf hasPart \
    hasSubOrganization homepage idVerification identifier image inScheme influencedBy influences isPartOf \
    isPartialQualification label landingPage language latitude learningAchievementSpecification \
    learningActivitySpecification learningOpportunity learningOutcome learningOutcomeSummary learningSchedule \
    learningSetting levelOfCompletion limitCredentialType limitEQFLevel limitField limitJurisdiction \
    limitNationalOccupation limitOccupation limitOrganisation limitQualification location logo longitude \
    maximumDuration maximumScore memberOf minimumScore mode notation noteFormat nqfLevel organisation page \
    percentageEqual percentageHigher percentageLower phone phoneNumber point priceDetail primaryLanguage provenBy \
    proves providedBy publisher qualificationCode registration relatedESCOSkill relatedSkill report resultCategory \
    resultDistribution reusabilityLevel reviewDate scheduleInformation schemeId schemeName schemeVersion score \
    spatial spatialCode specialisationOf specifiedBy startDate status subOrganizationOf subject \
    supplementaryDocument targetGroup taxIdentifier temporal thematicArea unit used valid value vatIdentifier \
    volumeOfLearning workload";

/// What the published shapes demand of the classes that may be left over.
const DEMANDED: [(&str, &[&str]); 18] = [
    ("Address", &["countryCode"]),
    ("Amount", &["unit", "value"]),
    ("AwardingOpportunity", &["awardingBody"]),
    ("CreditPoint", &["framework", "point"]),
    ("GradingScheme", &["title"]),
    ("Grant", &["title"]),
    ("Group", &["prefLabel"]),
    ("Identifier", &["notation"]),
    ("LearningActivitySpecification", &["title"]),
    (
        "LearningEntitlementSpecification",
        &["title", "dcType", "entitlementStatus"],
    ),
    ("LearningOpportunity", &["title", "providedBy"]),
    ("LearningOutcome", &["title"]),
    ("LegalIdentifier", &["notation", "spatial"]),
    ("Location", &["address"]),
    ("MediaObject", &["content", "contentEncoding", "contentType"]),
    ("Note", &["noteLiteral"]),
    ("Organisation", &["legalName", "location"]),
    ("WebResource", &["contentURL"]),
];

/// Whether a value under a key is one that the published context and shapes know.
fn conforms(key: &str, value: &Json) -> bool {
    let is_one = |words: &str| words.split_whitespace().any(|word| word == key);
    if is_one(TEXTS) {
        return is_texts(value);
    }
    is_one(TERMS) && fits(value)
}

fn fits(value: &Json) -> bool {
    match value {
        Json::Array(items) => items.iter().all(fits),
        Json::Object(rows) => {
            let class = rows.get("type").and_then(Json::as_str).unwrap_or_default();
            let published = class == "Concept" || class == "ConceptScheme";
            let named = published && rows.get("id").is_none();
            let demanded = DEMANDED.iter().find(|(own, _)| *own == class);
            let known = published || demanded.is_some() || class == "Mailbox";
            let complete = demanded.is_none_or(|(_, keys)| keys.iter().all(|key| rows.contains_key(*key)));
            let mut own = rows.iter().filter(|(key, _)| !matches!(key.as_str(), "id" | "type"));
            known && !named && complete && own.all(|(key, value)| conforms(key, value))
        }
        _ => true,
    }
}

/// Whether it went back.
pub(in super::super) fn put_back_edc(document: &mut Json, unread: &Unread) -> bool {
    let pointer = unread
        .pointer
        .strip_prefix("/credential/")
        .or(unread.pointer.strip_prefix('/'));
    let steps: Vec<&str> = pointer.unwrap_or_default().split('/').collect();
    let is_number = |step: &str| step.parse::<usize>().is_ok();
    let keys: Vec<&str> = steps.iter().copied().filter(|step| !is_number(step)).collect();
    let Some((key, way)) = steps.split_last().filter(|(key, _)| !is_number(key)) else {
        return false;
    };
    let lasting = LASTING.iter().any(|lasting| keys.starts_with(lasting));
    if !lasting || !conforms(&unescaped(key), &unread.value) {
        return false;
    }
    let mut here = Some(document);
    for step in way {
        here = here.and_then(|here| match here {
            Json::Array(_) if is_number(step) => the_one(here, unread),
            // A list of one, where the file has the one.
            Json::Object(_) if *step == "0" => Some(here),
            _ => the_one(here, unread)?.as_object_mut()?.get_mut(&unescaped(step)),
        });
    }
    let holder = here.and_then(|here| the_one(here, unread));
    holder.is_some_and(|holder| put(holder, &unescaped(key), unread.value.clone()))
}

/// The only item of a list, or the one with the id of what is meant; anything else is meant itself.
fn the_one<'a>(value: &'a mut Json, unread: &Unread) -> Option<&'a mut Json> {
    let Json::Array(items) = value else { return Some(value) };
    let named = |item: &Json| unread.of.as_deref().is_some_and(|id| item["id"] == id);
    let place = match items.as_slice() {
        [_] => Some(0),
        items => items.iter().position(named),
    };
    items.get_mut(place?)
}

/// Whether it went back. The terms of the file that it came from are not ours, so every key of it must be a known one.
pub(in super::super) fn put_back_loq(document: &mut Json, unread: &Unread) -> bool {
    let mut steps = unread.pointer.split('/').skip(1);
    let (Some(key), None) = (steps.next(), steps.next()) else {
        return false;
    };
    let (Some((key, texts)), Some(value)) = (loq::known(&unescaped(key)), renamed(&unread.value)) else {
        return false;
    };
    if texts != is_texts(&value) || !put(&mut document["@graph"][0], key, value) {
        return false;
    }
    let nodes = document["@graph"].as_array().cloned().unwrap_or_default();
    let newer = document["@context"]["elm"]
        .as_str()
        .is_some_and(|iri| iri.ends_with("/ontology/"));
    let version = if newer { ElmVersion::V3_3 } else { ElmVersion::V3_2 };
    document["@context"] = loq::context(&nodes, version);
    true
}

/// The same with the names of the model; nothing where a key is not known.
fn renamed(value: &Json) -> Option<Json> {
    match value {
        Json::Array(items) => items.iter().map(renamed).collect::<Option<Vec<_>>>().map(Json::Array),
        Json::Object(rows) if is_texts(value) => Some(Json::Object(rows.clone())),
        Json::Object(rows) => {
            let mut named = Map::new();
            for (key, value) in rows {
                let own = key.strip_prefix('@').unwrap_or(key);
                match own {
                    "id" => named.insert(own.to_string(), value.clone()),
                    "type" => named.insert(own.to_string(), local(value.as_str()?).into()),
                    _ => named.insert(loq::known(key)?.0.to_string(), renamed(value)?),
                };
            }
            Some(Json::Object(named))
        }
        leaf => Some(leaf.clone()),
    }
}

/// Text by language.
fn is_texts(value: &Json) -> bool {
    let rows = value.as_object();
    // `id` is Indonesian, and alone it is the name of a node.
    let tags = |rows: &Map<String, Json>| {
        rows.keys()
            .all(|key| is_language_tag(key) && (key != "id" || rows.len() > 1))
    };
    rows.is_some_and(|rows| !rows.is_empty() && tags(rows))
}

fn local(name: &str) -> &str {
    name.rsplit(['/', '#', ':']).next().unwrap_or(name)
}
