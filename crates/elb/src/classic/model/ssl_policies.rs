//! The predefined security policies of classic balancers (*User Guide for Classic Load Balancers, Predefined SSL
//! security policies*). All allow TLS 1.2, which is what nodes negotiate of them.

pub const DEFAULT: &str = "ELBSecurityPolicy-2016-08";

pub const PREDEFINED: &[&str] = &[
    "ELBSecurityPolicy-2016-08",
    "ELBSecurityPolicy-TLS-1-2-2017-01",
    "ELBSecurityPolicy-TLS-1-1-2017-01",
    "ELBSecurityPolicy-2015-05",
    "ELBSecurityPolicy-2015-03",
    "ELBSecurityPolicy-2015-02",
    "ELBSecurityPolicy-2014-10",
    "ELBSecurityPolicy-2014-01",
    "ELBSecurityPolicy-2011-08",
];
