//! Keeps of a model what the supported operations reach.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use indexmap::IndexMap;

use crate::model::{Model, Operation, Shape};

/// The model with only the operations named, the shapes they reach, and the names of the rest.
pub fn strip(mut model: Model, names: &[String]) -> Result<Model> {
    let wanted: BTreeSet<&str> = names.iter().map(String::as_str).collect();
    let mut operations = IndexMap::new();
    for name in &wanted {
        let operation = model.operations.get(*name).with_context(|| format!("no operation {name}"))?;
        operations.insert((*name).to_owned(), operation.clone());
    }
    model.unsupported = model.operations.keys().filter(|name| !wanted.contains(name.as_str())).cloned().collect();
    model.unsupported.sort();
    if model.metadata.protocol.starts_with("rest") {
        let route = |name: &String| (name.clone(), model.operations[name].http.clone());
        model.unsupported_routes = model.unsupported.iter().map(route).collect();
    }
    model.shapes = closure(&operations, &model.shapes)?;
    model.operations = operations;
    Ok(model)
}

/// Takes the constraints of these shapes away.
pub fn open(model: &mut Model, shapes: &[String]) -> Result<()> {
    for name in shapes {
        let shape = model.shapes.get_mut(name).with_context(|| format!("no shape {name}"))?;
        (shape.min, shape.max, shape.pattern) = (None, None, None);
        shape.values.clear();
    }
    Ok(())
}

/// Every shape that the operations reach, sorted by name.
fn closure(
    operations: &IndexMap<String, Operation>,
    shapes: &IndexMap<String, Shape>,
) -> Result<IndexMap<String, Shape>> {
    let roots = operations
        .values()
        .flat_map(|operation| operation.input.iter().chain(&operation.output).chain(&operation.errors));
    let mut waiting: Vec<&str> = roots.map(|reference| reference.shape.as_str()).collect();
    let mut reached = BTreeSet::new();
    while let Some(name) = waiting.pop() {
        if reached.insert(name) {
            let shape = shapes.get(name).with_context(|| format!("no shape {name}"))?;
            waiting.extend(shape.references().map(|reference| reference.shape.as_str()));
        }
    }
    Ok(reached.into_iter().map(|name| (name.to_owned(), shapes[name].clone())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> Model {
        serde_json::from_value(serde_json::json!({
            "metadata": {"apiVersion": "1", "endpointPrefix": "x", "serviceId": "X", "protocol": "json"},
            "operations": {
                "Take": {"name": "Take", "http": {"method": "POST", "requestUri": "/"}, "input": {"shape": "In"},
                         "documentation": "<p>prose</p>"},
                "Leave": {"name": "Leave", "http": {"method": "POST", "requestUri": "/"}, "input": {"shape": "Other"}},
            },
            "shapes": {
                "In": {"type": "structure", "members": {"Self": {"shape": "In"}, "Names": {"shape": "Names"}}},
                "Names": {"type": "list", "member": {"shape": "Name"}},
                "Name": {"type": "string", "documentation": "<p>prose</p>"},
                "Other": {"type": "structure", "members": {}},
            },
        }))
        .expect("a model")
    }

    #[test]
    fn what_is_reached_stays_and_the_rest_is_named() {
        let model = strip(model(), &["Take".to_owned()]).expect("stripped");
        assert_eq!(model.shapes.keys().collect::<Vec<_>>(), ["In", "Name", "Names"]);
        assert_eq!(model.unsupported, ["Leave"]);
        assert!(!serde_json::to_string(&model).expect("JSON").contains("prose"));
    }

    #[test]
    fn an_operation_that_aws_does_not_have_is_an_error() {
        assert!(strip(model(), &["Invent".to_owned()]).is_err());
    }
}
