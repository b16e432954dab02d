//! Responses that are handed on as they come (*Developer guide, Response streaming for Lambda functions*: RESPONSE_STREAM).

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use freehold_functions::contract::Report;
use freehold_wire::server::{Broken, SiteResponse, pieces, whole};
use http_body_util::Either;

use super::answer::{self, Head};
use crate::Lambda;
use crate::errors::Error;
use crate::invoke::{Invocation, Permit, Resolved, failure_of};
use crate::node::{Part, Streaming};

/// Pieces that may wait for the client.
const WAITING: usize = 16;
/// Bytes of status, headers and cookies.
const LONGEST_HEAD: usize = 256 << 10;

/// A run whose response is under way.
struct Run {
    lambda: Arc<Lambda>,
    resolved: Resolved,
    streaming: Streaming,
    permit: Permit,
}

pub(super) async fn answer(
    lambda: &Arc<Lambda>,
    resolved: Resolved,
    invocation: Invocation,
) -> Result<SiteResponse, Error> {
    let (streaming, permit) = lambda.run_streaming(&resolved, invocation).await?;
    let content_type = streaming.content_type.clone();
    let has_failed = streaming.ended.as_ref().is_some_and(|report| failure_of(&report.outcome).is_some());
    let mut run = Run { lambda: Arc::clone(lambda), resolved, streaming, permit };
    if has_failed {
        run.finish().await;
        return Ok(whole(answer::failed()));
    }
    if !answer::begins_with_a_head(content_type.as_deref()) {
        return Ok(run.hand_on(answer::plain_head(content_type.as_deref()), Bytes::new()));
    }
    // Status and headers are the beginning of what the function writes.
    let mut read = BytesMut::new();
    let end = loop {
        if let Some(end) = answer::end_of_head(&read) {
            break end;
        }
        match run.next().await {
            Some(Ok(piece)) if read.len() <= LONGEST_HEAD => read.extend_from_slice(&piece),
            _ => {
                run.finish().await;
                return Ok(whole(answer::failed()));
            }
        }
    };
    let rest = read.split_off(end).freeze();
    match answer::read_head(&read) {
        Some(head) => Ok(run.hand_on(head, rest)),
        None => {
            run.finish().await;
            Ok(whole(answer::failed()))
        }
    }
}

impl Run {
    /// The next piece; `None` when all has come.
    async fn next(&mut self) -> Option<Result<Bytes, Broken>> {
        match self.streaming.parts.recv().await? {
            Ok(Part::Chunk(chunk)) => Some(Ok(chunk)),
            Ok(Part::End(report)) => {
                self.measure(&report);
                failure_of(&report.outcome).map(|_| Err(Broken))
            }
            Err(error) => {
                tracing::debug!(%error, "a streamed response ends early");
                Some(Err(Broken))
            }
        }
    }

    fn measure(&self, report: &Report) {
        self.lambda.measure_stream(&self.resolved, report.duration_ms, &report.outcome, &self.permit);
    }

    /// Waits for the end of what nobody wants.
    async fn finish(&mut self) {
        while self.next().await.is_some() {}
    }

    /// The answer, whose body is handed on by a task. A client that has gone does not end the run.
    fn hand_on(mut self, head: Head, first: Bytes) -> SiteResponse {
        let (sender, body) = pieces(WAITING);
        tokio::spawn(async move {
            if !first.is_empty() {
                let _ = sender.send(Ok(first)).await;
            }
            while let Some(piece) = self.next().await {
                let _ = sender.send(piece).await;
            }
        });
        head.map(|()| Either::Right(body))
    }
}
