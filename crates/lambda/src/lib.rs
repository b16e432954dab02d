//! Lambda: functions, their versions and aliases, who may invoke them, and what invokes them.
