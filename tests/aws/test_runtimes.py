"""Functions from zips: Python, JavaScript, and a bootstrap of our own."""

import base64
import io
import json
import os
import pathlib
import subprocess
import zipfile

import pytest
from botocore.exceptions import ClientError

ROLE = "arn:aws:iam::000000000000:role/orders"
SLIM = pytest.mark.skipif("ECHO_BOOTSTRAP" not in os.environ,
                          reason="a sanitizer's needs more memory")
UNZIP = "Could not unzip uploaded file. Please check your file, then try to upload again."


def zipped(files, executable=()):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o100755 if name in executable else 0o100644) << 16
            package.writestr(entry, content)
    return out.getvalue()


@pytest.fixture
def functions(cloud):
    return cloud.client("lambda")


@pytest.fixture
def create(functions):
    def make(name, code, runtime="python3.11", handler="app.handler", **more):
        package = code if isinstance(code, bytes) else zipped({"app.py": code})
        return functions.create_function(FunctionName=name, Runtime=runtime, Handler=handler,
                                         Role=ROLE, Code={"ZipFile": package}, **more)
    return make


def call(functions, name, event=None, **more):
    """The payload, what kind of error it is, and the log's tail."""
    answer = functions.invoke(FunctionName=name, Payload=json.dumps(event), LogType="Tail", **more)
    assert answer["StatusCode"] == 200
    return (json.load(answer["Payload"]), answer.get("FunctionError"),
            base64.b64decode(answer["LogResult"]).decode())


def refused(make):
    with pytest.raises(ClientError) as caught:
        make()
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_python_by_the_command_line(cloud, tmp_path):
    package, answer = tmp_path / "echo.zip", tmp_path / "answer.json"
    package.write_bytes(zipped({"app.py": "def handler(event, context):\n"
                                          "    print('got', event)\n"
                                          "    return {'echo': event}\n"}))
    made = cloud.aws("lambda", "create-function", "--function-name", "Echo", "--runtime",
                     "python3.12", "--handler", "app.handler", "--role", ROLE,
                     "--zip-file", f"fileb://{package}")
    assert made.returncode == 0, made.stderr
    called = cloud.aws("lambda", "invoke", "--function-name", "Echo", "--log-type", "Tail",
                       "--payload", base64.b64encode(b'{"order": 1}').decode(), answer)
    assert called.returncode == 0, called.stderr
    assert json.loads(answer.read_text()) == {"echo": {"order": 1}}
    tail = base64.b64decode(json.loads(called.stdout)["LogResult"]).decode()
    assert "got {'order': 1}\n" in tail
    assert tail.startswith("START RequestId: ") and "\nREPORT RequestId: " in tail


def test_javascript(functions, create):
    create("Node", zipped({"index.mjs": "export const handler = async event => {\n"
                                        "  if (event.fail) throw new TypeError(event.fail);\n"
                                        "  return {sum: event.a + event.b};\n"
                                        "};\n"}), "nodejs20.x", "index.handler")
    assert call(functions, "Node", {"a": 1, "b": 2})[:2] == ({"sum": 3}, None)
    error, kind, _ = call(functions, "Node", {"fail": "too dear"})
    assert (error["errorType"], error["errorMessage"], kind) == ("TypeError", "too dear",
                                                                 "Unhandled")


@SLIM
def test_a_bootstrap_of_our_own(functions, create):
    program = pathlib.Path(os.environ["ECHO_BOOTSTRAP"]).read_bytes()
    create("Own", zipped({"bootstrap": program}, {"bootstrap"}), "provided.al2023", "echo")
    assert call(functions, "Own", [1, {"two": None}])[:2] == ([1, {"two": None}], None)
    error, kind, _ = call(functions, "Own", {"fail": "no stock"})
    assert (error["errorMessage"], kind) == ("no stock", "Unhandled")


@pytest.fixture
def checkout(create, tmp_path):
    """The program itself in a zip: it is the bootstrap of any of its functions."""
    stripped = tmp_path / "bootstrap"  # of what is for debuggers only
    subprocess.run(["strip", "-o", stripped, os.environ["DOORBUSTER"]], check=True)
    package = zipped({"bootstrap": stripped.read_bytes()}, {"bootstrap"})

    def make(name, **environment):
        create(name, package, "provided.al2023", name, Timeout=30,
               Environment={"Variables": environment})
    return make


