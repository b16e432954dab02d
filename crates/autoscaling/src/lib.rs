//! Auto Scaling: groups that launch, check, replace and scale real instances.
