//! Rotary positions (Su et al. 2021, arXiv 2104.09864): halves of a head rotate with each other.

/// The speed of every pair, and the angles of some tokens.
#[derive(Debug)]
pub(super) struct Rope {
    speeds: Vec<f32>,
    magnitude: f32,
    /// Tokens × (cosines, sines).
    angles: Vec<f32>,
}

impl Rope {
    /// `factors` divide the speeds, one a pair; what is rotated is multiplied with `magnitude`.
    pub(super) fn new(
        rotating: usize,
        base: f32,
        stretch: f32,
        factors: Option<&[f32]>,
        magnitude: f32,
    ) -> Self {
        let speed = |pair: usize| {
            let factor = factors.and_then(|all| all.get(pair)).copied().unwrap_or(1.0);
            let speed = f64::from(base).powf(-2.0 * pair as f64 / rotating as f64);
            (speed / f64::from(stretch) / f64::from(factor)) as f32
        };
        let speeds = (0..rotating / 2).map(speed).collect();
        Self { speeds, magnitude, angles: Vec::new() }
    }

    /// Which positions the tokens have that are rotated next.
    pub(super) fn at(&mut self, positions: impl Iterator<Item = usize>) {
        self.angles.clear();
        for position in positions {
            // An angle of some thousand radians has no digits to lose before it is reduced.
            let angle = |speed: &f32| f64::from(*speed) * position as f64;
            let by = self.magnitude;
            self.angles.extend(self.speeds.iter().map(|speed| angle(speed).cos() as f32 * by));
            self.angles.extend(self.speeds.iter().map(|speed| angle(speed).sin() as f32 * by));
        }
    }

    /// Rotates all heads of one token.
    pub(super) fn rotate(&self, token: usize, heads: &mut [f32], head: usize) {
        let pairs = self.speeds.len();
        let (cosines, sines) = self.angles[token * 2 * pairs..][..2 * pairs].split_at(pairs);
        for head in heads.chunks_exact_mut(head) {
            let (first, second) = head[..2 * pairs].split_at_mut(pairs);
            let angles = cosines.iter().zip(sines);
            for ((a, b), (cos, sin)) in first.iter_mut().zip(second).zip(angles) {
                (*a, *b) = (*a * cos - *b * sin, *a * sin + *b * cos);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Rope;

    #[test]
    fn products_depend_on_distances_alone() {
        let rotated = |at: usize, x: [f32; 4]| {
            let mut rope = Rope::new(4, 100.0, 2.0, Some(&[1.0, 4.0]), 1.0);
            rope.at([0, at].into_iter());
            let mut x = x;
            rope.rotate(1, &mut x, 4);
            x
        };
        let dot = |a: [f32; 4], b: [f32; 4]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
        let (a, b) = ([0.3, -1.0, 2.0, 0.5], [1.0, 0.2, -0.7, 1.5]);
        assert_eq!(rotated(0, a), a);
        let near = dot(rotated(9, a), rotated(7, b));
        assert!((near - dot(rotated(1002, a), rotated(1000, b))).abs() < 1e-4);
        assert!((near - dot(rotated(9, a), rotated(6, b))).abs() > 1e-2);
        // The second pair: a tenth of the first one's speed, a half for the stretch, a quarter for its factor.
        assert!((rotated(1, [0.0, 1.0, 0.0, 0.0])[1] - (0.1f32 / 8.0).cos()).abs() < 1e-6);
        assert!((rotated(1, [1.0, 0.0, 0.0, 0.0])[0] - 0.5f32.cos()).abs() < 1e-6);
        // What does not rotate stays as it is.
        let mut rope = Rope::new(2, 100.0, 1.0, None, 3.0);
        rope.at(std::iter::once(0));
        let mut x = [1.0, 2.0, 5.0];
        rope.rotate(0, &mut x, 3);
        assert_eq!(x, [3.0, 6.0, 5.0]);
    }
}
