//! Offers: when, where and for how much the practice can be had.

use serde_json::{Map, Value as Json};

use super::super::At;
use super::lines::Lines;
use super::organisation::push;
use super::specification::one;
use super::{Elm, Topic, day, named, node, page};
use crate::language::mark;
use crate::number;

impl<'a> Elm<'a> {
    /// Dates, place and price of one offer in words.
    pub(super) fn offer_note(&self, spec: &mut Json, at: At<'a>) {
        let mut lines = Lines::new();
        lines.all(at, "offer");
        if !lines.is_empty() {
            push(
                spec,
                "additionalNote",
                self.note(Topic::Ways, lines.literal(&self.language)),
            );
        }
    }

    /// One offer; `None` where something that the shapes demand of it is not stated.
    pub(super) fn opportunity(&self, at: At<'a>) -> Option<Json> {
        let root = self.root();
        let own = at.get("homepage").filter(|at| super::address(*at).is_some());
        let homepage = own.or_else(|| root.at(&["further_information", "homepage"]));
        let homepage = homepage.filter(|at| super::address(*at).is_some());
        let title = at.get("title").or_else(|| root.get("title"));
        let Some(providers) = self.organisations(&at.each("provided_by")) else {
            self.left_out(
                at.path(),
                mark("no `LearningOpportunity` is written: `provided_by` must be an awarding body whose country is stated"),
            );
            return None;
        };
        let (Some(title), true) = (title, homepage.is_some() || self.is_edc()) else {
            self.left_out(
                at.path(),
                mark("no `LearningOpportunity` is written: a title and a homepage must be stated"),
            );
            return None;
        };
        at.each("provided_by").into_iter().for_each(|at| drop(at.line()));
        let providers = providers.iter().map(|index| self.bodies[*index].json.clone());
        let temporal = node(
            "PeriodOfTime",
            vec![
                ("startDate", at.get("start").and_then(day)),
                ("endDate", at.get("end").and_then(day)),
            ],
        );
        let mut lines = Lines::new();
        lines.some(at, &["place", "language"]);
        let note = (!lines.is_empty()).then(|| {
            one(node(
                "Note",
                vec![("noteLiteral", Some(lines.literal(&self.language).into()))],
            ))
        });
        let schedule = root.at(&["participation", "schedule"]).and_then(|at| self.any(at));
        let rows = vec![
            ("title", title.texts().map(Json::from)),
            ("homepage", homepage.and_then(page).map(one)),
            ("providedBy", Some(providers.collect())),
            // The context of credentials has no such term.
            (
                "defaultLanguage",
                (!self.is_edc()).then(|| self.language_tag(&self.language)),
            ),
            ("mode", at.get("mode").and_then(|at| self.any(at)).map(one)),
            ("learningSchedule", schedule),
            (
                "temporal",
                (temporal.as_object().map_or(0, Map::len) > 1).then_some(temporal),
            ),
            ("applicationDeadline", at.get("deadline").and_then(day).map(one)),
            (
                "priceDetail",
                at.get("price").and_then(|price| self.price(price)).map(one),
            ),
            ("additionalNote", note),
        ];
        Some(named("LearningOpportunity", Some(self.part_iri("offer", at)), rows))
    }

    fn price(&self, price: At<'a>) -> Option<Json> {
        let amount = price.get("amount")?;
        let unit = self.currency(price.get("currency")?)?;
        let amount = number::display(amount.number()?, 6);
        let rows = vec![("value", Some(amount.into())), ("unit", Some(unit))];
        Some(node("PriceDetail", vec![("amount", Some(node("Amount", rows)))]))
    }
}
