//! Every level against plain loops, over sizes that fill vectors and sizes that do not.

mod generator;

use super::*;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

fn random(rng: &mut StdRng, n: usize, top: f32) -> Vec<f32> {
    (0..n).map(|_| rng.random_range(-top..top)).collect()
}

/// The largest difference, and where.
fn apart(got: &[f32], want: &[f32]) -> (f32, usize) {
    assert_eq!(got.len(), want.len());
    let all = got.iter().zip(want).map(|(a, b)| if a == b { 0.0 } else { (a - b).abs() });
    all.enumerate()
        .fold((0.0, 0), |top, (at, x)| if x > top.0 || x.is_nan() { (x, at) } else { top })
}

fn plain(x: &[f32], w: &[f32], bias: &[f32], cols: usize) -> Vec<f32> {
    let dot = |a: &[f32], b: &[f32]| -> f64 {
        a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
    };
    let rows = x.chunks_exact(cols);
    let of =
        |x| w.chunks_exact(cols).zip(bias).map(move |(w, b)| (dot(x, w) + f64::from(*b)) as f32);
    rows.flat_map(of).collect()
}

fn plain_gelu(x: f32) -> f32 {
    // Winitzki's erf would do no better than the kernel; the series of Φ does.
    let (x, mut term, mut sum, mut k) = (f64::from(x), f64::from(x), f64::from(x), 1.0);
    if x.abs() > 8.0 {
        return if x > 0.0 { x as f32 } else { 0.0 };
    }
    while term.abs() > 1e-18 {
        term *= x * x / (2.0 * k + 1.0);
        sum += term;
        k += 1.0;
    }
    (x * (0.5 + sum * (-0.5 * x * x).exp() / (2.0 * std::f64::consts::PI).sqrt())) as f32
}

/// Rows, columns and results of a product: one, less than a vector, some vectors and something, whole tiles.
const SIZES: [(usize, usize, usize); 9] = [
    (1, 1, 1),
    (1, 384, 40),
    (2, 7, 5),
    (5, 64, 16),
    (7, 130, 33),
    (12, 256, 64),
    (13, 129, 31),
    (25, 384, 96),
    (31, 1000, 17),
];

/// Something to multiply and to add, and what comes out.
struct Case {
    x: Vec<f32>,
    w: Vec<f32>,
    bias: Vec<f32>,
    add: Vec<f32>,
    /// Without what is added.
    product: Vec<f32>,
    sum: Vec<f32>,
}

fn case(rng: &mut StdRng, (rows, cols, results): (usize, usize, usize)) -> Case {
    let (x, w) = (random(rng, rows * cols, 2.0), random(rng, results * cols, 1.0));
    let (bias, add) = (random(rng, results, 3.0), random(rng, rows * results, 3.0));
    let product = plain(&x, &w, &bias, cols);
    let sum = product.iter().zip(&add).map(|(a, b)| a + b).collect();
    Case { x, w, bias, add, product, sum }
}

/// Weights as training leaves them.
fn quantised(level: &'static Level, weights: &[f32], bias: &[f32], cols: usize) -> Int8Matrix {
    let rows = weights.chunks_exact(cols);
    let scales: Vec<f32> = rows
        .clone()
        .map(|row| row.iter().fold(0.0f32, |top, x| top.max(x.abs())) / 127.0)
        .collect();
    let bytes: Vec<i8> = rows
        .zip(&scales)
        .flat_map(|(row, scale)| row.iter().map(move |x| (x / scale).round() as i8))
        .collect();
    Int8Matrix::pack(level, &bytes, &scales, bias, cols)
}

#[test]
fn products_of_floats() {
    let mut rng = StdRng::seed_from_u64(1);
    for level in Level::all() {
        for size in SIZES {
            let case = case(&mut rng, size);
            let matrix = FloatMatrix::pack(level, &case.w, &case.bias, size.1);
            // The same weights cut off, kept in half the memory, and kept whole for one that does not fit.
            let mut cut: Vec<f32> =
                case.w.iter().map(|x| half::bf16::from_f32(*x).to_f32()).collect();
            let upper = FloatMatrix::pack(level, &cut, &case.bias, size.1);
            let (mut want, mut got) = (case.product.clone(), case.product.clone());
            let last = cut.len() - 1;
            let odd = f32::from_bits(cut[last].to_bits() | 1);
            upper.apply(&case.x, After::Nothing, &mut got);
            cut[last] = odd;
            let whole = FloatMatrix::pack(level, &cut, &case.bias, size.1);
            whole.apply(&case.x, After::Nothing, &mut want);
            assert!(2 * upper.size() < whole.size() + 4 * (size.2 + 64), "{}", upper.size());
            let (off, at) = apart(&got, &want);
            assert!(off < 1e-4, "{} {size:?}: {off} at {at}", level.name);
            let gelu: Vec<f32> = case.product.iter().map(|x| plain_gelu(*x)).collect();
            let mut got = vec![0.0; case.product.len()];
            for (after, want) in [
                (After::Nothing, &case.product),
                (After::Gelu, &gelu),
                (After::Add(&case.add), &case.sum),
            ] {
                matrix.apply(&case.x, after, &mut got);
                let (off, at) = apart(&got, want);
                assert!(off < 1e-3, "{} {size:?} {after:?}: {off} at {at}", level.name);
            }
        }
    }
}

