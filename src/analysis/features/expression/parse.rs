//! From the tree of evalexpr's parser to terms: what the language holds, and its types.

use evalexpr::{Node, Operator, Value as Literal};

use super::{ExpressionError, Function, LONGEST_EXPRESSION_NAME, MOST_INPUTS, Term, Type};
use crate::analysis::features::catalogue::{Feature, Kind, feature};

/// The deepest brackets.
pub(super) fn depth(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// A part of the tree as a term, and what it is.
pub(super) fn term(node: &Node, inputs: &mut Vec<&'static Feature>) -> Result<(Term, Type), ExpressionError> {
    use Function as F;
    use Type::{Number, YesNo};
    let function = match node.operator() {
        Operator::RootNode => return only(node, inputs),
        Operator::Const { value } => return literal(value),
        Operator::VariableIdentifierRead { identifier } => return input(identifier, inputs),
        Operator::FunctionIdentifier { identifier } => return call(identifier, node, inputs),
        Operator::Add => (F::Add, Number, Number),
        Operator::Sub => (F::Subtract, Number, Number),
        Operator::Mul => (F::Multiply, Number, Number),
        Operator::Div => (F::Divide, Number, Number),
        Operator::Exp => (F::Power, Number, Number),
        Operator::Neg => (F::Negate, Number, Number),
        Operator::Eq => (F::Equal, Number, YesNo),
        Operator::Neq => (F::Unequal, Number, YesNo),
        Operator::Lt => (F::Less, Number, YesNo),
        Operator::Leq => (F::AtMost, Number, YesNo),
        Operator::Gt => (F::More, Number, YesNo),
        Operator::Geq => (F::AtLeast, Number, YesNo),
        Operator::And => (F::And, YesNo, YesNo),
        Operator::Or => (F::Or, YesNo, YesNo),
        Operator::Not => (F::Not, YesNo, YesNo),
        other => return Err(ExpressionError::NotAllowed { what: other.to_string() }),
    };
    let (function, takes, gives) = function;
    let at = node.operator().to_string();
    let needed = if matches!(function, F::Negate | F::Not) { 1 } else { 2 };
    if node.children().len() != needed {
        return Err(ExpressionError::WrongCount { function: at });
    }
    let mut terms = Vec::with_capacity(needed);
    for child in node.children() {
        let (part, found) = term(child, inputs)?;
        if found != takes {
            return Err(ExpressionError::WrongType { at });
        }
        terms.push(part);
    }
    Ok((Term::Call(function, terms), gives))
}

/// What stands alone, or in brackets.
fn only(node: &Node, inputs: &mut Vec<&'static Feature>) -> Result<(Term, Type), ExpressionError> {
    match node.children() {
        [child] => term(child, inputs),
        [] => Err(ExpressionError::Unreadable { reason: "()".to_owned() }),
        _ => Err(ExpressionError::NotAllowed { what: ";".to_owned() }),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a constant that somebody typed")]
fn literal(value: &Literal) -> Result<(Term, Type), ExpressionError> {
    match value {
        Literal::Int(number) => Ok((Term::Number(*number as f64), Type::Number)),
        Literal::Float(number) if number.is_finite() => Ok((Term::Number(*number), Type::Number)),
        Literal::Boolean(holds) => Ok((Term::Number(f64::from(u8::from(*holds))), Type::YesNo)),
        other => Err(ExpressionError::NotAllowed { what: other.to_string() }),
    }
}

fn input(name: &str, inputs: &mut Vec<&'static Feature>) -> Result<(Term, Type), ExpressionError> {
    let named = || name.chars().take(LONGEST_EXPRESSION_NAME).collect();
    let Some(found) = feature(name) else { return Err(ExpressionError::UnknownInput { name: named() }) };
    if found.kind() != Kind::Number {
        return Err(ExpressionError::NotANumber { name: named() });
    }
    let place = inputs.iter().position(|known| known.id == found.id).unwrap_or_else(|| {
        inputs.push(found);
        inputs.len() - 1
    });
    if place >= MOST_INPUTS { Err(ExpressionError::TooLarge) } else { Ok((Term::Input(place), Type::Number)) }
}

fn call(name: &str, node: &Node, inputs: &mut Vec<&'static Feature>) -> Result<(Term, Type), ExpressionError> {
    let (function, counts) = match name {
        "if" => (Function::If, 3..=3),
        "min" => (Function::Min, 2..=8),
        "max" => (Function::Max, 2..=8),
        "abs" => (Function::Abs, 1..=1),
        "sqrt" => (Function::Sqrt, 1..=1),
        "log1p" => (Function::Log1p, 1..=1),
        "floor" => (Function::Floor, 1..=1),
        "round" => (Function::Round, 1..=1),
        _ => return Err(ExpressionError::NotAllowed { what: name.chars().take(40).collect() }),
    };
    let mut terms = Vec::new();
    for argument in arguments(node) {
        terms.push(term(argument, inputs)?);
    }
    if !counts.contains(&terms.len()) {
        return Err(ExpressionError::WrongCount { function: name.to_owned() });
    }
    let wrong = || ExpressionError::WrongType { at: name.to_owned() };
    let gives = match (function, terms.as_slice()) {
        (Function::If, [(_, condition), (_, then), (_, otherwise)]) => {
            if *condition != Type::YesNo || then != otherwise {
                return Err(wrong());
            }
            *then
        }
        (_, terms) if terms.iter().all(|(_, found)| *found == Type::Number) => Type::Number,
        _ => return Err(wrong()),
    };
    Ok((Term::Call(function, terms.into_iter().map(|(term, _)| term).collect()), gives))
}

/// What a function is given: one value, or several with commas, in brackets.
fn arguments(node: &Node) -> &[Node] {
    match node.children() {
        [only] if matches!(only.operator(), Operator::RootNode | Operator::Tuple) => {
            if matches!(only.operator(), Operator::Tuple) { only.children() } else { arguments(only) }
        }
        children => children,
    }
}
