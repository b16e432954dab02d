//! Access logs: lines of all workers, gathered in compressed files that appear at the end of each interval where AWS would
//! put them into the bucket (*User Guide, Access logs: Access log files*).

use std::fs::{self, File};
use std::io::{self, Write};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use rand::Rng;

use crate::config::AccessLog;

/// Where workers put their lines.
pub struct Sink(Sender<Message>);

enum Message {
    Lines(Vec<u8>),
    Place(Option<Place>),
    End,
}

/// What the name of a file is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    pub log: AccessLog,
    /// `app/my-balancer/50dc6c495c0c9188`
    pub balancer: String,
    pub address: Ipv4Addr,
    /// Logs of classic balancers are not.
    pub is_compressed: bool,
}

impl Sink {
    /// The sink, and the thread that writes. It ends after [`Sink::end`].
    pub fn start() -> io::Result<(Sink, JoinHandle<()>)> {
        let (sender, receiver) = channel();
        let thread = std::thread::Builder::new().name("access-log".into()).spawn(move || write_all(&receiver))?;
        Ok((Sink(sender), thread))
    }

    pub fn write(&self, lines: Vec<u8>) {
        // Only after the end, when nobody is served any more.
        let _ = self.0.send(Message::Lines(lines));
    }

    /// From now on files are written there, or nowhere.
    pub fn place(&self, place: Option<Place>) {
        let _ = self.0.send(Message::Place(place));
    }

    pub fn end(&self) {
        let _ = self.0.send(Message::End);
    }
}

fn write_all(receiver: &Receiver<Message>) {
    let mut place = None;
    let mut file: Option<Open> = None;
    loop {
        let message = receiver.recv_timeout(Duration::from_millis(500));
        let now = Timestamp::now().as_second();
        if file.as_ref().is_some_and(|file| now >= file.end) {
            close(file.take());
        }
        match message {
            Ok(Message::Lines(lines)) => {
                let Some(place) = &place else { continue };
                if let Err(error) = append(&mut file, place, now, &lines) {
                    tracing::warn!("the access log: {error}");
                    file = None;
                }
            }
            Ok(Message::Place(next)) => {
                if place != next {
                    close(file.take());
                    place = next;
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Ok(Message::End) | Err(RecvTimeoutError::Disconnected) => return close(file.take()),
        }
    }
}

enum Output {
    Plain(File),
    Compressed(GzEncoder<File>),
}

impl Output {
    fn append(&mut self, lines: &[u8]) -> io::Result<()> {
        match self {
            Output::Plain(file) => file.write_all(lines),
            Output::Compressed(encoder) => encoder.write_all(lines),
        }
    }

    fn finish(self) -> io::Result<()> {
        match self {
            Output::Plain(file) => file.sync_all(),
            Output::Compressed(encoder) => encoder.finish()?.sync_all(),
        }
    }
}

struct Open {
    output: Output,
    hidden: PathBuf,
    path: PathBuf,
    /// Of its interval, in seconds since the epoch.
    end: i64,
}

fn append(file: &mut Option<Open>, place: &Place, now: i64, lines: &[u8]) -> io::Result<()> {
    let open = match file {
        Some(open) => open,
        None => file.insert(open(place, now)?),
    };
    open.output.append(lines)
}

/// Hidden until it is whole.
fn open(place: &Place, now: i64) -> io::Result<Open> {
    let interval = i64::from(place.log.interval_seconds.max(1));
    let end = (now / interval + 1) * interval;
    let path = place.log.directory.join(name(place, end, rand::rng().random()));
    let directory = path.parent().unwrap_or(Path::new("/"));
    fs::create_dir_all(directory)?;
    let hidden = directory.join(format!(".{}", path.file_name().unwrap_or_default().to_string_lossy()));
    let file = File::create(&hidden)?;
    let output = match place.is_compressed {
        true => Output::Compressed(GzEncoder::new(file, Compression::fast())),
        false => Output::Plain(file),
    };
    Ok(Open { output, hidden, path, end })
}

fn close(file: Option<Open>) {
    let Some(open) = file else { return };
    if let Err(error) = open.output.finish().and_then(|()| fs::rename(&open.hidden, &open.path)) {
        tracing::warn!("the access log: {error}");
    }
}

/// `AWSLogs/123456789012/elasticloadbalancing/us-east-2/2022/05/01/123456789012_elasticloadbalancing_us-east-2_app.my-lb.
/// 1234567890abcdef_20220501T2340Z_172.160.1.192_20sg8hgm.log.gz`
fn name(place: &Place, end: i64, random: u64) -> String {
    let (account, region) = (&place.log.account, &place.log.region);
    let end = Timestamp::from_second(end).unwrap_or(Timestamp::UNIX_EPOCH);
    let (day, minute) = (end.strftime("%Y/%m/%d"), end.strftime("%Y%m%dT%H%MZ"));
    let balancer = place.balancer.replace('/', ".");
    let service = "elasticloadbalancing";
    format!(
        "AWSLogs/{account}/{service}/{region}/{day}/{account}_{service}_{region}_{balancer}_{minute}_{}_{}.log{}",
        place.address,
        letters(random),
        if place.is_compressed { ".gz" } else { "" }
    )
}

/// Eight of them.
fn letters(mut random: u64) -> String {
    let mut letter = || {
        let letter = b"abcdefghijklmnopqrstuvwxyz0123456789"[(random % 36) as usize];
        random /= 36;
        char::from(letter)
    };
    (0..8).map(|_| letter()).collect()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn place(directory: &Path) -> Place {
        Place {
            log: AccessLog {
                directory: directory.into(),
                account: "123456789012".into(),
                region: "us-east-2".into(),
                interval_seconds: 300,
            },
            balancer: "app/my-lb/1234567890abcdef".into(),
            address: Ipv4Addr::new(172, 16, 1, 9),
            is_compressed: true,
        }
    }

    #[test]
    fn a_file_has_the_name_that_aws_gives_it() {
        let name = name(&place(Path::new("/")), 1_651_448_400, 0);
        let wanted = "AWSLogs/123456789012/elasticloadbalancing/us-east-2/2022/05/01/123456789012_elasticloadbalancing_\
                      us-east-2_app.my-lb.1234567890abcdef_20220501T2340Z_172.16.1.9_aaaaaaaa.log.gz";
        assert_eq!(name, wanted);
    }

    #[test]
    fn lines_are_in_a_file_after_the_end() {
        let directory = tempfile::tempdir().unwrap();
        let (sink, thread) = Sink::start().unwrap();
        sink.write(b"lost, for there is no place\n".to_vec());
        sink.place(Some(place(directory.path())));
        sink.write(b"one\n".to_vec());
        sink.write(b"two\n".to_vec());
        sink.end();
        thread.join().unwrap();
        let mut directory = directory.path().to_owned();
        while directory.is_dir() {
            directory = fs::read_dir(&directory).unwrap().next().unwrap().unwrap().path();
        }
        let mut text = String::new();
        flate2::read::GzDecoder::new(File::open(directory).unwrap()).read_to_string(&mut text).unwrap();
        assert_eq!(text, "one\ntwo\n");
    }
}
