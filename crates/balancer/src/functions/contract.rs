//! What a node and its region say to each other about functions, on the socket [`SOCKET`] in the node's directory: the
//! node says [`Ask`] and the event, the region says [`Told`] and what the function returned, and the connection ends.
//! Each part is its length, four bytes in network order, and so many bytes: JSON all of them.

use std::io;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// In the node's directory.
pub const SOCKET: &str = "functions.sock";

/// Bytes of an event or of an answer at most; Lambda takes less.
const LARGEST_PART: usize = 16 << 20;

/// Which function is to run, and for whom: a target that is registered in a target group of the balancer's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// ARN of the target group.
    pub group: String,
    /// ARN of the function, as it is registered.
    pub function: String,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Told {
    /// What the function returned follows.
    Returned,
    /// Nothing worth reading follows.
    Failed(Reason),
}

/// Why a function is no answer to a request (*User Guide, Access logs: Error reason codes*).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reason {
    AccessDenied,
    BadRequest,
    InvalidResponse,
    RequestTooLarge,
    ResourceNotFound,
    ResponseTooLarge,
    ServiceException,
    Throttling,
    Unhandled,
}

impl Reason {
    /// In access logs.
    pub fn code(self) -> &'static str {
        match self {
            Reason::AccessDenied => "LambdaAccessDenied",
            Reason::BadRequest => "LambdaBadRequest",
            Reason::InvalidResponse => "LambdaInvalidResponse",
            Reason::RequestTooLarge => "LambdaRequestTooLarge",
            Reason::ResourceNotFound => "LambdaResourceNotFound",
            Reason::ResponseTooLarge => "LambdaResponseTooLarge",
            Reason::ServiceException => "LambdaServiceException",
            Reason::Throttling => "LambdaThrottling",
            Reason::Unhandled => "LambdaUnhandled",
        }
    }

    /// Whether it counts as `LambdaInternalError`; all others are `LambdaUserError`.
    pub fn is_internal(self) -> bool {
        self == Reason::ServiceException
    }

    /// What the client gets (*User Guide, Troubleshoot: HTTP error codes*).
    pub fn status(self) -> u16 {
        match self {
            Reason::BadRequest => 400,
            Reason::RequestTooLarge => 413,
            _ => 502,
        }
    }
}

/// Says a head and what follows it.
pub async fn say(to: &mut (impl AsyncWrite + Unpin), head: &impl Serialize, body: &[u8]) -> io::Result<()> {
    let head = serde_json::to_vec(head)?;
    for part in [&head[..], body] {
        let length = u32::try_from(part.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
        to.write_u32(length).await?;
        to.write_all(part).await?;
    }
    to.flush().await
}

/// Hears a head and what follows it.
pub async fn hear<T: DeserializeOwned>(from: &mut (impl AsyncRead + Unpin)) -> io::Result<(T, Vec<u8>)> {
    let head = part(from).await?;
    Ok((serde_json::from_slice(&head)?, part(from).await?))
}

async fn part(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let length = from.read_u32().await? as usize;
    if length > LARGEST_PART {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut part = vec![0; length];
    from.read_exact(&mut part).await?;
    Ok(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_said_is_heard() {
        let ask = Ask { group: "g".into(), function: "f".into() };
        let mut wire = Vec::new();
        say(&mut wire, &ask, b"{}").await.unwrap();
        assert_eq!(hear::<Ask>(&mut &wire[..]).await.unwrap(), (ask, b"{}".to_vec()));
        assert!(hear::<Ask>(&mut &wire[..wire.len() - 1]).await.is_err(), "half an event is none");
        let huge = [0xff, 0xff, 0xff, 0xff, b'{'];
        assert!(hear::<Ask>(&mut &huge[..]).await.is_err());
    }
}
