// Runs a function by AWS's own client for Node.js (aws-lambda-ric). That client speaks to the Runtime API through a native
// library, which takes a compiler and the headers of exactly this Node.js to build; what stands in its place here is
// rapid-client.mjs, which does the same by Node's own HTTP.
import { createRequire } from "node:module";

import * as client from "./rapid-client.mjs";

const require = createRequire(import.meta.url);
const extensions = require("node:module")._extensions;
const native = extensions[".node"];
extensions[".node"] = (module, filename) => {
  if (filename.endsWith("/aws-lambda-ric/rapid-client.node") || filename.endsWith("/aws-lambda-ric/dist/rapid-client.node")) {
    module.exports = client;
  } else {
    native(module, filename);
  }
};

// Version 4 starts by itself; version 3 is told what to run.
const { run } = await import(require.resolve("aws-lambda-ric"));
if (run) {
  await run(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER);
}
