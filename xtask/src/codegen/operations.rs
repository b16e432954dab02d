//! Operations: a marker type each, and the table of all.

use crate::codegen::service::Context;
use crate::codegen::{Files, HEADER, names};
use crate::model::{Operation, Reference};

pub fn generate(context: &Context<'_>, files: &mut Files) {
    let mut markers = String::new();
    let mut table = String::new();
    for (index, operation) in context.model.operations.values().enumerate() {
        let (input, output) = (type_of(&operation.input), type_of(&operation.output));
        markers += &format!("operation!({}, {index}, {input} => {output});\n", operation.name);
        table += &row(context, operation);
    }
    let count = context.model.operations.len();
    let text = format!(
        "{HEADER}//! The operations of this service: types that name them, and their table.\n\n\
         use freehold_wire::schema::Schema;\n#[allow(unused_imports)]\nuse freehold_wire::schema::Unit;\n\
         use freehold_wire::service::OperationModel;\n\n\
         use super::{{schemas, types}};\n\n{markers}\n\
         #[allow(dead_code)]\nstatic UNIT: Schema = Schema::structure(\"Unit\", &[]);\n\n\
         /// Sorted by name.\npub static OPERATIONS: [OperationModel; {count}] = [\n{table}];\n"
    );
    files.insert(format!("{}/op.rs", context.service).into(), text);
}

fn type_of(reference: &Option<Reference>) -> String {
    reference.as_ref().map_or("Unit".to_owned(), |it| format!("types::{}", names::type_name(&it.shape)))
}

fn row(context: &Context<'_>, operation: &Operation) -> String {
    let schema = |reference: &Option<Reference>| {
        reference.as_ref().map_or("&UNIT".to_owned(), |it| format!("&schemas::{}", context.static_name(&it.shape)))
    };
    let wrapper = operation.output.as_ref().and_then(|output| output.result_wrapper.as_deref()).unwrap_or_default();
    format!(
        "    OperationModel {{\n        name: {:?},\n        http_method: {:?},\n        http_uri: {:?},\n        \
         http_status: {},\n        input: {},\n        output: {},\n        result_wrapper: {wrapper:?},\n    }},\n",
        operation.name,
        operation.http.method,
        operation.http.request_uri,
        operation.http.response_code.unwrap_or(200),
        schema(&operation.input),
        schema(&operation.output),
    )
}
