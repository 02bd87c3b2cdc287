"""What the tests of the commands share.

DOORBUSTER_SHARED_DATA, which may be absent, is a directory that holds the file of real invoices.
"""

import os
import pathlib

import pytest

from door import data, door  # noqa: F401

REAL_FILE = "online-retail-2010-12-to-2011-09.csv.gz"

# The tests say where the cloud is, nobody else.
for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.environ["AWS_CONFIG_FILE"] = os.devnull


@pytest.fixture
def real_file():
    path = pathlib.Path(os.environ.get("DOORBUSTER_SHARED_DATA", "/nonexistent")) / REAL_FILE
    if not path.exists():
        pytest.skip(f"the file of real invoices is not there: set DOORBUSTER_SHARED_DATA to the "
                    f"directory that holds {REAL_FILE}")
    return path


REAL_NUMBERS = {
    "invoices_uploaded": 18786,
    "shipped": 14873,
    "cancelled": 2887,
    "recorded": 17760,
    "dead_lettered": {"shipping": 1026, "analytics": 1026},
    "lost": 0,
    "duplicated": 0,
}

REAL_REPORT = {
    "sales": {"invoices": 14873, "units": 3945583, "amount": "7352354.174"},
    "refunds": {"invoices": 2887, "amount": "-559673.11"},
}

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"


def row(invoice="536365", code="85123A", text="WHITE LANTERN", quantity=6,
        date="2010-12-01 08:26:00", price="2.55", customer="17850.0", country="United Kingdom"):
    return f"{invoice},{code},{text},{quantity},{date},{price},{customer},{country}\n"
