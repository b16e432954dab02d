//! No network at all, for `--machines none`: VPCs exist in the control plane's state only.

use std::os::fd::OwnedFd;
use std::sync::Arc;

use async_trait::async_trait;

use super::Network;
use super::metadata::MetadataSource;
use super::plan::VpcPlan;
use crate::driver::{Error, Result};
use crate::spec::Interface;

/// Accepts every plan and makes nothing of it.
#[derive(Debug, Default, Clone, Copy)]
pub struct NoNetwork;

#[async_trait]
impl Network for NoNetwork {
    async fn apply(&self, _plan: &VpcPlan) -> Result<()> {
        Ok(())
    }

    async fn remove(&self, _vpc: &str) -> Result<()> {
        Ok(())
    }

    async fn list(&self) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    async fn attach_container(&self, _interface: &Interface, _index: usize, _pid: u32) -> Result<()> {
        Ok(())
    }

    async fn attach_vm(&self, _interface: &Interface) -> Result<OwnedFd> {
        Err(Error::Unsupported("machines exist in state only: there is no device to hand out".to_owned()))
    }

    async fn detach(&self, _interface: &Interface) -> Result<()> {
        Ok(())
    }

    fn serve_metadata(&self, _source: Arc<dyn MetadataSource>) {}
}
