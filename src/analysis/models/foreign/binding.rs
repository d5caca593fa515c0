//! The features that the trees of a file split on, bound to ours.

use std::collections::BTreeMap;

use crate::analysis::features::{CATALOGUE, FeatureTable, Kind};
use crate::analysis::models::trees::{Input, MOST_IN_SETS, Tree, TreeError};

use super::ForeignError;

/// Inputs in the order in which trees came upon them.
pub(super) struct Binding<'f> {
    features: &'f FeatureTable,
    places: BTreeMap<String, u16>,
    inputs: Vec<Input>,
    in_sets: usize,
}

impl<'f> Binding<'f> {
    pub fn new(features: &'f FeatureTable) -> Binding<'f> {
        Binding { features, places: BTreeMap::new(), inputs: Vec::new(), in_sets: 0 }
    }

    /// The place of a feature that is split as a number.
    pub fn number(&mut self, feature: &str) -> Result<u16, ForeignError> {
        self.input(feature, Kind::Number, || Ok(None))
    }

    /// The place of a feature that is split as a category whose codes are the places of `names`.
    pub fn category(
        &mut self,
        feature: &str,
        names: impl FnOnce() -> Result<Vec<String>, ForeignError>,
    ) -> Result<u16, ForeignError> {
        self.input(feature, Kind::Category, || names().map(Some))
    }

    fn input(
        &mut self,
        feature: &str,
        kind: Kind,
        levels: impl FnOnce() -> Result<Option<Vec<String>>, ForeignError>,
    ) -> Result<u16, ForeignError> {
        let wrong_kind = || ForeignError::Kind { feature: feature.to_owned(), theirs: kind.id() };
        if let Some(place) = self.places.get(feature) {
            let known = self.inputs.get(usize::from(*place)).map(|input| input.levels.is_some());
            return if known == Some(kind == Kind::Category) { Ok(*place) } else { Err(wrong_kind()) };
        }
        let column = self.features.column(feature);
        let column = column.ok_or_else(|| ForeignError::UnknownFeature { feature: feature.to_owned() })?;
        if column.kind() != kind {
            return Err(wrong_kind());
        }
        // There are never more inputs than columns of the table.
        let place = u16::try_from(self.inputs.len()).unwrap_or(u16::MAX);
        self.inputs.push(Input { feature: feature.to_owned(), levels: levels()?, monotone: None });
        self.places.insert(feature.to_owned(), place);
        Ok(place)
    }

    /// The codes of the category at `place` for which `goes_left` holds, as the set of a split.
    pub fn set(&mut self, place: u16, goes_left: impl Fn(usize) -> bool) -> Result<Vec<u16>, ForeignError> {
        let levels =
            self.inputs.get(usize::from(place)).and_then(|input| input.levels.as_ref()).map_or(0, Vec::len);
        // Codes beyond 2^16 are refused with the levels, when the document is checked.
        let set: Vec<u16> =
            (0..levels).filter(|level| goes_left(*level)).filter_map(|level| u16::try_from(level).ok()).collect();
        self.in_sets += set.len();
        if self.in_sets > MOST_IN_SETS {
            let n = self.in_sets;
            return Err(TreeError::TooMany { what: "levels in sets", n, most: MOST_IN_SETS }.into());
        }
        Ok(set)
    }

    /// The inputs in the order of a contract; the places in `trees` follow.
    pub fn into_inputs(self, trees: &mut [Tree]) -> Vec<Input> {
        let order = |input: &Input| {
            let place = CATALOGUE.iter().position(|feature| feature.id == input.feature);
            (place.unwrap_or(CATALOGUE.len()), input.feature.clone())
        };
        let mut sorted: Vec<(usize, Input)> = self.inputs.into_iter().enumerate().collect();
        sorted.sort_by_cached_key(|(_, input)| order(input));
        let mut places = vec![0_u16; sorted.len()];
        for (now, (before, _)) in sorted.iter().enumerate() {
            places[*before] = u16::try_from(now).unwrap_or(u16::MAX);
        }
        for input in trees.iter_mut().flat_map(|tree| &mut tree.input) {
            *input = places.get(usize::from(*input)).copied().unwrap_or(u16::MAX);
        }
        sorted.into_iter().map(|(_, input)| input).collect()
    }
}
