//! The exchange with a target: connect, send, wait, pass the answer on. Both bodies stream at the same time, each no
//! faster than the other side takes it.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Instant;

use super::body::{Decoder, encode_chunk};
use super::connection::{Connection, Next, Scratch, wants_upgrade};
use super::encode::{self, relayed_framing};
use super::{status_line, tunnel};
use crate::config::ProtocolVersion;
use crate::counters::{Count, Under};
use crate::http::decide::{Cookies, Route};
use crate::http::fault::Fault;
use crate::http::message::{Framing, Known, ResponseHead, Version};
use crate::http::record::Record;
use crate::http::upstream::{self, Established};
use crate::io::{Buffer, Buffers, Patience, Wire};
use crate::snapshot::Target;
use crate::worker::Worker;

/// Written at once at most, but for what one read brought.
const FULL: usize = 32 << 10;

pub async fn forward(
    connection: &Connection,
    route: &Route<'_>,
    cookies: &Cookies<'_>,
    buffer: &mut Buffer,
    scratch: &mut Scratch,
    record: &mut Record,
    keeps: bool,
    reuses: bool,
) -> Result<Next, Fault> {
    if route.group.version != ProtocolVersion::Http1 {
        return Err(Fault::Protocol);
    }
    record.group = Some(route.group.arn.clone());
    let mut tried = Vec::new();
    loop {
        let target = route.choose(&tried).ok_or(Fault::NoTargets)?;
        let established = connect(&connection.worker, route, target, &mut tried, false).await;
        let established = match established {
            Ok(established) => established,
            Err(None) => continue,
            Err(Some(fault)) => return Err(fault),
        };
        let mut exchange = Exchange { connection, route, cookies, target, keeps, reuses, buffer, scratch, record };
        let is_reused = established.is_reused;
        match exchange.run(established).await {
            // The target closed an idle connection just when it was needed. Nothing came back, and doing it twice does no harm.
            Err(Fault::TargetClosed) if is_reused && exchange.may_repeat() => {
                let fresh = connect(&connection.worker, route, target, &mut tried, true).await;
                match fresh {
                    Ok(established) => return exchange.run(established).await,
                    Err(None) => continue,
                    Err(Some(fault)) => return Err(fault),
                }
            }
            outcome => return outcome,
        }
    }
}

/// `Err(None)` if another target is to be tried.
pub async fn connect(
    worker: &Worker,
    route: &Route<'_>,
    target: &Target,
    tried: &mut Vec<u64>,
    fresh: bool,
) -> Result<Established, Option<Fault>> {
    let has_others = route.has_others(target, tried);
    match upstream::establish(worker, route.group, target, fresh, has_others).await {
        Ok(established) => Ok(established),
        Err(_) if has_others => {
            tried.push(target.hash);
            Err(None)
        }
        Err(fault) => Err(Some(fault)),
    }
}

struct Exchange<'a, 'b> {
    connection: &'a Connection,
    route: &'a Route<'b>,
    cookies: &'a Cookies<'a>,
    target: &'b Target,
    keeps: bool,
    reuses: bool,
    buffer: &'a mut Buffer,
    scratch: &'a mut Scratch,
    record: &'a mut Record,
}

impl Exchange<'_, '_> {
    fn may_repeat(&self) -> bool {
        self.scratch.head.framing == Framing::None && self.scratch.head.is_idempotent()
    }

    async fn run(&mut self, with: Established) -> Result<Next, Fault> {
        let worker = &self.connection.worker;
        let live = &self.target.live;
        let _active = Under::way(live.active.of(worker.index));
        live.cells.of(worker.index).requests.add(1);
        self.record.target = Some(self.target.address);
        let mut answer_buffer = worker.buffers.take();
        let outcome = self.exchange(&with.wire, &mut answer_buffer).await;
        let is_clean = answer_buffer.is_empty();
        answer_buffer.consume(answer_buffer.unread().len());
        worker.buffers.reclaim(&mut answer_buffer);
        let (next, is_reusable) = outcome?;
        if is_reusable && is_clean && self.reuses {
            worker.pool.give(with.key, with.wire);
        }
        Ok(next)
    }

