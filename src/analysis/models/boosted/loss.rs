//! What a fit brings down: gradients by visit, the value of a leaf, the mean over some visits.
//!
//! With y the wait and m the sum of the trees so far (minutes; for `tweedie` its logarithm):
//!
//! | loss | of a visit | gradient | curvature | leaf |
//! |---|---|---|---|---|
//! | absolute | \|y − m\| | sign(m − y) | 1 | median of y − m |
//! | quantile α | α(y − m)⁺ + (1 − α)(m − y)⁺ | −α below, 1 − α above | 1 | α-quantile of y − m |
//! | squared | (y − m)² / 2 | m − y | 1 | Σ(y − m) / (n + λ) |
//! | tweedie p | −y e^{(1−p)m} / (1−p) + e^{(2−p)m} / (2−p) | −y e^{(1−p)m} + e^{(2−p)m} | (p−1) y e^{(1−p)m} + (2−p) e^{(2−p)m} | −G / (H + λ), at most 0.7 |
//!
//! Leaves of the first two are *exact*: the gradients choose the splits, and each leaf gets the value that is best for its
//! visits (Friedman 2001, "Greedy function approximation", section 4.2).

use rayon::prelude::*;

use crate::analysis::models::CurveLoss;

use super::histogram::{Changes, Gradients, Scale};

/// Visits whose losses are added at a time. Fixed, so that sums are made in the same order by any number of threads.
const CHUNK: usize = 1 << 14;
/// Differences below this many minutes (6 ms) are ties, which push nowhere: rounding must not take sides.
const TIE: f32 = 1e-4;
/// The largest step of a leaf on the logarithm.
const LARGEST_STEP: f64 = 0.7;

/// A loss with its parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Loss {
    Absolute,
    /// At this level, between 0 and 1.
    Quantile(f64),
    Squared,
    /// With this power, between 1 and 2.
    Tweedie(f64),
}

/// What the gradients of a round are made from.
pub(super) struct State {
    /// The waits, in minutes.
    pub waits: Vec<f32>,
    /// The sums of the trees so far.
    pub margins: Vec<f32>,
}

impl State {
    pub fn of(waits_minutes: &[f64], base: f64) -> State {
        #[expect(clippy::cast_possible_truncation, reason = "waits and margins are kept to 32 bits while fitting")]
        let short = |number: f64| number as f32;
        State {
            waits: waits_minutes.iter().copied().map(short).collect(),
            margins: vec![short(base); waits_minutes.len()],
        }
    }

    fn difference(&self, row: usize) -> f32 {
        self.waits[row] - self.margins[row]
    }
}

impl Loss {
    /// What the loss of a curve is called.
    pub fn of_curve(self) -> CurveLoss {
        match self {
            Loss::Absolute => CurveLoss::AbsoluteError,
            Loss::Quantile(_) => CurveLoss::Pinball,
            Loss::Squared => CurveLoss::RootSquaredError,
            Loss::Tweedie(_) => CurveLoss::TweedieDeviance,
        }
    }

    /// Whether the curvature differs from visit to visit.
    pub fn has_curvature(self) -> bool {
        matches!(self, Loss::Tweedie(_))
    }

    /// Where the sums start: the best constant.
    pub fn base(self, waits_minutes: &[f64]) -> f64 {
        #[expect(clippy::cast_possible_truncation, reason = "as in a state")]
        let mut waits: Vec<f32> = waits_minutes.iter().map(|wait| *wait as f32).collect();
        let mean = waits_minutes.iter().sum::<f64>() / waits_minutes.len().max(1) as f64;
        match self {
            Loss::Absolute => quantile(&mut waits, 0.5),
            Loss::Quantile(level) => quantile(&mut waits, level),
            Loss::Squared => mean,
            Loss::Tweedie(_) => libm::log(mean.max(1e-6)),
        }
    }

    /// The gradient and the curvature of a visit.
    #[inline]
    fn derivatives(self, wait: f32, margin: f32) -> (f64, f64) {
        let difference = wait - margin;
        match self {
            Loss::Absolute => (step(difference, [-1.0, 0.0, 1.0]), 1.0),
            Loss::Quantile(level) => (step(difference, [-level, 0.0, 1.0 - level]), 1.0),
            Loss::Squared => (-f64::from(difference), 1.0),
            Loss::Tweedie(power) => {
                let (wait, margin) = (f64::from(wait), f64::from(margin));
                let low = wait * libm::exp((1.0 - power) * margin);
                let high = libm::exp((2.0 - power) * margin);
                (high - low, (power - 1.0) * low + (2.0 - power) * high)
            }
        }
    }

