//! A graph of ONNX operators while it is written: wires between nodes, constants, and the inputs of a contract.
//!
//! Numbers come in as floats, the precision in which features are kept, and are 64-bit from then on. A name becomes its
//! place in a list of known names: one place more is a name that is not in the list, two more is none at all.

use std::collections::BTreeMap;

use crate::analysis::features::Kind;
use crate::analysis::models::{Contract, ContractFeature};

use super::OnnxError;
use super::proto::{
    AttributeProto, AttributeType, DataType, Dimension, GraphProto, Kind as TypeKind, NodeProto, Size, Tensor,
    TensorProto, TensorShapeProto, TypeProto, ValueInfoProto,
};

/// The domain of the operators for classical models.
pub(super) const ML: &str = "ai.onnx.ml";
/// What a missing name is.
const NO_NAME: &str = "";
/// The number of visits in a batch, as the shapes call it.
const ROWS: &str = "N";

/// A value between two nodes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Wire(String);

/// A graph that is being written.
pub(super) struct Graph<'c> {
    contract: &'c Contract,
    nodes: Vec<NodeProto>,
    constants: Vec<TensorProto>,
    numbers: BTreeMap<String, Wire>,
    wires: usize,
}

/// The names that a category is told by, as places.
pub(super) struct Names {
    /// `[N, 1]`, whole numbers of 64 bits.
    pub codes: Wire,
    /// The place of a name that is not in the list.
    pub unseen: i64,
    /// The place of no name.
    pub missing: i64,
}