    /// Returns what becomes of the client's connection, and whether the target's is good for another request.
    async fn exchange(&mut self, wire: &Wire, answers: &mut Buffer) -> Result<(Next, bool), Fault> {
        let connection = self.connection;
        let Scratch { head, answer, to_target, to_client } = &mut *self.scratch;
        let upgrades = wants_upgrade(head);
        to_target.clear();
        encode::request(head, upgrades, to_target);
        let is_sent = Cell::new(false);
        if head.framing == Framing::None {
            wire.write_all(to_target).await.map_err(|_| Fault::TargetClosed)?;
            is_sent.set(true);
        }
        self.record.sent = Some(Instant::now());
        let patience = &connection.patience;
        let overdue = || if is_sent.get() { Fault::TargetTimeout } else { Fault::ClientTimeout };
        let answered = {
            // What a client says after a request is the next one, except where it may be the first word of another protocol.
            let mut side = pin!(beside(connection, self.buffer, head.framing, to_target, wire, &is_sent, !upgrades));
            let got = read_answer(wire, answers, &connection.worker.buffers, head.method(), upgrades, answer, patience);
            watched(got, side.as_mut(), patience, overdue).await??;
            let now = Instant::now();
            self.record.answered = Some(now);
            self.record.target_status = Some(answer.status);
            self.record.status = Some(answer.status);
            let cells = self.target.live.cells.of(connection.worker.index);
            cells.answered(answer.status, self.record.target_micros());
            let cookies = self.route.cookies(self.target, &answer.fields, self.cookies);
            let framing = relayed_framing(answer.framing, head.version);
            let keeps = self.keeps && framing != Framing::UntilClose;
            to_client.clear();
            encode::response(answer, head.version, keeps, &cookies, to_client);
            let passed = download(wire, answers, answer.framing, framing, &connection.wire, to_client, patience);
            match watched(passed, side.as_mut(), patience, overdue).await {
                Ok(Ok(())) => Some(keeps),
                // The head has left, so all that can be said now is that this connection is over.
                Ok(Err(_)) | Err(_) => None,
            }
        };
        if answer.status == 101 && answered.is_some() {
            let (stock, bytes) = (&connection.worker.buffers, &Count::default());
            tunnel::run((&connection.wire, self.buffer), (wire, answers), patience, stock, bytes).await;
            return Ok((Next::Close, false));
        }
        let Some(keeps) = answered else { return Ok((Next::Close, false)) };
        let next = match (is_sent.get(), keeps) {
            (true, true) => Next::KeepAlive,
            (true, false) => Next::Close,
            (false, _) => Next::Linger,
        };
        Ok((next, is_sent.get() && is_persistent(answer)))
    }
}

fn is_persistent(answer: &ResponseHead) -> bool {
    let says_so = match answer.version {
        Version::Http10 => answer.fields.lists(Known::Connection, "keep-alive"),
        _ => !answer.fields.lists(Known::Connection, "close"),
    };
    says_so && answer.framing != Framing::UntilClose
}

/// What happens on the client's side while the target answers: its body goes up, then it is watched for leaving. Ends with
/// a fault or not at all.
async fn beside(
    connection: &Connection,
    buffer: &mut Buffer,
    framing: Framing,
    out: &mut Vec<u8>,
    target: &Wire,
    is_sent: &Cell<bool>,
    watches: bool,
) -> Fault {
    if !is_sent.get() {
        match upload(connection, buffer, framing, out, target).await {
            Ok(true) => is_sent.set(true),
            // The target takes no more; perhaps it has said why.
            Ok(false) => return std::future::pending().await,
            Err(fault) => return fault,
        }
    }
    match watches {
        true => leaves(connection, buffer).await,
        false => std::future::pending().await,
    }
}

/// Resolves when the client has gone.
pub async fn leaves(connection: &Connection, buffer: &mut Buffer) -> Fault {
    loop {
        // Pipelined requests wait in the buffer, up to a point.
        if buffer.unread().len() > FULL {
            return std::future::pending().await;
        }
        match poll_fn(|cx| connection.wire.poll_fill_from(cx, buffer, &connection.worker.buffers)).await {
            Ok(count) if count > 0 => {}
            _ => return Fault::ClientGone,
        }
    }
}

/// Sends what is in `out` (the head) and the body. False if the target does not take it all.
async fn upload(
    connection: &Connection,
    buffer: &mut Buffer,
    framing: Framing,
    out: &mut Vec<u8>,
    target: &Wire,
) -> Result<bool, Fault> {
    let mut decoder = Decoder::new(framing);
    loop {
        while !buffer.is_empty() && out.len() < FULL && !decoder.is_done() {
            let step = decoder.step(buffer.unread()).map_err(|_| Fault::Malformed("a chunk"))?;
            let data = &buffer.unread()[step.skip..step.skip + step.data];
            match framing {
                Framing::Chunked => encode_chunk(data, out),
                _ => out.extend_from_slice(data),
            }
            buffer.consume(step.skip + step.data);
            if step.skip + step.data == 0 {
                break;
            }
        }
        if decoder.is_done() && framing == Framing::Chunked {
            out.extend_from_slice(b"0\r\n\r\n");
        }
        if target.write_all(out).await.is_err() {
            return Ok(false);
        }
        out.clear();
        connection.patience.renew();
        if decoder.is_done() {
            return Ok(true);
        }
        match poll_fn(|cx| connection.wire.poll_fill_from(cx, buffer, &connection.worker.buffers)).await {
            Ok(count) if count > 0 => connection.patience.renew(),
            _ => return Err(Fault::ClientGone),
        }
    }
}

