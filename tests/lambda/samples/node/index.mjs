// Handlers in an ES module.
import { readFileSync, writeFileSync, existsSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { greet } from "./greetings.mjs";

const greeting = await Promise.resolve(greet("module"));

export const describe = async (event, context) => {
  console.log("asked for", JSON.stringify(event));
  return {
    event,
    greeting,
    functionName: context.functionName,
    functionVersion: context.functionVersion,
    invokedFunctionArn: context.invokedFunctionArn,
    memoryLimitInMB: context.memoryLimitInMB,
    awsRequestId: context.awsRequestId,
    logGroupName: context.logGroupName,
    logStreamName: context.logStreamName,
    remaining: context.getRemainingTimeInMillis(),
    environment: { ...process.env },
  };
};

export const files = async (event) => {
  const before = existsSync("/tmp/note") ? readFileSync("/tmp/note", "utf8") : null;
  writeFileSync("/tmp/note", event.write);
  const refused = {};
  for (const place of ["/var/task/new", "/opt/new", "/new"]) {
    try {
      writeFileSync(place, "x");
    } catch (error) {
      refused[place] = error.code;
    }
  }
  return { before, refused };
};

export const fail = async (event) => {
  class OrderError extends Error {}
  const error = new OrderError(event.message);
  error.name = "OrderError";
  throw error;
};

export const pieces = awslambda.streamifyResponse(async (event, stream) => {
  stream.setContentType("text/plain");
  for (let number = 0; number < event.count; number++) {
    stream.write(`piece ${number}\n`);
    await pause(event.pause);
  }
  if (event.fail) throw new Error(event.fail);
  stream.end();
});
