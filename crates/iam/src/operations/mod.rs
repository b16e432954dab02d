//! One file per operation, named as AWS names it.

pub(crate) mod iam;
pub(crate) mod sts;