#[test]
fn products_of_bytes() {
    let mut rng = StdRng::seed_from_u64(2);
    for level in Level::all() {
        for size in SIZES {
            let case = case(&mut rng, size);
            let matrix = quantised(level, &case.w, &case.bias, size.1);
            let mut x = Quantised::new(level);
            x.set(&case.x, size.1);
            let mut got = vec![0.0; case.sum.len()];
            matrix.apply(&x, After::Add(&case.add), &mut got);
            // Half a step of each side for every product, at random signs.
            let bound = 0.06 * (size.1 as f32).sqrt();
            let (off, at) = apart(&got, &case.sum);
            assert!(off < bound, "{} {size:?}: {off} at {at}", level.name);
        }
    }
}

/// What steps of a quantised activation are worth is exact, so whole numbers that are steps give whole results.
#[test]
fn sums_of_bytes_are_exact_at_the_extremes() {
    let mut rng = StdRng::seed_from_u64(3);
    for level in Level::all() {
        for cols in [4usize, 64, 100, 1536] {
            let top = match level.steps {
                simd::Steps::Words => 2047,
                simd::Steps::Bytes => 255,
            };
            for pattern in 0..4 {
                let x: Vec<f32> = (0..cols)
                    .map(|i| match pattern {
                        0 => top as f32,
                        1 => f32::from(u8::from(i % 2 == 0)) * top as f32,
                        // Both ends in every group, so that its step is 1.
                        _ if i % 4 < 2 => (i as i32 % 4 * top) as f32,
                        _ => rng.random_range(0..=top) as f32,
                    })
                    .collect();
                let w: Vec<i8> = (0..3 * cols)
                    .map(|i| match (pattern, i / cols) {
                        (_, 0) => 127,
                        (_, 1) => -127,
                        _ => rng.random_range(-127..=127),
                    })
                    .collect();
                let matrix = Int8Matrix::pack(level, &w, &[1.0; 3], &[0.0; 3], cols);
                let mut quantised = Quantised::new(level);
                quantised.set(&x, cols);
                let mut got = [0.0; 3];
                matrix.apply(&quantised, After::Nothing, &mut got);
                for (got, w) in got.iter().zip(w.chunks_exact(cols)) {
                    let want: f64 =
                        x.iter().zip(w).map(|(x, w)| f64::from(*x) * f64::from(*w)).sum();
                    let case = format!("{} {cols} {pattern}: {got} {want}", level.name);
                    let off = (f64::from(*got) - want).abs();
                    assert!(off <= 1e-6 * want.abs() + 0.01, "{case}");
                }
            }
        }
    }
}

#[test]
fn odd_activations() {
    for level in Level::all() {
        let cols = 2 * 128 + 3;
        let matrix = quantised(level, &vec![0.5; cols], &[1.0], cols);
        let result = |x: &[f32]| {
            let (mut bytes, mut out) = (Quantised::new(level), [0.0]);
            bytes.set(x, cols);
            matrix.apply(&bytes, After::Nothing, &mut out);
            out[0]
        };
        assert_eq!(result(&vec![0.0; cols]), 1.0, "{}", level.name);
        assert_eq!(result(&vec![1e-42; cols]), 1.0, "{}: too small to tell from zero", level.name);
        let alike = result(&vec![-3.0; cols]);
        assert!((alike - (1.0 - 1.5 * cols as f32)).abs() < 1.0, "{}: {alike}", level.name);
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX] {
            for at in [0, 9, cols - 1] {
                let mut x = vec![1.0; cols];
                x[at] = bad;
                if bad == f32::MAX {
                    x[if at == 0 { 1 } else { at - 1 }] = f32::MIN;
                }
                // Bytes span both ends, which no f32 does; words reach only as far as the farther one.
                let spans = bad == f32::MAX && level.steps == simd::Steps::Words;
                assert_eq!(result(&x).is_finite(), spans, "{}: {bad} at {at}", level.name);
            }
        }
        let mut quantised = Quantised::new(level);
        quantised.set(&[], cols);
        matrix.apply(&quantised, After::Gelu, &mut []);
    }
}

