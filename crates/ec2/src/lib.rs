//! EC2: instances, their network and their images.

pub mod model;
