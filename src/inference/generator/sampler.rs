//! Choosing the next token: temperature and nucleus sampling (Holtzman et al. 2020, arXiv 1904.09751).
//!
//! Invariant: the same logits, settings and seed give the same tokens.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// Draws tokens from logits.
#[derive(Debug)]
pub struct Sampler {
    temperature: f64,
    top_p: f64,
    rng: StdRng,
}

/// Below this temperature the most likely token is taken.
const GREEDY: f64 = 1e-4;

impl Sampler {
    /// `temperature` 0 takes the most likely token; `top_p` is the nucleus mass, 1 for all tokens.
    pub fn new(temperature: f64, top_p: f64, seed: u64) -> Self {
        Self { temperature, top_p, rng: StdRng::seed_from_u64(seed) }
    }

    /// The next token. NaN counts as impossible; `None` if nothing is possible.
    pub fn pick(&mut self, logits: &[f32]) -> Option<u32> {
        let clean = |x: f32| if x.is_nan() { f32::NEG_INFINITY } else { x };
        let mut best = (0usize, f32::NEG_INFINITY);
        for (index, logit) in logits.iter().enumerate() {
            if clean(*logit) > best.1 {
                best = (index, *logit);
            }
        }
        if !best.1.is_finite() {
            return None;
        }
        if self.temperature < GREEDY || !self.temperature.is_finite() {
            return Some(best.0 as u32);
        }
        let weight = |x: f32| (f64::from(x - best.1) / self.temperature).exp() as f32;
        // Tokens less likely than a hundred-millionth of the best one cannot matter to four digits of the mass, and leaving
        // them out keeps the sort short.
        let least = best.1 - (18.4 * self.temperature) as f32;
        let likely = logits.iter().enumerate().filter(|(_, x)| **x >= least);
        let mut weights: Vec<(u32, f32)> =
            likely.map(|(index, x)| (index as u32, weight(*x))).collect();
        if self.top_p < 1.0 {
            weights.sort_by(|a, b| b.1.total_cmp(&a.1));
            let target = weights.iter().map(|(_, w)| w).sum::<f32>() * self.top_p.max(0.0) as f32;
            let mut mass = 0.0;
            let nucleus = weights.iter().take_while(|(_, w)| {
                let inside = mass < target;
                mass += w;
                inside
            });
            let keep = nucleus.count().max(1);
            weights.truncate(keep);
        }
        let total: f32 = weights.iter().map(|(_, w)| w).sum();
        let mut point = self.rng.random::<f32>() * total;
        for (token, weight) in &weights {
            point -= weight;
            if point <= 0.0 {
                return Some(*token);
            }
        }
        Some(weights.last().map_or(best.0 as u32, |(token, _)| *token))
    }
}

#[cfg(test)]
mod tests {
    use super::Sampler;

    const LOGITS: [f32; 5] = [1.0, 3.0, 2.0, -1.0, f32::NAN];

    fn draw(temperature: f64, top_p: f64, seed: u64) -> Vec<u32> {
        let mut sampler = Sampler::new(temperature, top_p, seed);
        (0..200).map(|_| sampler.pick(&LOGITS).unwrap()).collect()
    }

    #[test]
    fn repeatable_by_seed() {
        assert_eq!(draw(1.0, 1.0, 7), draw(1.0, 1.0, 7));
        assert_ne!(draw(1.0, 1.0, 7), draw(1.0, 1.0, 8));
    }

    #[test]
    fn zero_is_greedy_and_odd_input_is_survived() {
        assert!(draw(0.0, 1.0, 1).iter().all(|token| *token == 1));
        assert!(draw(f64::NAN, 1.0, 1).iter().all(|token| *token == 1));
        for temperature in [0.0, 1.0] {
            let mut sampler = Sampler::new(temperature, 0.5, 1);
            assert_eq!(sampler.pick(&[]), None);
            assert_eq!(sampler.pick(&[f32::NAN; 3]), None);
            assert_eq!(sampler.pick(&[f32::NEG_INFINITY, 1.0, f32::NAN]), Some(1));
        }
    }

    #[test]
    fn the_nucleus_bounds_the_choice() {
        // Softmax: token 1 has 0.66, token 2 0.24, token 0 0.09.
        assert!(draw(1.0, 0.5, 3).iter().all(|token| *token == 1));
        let wide = draw(1.0, 0.8, 3);
        assert!(wide.iter().all(|token| matches!(token, 1 | 2)) && wide.contains(&2));
        assert!(draw(1.0, 0.0, 3).iter().all(|token| *token == 1));
    }

    #[test]
    fn frequencies_follow_the_softmax() {
        let mut sampler = Sampler::new(1.0, 1.0, 11);
        let hits = (0..4000).filter(|_| sampler.pick(&LOGITS) == Some(1)).count();
        assert!((2500..2800).contains(&hits), "{hits} of 4000, expected about 2600");
    }
}