/// Reads heads until there is one that counts.
async fn read_answer(
    target: &Wire,
    buffer: &mut Buffer,
    stock: &Buffers,
    method: &str,
    upgrades: bool,
    answer: &mut ResponseHead,
    patience: &Patience,
) -> Result<(), Fault> {
    loop {
        while let Some(length) = status_line::parse(buffer.unread(), method, answer)? {
            buffer.consume(length);
            match answer.status {
                101 if upgrades => return Ok(()),
                101 => return Err(Fault::BadAnswer("an upgrade that nobody asked for")),
                // 100 has been said already, and others are hints.
                100..=199 => {}
                _ => return Ok(()),
            }
        }
        match poll_fn(|cx| target.poll_fill_from(cx, buffer, stock)).await {
            Ok(count) if count > 0 => patience.renew(),
            _ if buffer.is_empty() => return Err(Fault::TargetClosed),
            _ => return Err(Fault::BadAnswer("it ended within its head")),
        }
    }
}

/// Passes the answer's body on. `out` holds its head.
async fn download(
    target: &Wire,
    buffer: &mut Buffer,
    framing: Framing,
    relayed: Framing,
    client: &Wire,
    out: &mut Vec<u8>,
    patience: &Patience,
) -> Result<(), Fault> {
    let mut decoder = Decoder::new(framing);
    loop {
        while !buffer.is_empty() && out.len() < FULL && !decoder.is_done() {
            let step = decoder.step(buffer.unread()).map_err(|_| Fault::BadAnswer("a chunk"))?;
            let data = &buffer.unread()[step.skip..step.skip + step.data];
            match relayed {
                Framing::Chunked => encode_chunk(data, out),
                _ => out.extend_from_slice(data),
            }
            buffer.consume(step.skip + step.data);
            if step.skip + step.data == 0 {
                break;
            }
        }
        if decoder.is_done() && relayed == Framing::Chunked {
            out.extend_from_slice(b"0\r\n\r\n");
        }
        client.write_all(out).await.map_err(|_| Fault::ClientGone)?;
        out.clear();
        patience.renew();
        if decoder.is_done() {
            return Ok(());
        }
        match target.fill(buffer).await {
            Ok(count) if count > 0 => patience.renew(),
            Ok(_) if decoder.may_end() => {
                let end: &[u8] = if relayed == Framing::Chunked { b"0\r\n\r\n" } else { b"" };
                return client.write_all(end).await.map_err(|_| Fault::ClientGone);
            }
            _ => return Err(Fault::TargetClosed),
        }
    }
}

/// Runs `main` to its end, unless what happens beside it ends first or nothing moves for too long.
async fn watched<T>(
    main: impl Future<Output = T>,
    mut side: Pin<&mut impl Future<Output = Fault>>,
    patience: &Patience,
    overdue: impl Fn() -> Fault,
) -> Result<T, Fault> {
    let mut main = pin!(main);
    poll_fn(|cx| {
        if let Poll::Ready(done) = main.as_mut().poll(cx) {
            return Poll::Ready(Ok(done));
        }
        if let Poll::Ready(fault) = side.as_mut().poll(cx) {
            return Poll::Ready(Err(fault));
        }
        patience.poll_over(cx).map(|()| Err(overdue()))
    })
    .await
}

/// Reads a body that nobody wants.
pub async fn discard_body(connection: &Connection, buffer: &mut Buffer, framing: Framing) -> Result<(), Fault> {
    read_body(connection, buffer, framing, |_| Ok(())).await
}

/// Reads a body to its end and shows it piece by piece.
pub async fn read_body(
    connection: &Connection,
    buffer: &mut Buffer,
    framing: Framing,
    mut takes: impl FnMut(&[u8]) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut decoder = Decoder::new(framing);
    while !decoder.is_done() {
        let step = decoder.step(buffer.unread()).map_err(|_| Fault::Malformed("a chunk"))?;
        takes(&buffer.unread()[step.skip..step.skip + step.data])?;
        buffer.consume(step.skip + step.data);
        if decoder.is_done() || step.skip + step.data > 0 {
            continue;
        }
        let read = poll_fn(|cx| match connection.wire.poll_fill_from(cx, buffer, &connection.worker.buffers) {
            Poll::Ready(read) => Poll::Ready(Some(read)),
            Poll::Pending => connection.patience.poll_over(cx).map(|()| None),
        });
        match read.await {
            None => return Err(Fault::ClientTimeout),
            Some(Ok(count)) if count > 0 => connection.patience.renew(),
            Some(_) => return Err(Fault::ClientGone),
        }
    }
    Ok(())
}
