//! Who is calling, and may they: access keys, roles, temporary credentials and policies; the services `iam` and
//! `sts`.

pub mod policy;
