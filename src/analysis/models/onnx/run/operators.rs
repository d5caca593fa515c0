//! What each operator makes of its inputs.

use super::super::proto::{AttributeProto, DataType, NodeProto};
use super::tensor::{Tensor, Values, places, stretched};
use super::{RunError, ensemble, single};

pub(super) fn attribute<'n>(node: &'n NodeProto, name: &str) -> Option<&'n AttributeProto> {
    node.attribute.iter().find(|attribute| attribute.name() == name)
}

/// Runs one node.
pub(super) fn run(node: &NodeProto, inputs: &[&Tensor]) -> Result<Tensor, RunError> {
    let operator = node.op_type();
    let shapes = || RunError::Shapes { operator: operator.to_owned() };
    let found = match (operator, inputs) {
        ("Identity", [one]) => Some((*one).clone()),
        ("Shape", [one]) => {
            let sides: Option<Vec<i64>> = one.shape.iter().map(|side| i64::try_from(*side).ok()).collect();
            sides.map(|sides| Tensor::wholes(vec![sides.len()], sides))
        }
        ("Expand", [one, shape]) => expanded(one, shape),
        ("Cast", [one]) => cast(one, attribute(node, "to").and_then(|to| to.i)),
        ("Concat", parts) => concatenated(parts),
        ("Gather", [one, at]) => gathered(one, at, attribute(node, "axis").and_then(|axis| axis.i).unwrap_or(0)),
        ("Where", [condition, yes, no]) => chosen(condition, yes, no),
        ("Clip", [one, least, most]) => clipped(one, least, most),
        ("MatMul", [one, other]) => product(one, other),
        ("LabelEncoder", [one]) => labels(node, one),
        ("TreeEnsembleRegressor", [one]) => return ensemble::run(node, one),
        ("IsNaN", [one]) => one
            .as_numbers()
            .map(|of| Tensor::truths(one.shape.clone(), of.iter().map(|number| number.is_nan()).collect())),
        ("Exp" | "Log" | "Floor", [one]) => {
            let of = match operator {
                "Exp" => f64::exp,
                "Log" => f64::ln,
                _ => f64::floor,
            };
            one.as_numbers().map(|all| Tensor::numbers(one.shape.clone(), all.iter().map(|x| of(*x)).collect()))
        }
        (
            "Add" | "Sub" | "Mul" | "Div" | "Min" | "Max" | "Equal" | "Less" | "GreaterOrEqual" | "And",
            [one, other],
        ) => pairwise(operator, one, other),
        _ => return Err(RunError::Operator { operator: operator.to_owned() }),
    };
    found.ok_or_else(shapes)
}

fn expanded(one: &Tensor, shape: &Tensor) -> Option<Tensor> {
    let to: Option<Vec<usize>> = shape.as_wholes()?.iter().map(|side| usize::try_from(*side).ok()).collect();
    let to = stretched(&one.shape, &to?)?;
    let numbers = one.as_numbers()?;
    let values = places(&one.shape, &to).into_iter().map(|place| numbers.get(place).copied());
    Some(Tensor::numbers(to.clone(), values.collect::<Option<Vec<f64>>>()?))
}

fn cast(one: &Tensor, to: Option<i64>) -> Option<Tensor> {
    let is = |data: DataType| to == Some(i64::from(data as i32));
    let shape = one.shape.clone();
    if is(DataType::Double) || is(DataType::Float) {
        let narrow = is(DataType::Float);
        let kept = |number: f64| if narrow { f64::from(single(number)) } else { number };
        let numbers = match &one.values {
            Values::Numbers(numbers) => numbers.iter().map(|number| kept(*number)).collect(),
            Values::Wholes(wholes) => wholes.iter().map(|whole| kept(*whole as f64)).collect(),
            Values::Truths(truths) => truths.iter().map(|truth| f64::from(u8::from(*truth))).collect(),
            Values::Texts(_) => return None,
        };
        return Some(Tensor::numbers(shape, numbers));
    }
    if !is(DataType::Int64) {
        return None;
    }
    let wholes = match &one.values {
        #[expect(clippy::cast_possible_truncation, reason = "towards zero, as the operator does")]
        Values::Numbers(numbers) => numbers.iter().map(|number| *number as i64).collect(),
        Values::Wholes(wholes) => wholes.clone(),
        Values::Truths(truths) => truths.iter().map(|truth| i64::from(*truth)).collect(),
        Values::Texts(_) => return None,
    };
    Some(Tensor::wholes(shape, wholes))
}

