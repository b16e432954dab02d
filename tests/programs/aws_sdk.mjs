// What a program does with queues and topics by the SDK for JavaScript; throws where an answer is not what it must be.
// The SDK itself compares the MD5 of every body.
import assert from "node:assert/strict";
import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";

const sqs = new SQSClient({});
const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "javascript" }));
await sqs.send(
  new SendMessageCommand({
    QueueUrl,
    MessageBody: "grüße",
    MessageAttributes: { n: { DataType: "Number", StringValue: "1" }, b: { DataType: "Binary", BinaryValue: Uint8Array.of(0, 255) } },
  }),
);
const sent = await sqs.send(
  new SendMessageBatchCommand({ QueueUrl, Entries: ["a", "b"].map((Id) => ({ Id, MessageBody: Id })) }),
);
assert.equal(sent.Successful.length, 2);
const got = [];
while (got.length < 3) {
  const { Messages } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 5, MessageAttributeNames: ["All"] }),
  );
  got.push(...Messages);
}
const first = got.find(({ Body }) => Body === "grüße");
assert.deepEqual([...first.MessageAttributes.b.BinaryValue], [0, 255]);
const gone = await sqs.send(
  new DeleteMessageBatchCommand({
    QueueUrl,
    Entries: got.map(({ ReceiptHandle }, at) => ({ Id: String(at), ReceiptHandle })),
  }),
);
assert.equal(gone.Successful.length, 3);
await assert.rejects(
  sqs.send(new SendMessageCommand({ QueueUrl: `${QueueUrl}-not`, MessageBody: "x" })),
  (error) => error instanceof QueueDoesNotExist,
);

const sns = new SNSClient({});
const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "javascript" }));
const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
await sns.send(
  new SubscribeCommand({
    TopicArn,
    Protocol: "sqs",
    Endpoint: Attributes.QueueArn,
    Attributes: { RawMessageDelivery: "true", FilterPolicy: JSON.stringify({ kind: ["wanted"] }) },
  }),
);
const kind = (StringValue) => ({ kind: { DataType: "String", StringValue } });
await sns.send(new PublishCommand({ TopicArn, Message: "no", MessageAttributes: kind("unwanted") }));
await sns.send(new PublishCommand({ TopicArn, Message: "yes", MessageAttributes: kind("wanted") }));
const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 5 }));
assert.deepEqual(Messages.map(({ Body }) => Body), ["yes"]);
console.log("all is well");
