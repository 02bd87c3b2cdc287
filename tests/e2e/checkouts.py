"""What orders on their way through the checkout come to."""

import json
import time

from door import DEADLINE_S

CLEAN = {"charged_in_vain": [], "stuck": [], "not_charged": [], "without_invoice": [],
         "without_execution": []}


def until(condition, deadline_s=DEADLINE_S):
    """Asks again until there is an answer."""
    deadline = time.monotonic() + deadline_s
    while not (answer := condition()):
        assert time.monotonic() < deadline, "it takes too long"
        time.sleep(0.1)
    return answer


def ended(system, orders):
    """What the checkout has come to, once none of its orders is under way and all are shipped."""
    def look():
        result = system.run("reconcile", "--json")
        assert result.returncode in (0, 1), result.stderr
        reconciled = json.loads(result.stdout)
        checkout = reconciled["checkout"]
        halves = (reconciled["shipping"], reconciled["analytics"])
        done = checkout["executions"] + checkout["dead_lettered"] == orders and \
            checkout["running"] == checkout["waiting"] == 0 and \
            not any(half["waiting"] or half["missing"] for half in halves)
        return done and checkout
    return until(look)


def assert_each_once(checkout):
    assert {name: checkout[name] for name in CLEAN} == CLEAN
    assert checkout["charged"] == checkout["completed"]
    assert checkout["executions"] == \
        checkout["completed"] + checkout["declined"] + checkout["refused"]