impl<'c> Graph<'c> {
    /// Without nodes; its inputs are the features of `contract`.
    pub fn new(contract: &'c Contract) -> Graph<'c> {
        Graph { contract, nodes: Vec::new(), constants: Vec::new(), numbers: BTreeMap::new(), wires: 0 }
    }

    /// A feature that is a number: `[N, 1]`, NaN where missing.
    pub fn number(&mut self, feature: &str) -> Result<Wire, OnnxError> {
        if let Some(wire) = self.numbers.get(feature) {
            return Ok(wire.clone());
        }
        let input = self.input(feature, Kind::Number)?;
        let wire = self.cast(&input, DataType::Double);
        self.numbers.insert(feature.to_owned(), wire.clone());
        Ok(wire)
    }

    /// A feature that is a name, by its place in `names`, of which each stands there once.
    pub fn names(&mut self, feature: &str, names: &[&str]) -> Result<Names, OnnxError> {
        let input = self.input(feature, Kind::Category)?;
        let [unseen, missing] = [names.len(), names.len() + 1].map(long);
        // A level without a name cannot be told from no name.
        let named = names.iter().enumerate().filter(|(_, name)| **name != NO_NAME);
        let (mut places, mut keys): (Vec<i64>, Vec<Vec<u8>>) =
            named.map(|(place, name)| (long(place), name.as_bytes().to_vec())).unzip();
        places.push(missing);
        keys.push(NO_NAME.as_bytes().to_vec());
        let attributes =
            vec![strings("keys_strings", keys), ints("values_int64s", places), int("default_int64", unseen)];
        Ok(Names { codes: self.node(ML, "LabelEncoder", &[&input], attributes), unseen, missing })
    }

    /// Whether the contract says that a feature is a name.
    pub fn is_category(&self, feature: &str) -> bool {
        self.is(feature, Kind::Category)
    }

    fn is(&self, feature: &str, kind: Kind) -> bool {
        self.contract.features().iter().any(|named| named.id == feature && named.kind == kind.id())
    }

    fn input(&self, feature: &str, kind: Kind) -> Result<Wire, OnnxError> {
        if self.is(feature, kind) {
            Ok(Wire(feature.to_owned()))
        } else {
            Err(OnnxError::Unfit { feature: feature.to_owned() })
        }
    }

    /// What a node without attributes makes of `inputs`.
    pub fn apply(&mut self, operator: &str, inputs: &[&Wire]) -> Wire {
        self.node("", operator, inputs, Vec::new())
    }

    /// What a node makes of `inputs`.
    pub fn node(
        &mut self,
        domain: &str,
        operator: &str,
        inputs: &[&Wire],
        attributes: Vec<AttributeProto>,
    ) -> Wire {
        let output = self.wire();
        self.nodes.push(NodeProto {
            input: inputs.iter().map(|wire| wire.0.clone()).collect(),
            output: vec![output.0.clone()],
            name: Some(format!("{operator}{}", output.0)),
            op_type: Some(operator.to_owned()),
            domain: (!domain.is_empty()).then(|| domain.to_owned()),
            attribute: attributes,
        });
        output
    }

    /// The same values in another type.
    pub fn cast(&mut self, wire: &Wire, to: DataType) -> Wire {
        self.node("", "Cast", &[wire], vec![int("to", i64::from(to as i32))])
    }

    /// Columns side by side.
    pub fn beside(&mut self, wires: &[Wire]) -> Wire {
        match wires {
            [one] => one.clone(),
            _ => self.node("", "Concat", &wires.iter().collect::<Vec<_>>(), vec![int("axis", 1)]),
        }
    }

    /// The columns of `wire` at `places`.
    pub fn columns(&mut self, wire: &Wire, places: &[usize]) -> Wire {
        let places: Vec<i64> = places.iter().copied().map(long).collect();
        let places = self.longs(&[places.len()], &places);
        self.node("", "Gather", &[wire, &places], vec![int("axis", 1)])
    }

    /// `wire`, and `otherwise` where it is NaN.
    pub fn filled(&mut self, wire: &Wire, otherwise: &Wire) -> Wire {
        let missing = self.apply("IsNaN", &[wire]);
        self.apply("Where", &[&missing, otherwise, wire])
    }

    /// `wire` kept between two numbers.
    pub fn clipped(&mut self, wire: &Wire, least: f64, most: f64) -> Wire {
        let [least, most] = [least, most].map(|bound| self.doubles(&[], &[bound]));
        self.apply("Clip", &[wire, &least, &most])
    }

    /// 1 where the two are the same, else 0.
    pub fn same(&mut self, wire: &Wire, other: &Wire) -> Wire {
        let same = self.apply("Equal", &[wire, other]);
        self.cast(&same, DataType::Double)
    }

    /// 1 where the columns of `wire` at `places` are NaN, else 0.
    pub fn missing(&mut self, wire: &Wire, places: &[usize]) -> Wire {
        let taken = self.columns(wire, places);
        let missing = self.apply("IsNaN", &[&taken]);
        self.cast(&missing, DataType::Double)
    }

    /// A number.
    pub fn constant(&mut self, value: f64) -> Wire {
        self.doubles(&[1, 1], &[value])
    }

    /// A number for every visit; one alone where the contract names no feature that would say how many there are.
    pub fn everywhere(&mut self, value: f64) -> Wire {
        let number = self.constant(value);
        let Some(any) = self.contract.features().first().map(|feature| Wire(feature.id.clone())) else {
            return number;
        };
        let shape = self.apply("Shape", &[&any]);
        self.apply("Expand", &[&number, &shape])
    }

    /// One row of numbers.
    pub fn row(&mut self, values: &[f64]) -> Wire {
        self.doubles(&[1, values.len()], values)
    }

    /// Numbers of this shape.
    pub fn doubles(&mut self, shape: &[usize], values: &[f64]) -> Wire {
        let wire = self.wire();
        self.constants.push(doubles(Some(&wire.0), shape, values));
        wire
    }

    /// Whole numbers of this shape.
    pub fn longs(&mut self, shape: &[usize], values: &[i64]) -> Wire {
        let wire = self.wire();
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.constants.push(tensor(Some(&wire.0), shape, DataType::Int64, bytes));
        wire
    }

    fn wire(&mut self) -> Wire {
        self.wires += 1;
        Wire(format!("_{}", self.wires))
    }

    /// The graph with these outputs.
    pub fn finish(mut self, outputs: &[(String, Wire)], name: &str) -> GraphProto {
        for (output, wire) in outputs {
            self.apply("Identity", &[wire]);
            if let Some(written) = self.nodes.last_mut().and_then(|node| node.output.first_mut()) {
                output.clone_into(written);
            }
        }
        let features = self.contract.features();
        let rows = if features.is_empty() { Size::DimValue(1) } else { Size::DimParam(ROWS.to_owned()) };
        GraphProto {
            node: self.nodes,
            name: Some(name.to_owned()),
            initializer: self.constants,
            input: features
                .iter()
                .map(|feature| column(&feature.id, of_kind(feature), &rows, &feature.unit))
                .collect(),
            output: outputs.iter().map(|(output, _)| column(output, DataType::Double, &rows, "minutes")).collect(),
        }
    }
}

fn of_kind(feature: &ContractFeature) -> DataType {
    if feature.kind == Kind::Category.id() { DataType::String } else { DataType::Float }
}

/// A named column of a batch.
fn column(name: &str, data: DataType, rows: &Size, unit: &str) -> ValueInfoProto {
    let dim = [rows.clone(), Size::DimValue(1)].map(|size| Dimension { value: Some(size) }).to_vec();
    let tensor = Tensor { elem_type: Some(data as i32), shape: Some(TensorShapeProto { dim }) };
    ValueInfoProto {
        name: Some(name.to_owned()),
        r#type: Some(TypeProto { value: Some(TypeKind::TensorType(tensor)) }),
        doc_string: Some(unit.to_owned()),
    }
}

fn tensor(name: Option<&str>, shape: &[usize], data: DataType, bytes: Vec<u8>) -> TensorProto {
    TensorProto {
        dims: shape.iter().copied().map(long).collect(),
        data_type: Some(data as i32),
        name: name.map(str::to_owned),
        raw_data: Some(bytes),
    }
}

fn doubles(name: Option<&str>, shape: &[usize], values: &[f64]) -> TensorProto {
    tensor(name, shape, DataType::Double, values.iter().flat_map(|value| value.to_le_bytes()).collect())
}

fn attribute(name: &str, of: AttributeType) -> AttributeProto {
    AttributeProto { name: Some(name.to_owned()), r#type: Some(of as i32), ..AttributeProto::default() }
}

pub(super) fn int(name: &str, value: i64) -> AttributeProto {
    AttributeProto { i: Some(value), ..attribute(name, AttributeType::Int) }
}

pub(super) fn ints(name: &str, values: Vec<i64>) -> AttributeProto {
    AttributeProto { ints: values, ..attribute(name, AttributeType::Ints) }
}

pub(super) fn string(name: &str, value: &str) -> AttributeProto {
    AttributeProto { s: Some(value.as_bytes().to_vec()), ..attribute(name, AttributeType::String) }
}

pub(super) fn strings(name: &str, values: Vec<Vec<u8>>) -> AttributeProto {
    AttributeProto { strings: values, ..attribute(name, AttributeType::Strings) }
}

/// A list of 64-bit numbers.
pub(super) fn numbers(name: &str, values: &[f64]) -> AttributeProto {
    AttributeProto { t: Some(doubles(None, &[values.len()], values)), ..attribute(name, AttributeType::Tensor) }
}

/// Everything counted here is far below 2^63.
pub(super) fn long(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
