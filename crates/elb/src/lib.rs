//! Elastic Load Balancing: what balancers should be, and the reconcilers that keep a node of `freehold-balancer` per
//! balancer.
