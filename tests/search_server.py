"""The Elasticsearch of a test run: taking away what one test left there."""

import json
import urllib.request


def remove_indices(server: str, name: str) -> None:
    """Remove all indices whose names begin with this one."""
    with urllib.request.urlopen(f"{server}/_cat/indices/{name}*?format=json&h=index", timeout=30) as answer:  # noqa: S310
        found = [row["index"] for row in json.load(answer)]
    for index in found:
        request = urllib.request.Request(f"{server}/{index}", method="DELETE")  # noqa: S310
        urllib.request.urlopen(request, timeout=30).close()  # noqa: S310
