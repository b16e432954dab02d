//! `ec2.cores`: when cores come to be held, or are given back, machines are moved to those that they may run on; and while
//! any are held, whatever is started that is no machine is kept on the others.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};

use crate::Ec2;

pub struct PinMachines {
    ec2: Arc<Ec2>,
}

impl PinMachines {
    pub fn new(ec2: Arc<Ec2>) -> Self {
        Self { ec2 }
    }
}

#[async_trait]
impl Reconciler for PinMachines {
    fn name(&self) -> &'static str {
        "ec2.cores"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(2)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        Ok(if self.ec2.is_unsettled().await { vec!["cores".to_owned()] } else { Vec::new() })
    }

    async fn step(&self, _: &str) -> Result<Next, Failure> {
        self.ec2.settle_cores().await?;
        self.ec2.confine_rest().await?;
        Ok(Next::Settled)
    }
}