    /// The gradients below and above the wait, where there are no others but zero.
    fn steps(self) -> Option<[f64; 2]> {
        match self {
            Loss::Absolute => Some([-1.0, 1.0]),
            Loss::Quantile(level) => Some([-level, 1.0 - level]),
            Loss::Squared | Loss::Tweedie(_) => None,
        }
    }

    /// The largest gradient and curvature that there are.
    fn largest(self, state: &State) -> (f64, f64) {
        match self {
            Loss::Absolute => (1.0, 1.0),
            Loss::Quantile(level) => (level.max(1.0 - level), 1.0),
            Loss::Squared | Loss::Tweedie(_) => {
                let chunks = state.waits.par_chunks(CHUNK).zip(state.margins.par_chunks(CHUNK));
                let of_chunk = |(waits, margins): (&[f32], &[f32])| {
                    waits.iter().zip(margins).fold((0.0_f64, 0.0_f64), |most, (wait, margin)| {
                        let (gradient, curvature) = self.derivatives(*wait, *margin);
                        (most.0.max(gradient.abs()), most.1.max(curvature))
                    })
                };
                chunks.map(of_chunk).reduce(|| (0.0, 0.0), |a, b| (a.0.max(b.0), a.1.max(b.1)))
            }
        }
    }

    /// The gradients of every visit, instead of those that were there.
    pub fn gradients(self, state: &State, gradients: &mut Gradients) {
        let (gradient, curvature) = self.largest(state);
        let scale = Scale::of(state.waits.len(), gradient, curvature);
        gradients.scale = scale;
        let is_first = gradients.first.is_empty();
        gradients.first.resize(state.waits.len(), 0);
        let visits = state.waits.par_chunks(CHUNK).zip(state.margins.par_chunks(CHUNK));
        gradients.changes = None;
        if let Some(steps) = self.steps() {
            let changes = changed(&mut gradients.first, state, steps.map(|step| scale.gradient(step)));
            gradients.changes = (!is_first).then_some(changes);
        } else if self.has_curvature() {
            gradients.second.resize(state.waits.len(), 0);
            let out = gradients.first.par_chunks_mut(CHUNK).zip(gradients.second.par_chunks_mut(CHUNK));
            out.zip(visits).for_each(|((first, second), (waits, margins))| {
                for (at, (wait, margin)) in waits.iter().zip(margins).enumerate() {
                    let (gradient, curvature) = self.derivatives(*wait, *margin);
                    first[at] = scale.gradient(gradient);
                    second[at] = scale.curvature(curvature);
                }
            });
        } else {
            gradients.first.par_chunks_mut(CHUNK).zip(visits).for_each(|(first, (waits, margins))| {
                for (first, (wait, margin)) in first.iter_mut().zip(waits.iter().zip(margins)) {
                    *first = scale.gradient(self.derivatives(*wait, *margin).0);
                }
            });
        }
    }

    /// The best value of a leaf that holds these visits, before the learning rate.
    pub fn leaf(self, state: &State, rows: &[u32], l2: f64) -> f64 {
        match self {
            Loss::Absolute | Loss::Quantile(_) => {
                let level = if let Loss::Quantile(level) = self { level } else { 0.5 };
                let mut differences: Vec<f32> = rows.iter().map(|row| state.difference(*row as usize)).collect();
                quantile(&mut differences, level)
            }
            Loss::Squared => {
                let sum: f64 = rows.iter().map(|row| f64::from(state.difference(*row as usize))).sum();
                sum / (rows.len() as f64 + l2)
            }
            Loss::Tweedie(_) => {
                let derivatives = |row: &u32| {
                    let row = *row as usize;
                    self.derivatives(state.waits[row], state.margins[row])
                };
                let sums = rows.iter().map(derivatives).fold((0.0, 0.0), |sum, of| (sum.0 + of.0, sum.1 + of.1));
                (-sums.0 / (sums.1 + l2).max(f64::MIN_POSITIVE)).clamp(-LARGEST_STEP, LARGEST_STEP)
            }
        }
    }

    /// The mean over all visits, as a curve tells it.
    pub fn mean(self, state: &State) -> f64 {
        let of_chunk = |(waits, margins): (&[f32], &[f32])| {
            waits.iter().zip(margins).map(|(wait, margin)| self.of_visit(*wait, *margin)).sum::<f64>()
        };
        let chunks = state.waits.par_chunks(CHUNK).zip(state.margins.par_chunks(CHUNK));
        let sums: Vec<f64> = chunks.map(of_chunk).collect();
        let mean = sums.iter().sum::<f64>() / state.waits.len().max(1) as f64;
        if self == Loss::Squared { mean.sqrt() } else { mean }
    }

