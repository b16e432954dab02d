//! Recipes of Freehold's own images.

use sha2::{Digest, Sha256};

/// An image that can be built here from Debian packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recipe {
    /// busybox and dropbear; a few MiB, built in seconds.
    Minimal,
    /// Debian 12 with sshd, cloud-init, python3 and curl.
    Debian12,
}

impl Recipe {
    pub const ALL: [Self; 2] = [Self::Minimal, Self::Debian12];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Minimal => "minimal",
            Self::Debian12 => "debian-12",
        }
    }

    /// The recipe of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|recipe| recipe.name() == name)
    }

    /// Changes whenever the recipe yields something else, so that the image gets a new id.
    fn revision(self) -> u32 {
        match self {
            Self::Minimal => 1,
            Self::Debian12 => 2,
        }
    }

    /// The id of the image that this recipe yields; known before it is built, and the same on every host.
    pub fn image_id(self) -> String {
        let text = format!("freehold recipe {} {} {}", self.name(), self.revision(), env!("CARGO_PKG_VERSION"));
        super::content::id(&Sha256::digest(text))
    }

    /// Name and description of the image when built on that date.
    pub fn describe(self, today: jiff::civil::Date) -> (String, String) {
        match self {
            Self::Minimal => (
                format!("freehold-minimal-{}-amd64", env!("CARGO_PKG_VERSION")),
                "Freehold minimal: busybox and dropbear; user data scripts".into(),
            ),
            Self::Debian12 => (
                format!("debian-12-amd64-{}", today.strftime("%Y%m%d")),
                "Debian 12 (bookworm) with OpenSSH, cloud-init, python3 and curl".into(),
            ),
        }
    }

    pub fn default_user(self) -> &'static str {
        match self {
            Self::Minimal => "root",
            Self::Debian12 => "admin",
        }
    }

    /// Debian packages named by the recipe; what they depend on comes with them.
    pub(super) fn packages(self) -> &'static [&'static str] {
        match self {
            Self::Minimal => &["busybox", "dropbear-bin", "ca-certificates"],
            Self::Debian12 => &[
                "ca-certificates",
                "cloud-init",
                "curl",
                "iproute2",
                "iputils-ping",
                "less",
                "netbase",
                "openssh-server",
                "procps",
                "python3",
                "sudo",
                "tzdata",
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recipes_have_ids_like_amazon_s_and_different_ones() {
        let [minimal, debian] = Recipe::ALL.map(Recipe::image_id);
        assert_ne!(minimal, debian);
        assert_eq!(minimal.len(), "ami-".len() + 17);
        assert_eq!(Recipe::from_name("minimal"), Some(Recipe::Minimal));
        assert_eq!(Recipe::from_name("debian"), None);
    }
}
