//! Least squares of any number of visits as a problem with as many rows as columns.
//!
//! With `XᵀX = RᵀR` (Cholesky) and `z = R⁻ᵀ Xᵀy`, the sum of squares `‖y − Xw‖²` is `‖z − Rw‖²` plus a constant. So a
//! solver that is handed `(R, z)` finds the same coefficients as one that is handed a million visits, in no time and in
//! memory that does not depend on their number. (See Golub & Van Loan, Matrix Computations, 4th ed., 5.3.) Weighted
//! least squares is the same with `XᵀWX` and `XᵀWy`; there the columns are centred by their weighted means, so that the
//! intercept needs no column and is not penalised.

use linfa_linalg::cholesky::Cholesky;
use ndarray::{Array1, Array2, Axis};
use rayon::prelude::*;

use crate::analysis::features::FeatureTable;
use crate::base::{Cancelled, Task};

use super::design::{Columns, Term};

/// Visits that are multiplied at a time. Fixed, so that sums are made in the same order on every machine.
const CHUNK: usize = 4_096;
/// Chunks between two looks at whether the task was cancelled.
const WAVE: usize = 16;
/// Added to the diagonal, relative to the weight: keeps columns that are combinations of others solvable.
const JITTER: f64 = 1e-9;

/// A matrix with a row a visit that is made block by block and never stands in memory as a whole.
pub(super) trait Rows: Sync {
    /// Visits.
    fn rows(&self) -> usize;
    /// Columns.
    fn width(&self) -> usize;
    /// The `rows` rows from `first` on.
    fn block(&self, first: usize, rows: usize) -> Array2<f64>;
}

/// The standardised columns of some terms.
pub(super) struct Design<'a> {
    terms: &'a [Term],
    columns: Vec<Columns<'a>>,
    rows: usize,
}

/// `XᵀX`, `Xᵀy` and the weight of the visits.
pub(super) struct Gram {
    /// `XᵀX`.
    products: Array2<f64>,
    /// `Xᵀy`.
    with_target: Array1<f64>,
    /// The number of visits, or the sum of their weights.
    pub weight: f64,
}

/// The weighted means that columns and target were centred by.
pub(super) struct Centre {
    /// Of each column.
    pub columns: Array1<f64>,
    /// Of the target.
    pub target: f64,
}

impl<'a> Design<'a> {
    /// The columns of `terms` for every row of `features`.
    pub fn new(terms: &'a [Term], features: &'a FeatureTable) -> Design<'a> {
        let columns = terms.iter().map(|term| term.columns(features)).collect();
        Design { terms, columns, rows: features.len() }
    }
}

impl Rows for Design<'_> {
    fn rows(&self) -> usize {
        self.rows
    }

    fn width(&self) -> usize {
        self.terms.len()
    }

    fn block(&self, first: usize, rows: usize) -> Array2<f64> {
        let mut block = Array2::zeros((self.terms.len(), rows));
        for ((term, columns), mut row) in self.terms.iter().zip(&self.columns).zip(block.axis_iter_mut(Axis(0))) {
            if let Some(row) = row.as_slice_mut() {
                term.fill(*columns, first, row);
            }
        }
        block.reversed_axes()
    }
}

impl Gram {
    /// The products of `design`, whose columns have the mean zero, with itself and with `target` (a value a visit, mean
    /// zero).
    pub fn of(design: &impl Rows, target: &[f64], task: &Task) -> Result<Gram, Cancelled> {
        let mut gram = Gram::empty(design.width());
        let part = |first: usize, rows: usize| {
            let x = design.block(first, rows);
            let y = Array1::from(target[first..first + rows].to_vec());
            (x.t().dot(&x), x.t().dot(&y))
        };
        in_chunks(design.rows(), task, part, |(products, with_target)| {
            gram.products += &products;
            gram.with_target += &with_target;
        })?;
        gram.weight = design.rows() as f64;
        Ok(gram)
    }

