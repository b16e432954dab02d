//! What the node, the forker and a sandbox's init say to each other: one JSON text a packet, descriptors beside it.

use std::io::{IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::PathBuf;

use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage};
use rustix::net::{SendFlags, SocketFlags, SocketType};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// More than environment variables, which AWS limits to 4 KB, and paths can be.
const LARGEST: usize = 96 << 10;
const MOST_DESCRIPTORS: usize = 4;

/// To the forker, with the init's end of its socket and the network namespace.
#[derive(Debug, Serialize, Deserialize)]
pub struct Fork {
    /// `cgroup.procs` of all of its groups.
    pub groups: Vec<PathBuf>,
    /// An empty directory of the host to build the root on.
    pub root: PathBuf,
    /// User and group of programs.
    pub user: u32,
    pub hostname: String,
    /// The block device with the file system for `/tmp`.
    pub tmp: PathBuf,
}

/// To an init.
#[derive(Debug, Serialize, Deserialize)]
pub enum Order {
    Furnish(Furnish),
    /// With its standard output, and the other descriptor it is to have.
    Start(Start),
}

/// What the sandbox is to show besides what all of them do. Paths of the host are absolute and without links.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Furnish {
    /// Directories and files that are to be seen elsewhere, read-only.
    pub binds: Vec<Bind>,
    /// Where the merged content of several directories is to be seen, of which later ones win.
    pub merged: Option<(Vec<PathBuf>, PathBuf)>,
    /// Another `/tmp` than the one it was prepared with.
    pub tmp: Option<PathBuf>,
    pub links: Vec<Link>,
}

/// A symbolic link, whether there is anything where it leads or not.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Link {
    pub at: PathBuf,
    pub target: PathBuf,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Bind {
    pub from: PathBuf,
    pub to: PathBuf,
}

/// A program to run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Start {
    /// By which [`News`] call it.
    pub number: u32,
    /// As seen inside.
    pub program: PathBuf,
    pub arguments: Vec<String>,
    pub environment: Vec<(String, String)>,
    pub directory: PathBuf,
    /// The variable that is to hold the number of the other descriptor.
    pub descriptor_variable: Option<String>,
}

/// From a sandbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum News {
    /// Its init has this process id on the host.
    Born {
        pid: u32,
    },
    /// It can be furnished.
    Ready,
    Furnished,
    /// With a descriptor of the process (pidfd), by which it can be sent signals: the init itself may not.
    Started {
        number: u32,
    },
    /// The program could not be started; the system's error number, if it has one.
    NotStarted {
        number: u32,
        code: Option<i32>,
        reason: String,
    },
    Ended {
        number: u32,
        end: End,
    },
    /// It cannot go on, and ends.
    Failed {
        reason: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    Exited(i32),
    Killed(i32),
}

/// Both ends of a connection that keeps packets apart and tells when the other end is gone.
pub fn pair() -> std::io::Result<(OwnedFd, OwnedFd)> {
    let kind = SocketType::SEQPACKET;
    Ok(rustix::net::socketpair(rustix::net::AddressFamily::UNIX, kind, SocketFlags::CLOEXEC, None)?)
}

pub fn send(socket: impl AsFd, message: &impl Serialize, descriptors: &[BorrowedFd<'_>]) -> std::io::Result<()> {
    let text = serde_json::to_vec(message)?;
    if text.len() > LARGEST || descriptors.len() > MOST_DESCRIPTORS {
        return Err(std::io::ErrorKind::InvalidInput.into());
    }
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST_DESCRIPTORS))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if !descriptors.is_empty() {
        // There is room for as many.
        control.push(SendAncillaryMessage::ScmRights(descriptors));
    }
    loop {
        match rustix::net::sendmsg(&socket, &[IoSlice::new(&text)], &mut control, SendFlags::NOSIGNAL) {
            Err(rustix::io::Errno::INTR) => {}
            other => return Ok(other.map(drop)?),
        }
    }
}

/// The next message; `None` when the other end is closed.
pub fn receive<T: DeserializeOwned>(socket: impl AsFd) -> std::io::Result<Option<(T, Vec<OwnedFd>)>> {
    let mut text = vec![0; LARGEST];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST_DESCRIPTORS))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let got = loop {
        let mut into = [IoSliceMut::new(&mut text)];
        match rustix::net::recvmsg(&socket, &mut into, &mut control, RecvFlags::CMSG_CLOEXEC) {
            Err(rustix::io::Errno::INTR) => {}
            Err(rustix::io::Errno::CONNRESET) => return Ok(None),
            other => break other?,
        }
    };
    if got.bytes == 0 {
        return Ok(None);
    }
    let mut descriptors = Vec::new();
    for message in control.drain() {
        if let RecvAncillaryMessage::ScmRights(rights) = message {
            descriptors.extend(rights);
        }
    }
    Ok(Some((serde_json::from_slice(&text[..got.bytes])?, descriptors)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_arrive_whole_with_their_descriptors_and_then_the_end() {
        let (ours, theirs) = pair().unwrap();
        let (_, writer) = std::io::pipe().unwrap();
        send(&ours, &News::Born { pid: 7 }, &[writer.as_fd()]).unwrap();
        send(&ours, &News::Ready, &[]).unwrap();
        let (first, descriptors) = receive::<News>(&theirs).unwrap().unwrap();
        assert_eq!((first, descriptors.len()), (News::Born { pid: 7 }, 1));
        assert_eq!(receive::<News>(&theirs).unwrap().unwrap().0, News::Ready);
        drop(ours);
        assert!(receive::<News>(&theirs).unwrap().is_none());
    }
}
