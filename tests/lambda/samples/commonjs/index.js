// Handlers in a CommonJS module; the SDK comes in a layer, which NODE_PATH leads to.
const { SQSClient, GetQueueUrlCommand, SendMessageCommand, DeleteQueueCommand } = require("@aws-sdk/client-sqs");

const sqs = new SQSClient({});

exports.later = (event, context, callback) => {
  setTimeout(() => callback(null, { name: context.functionName, event }), 20);
};

exports.fail = (event, context, callback) => {
  callback(new RangeError(event.message));
};

exports.send = async (event) => {
  // The SDK goes where the URL of a queue leads, so it is asked for here: inside, the region has an address of its own.
  const QueueName = process.env.QUEUE_URL.split("/").pop();
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
  const sent = await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: event.order }));
  let refused = null;
  try {
    await sqs.send(new DeleteQueueCommand({ QueueUrl }));
  } catch (error) {
    refused = error.name;
  }
  return { id: sent.MessageId, refused };
};