@SLIM
def test_the_program_is_the_bootstrap_of_its_functions(functions, checkout, cloud, tmp_path):
    checkout("ValidateOrder")
    answer, error, _ = call(functions, "ValidateOrder", {"order": {"orderId": "o-1", "amount": 1}})
    assert (answer["isValid"], answer["orderId"], error) == (True, "o-1", None)
    checkout("ProcessPayment", DATABASE=str(tmp_path / "payments.db"))
    payments = [call(functions, "ProcessPayment", {"orderId": "o-1", "amount": 1})[0]
                for _ in range(2)]
    assert payments[0]["paymentStatus"] == "SUCCESS" and payments[0] == payments[1]
    cloud.client("sns").create_topic(Name="OrderNotifications")
    checkout("SendNotification")
    answer, error, _ = call(functions, "SendNotification", {"outcome": "OrderCompleted"})
    assert error is None and answer["messageId"]


@SLIM
def test_the_program_says_what_its_functions_lack(functions, checkout):
    checkout("ProcessPayment")
    error, kind, _ = call(functions, "ProcessPayment", {"orderId": "o-1", "amount": 1})
    assert (error["errorMessage"], kind) == \
        ("where is the function's database? DATABASE names its file", "Unhandled")
    checkout("ShipNothing")
    error, _, _ = call(functions, "ShipNothing", {})
    assert (error["errorType"], error["errorMessage"]) == \
        ("Runtime.HandlerNotFound", "There is no handler ShipNothing")


def test_new_code_is_run_from_then_on(functions, create):
    create("Changing", "def handler(event, context): return 'old'")
    assert call(functions, "Changing")[0] == "old"
    functions.update_function_code(
        FunctionName="Changing",
        ZipFile=zipped({"app.py": "def handler(event, context): return 'new'"}))
    assert call(functions, "Changing")[0] == "new"


def test_environments_are_apart(functions, create):
    code = "import os\ndef handler(event, context): return dict(os.environ)"
    create("One", code, Environment={"Variables": {"SECRET_OF_ONE": "1"}})
    create("Two", code, Environment={"Variables": {"SECRET_OF_TWO": "2"}})
    one, two = call(functions, "One")[0], call(functions, "Two")[0]
    assert one["SECRET_OF_ONE"] == "1" and "SECRET_OF_TWO" not in one
    assert two["SECRET_OF_TWO"] == "2" and "SECRET_OF_ONE" not in two
    assert "DOORBUSTER" not in one and "HOME" not in one


def test_a_function_calls_the_door(functions, create, bucket, s3):
    create("Curl", "import os, urllib.request\n"
                   "def handler(event, context):\n"
                   "    url = os.environ['AWS_ENDPOINT_URL'] + '/_doorbuster/health'\n"
                   "    return urllib.request.urlopen(url).read().decode()\n")
    assert json.loads(call(functions, "Curl")[0]) == {"status": "ok"}


@pytest.mark.parametrize("code, kind, message", [
    ("import time\ndef handler(event, context): time.sleep(1000)", "Sandbox.Timedout",
     "Task timed out after 1.00 seconds"),
    ("def handler(event, context): return {1, 2}", "Runtime.MarshalError",
     "Unable to marshal response: Object of type set is not JSON serializable"),
    ("import os\ndef handler(event, context): os._exit(1)", "Runtime.ExitError",
     "Runtime exited with error: exit status 1"),
    ("import nothing_of_the_kind", "Runtime.ImportModuleError",
     "Unable to import module 'app': No module named 'nothing_of_the_kind'"),
    ("", "Runtime.HandlerNotFound", "Handler 'handler' missing on module 'app'"),
])
def test_one_that_fails_harms_no_other(functions, create, code, kind, message):
    create("Bad", code, Timeout=1)
    create("Good", "def handler(event, context): return 'well'")
    error, unhandled, _ = call(functions, "Bad")
    assert unhandled == "Unhandled"
    assert error["errorType"] == kind and message in error["errorMessage"]
    assert call(functions, "Good")[:2] == ("well", None)


def test_a_flood_of_output(functions, create, data):
    create("Flood", "def handler(event, context):\n"
                    "    for i in range(50): print('x' * 1_000_000)\n"
                    "    print('dry'); return 'land'\n", Timeout=60)
    payload, error, tail = call(functions, "Flood")
    assert (payload, error) == ("land", None)
    assert len(tail) <= 4096 and "\ndry\n" in tail
    logs = [path for path in pathlib.Path(data).rglob("Flood.log*")]
    assert logs and sum(path.stat().st_size for path in logs) < 2 * 2**20


@pytest.mark.parametrize("package, message", [
    (b"no zip at all", UNZIP),
    (zipped({"../evil.py": "evil"}), UNZIP),
    (zipped({"/tmp/evil.py": "evil"}), UNZIP),
    (zipped({"zeros": bytes(263 * 10**6)}), "Unzipped size must be smaller than 262144000 bytes"),
], ids=["none", "outside", "absolute", "bomb"])
def test_bad_packages_are_refused(functions, create, package, message):
    code, said = refused(lambda: create("Bad", package))
    assert code == "InvalidParameterValueException" and said.startswith(message)
    assert functions.list_functions()["Functions"] == []
