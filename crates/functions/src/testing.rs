//! What this crate's tests share.

use crate::spec::{LogFormat, Logging, Network, Revision};

pub fn revision() -> Revision {
    Revision {
        account: "000000000000".into(),
        region: "us-east-1".into(),
        function: "f".into(),
        arn: "arn:aws:lambda:us-east-1:000000000000:function:f".into(),
        version: "$LATEST".into(),
        runtime: "provided.al2023".into(),
        handler: "app.handler".into(),
        layers: Vec::new(),
        environment: Default::default(),
        memory_mib: 128,
        tmp_mib: 512,
        timeout_seconds: 3,
        logging: Logging {
            group: "/aws/lambda/f".into(),
            format: LogFormat::Text,
            application_level: None,
            system_level: None,
        },
        network: Network::Public,
        is_traced: false,
    }
}