/// Columns side by side.
fn concatenated(parts: &[&Tensor]) -> Option<Tensor> {
    let rows = parts.iter().map(|part| part.shape.first().copied()).max()??;
    let mut columns = 0;
    for part in parts {
        let [of, width] = part.shape.as_slice() else { return None };
        columns += width;
        if *of != rows {
            return None;
        }
    }
    let mut values = Vec::with_capacity(rows * columns);
    for row in 0..rows {
        for part in parts {
            let width = *part.shape.get(1)?;
            values.extend_from_slice(part.as_numbers()?.get(row * width..(row + 1) * width)?);
        }
    }
    Some(Tensor::numbers(vec![rows, columns], values))
}

/// Columns at places, or values of a list at places of any shape.
fn gathered(one: &Tensor, at: &Tensor, axis: i64) -> Option<Tensor> {
    let (numbers, at_places) = (one.as_numbers()?, at.as_wholes()?);
    match (one.shape.as_slice(), axis) {
        ([length], 0) => {
            let values = at_places
                .iter()
                .map(|place| numbers.get(usize::try_from(*place).ok().filter(|place| place < length)?).copied());
            Some(Tensor::numbers(at.shape.clone(), values.collect::<Option<Vec<f64>>>()?))
        }
        ([rows, width], 1) if at.shape.len() == 1 => {
            let mut values = Vec::with_capacity(rows * at_places.len());
            for row in 0..*rows {
                for place in at_places {
                    let place = usize::try_from(*place).ok().filter(|place| place < width)?;
                    values.push(*numbers.get(row * width + place)?);
                }
            }
            Some(Tensor::numbers(vec![*rows, at_places.len()], values))
        }
        _ => None,
    }
}

fn chosen(condition: &Tensor, yes: &Tensor, no: &Tensor) -> Option<Tensor> {
    let Values::Truths(truths) = &condition.values else { return None };
    let shape = stretched(&stretched(&condition.shape, &yes.shape)?, &no.shape)?;
    let (of_yes, of_no) = (yes.as_numbers()?, no.as_numbers()?);
    let (at, at_yes, at_no) =
        (places(&condition.shape, &shape), places(&yes.shape, &shape), places(&no.shape, &shape));
    let values = at.iter().zip(at_yes.iter().zip(&at_no)).map(|(at, (yes, no))| {
        if *truths.get(*at)? { of_yes.get(*yes).copied() } else { of_no.get(*no).copied() }
    });
    Some(Tensor::numbers(shape.clone(), values.collect::<Option<Vec<f64>>>()?))
}

/// NaN stays NaN.
fn clipped(one: &Tensor, least: &Tensor, most: &Tensor) -> Option<Tensor> {
    let ([least], [most]) = (least.as_numbers()?, most.as_numbers()?) else { return None };
    let within = |number: &f64| {
        if number < least {
            *least
        } else if number > most {
            *most
        } else {
            *number
        }
    };
    Some(Tensor::numbers(one.shape.clone(), one.as_numbers()?.iter().map(within).collect()))
}

