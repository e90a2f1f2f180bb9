"""The client of Elasticsearch: the only module that imports it. Connecting, and its errors as ours."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import elastic_transport
import elasticsearch

from indexer.errors import SearchDamaged, SearchDown, SearchError

Client = elasticsearch.Elasticsearch
NotFound = elasticsearch.NotFoundError
BadRequest = elasticsearch.BadRequestError
Refusal = elasticsearch.ApiError

REQUEST_SECONDS = 30.0

# What passes by itself: who asks, too much at once, a node that is lost and not yet replaced.
PASSING = frozenset({401, 403, 408, 429, 500, 502, 503, 504})

# A server that has too much to do is not asked again at once; the bulk writer waits first.
_AGAIN_AT_ONCE = (502, 503, 504)


# Seconds without a node that did not answer, while others do; the client's own rule goes up to that.
LONGEST_LEFT_OUT = 30.0


def connect(url: str, *, api_key: str | None = None, ca_certs: Path | None = None) -> Client:
    """A client; nothing is asked yet. `url`: one address, or those of several nodes with commas between.

    Raises `SearchDown` where an address or the authority cannot be used.
    """
    addresses = [address.strip() for address in url.split(",")]
    options: dict[str, Any] = {
        "request_timeout": REQUEST_SECONDS,
        "max_retries": max(2, len(addresses)),
        "dead_node_backoff_factor": 1.0,
        "max_dead_node_backoff": LONGEST_LEFT_OUT,
        "retry_on_timeout": False,
        "retry_on_status": _AGAIN_AT_ONCE,
    }
    if api_key:
        options["api_key"] = api_key
    if ca_certs:
        options["ca_certs"] = str(ca_certs)
    try:
        return Client(addresses, **options)
    except (OSError, ssl.SSLError, ValueError) as error:  # told by its kind: the text may repeat the address
        raise SearchDown(f"{type(error).__name__} while the connection was prepared") from None


@contextmanager
def speaking() -> Iterator[None]:
    """The client's errors as ours."""
    try:
        yield
    except elasticsearch.ApiError as error:
        raise failure(error.meta.status, error.message) from error
    except elastic_transport.TransportError as error:
        raise SearchDown(str(error)) from error


def failure(status: int, detail: str) -> SearchError:
    """The error for a status: what passes by itself or is not there (any more) is down, the rest is damaged."""
    return (SearchDown if status in PASSING or status == 404 else SearchDamaged)(f"{status} {detail}")
