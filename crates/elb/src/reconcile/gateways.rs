//! The region's end of the sockets by which nodes have functions run ([`freehold_balancer::functions::contract`]): one for
//! each node, in the node's own directory, so that it is known who asks. Which are open is remembered as long as this
//! process lives; the next one opens them anew.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use freehold_balancer::functions::contract::{Ask, SOCKET, Told, hear, say};
use freehold_core::reconcile::Failure;
use freehold_machine::node::NodeDriver;
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinHandle;

use crate::Elb;
use crate::model::LoadBalancer;

/// After a connection could not be accepted: descriptors have run out, most likely.
const PAUSE: Duration = Duration::from_millis(50);

/// Those that are open, by the balancers' ARNs.
#[derive(Default)]
pub struct Gateways(Mutex<HashMap<String, JoinHandle<()>>>);

impl Gateways {
    /// Opens the socket of a balancer's node, unless it is open. The node's directory must be there.
    pub async fn open(&self, elb: &Arc<Elb>, driver: &dyn NodeDriver, balancer: &LoadBalancer) -> Result<(), Failure> {
        if self.lock().contains_key(&balancer.arn) {
            return Ok(());
        }
        let listener = UnixListener::from_std(driver.listen(&balancer.id, SOCKET).await?)?;
        let task = tokio::spawn(serve(Arc::clone(elb), listener, balancer.arn.clone()));
        self.lock().insert(balancer.arn.clone(), task);
        Ok(())
    }

    pub fn close(&self, balancer: &LoadBalancer) {
        if let Some(task) = self.lock().remove(&balancer.arn) {
            task.abort();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, JoinHandle<()>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Gateways {
    fn drop(&mut self) {
        for task in self.lock().values() {
            task.abort();
        }
    }
}

async fn serve(elb: Arc<Elb>, listener: UnixListener, balancer: String) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let (elb, balancer) = (Arc::clone(&elb), balancer.clone());
                tokio::spawn(async move {
                    if let Err(error) = answer(&elb, stream, &balancer).await {
                        tracing::debug!(balancer, "a node went away: {error}");
                    }
                });
            }
            Err(error) => {
                tracing::warn!(balancer, "a node that has a request for a function is not heard: {error}");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// The function runs to its end even if the node does not wait for it.
async fn answer(elb: &Elb, mut stream: UnixStream, balancer: &str) -> std::io::Result<()> {
    let (ask, event) = hear::<Ask>(&mut stream).await?;
    match elb.run_function(balancer, &ask, event).await {
        Ok(returned) => say(&mut stream, &Told::Returned, &returned).await,
        Err(reason) => say(&mut stream, &Told::Failed(reason), &[]).await,
    }
}
