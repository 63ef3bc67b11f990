//! What generators use: products with blocks, attention to pages, the root-mean-square norm, gates.

use super::*;
use std::sync::Arc;

fn blocks(rng: &mut StdRng, n: usize, like: Blocks) -> Vec<Block> {
    let one = |rng: &mut StdRng| match like {
        Blocks::Bytes => Block::bytes(&random(rng, BLOCK, 1.0)).unwrap(),
        Blocks::Nibbles => Block {
            scale: half::f16::from_f32(rng.random_range(0.01..0.1)),
            low: half::f16::from_f32(rng.random_range(-1.0..0.5)),
            values: std::array::from_fn(|_| rng.random_range(0..16)),
        },
    };
    (0..n).map(|_| one(rng)).collect()
}

fn matrix(
    level: &'static Level,
    like: Blocks,
    all: &[Block],
    (rows, cols): (usize, usize),
    bias: &[f32],
) -> BlockMatrix {
    let mut matrix = BlockMatrix::zeros(level, like, rows, cols).unwrap();
    let of_row = cols.div_ceil(BLOCK);
    for (at, block) in all.iter().enumerate() {
        matrix.set(at / of_row, at % of_row, block);
    }
    matrix.set_bias(bias);
    matrix
}

#[test]
fn products_of_blocks() {
    let mut rng = StdRng::seed_from_u64(6);
    for level in Level::all() {
        for like in [Blocks::Nibbles, Blocks::Bytes] {
            for size in SIZES {
                let (rows, cols, results) = size;
                let all = blocks(&mut rng, results * cols.div_ceil(BLOCK), like);
                let (x, bias) =
                    (random(&mut rng, rows * cols, 2.0), random(&mut rng, results, 3.0));
                let matrix = matrix(level, like, &all, (results, cols), &bias);
                let mut w = vec![0.0; results * cols];
                for (row, w) in w.chunks_exact_mut(cols).enumerate() {
                    matrix.row(row, w);
                    let of_row = cols.div_ceil(BLOCK);
                    for (i, got) in w.iter().enumerate() {
                        let block = &all[row * of_row + i / BLOCK];
                        let value = block.values[i % BLOCK];
                        let low = block.low.to_f32();
                        let want = match like {
                            Blocks::Bytes => f32::from(value as i8) * block.scale.to_f32(),
                            Blocks::Nibbles => f32::from(value) * block.scale.to_f32() + low,
                        };
                        assert_eq!(*got, want, "{} {size:?} {row} {i}", level.name);
                    }
                }
                let mut words = Words::new(level);
                words.set(&x, cols);
                let mut got = vec![0.0; rows * results];
                matrix.apply(&words, After::Nothing, &mut got);
                let (off, at) = apart(&got, &plain(&x, &w, &bias, cols));
                // Half a step of each activation, at random signs.
                let bound = 2e-4 * (cols as f32).sqrt() + 1e-4;
                assert!(off < bound, "{} {like:?} {size:?}: {off} at {at}", level.name);
            }
        }
    }
}

#[test]
fn blocks_at_the_extremes() {
    for level in Level::all() {
        for (like, value, worth) in [(Blocks::Nibbles, 15, 15.0), (Blocks::Bytes, 129, -127.0)] {
            let (cols, one) = (8192, half::f16::ONE);
            let block = Block { scale: one, low: half::f16::ZERO, values: [value; BLOCK] };
            let matrix = matrix(level, like, &vec![block; cols / BLOCK], (1, cols), &[1.0]);
            let result = |x: &[f32]| {
                let (mut words, mut out) = (Words::new(level), [0.0]);
                words.set(x, cols);
                matrix.apply(&words, After::Nothing, &mut out);
                out[0]
            };
            for x in [3.0, -3.0, f32::MAX / 1e9] {
                let (got, want) = (result(&vec![x; cols]), x * worth * cols as f32 + 1.0);
                assert!((got / want - 1.0).abs() < 1e-5, "{} {like:?}: {got} {want}", level.name);
            }
            assert_eq!(result(&vec![0.0; cols]), 1.0, "{}", level.name);
            assert_eq!(result(&vec![1e-42; cols]), 1.0, "{}", level.name);
            for bad in [f32::NAN, f32::INFINITY] {
                let mut x = vec![1.0; cols];
                x[cols - 1] = bad;
                assert!(!result(&x).is_finite(), "{}: {bad}", level.name);
            }
        }
    }
    for bad in [f32::NAN, f32::INFINITY, 1e9] {
        assert!(Block::bytes(&[0.0, bad]).is_none(), "{bad}");
    }
    assert!(BlockMatrix::zeros(Level::best(), Blocks::Bytes, usize::MAX / 2, 64).is_none());
}

