//! A service: its model's tables and the functions that carry its operations out.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::protocol::Events;
use crate::schema::{Convert, Schema, Shape, Show, Value};
use crate::{Call, Error, Fault};

/// The protocols of AWS's models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    Ec2,
    Query,
    Json10,
    Json11,
    RestJson,
    RpcV2Cbor,
}

/// A service as its model describes it.
#[derive(Debug)]
pub struct ServiceModel {
    /// Our crate's and file's name: `ec2`.
    pub id: &'static str,
    /// The name in credential scopes: `ec2`.
    pub signing_name: &'static str,
    pub api_version: &'static str,
    /// Every protocol that clients may use, the preferred one first.
    pub protocols: &'static [Protocol],
    /// `X-Amz-Target` before the dot (`AmazonSQS`); empty where the service has no JSON protocol.
    pub target_prefix: &'static str,
    /// `awsQueryCompatible`: JSON answers carry the codes of the query protocol in a header of their own.
    pub query_compatible: bool,
    /// The member of inputs that the request's path stands for where a form lacks it (`QueueUrl`: clients of SQS's query
    /// protocol may call the queue's own address); empty where there is none.
    pub path_member: &'static str,
    /// The code for a required parameter that is not there, where the service names the first one that is missing (SQS:
    /// `MissingParameter`); empty where it tells of it as of all else that its model forbids.
    pub missing: &'static str,
    /// The code for a value that breaks a constraint of the model, where the service has another than its protocol
    /// (CloudWatch Logs: `InvalidParameterException`).
    pub invalid: &'static str,
    /// Errors in XML end with an empty `<Detail/>`.
    pub error_detail: bool,
    /// Namespace of XML answers; empty where there are none.
    pub xml_namespace: &'static str,
    pub operations: &'static [OperationModel],
    /// Operations of AWS's model that Freehold does not have, by name, for an honest refusal.
    pub unsupported: &'static [&'static str],
    /// How REST protocols ask for them; empty for the others, which send names.
    pub unsupported_routes: &'static [UnsupportedRoute],
    /// Errors of the model with another wire code or status than the default.
    pub errors: &'static [ErrorModel],
}

impl ServiceModel {
    /// An operation that Freehold has. The table is sorted by name.
    pub fn operation(&self, name: &str) -> Option<&'static OperationModel> {
        let operations = self.operations;
        let at = operations.binary_search_by(|operation| operation.name.cmp(name)).ok()?;
        Some(&operations[at])
    }

    /// Whether AWS has an operation of this name and Freehold does not.
    pub fn is_unsupported(&self, name: &str) -> bool {
        self.unsupported.binary_search(&name).is_ok()
    }

    /// The model's error of this code, by its name in either family of protocols.
    pub fn error(&self, code: &str) -> Option<&'static ErrorModel> {
        self.errors.iter().find(|error| error.shape == code || error.query_code == code)
    }
}

#[derive(Debug)]
pub struct OperationModel {
    pub name: &'static str,
    pub http_method: &'static str,
    /// With `{labels}`; `/` except for REST protocols.
    pub http_uri: &'static str,
    /// Of an answer without error, where REST protocols are spoken, unless the output says another one.
    pub http_status: u16,
    pub input: &'static Schema,
    pub output: &'static Schema,
    /// `resultWrapper` of query answers; empty where there is none.
    pub result_wrapper: &'static str,
}

#[derive(Debug)]
pub struct ErrorModel {
    /// The shape's name, which JSON protocols send: `QueueDoesNotExist`.
    pub shape: &'static str,
    /// The code of query protocols (`AWS.SimpleQueueService.NonExistentQueue`).
    pub query_code: &'static str,
    pub status: u16,
    pub fault: Fault,
    /// What REST protocols call the members of its body (`Type`, `Message`); empty for other protocols.
    pub members: &'static [&'static str],
}

/// How a REST protocol asks for an operation.
#[derive(Debug)]
pub struct UnsupportedRoute {
    pub name: &'static str,
    pub http_method: &'static str,
    pub http_uri: &'static str,
}

/// A generated marker type per operation, which ties its name to its types.
pub trait Operation: 'static {
    type Input: Shape + Send + 'static;
    type Output: Shape + Send + 'static;
    const MODEL: &'static OperationModel;
}

