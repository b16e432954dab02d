//! Security policies: which versions of TLS and which ciphers a listener negotiates.
//!
//! The names are AWS's; what each tells is what nodes really negotiate. They have TLS 1.2 with forward secrecy and
//! authenticated encryption, and TLS 1.3: what AWS's policies allow besides (TLS 1.0 and 1.1, CBC, RSA key exchange) is
//! not offered here and not told of.

/// What a policy allows of what nodes have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Policy {
    pub name: &'static str,
    pub tls12: bool,
    pub tls13: bool,
}

/// What a listener gets that asks for none (*CreateListener: SslPolicy*).
pub(super) const DEFAULT: &str = "ELBSecurityPolicy-2016-08";

const fn both(name: &'static str) -> Policy {
    Policy { name, tls12: true, tls13: true }
}

const fn old(name: &'static str) -> Policy {
    Policy { name, tls12: true, tls13: false }
}

/// *ALB user guide, Security policies*.
pub(super) const POLICIES: &[Policy] = &[
    old("ELBSecurityPolicy-2016-08"),
    old("ELBSecurityPolicy-FS-1-1-2019-08"),
    old("ELBSecurityPolicy-FS-1-2-2019-08"),
    old("ELBSecurityPolicy-FS-1-2-Res-2019-08"),
    old("ELBSecurityPolicy-FS-1-2-Res-2020-10"),
    old("ELBSecurityPolicy-FS-2018-06"),
    old("ELBSecurityPolicy-TLS-1-0-2015-04"),
    old("ELBSecurityPolicy-TLS-1-1-2017-01"),
    old("ELBSecurityPolicy-TLS-1-2-2017-01"),
    old("ELBSecurityPolicy-TLS-1-2-Ext-2018-06"),
    both("ELBSecurityPolicy-TLS13-1-0-2021-06"),
    both("ELBSecurityPolicy-TLS13-1-1-2021-06"),
    both("ELBSecurityPolicy-TLS13-1-2-2021-06"),
    both("ELBSecurityPolicy-TLS13-1-2-Ext1-2021-06"),
    both("ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06"),
    both("ELBSecurityPolicy-TLS13-1-2-Res-2021-06"),
    Policy { name: "ELBSecurityPolicy-TLS13-1-3-2021-06", tls12: false, tls13: true },
];

/// What rustls has with ring, in its order.
const TLS12: &[&str] = &[
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-CHACHA20-POLY1305",
    "ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-RSA-CHACHA20-POLY1305",
];
const TLS13: &[&str] = &["TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256"];

pub(super) fn find(name: &str) -> Option<Policy> {
    POLICIES.iter().copied().find(|policy| policy.name == name)
}

impl Policy {
    pub fn protocols(self) -> Vec<String> {
        let versions = [(self.tls12, "TLSv1.2"), (self.tls13, "TLSv1.3")];
        versions.into_iter().filter(|(allowed, _)| *allowed).map(|(_, name)| name.to_owned()).collect()
    }

    /// In the order in which they are preferred.
    pub fn ciphers(self) -> impl Iterator<Item = &'static str> {
        let of = |allowed: bool, ciphers: &'static [&'static str]| if allowed { ciphers } else { &[] };
        of(self.tls13, TLS13).iter().chain(of(self.tls12, TLS12)).copied()
    }
}
