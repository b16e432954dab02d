//! The service `sns`.

mod model;
