//! What routing by a score costs and yields at every share of requests for the stronger target, beside rivals that know less
//! or everything.

use super::Recorded;
use serde::Serialize;

/// Points of a curve.
const POINTS: usize = 50;

/// Everything above a threshold to the stronger target.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Point {
    /// The lowest score that goes to the stronger target; `None` where it does not come from a score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
    /// Share of requests that go to the stronger target.
    pub strong_share: f64,
    /// Share of successes.
    pub success: f64,
    /// Mean cost in dollars.
    pub cost_per_task: f64,
}

/// A way to route, at shares from none to all.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Curve {
    /// What it routes by.
    pub name: &'static str,
    /// Average performance gap recovered (Ong et al. 2024): 0.5 is chance. `None` where the stronger target wins nothing.
    pub apgr: Option<f64>,
    /// Its points, the share rising.
    pub points: Vec<Point>,
}

/// What a threshold does to the cases.
pub fn at(cases: &[Recorded], threshold: f64) -> Point {
    let routed = cases.iter().map(|case| (case.score >= threshold, case));
    point(Some(threshold), cases.len(), routed)
}

fn point<'a>(
    threshold: Option<f64>,
    n: usize,
    routed: impl Iterator<Item = (bool, &'a Recorded)>,
) -> Point {
    let (mut strong, mut success, mut cost) = (0.0, 0.0, 0.0);
    for (is_strong, case) in routed {
        let outcome = case.routed(is_strong);
        strong += f64::from(u8::from(is_strong));
        success += outcome.success;
        cost += outcome.cost;
    }
    let n = n.max(1) as f64;
    Point { threshold, strong_share: strong / n, success: success / n, cost_per_task: cost / n }
}

/// The curves to draw: by score, by prompt length, by chance, and by knowing all outcomes.
pub fn curves(cases: &[Recorded]) -> Vec<Curve> {
    let by = |name, key: &dyn Fn(&Recorded) -> f64| ranked(cases, name, key);
    let mut score = by("score", &|case| case.score);
    let mut scores: Vec<f64> = cases.iter().map(|case| case.score).collect();
    scores.sort_by(|a, b| b.total_cmp(a));
    for point in &mut score.points {
        let at = (point.strong_share * cases.len() as f64).round() as usize;
        point.threshold = at.checked_sub(1).and_then(|last| scores.get(last).copied());
    }
    vec![
        score,
        by("prompt length", &|case| f64::from(case.length)),
        by("chance", &|_| 0.0),
        by("oracle", &|case| case.strong.success - case.cheap.success),
    ]
}

/// The highest keys first; cases of one key as if in random order, so that a point may lie inside of them.
fn ranked(cases: &[Recorded], name: &'static str, key: &dyn Fn(&Recorded) -> f64) -> Curve {
    let mut order: Vec<(f64, &Recorded)> = cases.iter().map(|case| (key(case), case)).collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0));
    let n = cases.len().max(1) as f64;
    let start = point(None, cases.len(), cases.iter().map(|case| (false, case)));
    let end = point(None, cases.len(), cases.iter().map(|case| (true, case)));
    // Corners: after each run of equal keys.
    let mut corners = vec![start];
    for group in order.chunk_by(|a, b| a.0 == b.0) {
        let mut sum = corners[corners.len() - 1];
        for (_, case) in group {
            sum.strong_share += 1.0 / n;
            sum.success += (case.strong.success - case.cheap.success) / n;
            sum.cost_per_task += (case.strong.cost - case.cheap.cost) / n;
        }
        corners.push(sum);
    }
    let won = end.success - start.success;
    let area: f64 = corners
        .windows(2)
        .map(|pair| {
            let mean = (pair[0].success + pair[1].success) / 2.0 - start.success;
            mean * (pair[1].strong_share - pair[0].strong_share)
        })
        .sum();
    let points = (0..=POINTS).map(|i| between(&corners, i as f64 / POINTS as f64)).collect();
    Curve { name, apgr: (won > 0.0).then(|| area / won), points }
}

/// The point at a share, on the line between the corners beside it.
fn between(corners: &[Point], share: f64) -> Point {
    let right = corners.partition_point(|corner| corner.strong_share < share - 1e-9);
    let right = right.min(corners.len() - 1);
    let (a, b) = (corners[right.saturating_sub(1)], corners[right]);
    let width = b.strong_share - a.strong_share;
    let part = if width > 0.0 { ((share - a.strong_share) / width).clamp(0.0, 1.0) } else { 1.0 };
    let mix = |a: f64, b: f64| a + (b - a) * part;
    Point {
        threshold: None,
        strong_share: mix(a.strong_share, b.strong_share),
        success: mix(a.success, b.success),
        cost_per_task: mix(a.cost_per_task, b.cost_per_task),
    }
}
