//! Certificate Manager: certificates that balancers present, imported or issued by the region's own authority.
