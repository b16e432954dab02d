//! The service `sns`.
