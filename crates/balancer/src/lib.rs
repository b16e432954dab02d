//! The data plane of load balancers: one process per balancer (`freehold elb-node`), which serves what its
//! [`Config`](config::Config) says and writes down what it sees as its [`Status`](status::Status). It knows no API, no
//! store and no control plane: it goes on serving when there is none.
//!
//! [`node`] puts a process together. A *keeper* thread watches the configuration, compiles it into a
//! [`snapshot`], checks the health of targets and writes the status. Each *worker* thread has listening sockets of its
//! own (`SO_REUSEPORT`), a runtime of its own and connections of its own; nothing that a request passes crosses threads.
//! The way of a request is [`http::h1::serve`] from top to bottom; that of a flow is [`l4::tcp`].

mod access_log;
mod balance;
pub mod config;
mod cookie;
mod counters;
pub mod functions;
mod health;
mod http;
mod io;
mod l4;
pub mod node;
mod rules;
mod snapshot;
pub mod status;
mod tls;
mod worker;