/// Several cores must give what one gives.
#[test]
fn cores_share_the_rows() {
    let mut rng = StdRng::seed_from_u64(7);
    let (rows, cols, results) = (9, 320, 700);
    let all = blocks(&mut rng, results * cols / BLOCK, Blocks::Nibbles);
    let x = random(&mut rng, rows * cols, 2.0);
    let level = Level::best();
    let matrix = matrix(level, Blocks::Nibbles, &all, (results, cols), &vec![0.0; results]);
    let mut words = Words::new(level);
    words.set(&x, cols);
    let on = |cores: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(cores).build().unwrap();
        let mut out = vec![0.0; rows * results];
        pool.install(|| matrix.apply(&words, After::Nothing, &mut out));
        out
    };
    let one = on(1);
    assert_eq!(one, on(2));
    assert_eq!(one, on(3));
}

#[test]
fn attention_to_pages() {
    let mut rng = StdRng::seed_from_u64(8);
    for level in Level::all() {
        for (tokens, kept, heads, group, size, reach) in [
            (1usize, 1usize, 1usize, 1usize, 4usize, usize::MAX),
            (37, 37, 2, 3, 64, usize::MAX),
            (70, 1, 3, 3, 16, usize::MAX),
            (100, 63, 1, 2, 7, 20),
            (140, 130, 1, 1, 33, 0),
            (90, 40, 2, 1, 300, usize::MAX),
        ] {
            let shape = Shape { layers: 2, heads, size };
            let mut pages = vec![Page::new(shape); tokens.div_ceil(PAGE)];
            let width = heads * size;
            // Values that half precision holds, so that only sums differ.
            let halves = |rng: &mut StdRng| -> Vec<f32> {
                let all = random(rng, tokens * width, 3.0);
                all.iter().map(|x| half::f16::from_f32(*x).to_f32()).collect()
            };
            let (keys, values) = (halves(&mut rng), halves(&mut rng));
            for token in 0..tokens {
                let of = token * width..(token + 1) * width;
                pages[token / PAGE].put(1, token % PAGE, &keys[of.clone()], &values[of]);
            }
            let pages: Vec<Arc<Page>> = pages.into_iter().map(Arc::new).collect();
            let stride = heads * group * size + 3;
            let queries = random(&mut rng, kept * stride, 2.0);
            let (first, scale) = (tokens - kept, 0.4);
            let of = Paged {
                pages: &pages,
                layer: 1,
                queries: &queries,
                stride,
                heads: heads * group,
                first,
                reach,
                scale,
            };
            let mut want = Vec::new();
            for (row, query) in queries.chunks_exact(stride).enumerate() {
                let here = first + row;
                for head in 0..heads * group {
                    let at = |key: usize| key * width + head / group * size;
                    let query = &query[head * size..][..size];
                    let seen: Vec<usize> = (here.saturating_sub(reach)..=here).collect();
                    let score = |key: &usize| {
                        let pairs = query.iter().zip(&keys[at(*key)..][..size]);
                        pairs.map(|(a, b)| a * b).sum::<f32>() * scale
                    };
                    let scores: Vec<f32> = seen.iter().map(score).collect();
                    let top = scores.iter().fold(f32::MIN, |top, x| top.max(*x));
                    let sum: f32 = scores.iter().map(|x| (x - top).exp()).sum();
                    let mut out = vec![0.0; size];
                    for (key, score) in seen.iter().zip(&scores) {
                        let weight = (score - top).exp() / sum;
                        let values = &values[at(*key)..][..size];
                        out.iter_mut().zip(values).for_each(|(to, v)| *to += weight * v);
                    }
                    want.extend(out);
                }
            }
            let (mut got, mut scratch) = (vec![0.0; want.len()], Scratch::default());
            level.attend_pages(&of, &mut got, &mut scratch);
            let (off, at) = apart(&got, &want);
            assert!(off < 1e-4, "{} {tokens} {size} {reach}: {off} at {at}", level.name);
        }
    }
}