/// What an operation answers, to be written by its schema.
pub struct Output {
    pub output: Box<dyn Show + Send>,
    /// What follows the output, for operations that answer with a stream of events.
    pub events: Option<Events>,
}
type Answer = Pin<Box<dyn Future<Output = Result<Output, Error>> + Send>>;
type Handler = Box<dyn Fn(Call, Value) -> Answer + Send + Sync>;
/// The same for callers of the same process, who need no form in between.
pub(crate) type Typed<O> = Box<dyn Fn(Call, <O as Operation>::Input) -> TypedAnswer<O> + Send + Sync>;
pub(crate) type TypedAnswer<O> = Pin<Box<dyn Future<Output = Result<<O as Operation>::Output, Error>> + Send>>;

/// A model with the functions that implement it.
pub struct Service {
    pub model: &'static ServiceModel,
    handlers: HashMap<&'static str, Handler>,
    /// A [`Typed`] by the operation's type.
    typed: HashMap<TypeId, Arc<dyn Any + Send + Sync>>,
    unsigned: Vec<&'static str>,
}

impl Service {
    pub fn new(model: &'static ServiceModel) -> Self {
        Self { model, handlers: HashMap::new(), typed: HashMap::new(), unsigned: Vec::new() }
    }

    /// Lets `function` answer the operation `O`. `state` is the service's own.
    pub fn on<O, S, F, Fut>(mut self, _operation: O, state: &Arc<S>, function: F) -> Self
    where
        O: Operation,
        S: Send + Sync + 'static,
        F: Fn(Arc<S>, Call, O::Input) -> Fut + Send + Sync + Copy + 'static,
        Fut: Future<Output = Result<O::Output, Error>> + Send + 'static,
    {
        let own = Arc::clone(state);
        let typed: Typed<O> = Box::new(move |call, input| Box::pin(function(Arc::clone(&own), call, input)));
        self.typed.insert(TypeId::of::<O>(), Arc::new(typed));
        let state = Arc::clone(state);
        let handler: Handler = Box::new(move |call, input| {
            let answer = function(Arc::clone(&state), call, O::Input::from_value(input).unwrap_or_default());
            Box::pin(async move { answer.await.map(|output| Output { output: Box::new(output), events: None }) })
        });
        self.handlers.insert(O::MODEL.name, handler);
        self
    }

    /// The same for an operation that answers with a stream of events: `function` gives the output without its stream, and
    /// the stream. Other services cannot call such an operation.
    pub fn on_stream<O, S, F, Fut>(mut self, _operation: O, state: &Arc<S>, function: F) -> Self
    where
        O: Operation,
        S: Send + Sync + 'static,
        F: Fn(Arc<S>, Call, O::Input) -> Fut + Send + Sync + Copy + 'static,
        Fut: Future<Output = Result<(O::Output, Events), Error>> + Send + 'static,
    {
        let state = Arc::clone(state);
        let handler: Handler = Box::new(move |call, input| {
            let answer = function(Arc::clone(&state), call, O::Input::from_value(input).unwrap_or_default());
            Box::pin(async move {
                let (output, events) = answer.await?;
                Ok(Output { output: Box::new(output), events: Some(events) })
            })
        });
        self.handlers.insert(O::MODEL.name, handler);
        self
    }

    /// Lets the operation be called by GET without any signature: links in messages that people and endpoints follow. Its
    /// caller is then [`Principal::anonymous`](freehold_core::Principal::anonymous), nobody is asked whether it may, and
    /// the operation itself must find in its input why it should.
    pub fn unsigned<O: Operation>(mut self, _operation: O) -> Self {
        self.unsigned.push(O::MODEL.name);
        self
    }

    /// Whether the operation needs no signature when it is called by GET.
    pub fn is_unsigned(&self, operation: &str) -> bool {
        self.unsigned.contains(&operation)
    }

    /// Carries an operation out; `None` if nothing implements it.
    pub fn call(&self, call: Call, input: Value) -> Option<Answer> {
        self.handlers.get(call.operation).map(|handler| handler(call, input))
    }

    /// What [`Local`](crate::Local) calls, by the operation's type.
    pub(crate) fn typed(&self) -> impl Iterator<Item = (TypeId, Arc<dyn Any + Send + Sync>)> {
        self.typed.iter().map(|(operation, handler)| (*operation, Arc::clone(handler)))
    }

    /// Names of the operations that are implemented.
    pub fn implemented(&self) -> impl Iterator<Item = &'static str> {
        self.handlers.keys().copied()
    }
}
