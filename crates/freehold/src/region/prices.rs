//! What things cost: EC2's catalogue and a sheet of prices, which `prices.toml` of the data directory replaces.

use std::io::ErrorKind;
use std::sync::Arc;

use anyhow::{Context, Result};
use freehold_billing::Ledger;
use freehold_billing::sheet::{InstanceTypes, Sheet};
use freehold_core::{Clock, DEFAULT_REGION};
use freehold_costs::{Hardware, TypeAttributes};
use freehold_ec2::catalogue::{self, Category, Priced};
use freehold_store::SharedStore;

use crate::data_dir::DataDir;

/// EC2's instance types, as the price list describes them.
pub struct Catalogue;

impl Hardware for Catalogue {
    fn attributes(&self, name: &str) -> Option<TypeAttributes> {
        let kind = catalogue::find(name)?;
        let store = kind.instance_store.as_ref();
        Some(TypeAttributes {
            family: match kind.category {
                Category::GeneralPurpose => "General purpose",
                Category::ComputeOptimized => "Compute optimized",
                Category::MemoryOptimized => "Memory optimized",
                Category::StorageOptimized => "Storage optimized",
                Category::AcceleratedComputing => "GPU instance",
                Category::Hpc => "HPC optimized",
            },
            is_current: kind.current_generation,
            memory_mib: kind.memory_mib,
            disks: store.map(|store| (store.disks, store.disk_gb, store.kind, store.nvme == "required")),
            network: kind.network_performance,
            clock_ghz: kind.clock_ghz,
            manufacturer: kind.cpu_manufacturer,
            gpus: kind.accelerator.as_ref().map_or(0, |accelerator| accelerator.count),
        })
    }
}

/// The region's bills.
pub fn ledger(store: SharedStore, clock: Arc<dyn Clock>, data: &DataDir) -> Result<Arc<Ledger>> {
    let types: Arc<dyn InstanceTypes> = Arc::new(Priced);
    let sheet = sheet(data, Arc::clone(&types))?;
    Ok(Arc::new(Ledger::new(store, clock, DEFAULT_REGION, types, sheet)))
}

/// A file with a mistake is refused whole: who replaces prices means all of them.
fn sheet(data: &DataDir, types: Arc<dyn InstanceTypes>) -> Result<Sheet> {
    let path = data.prices();
    match std::fs::read_to_string(&path) {
        Ok(text) => Sheet::read(&text, types).with_context(|| path.display().to_string()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Sheet::builtin(types)?),
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sheet_that_comes_with_the_program_knows_the_catalogue() {
        let dir = tempfile::tempdir().unwrap();
        let sheet = sheet(&DataDir::new(Some(dir.path().into())).unwrap(), Arc::new(Priced)).unwrap();
        assert!(sheet.offers().plans().count() > 100);
        assert!(Priced.find("t3.micro").unwrap().on_demand.is_some());
    }

    #[test]
    fn a_file_with_a_mistake_is_refused_by_its_name() {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::new(Some(dir.path().into())).unwrap();
        std::fs::write(data.prices(), "date = 1").unwrap();
        let error = format!("{:#}", sheet(&data, Arc::new(Priced)).err().unwrap());
        assert!(error.contains("prices.toml") && error.contains("date"), "{error}");
    }
}