fn product(one: &Tensor, other: &Tensor) -> Option<Tensor> {
    let ([rows, inner], [also, columns]) = (one.shape.as_slice(), other.shape.as_slice()) else { return None };
    if inner != also {
        return None;
    }
    let (a, b) = (one.as_numbers()?, other.as_numbers()?);
    let mut values = Vec::with_capacity(rows * columns);
    for row in 0..*rows {
        let of_row = a.get(row * inner..(row + 1) * inner)?;
        for column in 0..*columns {
            let of_column = b.iter().skip(column).step_by(*columns);
            values.push(of_row.iter().zip(of_column).map(|(a, b)| a * b).sum());
        }
    }
    Some(Tensor::numbers(vec![*rows, *columns], values))
}

fn labels(node: &NodeProto, one: &Tensor) -> Option<Tensor> {
    let Values::Texts(texts) = &one.values else { return None };
    let keys = &attribute(node, "keys_strings")?.strings;
    let codes = &attribute(node, "values_int64s")?.ints;
    let otherwise = attribute(node, "default_int64")?.i?;
    if keys.len() != codes.len() {
        return None;
    }
    let known: std::collections::HashMap<&[u8], i64> =
        keys.iter().map(Vec::as_slice).zip(codes.iter().copied()).collect();
    let code = |text: &String| known.get(text.as_bytes()).copied().unwrap_or(otherwise);
    Some(Tensor::wholes(one.shape.clone(), texts.iter().map(code).collect()))
}

/// Operators on two tensors that are stretched to one shape.
fn pairwise(operator: &str, one: &Tensor, other: &Tensor) -> Option<Tensor> {
    let shape = stretched(&one.shape, &other.shape)?;
    let at: Vec<(usize, usize)> =
        places(&one.shape, &shape).into_iter().zip(places(&other.shape, &shape)).collect();
    /// The pairs of two columns, in the order of the result.
    fn pairs<T: Copy>(a: &[T], b: &[T], at: &[(usize, usize)]) -> Option<Vec<(T, T)>> {
        at.iter().map(|(left, right)| Some((*a.get(*left)?, *b.get(*right)?))).collect()
    }
    match (&one.values, &other.values) {
        (Values::Numbers(a), Values::Numbers(b)) => {
            let pairs = pairs(a, b, &at)?;
            let numbers = |of: fn(f64, f64) -> f64| {
                Some(Tensor::numbers(shape.clone(), pairs.iter().map(|(a, b)| of(*a, *b)).collect()))
            };
            let truths = |of: fn(&f64, &f64) -> bool| {
                Some(Tensor::truths(shape.clone(), pairs.iter().map(|(a, b)| of(a, b)).collect()))
            };
            match operator {
                "Add" => numbers(|a, b| a + b),
                "Sub" => numbers(|a, b| a - b),
                "Mul" => numbers(|a, b| a * b),
                "Div" => numbers(|a, b| a / b),
                "Min" => numbers(f64::min),
                "Max" => numbers(f64::max),
                "Equal" => truths(f64::eq),
                "Less" => truths(f64::lt),
                "GreaterOrEqual" => truths(f64::ge),
                _ => None,
            }
        }
        (Values::Wholes(a), Values::Wholes(b)) => {
            let pairs = pairs(a, b, &at)?;
            let wholes = |of: fn(i64, i64) -> Option<i64>| {
                let values: Option<Vec<i64>> = pairs.iter().map(|(a, b)| of(*a, *b)).collect();
                Some(Tensor::wholes(shape.clone(), values?))
            };
            match operator {
                "Add" => wholes(i64::checked_add),
                "Mul" => wholes(i64::checked_mul),
                "Min" => wholes(|a, b| Some(a.min(b))),
                "Equal" => Some(Tensor::truths(shape.clone(), pairs.iter().map(|(a, b)| a == b).collect())),
                _ => None,
            }
        }
        (Values::Truths(a), Values::Truths(b)) if operator == "And" => {
            let pairs = pairs(a, b, &at)?;
            Some(Tensor::truths(shape, pairs.iter().map(|(a, b)| *a && *b).collect()))
        }
        _ => None,
    }
}
