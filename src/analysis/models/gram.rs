//! Least squares of any number of visits as a problem with as many rows as columns.
//!
//! With `XᵀX = RᵀR` (Cholesky) and `z = R⁻ᵀ Xᵀy`, the sum of squares `‖y − Xw‖²` is `‖z − Rw‖²` plus a constant. So a
//! solver that is handed `(R, z)` finds the same coefficients as one that is handed a million visits, in no time and in
//! memory that does not depend on their number. (See Golub & Van Loan, Matrix Computations, 4th ed., 5.3.)

use linfa_linalg::cholesky::Cholesky;
use ndarray::{Array1, Array2, Axis};
use rayon::prelude::*;

use crate::analysis::features::FeatureTable;
use crate::base::{Cancelled, Task};

use super::design::Term;

/// Visits that are multiplied at a time. Fixed, so that sums are made in the same order on every machine.
const CHUNK: usize = 4_096;
/// Added to the diagonal, relative to the number of visits: keeps columns that are combinations of others solvable.
const JITTER: f64 = 1e-9;

/// `XᵀX`, `Xᵀy` and their number of visits.
pub(super) struct Gram {
    /// `XᵀX`.
    products: Array2<f64>,
    /// `Xᵀy`.
    with_target: Array1<f64>,
    /// Rows of `X`.
    pub rows: usize,
}

impl Gram {
    /// The products of the standardised design of `terms` with itself and with `target` (a value a visit, mean zero).
    pub fn of(terms: &[Term], features: &FeatureTable, target: &[f64], task: &Task) -> Result<Gram, Cancelled> {
        let chunks: Vec<usize> = (0..target.len()).step_by(CHUNK).collect();
        let width = terms.len();
        let mut gram = Gram {
            products: Array2::zeros((width, width)),
            with_target: Array1::zeros(width),
            rows: target.len(),
        };
        // A wave of chunks at a time keeps memory bounded and lets the task be cancelled in between.
        for (wave, firsts) in chunks.chunks(16).enumerate() {
            task.report("stage.fitting", (wave * 16) as u64, chunks.len() as u64)?;
            let parts: Vec<(Array2<f64>, Array1<f64>)> = firsts
                .par_iter()
                .map(|first| {
                    let rows = CHUNK.min(target.len() - first);
                    let x = design(terms, features, *first, rows);
                    let y = Array1::from(target[*first..first + rows].to_vec());
                    (x.t().dot(&x), x.t().dot(&y))
                })
                .collect();
            for (products, with_target) in parts {
                gram.products += &products;
                gram.with_target += &with_target;
            }
        }
        Ok(gram)
    }

    /// The products themselves, where they are at hand.
    #[cfg(test)]
    pub fn from_parts(products: Array2<f64>, with_target: Array1<f64>, rows: usize) -> Gram {
        Gram { products, with_target, rows }
    }

    /// `R` and `z`; `None` where the products are not positive definite.
    pub fn reduced(&self) -> Option<(Array2<f64>, Array1<f64>)> {
        let mut products = self.products.clone();
        products.diag_mut().mapv_inplace(|value| value + JITTER * self.rows as f64);
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

/// The standardised design of `rows` visits from `first` on.
fn design(terms: &[Term], features: &FeatureTable, first: usize, rows: usize) -> Array2<f64> {
    let mut columns = Array2::zeros((terms.len(), rows));
    for (term, mut column) in terms.iter().zip(columns.axis_iter_mut(Axis(0))) {
        if let Some(column) = column.as_slice_mut() {
            term.fill(features.column(&term.feature), first, column);
        }
    }
    columns.reversed_axes()
}
