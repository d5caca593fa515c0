//! A tree-structured Parzen estimator: where points are that did well, and those that did not are not.
//!
//! The points with the lowest errors and the others are each smoothed to a density, and of points that are drawn from the
//! first density that one is taken where it exceeds the second the most (Bergstra et al. 2011, NeurIPS 24). The densities
//! are of all axes at once, a product of kernels for each point and one wide kernel that stands for knowing nothing; widths
//! are those of Watanabe 2023 (arXiv 2304.11127), section 3.3.
//!
//! It is our own since no crate served: estimators of an axis at a time (`tpe` 0.3) and those that leave the wide kernel out
//! (`optimizer` 1.0) found no better points than random search did, and `parzen` 0.3, which did, demands versions of its
//! dependencies that the window cannot be built with. The test of [`super::proposals`] holds it against random search.

use rand_chacha::ChaCha8Rng;
use rand_core::Rng as _;

/// The share of the points that count as having done well.
const GOOD: f64 = 0.15;
/// Points that one is chosen of.
const CANDIDATES: usize = 24;
/// The width of a kernel is this, made smaller as points become more.
const WIDTH: f64 = 0.2;

/// What a coordinate, from 0 to 1, stands for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Axis {
    /// A number.
    Numbers,
    /// One of so many words, each with its equal part from 0 to 1.
    Words(usize),
}

/// A point that was tried.
#[derive(Clone, Debug)]
pub(super) struct Observation {
    /// Its coordinates, from 0 to 1.
    pub places: Vec<f64>,
    /// How large the error was there.
    pub error: f64,
}

/// The kernels of some points.
struct Density<'o> {
    axes: &'o [Axis],
    points: &'o [Observation],
}

/// A point that promises a low error.
pub(super) fn suggest(axes: &[Axis], mut known: Vec<Observation>, random: &mut ChaCha8Rng) -> Vec<f64> {
    known.sort_by(|a, b| a.error.total_cmp(&b.error));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a count")]
    let good = ((GOOD * known.len() as f64).ceil() as usize).min(known.len());
    let (good, bad) = known.split_at(good);
    let [good, bad] = [good, bad].map(|points| Density { axes, points });
    let candidate = |_| {
        let point = good.draw(random);
        (good.at(&point) / bad.at(&point), point)
    };
    let best = (0..CANDIDATES).map(candidate).max_by(|a, b| a.0.total_cmp(&b.0));
    best.map(|(_, point)| point).unwrap_or_default()
}

impl Density<'_> {
    /// The width of the kernels of numbers.
    fn width(&self) -> f64 {
        let (n, axes) = (self.points.len() as f64, self.axes.len() as f64);
        (WIDTH * n.max(1.0).powf(-1.0 / (axes + 4.0))).max(1.0 / (n + 1.0).min(100.0))
    }

    fn at(&self, point: &[f64]) -> f64 {
        let width = self.width();
        let of = |observation: Option<&Observation>| {
            let kernel = |(axis, place): (usize, &f64)| {
                let centre = observation.and_then(|observation| observation.places.get(axis));
                self.kernel(axis, *place, centre.copied(), width)
            };
            point.iter().enumerate().map(kernel).product::<f64>()
        };
        let known: f64 = self.points.iter().map(|observation| of(Some(observation))).sum();
        (known + of(None)) / (self.points.len() + 1) as f64
    }

    /// The density around `centre`, or where nothing is known.
    fn kernel(&self, axis: usize, place: f64, centre: Option<f64>, width: f64) -> f64 {
        match (self.axes[axis], centre) {
            (Axis::Numbers, Some(centre)) => truncated_normal(place, centre, width),
            (Axis::Numbers, None) => truncated_normal(place, 0.5, 1.0),
            (Axis::Words(words), None) => 1.0 / words as f64,
            (Axis::Words(words), Some(centre)) => {
                let (other, words) = (1.0 / (self.points.len() + 1) as f64, words as f64);
                let is_same = (place * words).floor() == (centre * words).floor();
                (f64::from(u8::from(is_same)) + other) / (1.0 + other * words)
            }
        }
    }

    fn draw(&self, random: &mut ChaCha8Rng) -> Vec<f64> {
        let width = self.width();
        let observation = self.points.get(below(self.points.len() + 1, random));
        let coordinate = |(index, axis): (usize, &Axis)| match axis {
            Axis::Numbers => {
                let centre = observation.map(|observation| observation.places[index]);
                let (centre, width) = centre.map_or((0.5, 1.0), |centre| (centre, width));
                loop {
                    let place = centre + width * normal(random);
                    if (0.0..=1.0).contains(&place) {
                        break place;
                    }
                }
            }
            Axis::Words(words) => {
                let other = (*words as f64) / (self.points.len() + 1) as f64;
                let is_other = observation.is_none() || unit(random) < other / (1.0 + other);
                match observation {
                    Some(observation) if !is_other => observation.places[index],
                    _ => (below(*words, random) as f64 + 0.5) / *words as f64,
                }
            }
        };
        self.axes.iter().enumerate().map(coordinate).collect()
    }
}

