// What aws-lambda-ric's native library has: `next` answers a promise of the next event, `done` and `error` post what came of
// one. There they return when that is posted; here the next event, and the end of the process, wait for it.
import http from "node:http";

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const agent = new http.Agent({ keepAlive: true, maxSockets: 1, noDelay: true });
const root = "/2018-06-01/runtime/invocation/";

let posted = null;

const exit = process.exit.bind(process);
process.exit = (code) => {
  if (posted) {
    process.exitCode = code;
    posted.finally(() => exit(code));
  } else {
    exit(code);
  }
};

function ask(method, path, body, headers) {
  return new Promise((resolve, reject) => {
    const request = http.request({ host, port, method, path: root + path, agent, headers }, (response) => {
      const pieces = [];
      response.on("data", (piece) => pieces.push(piece));
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(pieces) }));
    });
    request.on("error", reject);
    request.end(body);
  });
}

function post(path, text, headers) {
  const body = Buffer.from(text);
  const all = { "content-type": "application/json", "content-length": body.length, ...headers };
  const sent = ask("POST", path, body, all).catch((error) => console.error(`The response could not be posted: ${error}`));
  posted = sent.finally(() => {
    posted = null;
  });
}

export async function next() {
  await posted;
  const { status, headers, body } = await ask("GET", "next");
  if (status !== 200) {
    throw new Error(`Failed to get next invocation, error ${status}`);
  }
  return { bodyJson: body.toString("utf-8"), headers };
}

export function done(id, text) {
  post(`${id}/response`, text, {});
}

export function error(id, text, cause) {
  const headers = { "lambda-runtime-function-error-type": kindOf(text) };
  // A header has no room for more.
  if (cause && cause.length < 1 << 14 && /^[\x20-\x7e]*$/.test(cause)) {
    headers["lambda-runtime-function-xray-error-cause"] = cause;
  }
  post(`${id}/error`, text, headers);
}

function kindOf(text) {
  try {
    const kind = JSON.parse(text).errorType;
    return /^[\x21-\x7e]+$/.test(kind) ? kind : "Error";
  } catch {
    return "Error";
  }
}
