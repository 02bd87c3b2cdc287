// Runs a Lambda function written in JavaScript: asks the Runtime API for one event after another,
// calls the handler that _HANDLER names ("module.function"), and answers with what it returns,
// resolves to, or gives to its callback.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
import fs from 'node:fs';
import http from 'node:http';
import {createRequire} from 'node:module';
import path from 'node:path';
import {pathToFileURL} from 'node:url';
import util from 'node:util';

const env = process.env;
const root = env.LAMBDA_TASK_ROOT;
const [host, port] = env.AWS_LAMBDA_RUNTIME_API.split(':');
const agent = new http.Agent({keepAlive: true, maxSockets: 1});

let requestId = '';  // of the call under way

class RuntimeFault extends Error {
  constructor(kind, message) {
    super(message);
    this.name = 'Runtime.' + kind;
  }
}

function exchange(method, route, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const options = {agent, host, port, method, headers, path: '/2018-06-01/runtime/' + route};
    const request = http.request(options, answer => {
      const pieces = [];
      answer.on('data', piece => pieces.push(piece));
      answer.on('end', () => resolve({headers: answer.headers, body: Buffer.concat(pieces)}));
      answer.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

const send = (route, text, headers = {}) => {
  const body = Buffer.from(text);
  return exchange('POST', route, body,
                  {'Content-Type': 'application/json', 'Content-Length': body.length, ...headers});
};

// The error as Lambda's callers get it.
function describe(error) {
  if (!util.types.isNativeError(error)) {
    return {errorType: typeof error, errorMessage: String(error), trace: []};
  }
  return {
    errorType: error.name,
    errorMessage: error.message,
    trace: (error.stack ?? '').split('\n'),
  };
}

const sendError = (route, error) => {
  const description = describe(error);
  return send(route, JSON.stringify(description),
              {'Lambda-Runtime-Function-Error-Type': encodeURIComponent(description.errorType)});
};

function report(title, error) {
  const {errorType, errorMessage, trace} = describe(error);
  console.error(title + '\t' + JSON.stringify({errorType, errorMessage, ...error, stack: trace}));
}

// The form that Lambda gives to what goes through `console`.
function patchConsole() {
  const levels = {trace: 'TRACE', debug: 'DEBUG', info: 'INFO', log: 'INFO', warn: 'WARN',
                  error: 'ERROR'};
  for (const [method, level] of Object.entries(levels)) {
    const stream = level === 'ERROR' || level === 'WARN' ? 2 : 1;
    console[method] = (...values) => {
      const text = util.format(...values).replaceAll('\n', '\r');
      fs.writeSync(stream, `${new Date().toISOString()}\t${requestId}\t${level}\t${text}\n`);
    };
  }
}

// Whether Node takes a .js file there for an ES module.
function isModuleFolder(folder) {
  const file = path.join(folder, 'package.json');
  if (fs.existsSync(file)) return JSON.parse(fs.readFileSync(file, 'utf8')).type === 'module';
  const parent = path.dirname(folder);
  return parent !== folder && isModuleFolder(parent);
}

async function loadModule(name) {
  const file = path.resolve(root, name);
  const require = createRequire(path.join(root, 'index.js'));
  const esm = ending => import(pathToFileURL(file + ending).href);
  if (fs.existsSync(file + '.js')) {
    return isModuleFolder(path.dirname(file)) ? esm('.js') : require(file + '.js');
  }
  if (fs.existsSync(file + '.mjs')) return esm('.mjs');
  if (fs.existsSync(file + '.cjs')) return require(file + '.cjs');
  return require(name);
}

async function findHandler(name) {
  const folder = path.dirname(name);
  const [, module, keys] = /^([^.]*)\.(.*)$/.exec(path.basename(name)) ?? [];
  if (!module || name.includes('..')) throw new RuntimeFault('MalformedHandlerName', 'Bad handler');
  let exported;
  try {
    exported = await loadModule(folder === '.' ? module : path.join(folder, module));
  } catch (error) {
    if (error instanceof SyntaxError) throw new RuntimeFault('UserCodeSyntaxError', String(error));
    if (/MODULE_NOT_FOUND$/.test(error?.code)) {
      throw new RuntimeFault('ImportModuleError', String(error));
    }
    throw error;
  }
  const follow = start => keys.split('.').reduce((object, key) => object?.[key], start);
  const handler = follow(exported) ?? follow(exported.default);
  if (!handler) throw new RuntimeFault('HandlerNotFound', name + ' is undefined or not exported');
  if (typeof handler !== 'function') {
    throw new RuntimeFault('HandlerNotFound', name + ' is not a function');
  }
  return handler;
}

// https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html
function contextOf(headers) {
  const json = headers['lambda-runtime-client-context'];
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    clientContext: json ? JSON.parse(json) : undefined,
    identity: undefined,
    getRemainingTimeInMillis: () => Math.max(deadline - Date.now(), 0),
  };
}

// Settles as the handler does, whichever way it chooses: its promise, or the callback. When there
// is nothing left that it could wait for, its result is null.
function call(handler, event, context) {
  let idle;
  const outcome = new Promise((resolve, reject) => {
    const done = (error, result) => (error ? reject(error) : resolve(result));
    context.done = done;
    context.succeed = result => resolve(result);
    context.fail = error => reject(error ?? 'handled');
    idle = () => resolve();
    process.on('beforeExit', idle);
    const returned = handler(event, context, done);
    if (typeof returned?.then === 'function') returned.then(resolve, reject);
  });
  return outcome.finally(() => process.off('beforeExit', idle));
}

function stringify(result) {
  try {
    return JSON.stringify(result === undefined ? null : result) ?? 'null';
  } catch {
    throw new Error('Unable to stringify response body');
  }
}

async function serve(handler) {
  for (;;) {
    const {headers, body} = await exchange('GET', 'invocation/next');
    const context = contextOf(headers);
    requestId = context.awsRequestId;
    delete env._X_AMZN_TRACE_ID;
    if (headers['lambda-runtime-trace-id']) env._X_AMZN_TRACE_ID = headers['lambda-runtime-trace-id'];
    try {
      const result = stringify(await call(handler, JSON.parse(body), context));
      await send(`invocation/${requestId}/response`, result);
    } catch (error) {
      report('Invoke Error', error);
      await sendError(`invocation/${requestId}/error`, error);
    }
  }
}

// What nobody catches ends the process; the call under way fails with it.
async function giveUp(kind, error) {
  report(kind, error);
  await sendError(requestId ? `invocation/${requestId}/error` : 'init/error', error);
  process.exit(129);
}

patchConsole();
process.on('uncaughtException', error => giveUp('Uncaught Exception', error));
process.on('unhandledRejection', reason => {
  const fault = new RuntimeFault('UnhandledPromiseRejection', String(reason));
  giveUp('Unhandled Promise Rejection', fault);
});

let handler;
try {
  handler = await findHandler(env._HANDLER);
} catch (error) {
  report('Uncaught Exception', error);
  await sendError('init/error', error);
  process.exit(1);
}
await serve(handler);
