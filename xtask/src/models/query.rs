//! What the query protocol calls things, for services whose current model is that of a JSON protocol.

use crate::model::{Metadata, Model, Reference, Shape};

/// Gives `model` the names, wrappers and error codes that the `older` model has for the query protocol, and that
/// protocol itself.
pub fn overlay(model: &mut Model, older: &Model) {
    add_protocol(&mut model.metadata, &older.metadata);
    for (name, operation) in &mut model.operations {
        let wrapper = older.operations.get(name).and_then(|older| older.output.as_ref()?.result_wrapper.clone());
        if let Some(output) = &mut operation.output {
            output.result_wrapper = wrapper;
        }
    }
    for (name, shape) in &mut model.shapes {
        if let Some(older_shape) = older.shapes.get(name) {
            name_members(shape, older_shape, older);
        }
    }
}

fn add_protocol(metadata: &mut Metadata, older: &Metadata) {
    metadata.xml_namespace = older.xml_namespace.clone();
    if !metadata.protocols.contains(&older.protocol) {
        metadata.protocols.push(older.protocol.clone());
    }
}

fn name_members(shape: &mut Shape, older: &Shape, model: &Model) {
    for (name, reference) in &mut shape.members {
        if let Some(older) = older.members.get(name) {
            reference.query_name = form_name(older, model);
            reference.flattened |= older.flattened;
        }
    }
    let inner = [(&mut shape.member, &older.member), (&mut shape.key, &older.key), (&mut shape.value, &older.value)];
    for (reference, older) in inner {
        if let (Some(reference), Some(older)) = (reference, older) {
            // JSON has no names for elements, keys and values, so that these are the query protocol's alone.
            reference.location_name = older.location_name.clone();
        }
    }
    shape.error = shape.error.take().or_else(|| older.error.clone());
}

/// A flattened list or map goes by the name of its element, or by its shape's own.
fn form_name(reference: &Reference, model: &Model) -> Option<String> {
    let shape = model.shapes.get(&reference.shape)?;
    let element = shape.member.as_ref().filter(|_| reference.flattened || shape.flattened);
    element.and_then(|element| element.location_name.clone()).or_else(|| reference.location_name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(value: serde_json::Value) -> Model {
        serde_json::from_value(value).expect("a model")
    }

    #[test]
    fn the_older_protocol_keeps_its_names_and_codes() {
        let mut current = model(serde_json::json!({
            "metadata": {"apiVersion": "1", "endpointPrefix": "q", "serviceId": "Q", "protocol": "json"},
            "operations": {"Get": {"name": "Get", "http": {"method": "POST", "requestUri": "/"}, "output": {"shape": "Out"}}},
            "shapes": {
                "Out": {"type": "structure", "members": {"Items": {"shape": "Items"}}},
                "Items": {"type": "list", "member": {"shape": "Item"}, "flattened": true},
                "Item": {"type": "string"},
                "Gone": {"type": "structure", "exception": true, "members": {}},
            },
        }));
        let older = model(serde_json::json!({
            "metadata": {"apiVersion": "1", "endpointPrefix": "q", "serviceId": "Q", "protocol": "query", "xmlNamespace": "n"},
            "operations": {"Get": {"name": "Get", "http": {"method": "POST", "requestUri": "/"},
                                   "output": {"shape": "Out", "resultWrapper": "GetResult"}}},
            "shapes": {
                "Out": {"type": "structure", "members": {"Items": {"shape": "Items"}}},
                "Items": {"type": "list", "member": {"shape": "Item", "locationName": "Item"}, "flattened": true},
                "Item": {"type": "string"},
                "Gone": {"type": "structure", "exception": true, "members": {}, "error": {"code": "Q.Gone"}},
            },
        }));
        overlay(&mut current, &older);
        assert_eq!(current.metadata.protocols, ["query"]);
        let get = current.operations["Get"].output.as_ref().expect("an output");
        assert_eq!(get.result_wrapper.as_deref(), Some("GetResult"));
        assert_eq!(current.shapes["Out"].members["Items"].query_name.as_deref(), Some("Item"));
        assert_eq!(current.shapes["Gone"].error.as_ref().and_then(|error| error.code.as_deref()), Some("Q.Gone"));
    }
}
