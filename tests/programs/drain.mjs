// Drains a queue with sqs-consumer until told to stop, and prints each message's body.
import { SQSClient } from "@aws-sdk/client-sqs";
import { Consumer } from "sqs-consumer";

const [queueUrl] = process.argv.slice(2);
const consumer = Consumer.create({
  queueUrl,
  sqs: new SQSClient({}),
  batchSize: 10,
  waitTimeSeconds: 1,
  handleMessage: async (message) => {
    console.log(message.Body);
    return message;
  },
});
for (const event of ["error", "processing_error"]) {
  consumer.on(event, (error) => {
    console.error(error);
    process.exit(1);
  });
}
process.on("SIGTERM", () => consumer.stop({ abort: true }));
consumer.on("stopped", () => process.exit(0));
consumer.start();