/// The density of the normal distribution that is cut off below 0 and above 1.
fn truncated_normal(place: f64, centre: f64, width: f64) -> f64 {
    let below = |end: f64| 0.5 * (1.0 + libm::erf((end - centre) / width * std::f64::consts::FRAC_1_SQRT_2));
    let z = (place - centre) / width;
    libm::exp(-0.5 * z * z) / (width * std::f64::consts::TAU.sqrt() * (below(1.0) - below(0.0)))
}

/// From 0 to 1, without 1.
pub(super) fn unit(random: &mut ChaCha8Rng) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
    let unit = (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
    unit
}

fn below(count: usize, random: &mut ChaCha8Rng) -> usize {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below the count")]
    let place = (unit(random) * count as f64) as usize;
    place
}

/// Of the normal distribution (Box and Muller 1958).
fn normal(random: &mut ChaCha8Rng) -> f64 {
    let radius = (-2.0 * libm::log(1.0 - unit(random))).sqrt();
    radius * libm::cos(std::f64::consts::TAU * unit(random))
}

#[cfg(test)]
mod tests {
    use rand_core::SeedableRng as _;

    use super::*;

    fn observations(places: &[[f64; 2]]) -> Vec<Observation> {
        let of = |(n, places): (usize, &[f64; 2])| Observation { places: places.to_vec(), error: n as f64 };
        places.iter().enumerate().map(of).collect()
    }

    #[test]
    fn a_density_holds_one_and_is_drawn_from() {
        let points = observations(&[[0.1, 0.9], [0.7, 0.2], [0.75, 0.5]]);
        let density = Density { axes: &[Axis::Numbers, Axis::Words(3)], points: &points };
        let words = [0.1, 0.5, 0.9];
        let steps = 2_000;
        let step = |n: u32| (f64::from(n) + 0.5) / f64::from(steps);
        let holds = |from: f64, until: f64, word: f64| {
            let places = (0..steps).map(step).filter(|place| (from..until).contains(place));
            places.map(|place| density.at(&[place, word])).sum::<f64>() / f64::from(steps)
        };
        let all: f64 = words.iter().map(|word| holds(0.0, 1.0, *word)).sum();
        assert!((all - 1.0).abs() < 1e-6, "{all}");
        let mut random = ChaCha8Rng::seed_from_u64(5);
        let drawn: Vec<Vec<f64>> = (0..20_000).map(|_| density.draw(&mut random)).collect();
        for word in words {
            for (from, until) in [(0.0, 0.3), (0.3, 0.6), (0.6, 1.0)] {
                let is_here = |point: &&Vec<f64>| {
                    (from..until).contains(&point[0]) && (point[1] * 3.0).floor() == (word * 3.0).floor()
                };
                let share = drawn.iter().filter(is_here).count() as f64 / 20_000.0;
                let expected = holds(from, until, word);
                assert!((share - expected).abs() < 0.012, "{from}–{until}, {word}: {share}, {expected}");
            }
        }
    }

    #[test]
    fn what_did_well_is_tried_nearby() {
        let mut points: Vec<[f64; 2]> = (0..4).map(|n| [0.2 + 0.01 * f64::from(n), 0.1]).collect();
        points.extend((0..16).map(|n| [0.06 * f64::from(n), if n % 2 == 0 { 0.5 } else { 0.9 }]));
        let mut random = ChaCha8Rng::seed_from_u64(9);
        let axes = [Axis::Numbers, Axis::Words(3)];
        let near = (0..200).filter(|_| {
            let place = suggest(&axes, observations(&points), &mut random);
            (place[0] - 0.21).abs() < 0.25 && place[1] < 1.0 / 3.0
        });
        let near = near.count();
        // By chance a twelfth of the points would be there.
        assert!(near > 100, "{near} of 200");
    }
}
