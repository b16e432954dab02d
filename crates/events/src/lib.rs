//! EventBridge and its Scheduler: rules that match events, schedules that come due, and targets that are told.
