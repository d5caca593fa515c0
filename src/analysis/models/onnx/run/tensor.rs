//! Values on a wire, and how those of two shapes go together.

use super::super::proto::{DataType, TensorProto};
use super::RunError;

/// Values in rows, the last side running fastest. Numbers of every type are kept with 64 bits; what a narrower type would lose is
/// taken away by whoever makes one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tensor {
    pub shape: Vec<usize>,
    pub values: Values,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Values {
    Numbers(Vec<f64>),
    Wholes(Vec<i64>),
    Truths(Vec<bool>),
    Texts(Vec<String>),
}

impl Tensor {
    pub fn numbers(shape: Vec<usize>, values: Vec<f64>) -> Tensor {
        Tensor { shape, values: Values::Numbers(values) }
    }

    pub fn wholes(shape: Vec<usize>, values: Vec<i64>) -> Tensor {
        Tensor { shape, values: Values::Wholes(values) }
    }

    pub fn truths(shape: Vec<usize>, values: Vec<bool>) -> Tensor {
        Tensor { shape, values: Values::Truths(values) }
    }

    pub fn texts(shape: Vec<usize>, values: Vec<String>) -> Tensor {
        Tensor { shape, values: Values::Texts(values) }
    }

    /// A constant of a file.
    pub fn of(constant: &TensorProto) -> Result<Tensor, RunError> {
        let broken = || RunError::Unreadable { reason: format!("the constant {}", constant.name()) };
        let shape = constant.dims.iter().map(|side| usize::try_from(*side).ok()).collect::<Option<Vec<usize>>>();
        let shape = shape.ok_or_else(broken)?;
        let (words, rest) = constant.raw_data().as_chunks::<8>();
        let wanted = shape.iter().try_fold(1_usize, |count, side| count.checked_mul(*side));
        if !rest.is_empty() || wanted != Some(words.len()) {
            return Err(broken());
        }
        match constant.data_type {
            Some(of) if of == DataType::Double as i32 => {
                Ok(Tensor::numbers(shape, words.iter().map(|word| f64::from_le_bytes(*word)).collect()))
            }
            Some(of) if of == DataType::Int64 as i32 => {
                Ok(Tensor::wholes(shape, words.iter().map(|word| i64::from_le_bytes(*word)).collect()))
            }
            _ => Err(broken()),
        }
    }

    pub fn into_numbers(self) -> Option<Vec<f64>> {
        if let Values::Numbers(numbers) = self.values { Some(numbers) } else { None }
    }

    pub fn as_numbers(&self) -> Option<&[f64]> {
        if let Values::Numbers(numbers) = &self.values { Some(numbers) } else { None }
    }

    pub fn as_wholes(&self) -> Option<&[i64]> {
        if let Values::Wholes(wholes) = &self.values { Some(wholes) } else { None }
    }
}

/// The shape that two shapes stretch to: sides are matched from the last on, and a side of one goes with any (NumPy's rule).
pub(super) fn stretched(a: &[usize], b: &[usize]) -> Option<Vec<usize>> {
    let sides = a.len().max(b.len());
    let side = |shape: &[usize], from_end: usize| {
        shape.len().checked_sub(from_end + 1).and_then(|place| shape.get(place)).copied().unwrap_or(1)
    };
    let both = (0..sides).rev().map(|from_end| match (side(a, from_end), side(b, from_end)) {
        (one, other) if one == other || other == 1 => Some(one),
        (1, other) => Some(other),
        _ => None,
    });
    both.collect()
}

/// Where in a tensor of `shape` each value of one that was stretched to `to` comes from.
pub(super) fn places(shape: &[usize], to: &[usize]) -> Vec<usize> {
    let total: usize = to.iter().product();
    let offset = to.len() - shape.len();
    let mut steps = vec![0; to.len()];
    let mut step = 1;
    for (place, side) in shape.iter().enumerate().rev() {
        if *side > 1 {
            steps[offset + place] = step;
        }
        step *= side;
    }
    let place = |index: usize| {
        let mut rest = index;
        to.iter().zip(&steps).rev().fold(0, |sum, (side, step)| {
            let here = rest % side;
            rest /= side;
            sum + here * step
        })
    };
    (0..total).map(place).collect()
}