    #[inline]
    fn of_visit(self, wait: f32, margin: f32) -> f64 {
        let difference = f64::from(wait - margin);
        match self {
            Loss::Absolute => difference.abs(),
            Loss::Quantile(level) if difference > 0.0 => level * difference,
            Loss::Quantile(level) => (level - 1.0) * difference,
            Loss::Squared => difference * difference,
            Loss::Tweedie(power) => {
                // 2 (y^(2−p) / ((1−p)(2−p)) − y μ^(1−p) / (1−p) + μ^(2−p) / (2−p)) with μ = e^m.
                let (wait, margin) = (f64::from(wait), f64::from(margin));
                let own = if wait > 0.0 { libm::pow(wait, 2.0 - power) } else { 0.0 };
                let low = wait * libm::exp((1.0 - power) * margin);
                let high = libm::exp((2.0 - power) * margin);
                2.0 * (own / ((1.0 - power) * (2.0 - power)) - low / (1.0 - power) + high / (2.0 - power))
            }
        }
    }
}

/// What is meant for a prediction that is below the wait, for a tie, and for one that is above it.
#[inline]
fn step<N>(difference: f32, [below, tie, above]: [N; 3]) -> N {
    let side = if difference > 0.0 { below } else { above };
    if difference.abs() <= TIE { tie } else { side }
}

/// Puts gradients that are `below`, zero or `above` in the place of those that were there; which of them differ.
fn changed(gradients: &mut [i16], state: &State, [below, above]: [i16; 2]) -> Changes {
    let of_chunk = |(chunk, gradients): (usize, &mut [i16])| {
        let visits = state.waits[chunk * CHUNK..].iter().zip(&state.margins[chunk * CHUNK..]);
        let mut changes = Changes::default();
        for (at, (gradient, (wait, margin))) in gradients.iter_mut().zip(visits).enumerate() {
            let now = step(wait - margin, [below, 0, above]);
            if now != *gradient {
                changes.rows.push(u32::try_from(chunk * CHUNK + at).unwrap_or(u32::MAX));
                changes.by.push(i32::from(now) - i32::from(*gradient));
                *gradient = now;
            }
        }
        changes
    };
    let chunks: Vec<Changes> = gradients.par_chunks_mut(CHUNK).enumerate().map(of_chunk).collect();
    let (rows, by): (Vec<_>, Vec<_>) = chunks.into_iter().map(|changes| (changes.rows, changes.by)).unzip();
    Changes { rows: rows.concat(), by: by.concat() }
}

/// The quantile at `level`, between the two numbers next to it (NumPy's "linear"); zero of nothing. Leaves `numbers` in
/// another order.
pub(super) fn quantile(numbers: &mut [f32], level: f64) -> f64 {
    let Some(last) = numbers.len().checked_sub(1) else { return 0.0 };
    let place = level.clamp(0.0, 1.0) * last as f64;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is between 0 and the last place"
    )]
    let below = place as usize;
    let (_, low, above) = numbers.select_nth_unstable_by(below, f32::total_cmp);
    let low = f64::from(*low);
    let high = above.iter().copied().min_by(f32::total_cmp).map_or(low, f64::from);
    low + (high - low) * (place - below as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::statistics::draws;

    #[test]
    fn gradients_are_those_before_and_what_changed() {
        let mut draw = draws(7);
        let waits: Vec<f64> = (0..40_000).map(|_| draw(9) as f64).collect();
        for loss in [Loss::Absolute, Loss::Quantile(0.9)] {
            let mut state = State::of(&waits, 3.0);
            let none = || Gradients {
                first: Vec::new(),
                second: Vec::new(),
                scale: Scale::of(waits.len(), 1.0, 1.0),
                changes: None,
            };
            let mut gradients = none();
            loss.gradients(&state, &mut gradients);
            assert!(gradients.changes.is_none(), "there was nothing before");
            for _ in 0..3 {
                let before: Vec<i32> = gradients.first.iter().map(|first| i32::from(*first)).collect();
                state.margins.iter_mut().for_each(|margin| *margin += draw(3) as f32 - 1.0);
                loss.gradients(&state, &mut gradients);
                let changes = gradients.changes.as_ref().unwrap();
                assert!(changes.rows.is_sorted() && changes.rows.len() < waits.len());
                let mut then = before;
                changes.rows.iter().zip(&changes.by).for_each(|(row, by)| then[*row as usize] += by);
                let mut anew = none();
                loss.gradients(&state, &mut anew);
                assert_eq!(gradients.first, anew.first);
                for (row, (first, then)) in anew.first.iter().zip(then).enumerate() {
                    assert_eq!(i32::from(*first), then);
                    let (gradient, _) = loss.derivatives(state.waits[row], state.margins[row]);
                    assert_eq!(*first, anew.scale.gradient(gradient));
                }
            }
        }
    }
}