#[test]
fn curves() {
    for level in Level::all() {
        let identity = FloatMatrix::pack(level, &[1.0], &[0.0], 1);
        let x: Vec<f32> = (-4000..=4000).map(|i| i as f32 / 400.0).collect();
        let mut got = vec![0.0; x.len()];
        identity.apply(&x, After::Gelu, &mut got);
        let want: Vec<f32> = x.iter().map(|x| plain_gelu(*x)).collect();
        let (off, at) = apart(&got, &want);
        assert!(off < 2e-6, "{}: {off} at {}", level.name, x[at]);
        let mut odd = [0.0; 3];
        identity.apply(&[f32::NAN, f32::INFINITY, -1e30], After::Gelu, &mut odd);
        assert!(odd[0].is_nan() && odd[1] == f32::INFINITY && odd[2].abs() < 1e24, "{odd:?}");
    }
}

#[test]
fn norms() {
    let mut rng = StdRng::seed_from_u64(4);
    for level in Level::all() {
        for cols in [1, 3, 8, 16, 50, 384, 385] {
            let x = random(&mut rng, 3 * cols, 5.0);
            let (weight, bias) = (random(&mut rng, cols, 2.0), random(&mut rng, cols, 2.0));
            let mut got = x.clone();
            level.layer_norm(&mut got, &weight, &bias, 1e-5);
            let want = x.chunks_exact(cols).flat_map(|row| {
                let mean = row.iter().sum::<f32>() / cols as f32;
                let variance = row.iter().map(|x| (x - mean).powi(2)).sum::<f32>() / cols as f32;
                let of = row.iter().zip(weight.iter().zip(&bias));
                of.map(|(x, (w, b))| (x - mean) / (variance + 1e-5).sqrt() * w + b)
                    .collect::<Vec<_>>()
            });
            let (off, at) = apart(&got, &want.collect::<Vec<_>>());
            assert!(off < 1e-4, "{} {cols}: {off} at {at}", level.name);
        }
    }
}

fn plain_attention(heads: &Heads<'_>) -> Vec<f32> {
    let (tokens, size) = (heads.rows.len() / heads.stride, heads.size);
    let part = |token: usize, kind: usize, head: usize| {
        let start = token * heads.stride + heads.at[kind] + head * size;
        &heads.rows[start..start + size]
    };
    let mut out = vec![0.0; tokens * heads.heads * size];
    for token in 0..tokens {
        for head in 0..heads.heads {
            let seen = |key: &usize| {
                token.saturating_sub(heads.reach[0]) <= *key
                    && *key <= token.saturating_add(heads.reach[1])
            };
            let score = |key: usize| {
                let pairs = part(token, 0, head).iter().zip(part(key, 1, head));
                pairs.map(|(a, b)| a * b).sum::<f32>() / (size as f32).sqrt()
            };
            let scores: Vec<(usize, f32)> =
                (0..tokens).filter(seen).map(|key| (key, score(key))).collect();
            let top = scores.iter().fold(f32::MIN, |top, score| top.max(score.1));
            let sum: f32 = scores.iter().map(|score| (score.1 - top).exp()).sum();
            for (key, score) in scores {
                let weight = (score - top).exp() / sum;
                let to = &mut out[(token * heads.heads + head) * size..][..size];
                to.iter_mut().zip(part(key, 2, head)).for_each(|(to, v)| *to += weight * v);
            }
        }
    }
    out
}

#[test]
fn attention() {
    let mut rng = StdRng::seed_from_u64(5);
    const ALL: usize = usize::MAX;
    for level in Level::all() {
        for (tokens, heads, size, reach) in [
            (1, 1, 4, [ALL, ALL]),
            (5, 3, 32, [ALL, ALL]),
            (40, 2, 7, [ALL, ALL]),
            (300, 1, 16, [ALL, ALL]),
            (300, 2, 8, [ALL, 0]),
            (530, 1, 5, [6, 6]),
            (70, 1, 64, [0, 3]),
        ] {
            let stride = 3 * heads * size + 2;
            let rows = random(&mut rng, tokens * stride, 3.0);
            let at = [1, heads * size + 1, 2 * heads * size + 2];
            let heads = Heads { rows: &rows, stride, at, size, heads, reach };
            let want = plain_attention(&heads);
            let mut scratch = Scratch::default();
            let width = heads.heads * size;
            for of in [0..tokens, tokens / 3..tokens, 0..tokens / 2] {
                let mut got = vec![0.0; of.len() * width];
                level.attend(&heads, of.clone(), &mut got, &mut scratch);
                let (off, at) = apart(&got, &want[of.start * width..of.end * width]);
                assert!(off < 1e-4, "{} {tokens} {reach:?}: {off} at {at}", level.name);
            }
        }
    }
}

#[test]
fn peaks_are_rates() {
    let peaks = Level::best().peaks();
    assert!((1e6..1e13).contains(&peaks.float) && (1e6..1e13).contains(&peaks.int8), "{peaks:?}");
}
