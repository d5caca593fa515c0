//! Running an exported graph, without a runtime of somebody else's: what was written is read back from its bytes and computed.
//!
//! It knows the operators that this program writes and no others, by the words of their specification (`ai.onnx` 17,
//! `ai.onnx.ml` 3), and shares nothing with the models but the bytes. A journey holds it against onnxruntime. Not here: speed,
//! and graphs from elsewhere. The invariant: a graph that is not whole is an error, never a panic and never a number.

mod ensemble;
mod operators;
mod tensor;

use std::collections::HashMap;

use prost::Message;

use crate::analysis::features::Value;

use super::proto::{DataType, GraphProto, Kind as TypeKind, ModelProto};
use tensor::Tensor;

/// Why a graph cannot be run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// The bytes are no ONNX file.
    #[error("the bytes are no ONNX file: {reason}")]
    Unreadable {
        /// What the decoder says.
        reason: String,
    },
    /// An operator, or a use of one, that this program does not write.
    #[error("the operator {operator} is not run here as it is used")]
    Operator {
        /// Its name.
        operator: String,
    },
    /// A wire that nothing was written to.
    #[error("nothing is written to {wire}")]
    Wire {
        /// Its name.
        wire: String,
    },
    /// Values whose shapes or types do not go together.
    #[error("shapes or types do not go together in {operator}")]
    Shapes {
        /// The operator.
        operator: String,
    },
}

/// A graph that was read back.
#[derive(Debug)]
pub struct OnnxGraph {
    graph: GraphProto,
    constants: HashMap<String, Tensor>,
}

impl OnnxGraph {
    /// Reads a file.
    ///
    /// # Errors
    /// [`RunError`].
    pub fn read(bytes: &[u8]) -> Result<OnnxGraph, RunError> {
        let unreadable = |reason: String| RunError::Unreadable { reason };
        let model = ModelProto::decode(bytes).map_err(|error| unreadable(error.to_string()))?;
        let graph = model.graph.ok_or_else(|| unreadable("it holds no graph".to_owned()))?;
        let constants = graph
            .initializer
            .iter()
            .map(|constant| Ok((constant.name().to_owned(), Tensor::of(constant)?)))
            .collect::<Result<HashMap<String, Tensor>, RunError>>()?;
        Ok(OnnxGraph { graph, constants })
    }

    /// The minutes that it answers, a value for each of `rows`; `value` gives a row's features.
    ///
    /// # Errors
    /// [`RunError`].
    pub fn predict<'v>(
        &self,
        rows: usize,
        value: &dyn Fn(usize, &str) -> Value<'v>,
    ) -> Result<Vec<f64>, RunError> {
        let first = self.outputs(rows, value)?.into_iter().next();
        first.map(|(_, minutes)| minutes).ok_or_else(|| RunError::Wire { wire: "minutes".to_owned() })
    }

    /// Every output by its name, the prediction first: minutes, a value for each of `rows`.
    ///
    /// # Errors
    /// [`RunError`].
    pub fn outputs<'v>(
        &self,
        rows: usize,
        value: &dyn Fn(usize, &str) -> Value<'v>,
    ) -> Result<Vec<(String, Vec<f64>)>, RunError> {
        let mut wires: HashMap<&str, Tensor> = HashMap::new();
        for input in &self.graph.input {
            let is_text = match input.r#type.as_ref().and_then(|of| of.value.as_ref()) {
                Some(TypeKind::TensorType(tensor)) => tensor.elem_type == Some(DataType::String as i32),
                None => false,
            };
            let column = if is_text {
                let text = |row| match value(row, input.name()) {
                    Value::Category(name) => name.to_owned(),
                    Value::Number(_) | Value::Missing => String::new(),
                };
                Tensor::texts(vec![rows, 1], (0..rows).map(text).collect())
            } else {
                let number = |row| match value(row, input.name()) {
                    Value::Number(number) => f64::from(single(number)),
                    Value::Category(_) | Value::Missing => f64::NAN,
                };
                Tensor::numbers(vec![rows, 1], (0..rows).map(number).collect())
            };
            wires.insert(input.name(), column);
        }
        for node in &self.graph.node {
            let found = {
                let read = |wire: &String| {
                    let known = wires.get(wire.as_str()).or_else(|| self.constants.get(wire));
                    known.ok_or_else(|| RunError::Wire { wire: wire.clone() })
                };
                let inputs = node.input.iter().map(read).collect::<Result<Vec<&Tensor>, RunError>>()?;
                operators::run(node, &inputs)?
            };
            let [output] = node.output.as_slice() else {
                return Err(RunError::Operator { operator: node.op_type().to_owned() });
            };
            wires.insert(output, found);
        }
        let mut told = |output: &str| {
            let minutes = wires.remove(output).ok_or_else(|| RunError::Wire { wire: output.to_owned() })?;
            let shapes = || RunError::Shapes { operator: output.to_owned() };
            let minutes = minutes.into_numbers().ok_or_else(shapes)?;
            match minutes.as_slice() {
                // A model that asks for no feature answers once for all.
                [always] if self.graph.input.is_empty() => Ok((output.to_owned(), vec![*always; rows])),
                of_rows if of_rows.len() == rows => Ok((output.to_owned(), minutes)),
                _ => Err(shapes()),
            }
        };
        self.graph.output.iter().map(|output| told(output.name())).collect()
    }
}

/// Numbers come into a graph as 32-bit floats.
#[expect(clippy::cast_possible_truncation, reason = "it is what the input's type says")]
fn single(number: f64) -> f32 {
    number as f32
}
