//! How good predictions of gains are.

/// Groups of equal size that [`calibration_error`] compares.
pub const GROUPS: usize = 10;

/// Average performance gap recovered (Ong et al., "RouteLLM", 2024): over all shares of requests that go to the stronger
/// target, highest scores first, what is won over the cheaper one as a part of all that there is to win; 0.5 is chance.
/// Requests of one score count as if in random order. `None` where the stronger target wins nothing.
pub fn apgr(scores: &[f32], gains: &[f32]) -> Option<f64> {
    let total: f64 = gains.iter().map(|gain| f64::from(*gain)).sum();
    if scores.len() != gains.len() || total <= 0.0 {
        return None;
    }
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
    let (mut won, mut area) = (0.0f64, 0.0f64);
    for group in order.chunk_by(|a, b| scores[*a] == scores[*b]) {
        let gain: f64 = group.iter().map(|at| f64::from(gains[*at])).sum();
        // Won linearly over the group, so the trapezium is exact.
        area += group.len() as f64 * (won + gain / 2.0);
        won += gain;
    }
    Some(area / scores.len() as f64 / total)
}

/// Expected calibration error: the predictions in ten groups of equal size by their value, the mean distance between mean
/// prediction and mean outcome (Naeini et al. 2015; groups of equal size as in Nguyen and O'Connor 2015). The second number is
/// what a perfect predictor would show on as many outcomes, by chance alone.
pub fn calibration_error(predicted: &[f32], gains: &[f32]) -> (f64, f64) {
    let mut order: Vec<usize> = (0..predicted.len()).collect();
    order.sort_by(|a, b| predicted[*a].total_cmp(&predicted[*b]));
    let size = order.len().div_ceil(GROUPS).max(1);
    let (mut error, mut chance) = (0.0, 0.0);
    for group in order.chunks(size) {
        let n = group.len() as f64;
        let mean = |values: &[f32]| group.iter().map(|at| f64::from(values[*at])).sum::<f64>() / n;
        let (wanted, got) = (mean(gains), mean(predicted));
        let spread =
            group.iter().map(|at| (f64::from(gains[*at]) - wanted).powi(2)).sum::<f64>() / n;
        error += n * (wanted - got).abs();
        // The mean distance of a normal value from its centre is √(2/π) standard deviations.
        chance += n * (2.0 / std::f64::consts::PI * spread / n).sqrt();
    }
    let n = order.len().max(1) as f64;
    (error / n, chance / n)
}

#[cfg(test)]
mod tests {
    use super::{apgr, calibration_error};

    #[test]
    fn chance_is_half_and_the_right_order_is_more() {
        let gains = [1.0, 0.0, 1.0, 0.0];
        assert_eq!(apgr(&[0.0; 4], &gains), Some(0.5));
        assert_eq!(apgr(&[0.9, 0.1, 0.8, 0.2], &gains), Some(0.75));
        assert_eq!(apgr(&[0.1, 0.9, 0.2, 0.8], &gains), Some(0.25));
        assert_eq!(apgr(&[0.1, 0.2], &[0.0, -1.0]), None);
    }

    #[test]
    fn calibration_sees_a_shift() {
        let gains: Vec<f32> = (0..1000).map(|i| f32::from(u8::from(i % 4 == 0))).collect();
        let (right, chance) = calibration_error(&vec![0.25; 1000], &gains);
        assert!(right < 0.02 && chance > 0.01 && chance < 0.06, "{right} {chance}");
        let (shifted, _) = calibration_error(&vec![0.45; 1000], &gains);
        assert!((shifted - 0.2).abs() < 0.02);
    }
}
