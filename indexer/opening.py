"""Which backend answers at an address."""

from pathlib import Path

from indexer.backend import SearchBackend
from indexer.elastic_queries import settings
from indexer.embedded import EmbeddedBackend


def open_backend(
    where: str | Path,
    *,
    api_key: str | None = None,
    ca_certs: Path | None = None,
    name: str = "hoso",
    shards: int = 1,
    replicas: int | None = None,
    lock_timeout: float = 30.0,
) -> SearchBackend:
    """Tantivy in a directory (made where missing), or Elasticsearch at an `http(s)://` address.

    `name` begins the names of indices on a server, `shards` and `replicas` (None: one where there is a second node)
    hold for those made from now on; `lock_timeout` is in seconds, for the embedded writer.
    """
    if str(where).startswith(("http://", "https://")):
        from indexer.elastic import ElasticBackend  # imported when needed: the client takes a second to load

        return ElasticBackend(
            str(where), api_key=api_key, ca_certs=ca_certs, name=name, layout=settings(shards, replicas)
        )
    return EmbeddedBackend(Path(where), lock_timeout=lock_timeout)
