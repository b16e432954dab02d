//! The scalars without constraints, which all services share.

use super::{Kind, Schema};

pub static BOOLEAN: Schema = Schema::new("Boolean", Kind::Boolean);
pub static INTEGER: Schema = Schema::new("Integer", Kind::Integer);
pub static LONG: Schema = Schema::new("Long", Kind::Long);
pub static FLOAT: Schema = Schema::new("Float", Kind::Float);
pub static DOUBLE: Schema = Schema::new("Double", Kind::Double);
pub static STRING: Schema = Schema::new("String", Kind::String);
pub static BLOB: Schema = Schema::new("Blob", Kind::Blob);
pub static TIMESTAMP: Schema = Schema::new("Timestamp", Kind::Timestamp);