/// Half precision reads back what it holds, on every level, and holds what is too large as its largest.
#[test]
fn pages_hold_any_number() {
    let numbers = [0.0, -1.5, 1e-7, -6.0e-8, 65504.0, 1e9, -1e9, 3.0415];
    let want = [0.0, -1.5, 1.192e-7, -5.96e-8, 65504.0, 65504.0, -65504.0, 3.041];
    let shape = Shape { layers: 1, heads: 1, size: 8 };
    for level in Level::all() {
        let mut page = Page::new(shape);
        page.put(0, 0, &[0.0; 8], &numbers);
        let pages = [Arc::new(page)];
        let of = Paged {
            pages: &pages,
            layer: 0,
            queries: &[1.0; 8],
            stride: 8,
            heads: 1,
            first: 0,
            reach: usize::MAX,
            scale: 1.0,
        };
        let (mut got, mut scratch) = ([0.0; 8], Scratch::default());
        level.attend_pages(&of, &mut got, &mut scratch);
        for (got, want) in got.iter().zip(want) {
            assert!((got - want).abs() <= 1e-4 * f32::abs(want), "{}: {got} {want}", level.name);
        }
    }
}

#[test]
fn rms_norms_and_gates() {
    let mut rng = StdRng::seed_from_u64(9);
    for level in Level::all() {
        for cols in [1, 3, 8, 17, 64, 385] {
            let x = random(&mut rng, 3 * cols, 5.0);
            let weight = random(&mut rng, cols, 2.0);
            let mut got = vec![0.0; x.len()];
            level.rms_norm(&x, &weight, 1e-5, &mut got);
            let want = x.chunks_exact(cols).flat_map(|row| {
                let square = row.iter().map(|x| x * x).sum::<f32>() / cols as f32;
                let of = row.iter().zip(&weight);
                of.map(|(x, w)| x / (square + 1e-5).sqrt() * w).collect::<Vec<_>>()
            });
            let (off, at) = apart(&got, &want.collect::<Vec<_>>());
            assert!(off < 1e-4, "{} {cols}: {off} at {at}", level.name);

            let x = random(&mut rng, 2 * 2 * cols, 9.0);
            let mut got = vec![0.0; 2 * cols];
            for gate in [Gate::Silu, Gate::Gelu, Gate::GeluExact] {
                level.gate(gate, &x, cols, &mut got);
                let of = |x: f32| match gate {
                    Gate::Silu => x / (1.0 + (-x).exp()),
                    Gate::Gelu => {
                        let inner = 0.797_884_6 * (x + 0.044_715 * x * x * x);
                        0.5 * x * (1.0 + inner.tanh())
                    }
                    Gate::GeluExact => plain_gelu(x),
                };
                let rows = x.chunks_exact(2 * cols);
                let want = rows.flat_map(|row| (0..cols).map(|i| of(row[i]) * row[cols + i]));
                let (off, at) = apart(&got, &want.collect::<Vec<_>>());
                assert!(off < 1e-4, "{} {gate:?} {cols}: {off} at {at}", level.name);
            }
            level.gate(Gate::Silu, &vec![f32::NAN; 4 * cols], cols, &mut got);
            assert!(got.iter().all(|x| x.is_nan()), "{}", level.name);
        }
    }
}
