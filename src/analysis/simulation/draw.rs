//! Random numbers: independent streams by name, and the few distributions the service needs.
//!
//! A stream is named by the seed and by what it is for (site, service, day, purpose), so that what happens in
//! one queue never shifts the numbers of another, and sites can be simulated in any order. The invariant: the
//! same name gives the same numbers on every platform, which is why logarithms come from `libm`.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

use crate::base::Digest;

/// What a stream's numbers decide. What is decided from different streams can be switched independently.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose {
    /// How busy and how quick a site is on a day.
    Day,
    /// Who walks in, and when.
    WalkIns,
    /// Who has booked, shows up, and when.
    Bookings,
    /// Who of the staff is there, and when they take a break.
    Staff,
}

/// A stream of random numbers.
pub(super) struct Stream(ChaCha8Rng);

impl Stream {
    /// The stream of this name. `service` is empty for what concerns a whole site.
    pub fn new(seed: u64, site: &str, service: &str, day: i32, purpose: Purpose) -> Stream {
        // Ids hold no slash, so that no two names are written the same.
        let name = format!("nobat simulation 1/{seed}/{site}/{service}/{day}/{purpose:?}");
        Stream(ChaCha8Rng::from_seed(*Digest::of(name.as_bytes()).bytes()))
    }

    /// Uniform in `0.0..1.0`, with 53 random bits.
    #[expect(clippy::cast_precision_loss, reason = "53 bits are exact in an f64")]
    pub fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True with this probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    /// Exponential with mean 1.
    pub fn exponential(&mut self) -> f64 {
        -libm::log(1.0 - self.uniform())
    }

    /// Normal with mean 0 and standard deviation 1, by Marsaglia's polar method.
    pub fn normal(&mut self) -> f64 {
        loop {
            let (u, v) = (2.0 * self.uniform() - 1.0, 2.0 * self.uniform() - 1.0);
            let s = u * u + v * v;
            if s > 0.0 && s < 1.0 {
                return u * libm::sqrt(-2.0 * libm::log(s) / s);
            }
        }
    }

    /// Lognormal with this median; `spread` is the standard deviation of its logarithm.
    pub fn lognormal(&mut self, median: f64, spread: f64) -> f64 {
        median * libm::exp(spread * self.normal())
    }

    /// Lognormal with mean 1: a factor that leaves the average as it is.
    pub fn factor(&mut self, spread: f64) -> f64 {
        libm::exp(spread * self.normal() - spread * spread / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(site: &str) -> Stream {
        Stream::new(7, site, "rec", 20_000, Purpose::WalkIns)
    }

    #[test]
    fn the_same_name_gives_the_same_numbers_and_another_name_others() {
        let numbers = |mut stream: Stream| (0..8).map(|_| stream.uniform()).collect::<Vec<_>>();
        assert_eq!(numbers(stream("thv")), numbers(stream("thv")));
        assert_ne!(numbers(stream("thv")), numbers(stream("krj")));
        assert_ne!(numbers(stream("thv")), numbers(Stream::new(7, "thv", "rec", 20_000, Purpose::Bookings)));
        assert_ne!(numbers(stream("thv")), numbers(Stream::new(8, "thv", "rec", 20_000, Purpose::WalkIns)));
    }

    #[test]
    fn distributions_have_the_moments_they_are_named_for() {
        const N: u32 = 200_000;
        let mut stream = stream("thv");
        let mut mean = |draw: &mut dyn FnMut(&mut Stream) -> f64| {
            (0..N).map(|_| draw(&mut stream)).sum::<f64>() / f64::from(N)
        };
        // Four standard errors of each mean.
        assert!((mean(&mut Stream::uniform) - 0.5).abs() < 0.0026);
        assert!((mean(&mut Stream::exponential) - 1.0).abs() < 0.009);
        assert!(mean(&mut Stream::normal).abs() < 0.009);
        assert!((mean(&mut |s| s.normal().powi(2)) - 1.0).abs() < 0.013);
        assert!((mean(&mut |s| s.factor(0.5)) - 1.0).abs() < 0.005);
        assert!((mean(&mut |s| f64::from(u8::from(s.lognormal(3.0, 0.8) < 3.0))) - 0.5).abs() < 0.0045);
    }
}
