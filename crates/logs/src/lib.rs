//! CloudWatch Logs: groups and streams of events, durable once acknowledged, read back by time, filter and tail.