    /// The products with a weight a visit, of columns and target that are centred by their weighted means.
    pub fn weighted(
        design: &impl Rows,
        target: &[f64],
        weights: &[f64],
        task: &Task,
    ) -> Result<(Gram, Centre), Cancelled> {
        let width = design.width();
        let mut gram = Gram::empty(width);
        let (mut columns, mut sum) = (Array1::<f64>::zeros(width), 0.0);
        let part = |first: usize, rows: usize| {
            let x = design.block(first, rows);
            let w = Array1::from(weights[first..first + rows].to_vec());
            let wy = &w * &Array1::from(target[first..first + rows].to_vec());
            let wx = &x * &w.view().insert_axis(Axis(1));
            (x.t().dot(&wx), x.t().dot(&wy), wx.sum_axis(Axis(0)), wy.sum(), w.sum())
        };
        in_chunks(design.rows(), task, part, |(products, with_target, of_columns, of_target, weight)| {
            gram.products += &products;
            gram.with_target += &with_target;
            columns += &of_columns;
            sum += of_target;
            gram.weight += weight;
        })?;
        let total = gram.weight.max(f64::MIN_POSITIVE);
        let centre = Centre { columns: columns / total, target: sum / total };
        for (row, mean) in centre.columns.iter().enumerate() {
            gram.products.row_mut(row).scaled_add(-mean * total, &centre.columns);
            gram.with_target[row] -= mean * sum;
        }
        Ok((gram, centre))
    }

    /// The same problem with `penalty × weight ÷ 2` times the sum of the squared coefficients added.
    pub fn with_ridge(mut self, penalty: f64, weight: f64) -> Gram {
        self.products.diag_mut().mapv_inplace(|value| value + penalty * weight);
        self
    }

    fn empty(width: usize) -> Gram {
        Gram { products: Array2::zeros((width, width)), with_target: Array1::zeros(width), weight: 0.0 }
    }

    /// The products themselves, where they are at hand.
    #[cfg(test)]
    pub fn from_parts(products: Array2<f64>, with_target: Array1<f64>, rows: usize) -> Gram {
        Gram { products, with_target, weight: rows as f64 }
    }

    /// `R` and `z`; `None` where the products are not positive definite.
    pub fn reduced(&self) -> Option<(Array2<f64>, Array1<f64>)> {
        let mut products = self.products.clone();
        products.diag_mut().mapv_inplace(|value| value + JITTER * self.weight);
        let lower = products.cholesky().ok()?;
        let mut z = self.with_target.clone();
        for row in 0..z.len() {
            let known: f64 = (0..row).map(|column| lower[[row, column]] * z[column]).sum();
            z[row] = (z[row] - known) / lower[[row, row]];
        }
        let finite = lower.iter().chain(z.iter()).all(|value| value.is_finite());
        finite.then(|| (lower.reversed_axes(), z))
    }
}

/// The linear predictions `intercept + X w`.
pub(super) fn linear_predictions(
    design: &impl Rows,
    intercept: f64,
    coefficients: &Array1<f64>,
    task: &Task,
) -> Result<Vec<f64>, Cancelled> {
    let mut predictions = Vec::with_capacity(design.rows());
    let part = |first: usize, rows: usize| design.block(first, rows).dot(coefficients);
    in_chunks(design.rows(), task, part, |part| predictions.extend(part.iter().map(|value| value + intercept)))?;
    Ok(predictions)
}

/// Computes `part(first row, rows)` of each chunk, several at a time, and hands them to `take` in their order.
fn in_chunks<P: Send>(
    rows: usize,
    task: &Task,
    part: impl Fn(usize, usize) -> P + Sync,
    mut take: impl FnMut(P),
) -> Result<(), Cancelled> {
    let chunks: Vec<usize> = (0..rows).step_by(CHUNK).collect();
    // A wave of chunks at a time keeps memory bounded and lets the task be cancelled in between.
    for (wave, firsts) in chunks.chunks(WAVE).enumerate() {
        task.report("stage.fitting", (wave * WAVE) as u64, chunks.len() as u64)?;
        let parts: Vec<P> = firsts.par_iter().map(|first| part(*first, CHUNK.min(rows - first))).collect();
        parts.into_iter().for_each(&mut take);
    }
    Ok(())
}
