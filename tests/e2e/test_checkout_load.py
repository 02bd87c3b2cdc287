"""Many orders at the same time, and the program killed under them: they are charged once at the most.

When the program is struck is drawn from a fixed seed; no test says how far it was by then.
"""

import random
import subprocess

import pytest

from checkouts import assert_each_once, ended
from door import program
from systems import System, served


def test_ten_thousand_slow_payments_wait_together(data):
    with served(data, "--demo", "--payment-latency-ms", 2000) as endpoint:
        system = System(data, endpoint)
        system.json("produce", "--checkout", "--orders", 10000, "--corrupt", 0)
        checkout = ended(system, 10000)
        assert_each_once(checkout)
        assert checkout["completed"] == 10000


def test_outages_charge_nobody_twice_and_keep_nobody(data):
    with served(data, "--demo", "--payment-latency-ms", 2000, "--outage-rate", 0.1) as endpoint:
        system = System(data, endpoint)
        system.json("produce", "--checkout", "--orders", 10000, "--corrupt", 0)
        checkout = ended(system, 10000)
        assert_each_once(checkout)
        assert checkout["completed"] == 10000


@pytest.mark.parametrize("seed", range(3))
def test_killed_again_and_again(data, seed):
    """kill -9 in the middle; then it goes on, and each order is charged once at the most."""
    dice = random.Random(seed)
    options = ("up", "--port", 0, "--shop-port", 0, "--data", data, "--demo", "--payment-latency-ms", 300,
               "--outage-rate", 0.1, "--decline-rate", 0.05)
    with served(data, *options[7:]):
        pass  # it is set up
    System(data).json("produce", "--checkout", "--orders", 2000, "--corrupt", 1)
    for _ in range(5):
        server = program().start(*options)
        try:
            server.communicate(timeout=dice.uniform(0.2, 2))
        except subprocess.TimeoutExpired:
            server.kill()
            server.communicate()
    with served(data, *options[7:]) as endpoint:
        checkout = ended(System(data, endpoint), 2000)
        assert_each_once(checkout)
        assert checkout["completed"] > 1800
