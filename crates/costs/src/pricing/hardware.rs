//! What the price list says of instance types besides what they cost.

/// The catalogue's facts.
#[derive(Debug, Clone, PartialEq)]
pub struct TypeAttributes {
    /// `General purpose`
    pub family: &'static str,
    /// AWS still recommends it.
    pub is_current: bool,
    pub memory_mib: u64,
    /// How many, of how many GB each, `ssd` or `hdd`, and whether by NVMe.
    pub disks: Option<(u32, u64, &'static str, bool)>,
    /// `Up to 5 Gigabit`
    pub network: &'static str,
    pub clock_ghz: Option<f64>,
    /// `Intel`
    pub manufacturer: &'static str,
    pub gpus: u32,
}

/// Where they are.
pub trait Hardware: Send + Sync + 'static {
    fn attributes(&self, name: &str) -> Option<TypeAttributes>;
}

impl TypeAttributes {
    /// `0.5 GiB`
    pub fn memory(&self) -> String {
        format!("{} GiB", self.memory_mib as f64 / 1024.0)
    }

    /// `EBS only`, `2 x 75 NVMe SSD`
    pub fn storage(&self) -> String {
        let Some((count, gb, kind, is_nvme)) = self.disks else { return "EBS only".to_owned() };
        let (nvme, kind) = (if is_nvme { "NVMe " } else { "" }, kind.to_ascii_uppercase());
        format!("{count} x {gb} {nvme}{kind}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_written_as_the_price_list_does() {
        let nano = TypeAttributes {
            family: "General purpose",
            is_current: true,
            memory_mib: 512,
            disks: None,
            network: "Up to 5 Gigabit",
            clock_ghz: Some(2.5),
            manufacturer: "Intel",
            gpus: 0,
        };
        assert_eq!((nano.memory().as_str(), nano.storage().as_str()), ("0.5 GiB", "EBS only"));
        let large = TypeAttributes { memory_mib: 8192, disks: Some((1, 75, "ssd", true)), ..nano };
        assert_eq!((large.memory().as_str(), large.storage().as_str()), ("8 GiB", "1 x 75 NVMe SSD"));
    }
}
