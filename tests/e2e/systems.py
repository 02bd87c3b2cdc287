"""Where a command's system is, and one that is served."""

import contextlib
import os
import re
import signal
import subprocess

from door import DEADLINE_S, program


class System:
    """Where a command's system is: what to add to its arguments, and its environment."""

    def __init__(self, data, endpoint=None):
        self.door = program()
        self.data = data
        self.env = dict(os.environ)
        if endpoint:
            self.env["AWS_ENDPOINT_URL"] = endpoint

    def run(self, *arguments, **options):
        return self.door.run(*arguments, "--data", self.data, env=self.env, **options)

    def json(self, *arguments, **options):
        return self.door.json(*arguments, "--data", self.data, env=self.env, **options)

    def refuses(self, *arguments, **options):
        return self.door.refuses(*arguments, "--data", self.data, env=self.env, **options)

    def start(self, *arguments):
        return subprocess.Popen(self.door.command(*arguments, "--data", self.data), text=True,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, env=self.env)


@contextlib.contextmanager
def served(data, *options):
    """doorbuster up on the directory; gives its endpoint."""
    server = program().start("up", "--port", 0, "--shop-port", 0, "--data", data, *options)
    lines = iter(server.stdout.readline, "")
    try:
        yield next(match.group(1) for line in lines
                   if (match := re.search(r"AWS +(https?://\S+)", line)))
        server.send_signal(signal.SIGTERM)
        _, err = server.communicate(timeout=DEADLINE_S)
        assert server.returncode == 0, err
    finally:
        server.kill()  # if it is still there
        server.wait()
