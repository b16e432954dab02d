//! The data plane of Lambda: execution environments, the Runtime API they speak, and the process that keeps them.
