//! The data plane of load balancers: one process per balancer (`freehold elb-node`), which serves what its
//! [`Config`](config::Config) says and writes down what it sees as its [`Status`](status::Status). It knows no API, no
//! store and no control plane: it goes on serving when there is none.

pub mod config;
pub mod status;
