//! Numbers of a bench.

/// The value below which a share `q` (0–1) of the values lies, between two of them in proportion; 0 of nothing.
pub fn quantile(values: impl IntoIterator<Item = f64>, q: f64) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let at = q * values.len().saturating_sub(1) as f64;
    let (below, above) = (values.get(at as usize), values.get(at.ceil() as usize));
    let between = |(below, above): (&f64, &f64)| below + (above - below) * at.fract();
    below.zip(above).map_or(0.0, between)
}
