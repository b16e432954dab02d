//! Bytes both ways, after an upgrade or in a TCP flow, until both sides have closed, one of them breaks, or nothing moves
//! for too long. A side that closes its half still gets what the other has to say.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use crate::counters::Count;
use crate::io::{Buffer, Buffers, Patience, Wire};
use crate::l4::Splice;

/// So many reads in a row that filled the buffer mean that there is a lot to come.
const FULL_READS: u32 = 4;

/// What is in the buffers already is passed on first.
pub async fn run(
    client: (&Wire, &mut Buffer),
    target: (&Wire, &mut Buffer),
    patience: &Patience,
    stock: &Buffers,
    bytes: &Count,
) {
    let mut up = pin!(copy(client.0, client.1, target.0, patience, stock, bytes));
    let mut down = pin!(copy(target.0, target.1, client.0, patience, stock, bytes));
    let (mut up_ended, mut down_ended) = (None, None);
    poll_fn(|cx| {
        if up_ended.is_none()
            && let Poll::Ready(in_order) = up.as_mut().poll(cx)
        {
            up_ended = Some(in_order);
        }
        if down_ended.is_none()
            && let Poll::Ready(in_order) = down.as_mut().poll(cx)
        {
            down_ended = Some(in_order);
        }
        match (up_ended, down_ended) {
            (Some(false), _) | (_, Some(false)) | (Some(true), Some(true)) => Poll::Ready(()),
            _ => patience.poll_over(cx),
        }
    })
    .await;
}

/// True if it ended in order.
async fn copy(
    from: &Wire,
    buffer: &mut Buffer,
    to: &Wire,
    patience: &Patience,
    stock: &Buffers,
    bytes: &Count,
) -> bool {
    let mut full_reads = 0;
    loop {
        if !buffer.is_empty() {
            let count = buffer.unread().len();
            if to.write_all(buffer.unread()).await.is_err() {
                return false;
            }
            bytes.add(count as u64);
            patience.renew();
            full_reads = if buffer.is_full() { full_reads + 1 } else { 0 };
            buffer.consume(count);
            if full_reads >= FULL_READS
                && let Some(in_order) = splice(from, to, patience, bytes).await
            {
                return in_order;
            }
        }
        match poll_fn(|cx| from.poll_fill_from(cx, buffer, stock)).await {
            Ok(0) => return to.shutdown().await.is_ok(),
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}

/// Nothing if it cannot be done, for lack of descriptors or because of TLS.
async fn splice(from: &Wire, to: &Wire, patience: &Patience, bytes: &Count) -> Option<bool> {
    if !from.is_plain() || !to.is_plain() {
        return None;
    }
    let mut pipe = Splice::new().ok()?;
    loop {
        match poll_fn(|cx| from.poll_splice(cx, to, &mut pipe)).await {
            Ok(0) => return Some(to.shutdown().await.is_ok()),
            Ok(count) => {
                bytes.add(count as u64);
                patience.renew();
            }
            Err(_) => return Some(false),
        }
    }
}
