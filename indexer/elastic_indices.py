"""The indices on Elasticsearch and their aliases: made, checked, swapped, removed.

Indices are `<name>-documents-<n>` and `<name>-pages-<n>`; the aliases `<name>-documents` and `<name>-pages` name the
live ones, `...-next` those that a rebuild fills.
"""

import time

from indexer.elastic_client import BadRequest, Client, NotFound
from indexer.elastic_queries import Body, kind_of, mappings
from indexer.errors import RebuildRunning
from indexer.fields import Kind, columns, page_columns, schema_version
from indexer.older import Shape, shape_of

NEXT = "-next"
REBUILD_SILENCE = 600.0  # seconds without a sign of life after which a rebuild counts as dead


class Indices:
    """The indices whose names begin alike. `layout`: the settings of those made from now on."""

    def __init__(self, client: Client, name: str, layout: Body) -> None:
        self.documents = f"{name}-documents"
        self.pages = f"{name}-pages"
        self._client = client
        self._layout = layout
        self._checked = False
        self._current = Shape(schema_version(), columns(), page_columns())
        self._shape = self._current

    def shape(self) -> Shape:
        """What the live indices can do; the first ones are made where there are none.

        Those of another declaration are looked at again every time: a rebuild may have replaced them.
        """
        if not self._checked:
            self.ensure()
            self._shape = self._looked_at()
            self._checked = self._shape.is_current
        return self._shape

    def ensure(self) -> None:
        """Make the first indices where there are none."""
        if not self._client.indices.exists_alias(name=self.documents):
            self._create(1, "")

    def _looked_at(self) -> Shape:
        versions = self._versions(self.documents)
        if versions == [schema_version()]:
            return self._current
        version = ", ".join(versions)
        return shape_of(self.documents, version, self._columns(self.documents), self._columns(self.pages))

    def _versions(self, alias: str) -> list[str]:
        """The declarations of the indices behind an alias."""
        try:
            found = self._client.indices.get_mapping(index=alias, filter_path="*.mappings._meta")
        except NotFound:
            return []
        return [str(index["mappings"]["_meta"].get("schema", "")) for index in found.values()]

    def _columns(self, alias: str) -> dict[str, Kind | None]:
        found = next(iter(self._client.indices.get_mapping(index=alias).values()))
        return {name: kind_of(column) for name, column in found["mappings"]["properties"].items()}

    def forget(self) -> None:
        """What was seen may have changed: look again before the next question."""
        self._checked = False

    def rebuilding(self) -> bool:
        """Whether indices of this program's declaration are being filled beside the live ones."""
        return schema_version() in self._versions(f"{self.documents}{NEXT}")

    def filled_beside(self) -> int | None:
        """Documents in the indices that a rebuild fills; None where none shows signs of life."""
        for name in self._behind(f"{self.documents}{NEXT}"):
            if self._lives(name):
                return int(self._client.count(index=name, query={"term": {"removed": 0}})["count"])
        return None

    def begin_next(self) -> None:
        """Make empty indices beside the live ones."""
        self._create(self._next_number(), NEXT)

    def drop_next(self) -> None:
        """Remove the indices beside the live ones."""
        for alias in (self.documents, self.pages):
            for name in self._behind(f"{alias}{NEXT}"):
                self._client.indices.delete(index=name, ignore_unavailable=True)

    def swap(self) -> None:
        """One call: live aliases to the new indices, `next` aliases gone, old indices gone."""
        actions: list[Body] = []
        for alias in (self.documents, self.pages):
            new = self._behind(f"{alias}{NEXT}")
            actions += [{"remove_index": {"index": old}} for old in self._behind(alias)]
            actions += [{"remove": {"index": name, "alias": f"{alias}{NEXT}"}} for name in new]
            actions += [{"add": {"index": name, "alias": alias}} for name in new]
        self._client.indices.update_aliases(actions=actions)
        self.forget()

    def refuse_second(self) -> None:
        """`RebuildRunning` where another rebuild shows signs of life; what a dead one left is removed."""
        for name in self._behind(f"{self.documents}{NEXT}"):
            if self._lives(name):
                raise RebuildRunning(f"{name} is being filled")
        self.drop_next()

    def _lives(self, name: str) -> bool:
        meta = self._client.indices.get_mapping(index=name)[name]["mappings"].get("_meta", {})
        return time.time() - float(meta.get("beat", 0)) < REBUILD_SILENCE

    def beat(self) -> None:
        """A sign of life of the running rebuild."""
        meta = {"schema": schema_version(), "beat": time.time()}
        self._client.indices.put_mapping(index=f"{self.documents}{NEXT}", meta=meta)

    def _create(self, number: int, suffix: str) -> None:
        # The documents' alias comes last: who sees it sees the pages' too.
        for alias, declared in ((self.pages, page_columns()), (self.documents, columns())):
            made = mappings(declared)
            made["_meta"]["beat"] = time.time()
            try:
                self._client.indices.create(
                    index=f"{alias}-{number:06}",
                    mappings=made,
                    settings=self._layout,
                    aliases={f"{alias}{suffix}": {}},
                    wait_for_active_shards=1,
                )
            except BadRequest as error:
                # Another process made the first ones at the same moment.
                if error.error != "resource_already_exists_exception" or suffix:
                    raise

    def _behind(self, alias: str) -> list[str]:
        try:
            return sorted(self._client.indices.get_alias(name=alias))
        except NotFound:
            return []

    def _next_number(self) -> int:
        names = self._client.indices.get(index=f"{self.documents}-*", allow_no_indices=True)
        numbers = [int(name.rsplit("-", 1)[1]) for name in names if name.rsplit("-", 1)[1].isdigit()]
        return max(numbers, default=0) + 1
