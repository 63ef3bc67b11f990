//! The result of a tuning as one page: curves, promises, what changes, the worst mistakes. Needs nothing from elsewhere, and
//! holds no text of a request.

use super::{Curve, Point, Tuned};
use minijinja::Environment;
use minijinja::value::Serde;
use serde::Serialize;

/// Where a tuning comes from, for its readers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Origin {
    /// The rule whose threshold it is.
    pub rule: String,
    /// The cheaper target.
    pub cheap: String,
    /// The stronger one.
    pub strong: String,
    /// The cases: a file, or a ledger.
    pub cases: String,
    /// Hash of the cases.
    pub cases_hash: String,
    /// Hash of the configuration.
    pub config_hash: String,
    /// When, RFC 3339.
    pub at: String,
    /// What sends a request to the stronger target, before the number: `a predicted gain of at least`.
    pub above: &'static str,
    /// What scores and thresholds are multiplied with to be the rule's numbers: 1 or -1.
    pub sign: f64,
}

/// Measures of a drawing.
const WIDTH: f64 = 560.0;
const HEIGHT: f64 = 320.0;
const LEFT: f64 = 52.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 40.0;

/// A drawing, as its template wants it.
#[derive(Debug, Serialize)]
struct Chart {
    title: &'static str,
    axis: &'static str,
    lines: Vec<Line>,
    marks: Vec<Mark>,
    x_ticks: Vec<Tick>,
    y_ticks: Vec<Tick>,
}

#[derive(Debug, Serialize)]
struct Line {
    name: &'static str,
    class: String,
    points: String,
}

#[derive(Debug, Serialize)]
struct Mark {
    name: &'static str,
    class: &'static str,
    x: f64,
    y: f64,
}

#[derive(Debug, Serialize)]
struct Tick {
    at: f64,
    text: String,
}

/// From the least to the most, never empty.
#[derive(Debug, Clone, Copy)]
struct Span(f64, f64);

impl Span {
    fn over(values: impl Iterator<Item = f64>) -> Self {
        let (low, high) =
            values.fold((f64::MAX, f64::MIN), |(low, high), x| (low.min(x), high.max(x)));
        if high > low { Self(low, high) } else { Self(low, low + 1.0) }
    }

    fn part(self, x: f64) -> f64 {
        (x - self.0) / (self.1 - self.0)
    }

    fn ticks(self, place: impl Fn(f64) -> f64, text: impl Fn(f64) -> String) -> Vec<Tick> {
        let value = |i: i32| self.0 + (self.1 - self.0) * f64::from(i) / 4.0;
        (0..=4).map(|i| Tick { at: place(value(i)), text: text(value(i)) }).collect()
    }
}

fn chart(
    tuned: &Tuned,
    title: &'static str,
    axis: &'static str,
    x: fn(&Point) -> f64,
    text: fn(f64) -> String,
) -> Chart {
    let points = || tuned.curves.iter().flat_map(|curve| &curve.points);
    let (across, up) =
        (Span::over(points().map(x)), Span::over(points().map(|point| point.success)));
    let round = |x: f64| (x * 10.0).round() / 10.0;
    let place_x = move |value: f64| round(LEFT + across.part(value) * (WIDTH - LEFT - RIGHT));
    let place_y =
        move |value: f64| round(HEIGHT - BOTTOM - up.part(value) * (HEIGHT - TOP - BOTTOM));
    let line = |curve: &Curve| Line {
        name: curve.name,
        class: curve.name.replace(' ', "-"),
        points: curve
            .points
            .iter()
            .map(|point| format!("{},{}", place_x(x(point)), place_y(point.success)))
            .collect::<Vec<_>>()
            .join(" "),
    };
    let in_force = tuned.change.as_ref().map(|change| &change.from);
    let marks = [("in force", "force", in_force), ("chosen", "chosen", tuned.chosen.as_ref())];
    let mark = |(name, class, point): (_, _, Option<&Point>)| {
        let point = point?;
        Some(Mark { name, class, x: place_x(x(point)), y: place_y(point.success) })
    };
    Chart {
        title,
        axis,
        lines: tuned.curves.iter().map(line).collect(),
        marks: marks.into_iter().filter_map(mark).collect(),
        x_ticks: across.ticks(place_x, text),
        y_ticks: up.ticks(place_y, percent),
    }
}

fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

fn dollars(amount: f64) -> String {
    let (sign, size) = (if amount < 0.0 { "-" } else { "" }, amount.abs());
    if size < 0.01 { format!("{sign}${size:.6}") } else { format!("{sign}${size:.4}") }
}

/// A way to route at the share of the chosen threshold, for comparison.
#[derive(Debug, Serialize)]
struct Rival {
    name: &'static str,
    apgr: Option<f64>,
    point: Point,
}

/// At the share of requests that the chosen threshold has: what every way to route makes of it.
fn rivals(tuned: &Tuned) -> Vec<Rival> {
    let Some(chosen) = tuned.chosen else { return Vec::new() };
    let near = |point: &Point| (point.strong_share - chosen.strong_share).abs();
    let at = |curve: &Curve| {
        let point = curve.points.iter().min_by(|a, b| near(a).total_cmp(&near(b)))?;
        Some(Rival { name: curve.name, apgr: curve.apgr, point: *point })
    };
    tuned.curves.iter().filter_map(at).collect()
}

/// What the template sees.
#[derive(Debug, Serialize)]
struct Page<'a> {
    tuned: &'a Tuned,
    origin: &'a Origin,
    charts: [Chart; 2],
    rivals: Vec<Rival>,
    /// Everything to the cheaper target, everything to the stronger one.
    ends: Option<(&'a Point, &'a Point)>,
    width: f64,
    height: f64,
    left: f64,
    right: f64,
    base: f64,
    top: f64,
}

/// The page.
///
/// # Errors
/// Only if the template, which is part of the program, is broken.
pub fn html(tuned: &Tuned, origin: &Origin) -> Result<String, minijinja::Error> {
    let mut templates = Environment::new();
    templates.add_filter("percent", percent);
    templates.add_filter("dollars", dollars);
    templates.add_filter("points", |x: f64| format!("{:+.2} points", 100.0 * x));
    templates.add_template("report.html", include_str!("report.html"))?;
    let charts = [
        chart(
            tuned,
            "Success by share",
            "requests to the stronger target",
            |p| p.strong_share,
            percent,
        ),
        chart(tuned, "Success by cost", "cost of a task", |p| p.cost_per_task, dollars),
    ];
    let ends =
        tuned.curves.first().and_then(|curve| Some((curve.points.first()?, curve.points.last()?)));
    let page = Page {
        tuned,
        origin,
        charts,
        rivals: rivals(tuned),
        ends,
        width: WIDTH,
        height: HEIGHT,
        left: LEFT,
        right: WIDTH - RIGHT,
        base: HEIGHT - BOTTOM,
        top: TOP,
    };
    templates.get_template("report.html")?.render(Serde(page))
}
