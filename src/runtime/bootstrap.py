"""Runs a Lambda function written in Python: asks the Runtime API for one event after another, calls
the handler that _HANDLER names ("module.function"), and answers with what it returns or raises.
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import http.client
import importlib
import json
import logging
import os
import sys
import time
import traceback
import types

API = "/2018-06-01/runtime/"
HERE = os.path.abspath(__file__)


class RuntimeFault(Exception):
    """What is wrong with the function rather than in it."""

    def __init__(self, kind, message, trace=()):
        super().__init__(message)
        self.kind, self.trace = "Runtime." + kind, list(trace)


class RuntimeApi:
    def __init__(self, address):
        self.connection = http.client.HTTPConnection(address)

    def next(self):
        self.connection.request("GET", API + "invocation/next")
        answer = self.connection.getresponse()
        return answer.headers, answer.read()

    def post(self, path, body, error_type=None):
        headers = {"Content-Type": "application/json"}
        if error_type:
            headers["Lambda-Runtime-Function-Error-Type"] = error_type
        self.connection.request("POST", API + path, body.encode(), headers)
        self.connection.getresponse().read()

    def post_error(self, path, error):
        self.post(path, json.dumps(error), error["errorType"])


class Context:
    """https://docs.aws.amazon.com/lambda/latest/dg/python-context.html"""

    function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
    function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
    memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
    log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
    log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
    aws_request_id = ""  # of the call under way

    def __init__(self, headers):
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self.identity = types.SimpleNamespace(cognito_identity_id=None,
                                              cognito_identity_pool_id=None)
        self.client_context = self._client_context(headers["Lambda-Runtime-Client-Context"])
        self._deadline_ms = int(headers["Lambda-Runtime-Deadline-Ms"])
        Context.aws_request_id = self.aws_request_id

    def get_remaining_time_in_millis(self):
        return max(self._deadline_ms - int(time.time() * 1000), 0)

    @staticmethod
    def _client_context(text):
        if not text:
            return None
        parts = json.loads(text)
        client = {name: None for name in ("installation_id", "app_title", "app_version_name",
                                          "app_version_code", "app_package_name")}
        client.update(parts.get("client") or {})
        return types.SimpleNamespace(client=types.SimpleNamespace(**client),
                                     custom=parts.get("custom"), env=parts.get("env"))


class LogLines(logging.Handler):
    """The form that Lambda gives to what goes through `logging`."""

    def __init__(self):
        super().__init__()
        formatter = logging.Formatter(
            "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s",
            "%Y-%m-%dT%H:%M:%S")
        formatter.converter = time.gmtime
        self.setFormatter(formatter)

    def emit(self, record):
        record.aws_request_id = Context.aws_request_id
        print(self.format(record))


def find_handler(name):
    module_name, dot, function_name = name.rpartition(".")
    if not dot:
        raise RuntimeFault("MalformedHandlerName",
                           f"Bad handler '{name}': not enough values to unpack (expected 2, got 1)")
    if module_name.split(".")[0] in sys.builtin_module_names:
        raise RuntimeFault("BuiltInModuleConflict",
                           f"Cannot use built-in module {module_name} as a handler module")
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        raise RuntimeFault("ImportModuleError",
                           f"Unable to import module '{module_name}': {error}") from error
    except SyntaxError as error:
        where = f'  File "{error.filename}" Line {error.lineno}\n    {error.text}'
        raise RuntimeFault("UserCodeSyntaxError",
                           f"Syntax error in module '{module_name}': {error}", [where]) from error
    try:
        return getattr(module, function_name)
    except AttributeError as error:
        raise RuntimeFault("HandlerNotFound",
                           f"Handler '{function_name}' missing on module '{module_name}'") from error


def describe(error, request_id=""):
    """The error as Lambda's callers get it; frames of ours are left out."""
    if isinstance(error, RuntimeFault):
        kind, trace = error.kind, error.trace
    else:
        kind = type(error).__name__
        frames = traceback.extract_tb(error.__traceback__)
        trace = traceback.format_list([frame for frame in frames if frame.filename != HERE
                                       and not frame.filename.startswith("<frozen")])
    return {"errorMessage": str(error), "errorType": kind, "requestId": request_id,
            "stackTrace": trace}


def report(error):
    lines = [f"[ERROR] {error['errorType']}: {error['errorMessage']}"]
    if error["stackTrace"]:
        lines += ["Traceback (most recent call last):", *error["stackTrace"]]
    print("\n".join(line.rstrip("\n") for line in lines))


def call(handler, context, body):
    """What the handler returns, as JSON."""
    try:
        event = json.loads(body)
    except ValueError as error:
        raise RuntimeFault("UnmarshalError", f"Unable to unmarshal input: {error}") from error
    result = handler(event, context)
    try:
        return json.dumps(result, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise RuntimeFault("MarshalError", f"Unable to marshal response: {error}") from error


def serve(api, handler):
    while True:
        headers, body = api.next()
        os.environ.pop("_X_AMZN_TRACE_ID", None)
        if trace := headers["Lambda-Runtime-Trace-Id"]:
            os.environ["_X_AMZN_TRACE_ID"] = trace
        context = Context(headers)
        path = "invocation/" + context.aws_request_id
        try:
            result = call(handler, context, body)
        except Exception as error:  # pylint: disable=broad-except
            description = describe(error, context.aws_request_id)
            report(description)
            api.post_error(path + "/error", description)
        else:
            api.post(path + "/response", result)


def main():
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
    sys.path[0] = os.environ["LAMBDA_TASK_ROOT"]
    sys.modules["bootstrap"] = sys.modules["__main__"]
    logging.getLogger().addHandler(LogLines())
    api = RuntimeApi(os.environ["AWS_LAMBDA_RUNTIME_API"])
    try:
        handler = find_handler(os.environ["_HANDLER"])
    except Exception as error:  # pylint: disable=broad-except
        description = describe(error)
        report(description)
        api.post_error("init/error", description)
        sys.exit(1)
    serve(api, handler)


main()
