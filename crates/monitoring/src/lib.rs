//! CloudWatch: metrics that are kept and asked for, alarms that are evaluated and act.
