"""Search over REST; the log keeps no query."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from app.services.access import Act
from app.services.searching import FILTERS, Query, as_json, search
from app.web.api.shapes import SearchIn, SearchOut, sealed, unsealed
from app.web.context import reading, seen
from app.web.guard import requires

blueprint = Blueprint("api_search", __name__, url_prefix="/api/v1", description="Search")


@blueprint.route("/search")
class Search(MethodView):
    """Search."""

    @requires(Act.SEARCH)
    @blueprint.arguments(SearchIn, location="query")
    @blueprint.response(200, SearchOut)
    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Find documents: words, "phrases", -not, OR, field:value; with or without accents."""
        filters = {name: tuple(asked[name]) for name in FILTERS if asked[name]}
        query = Query(asked["q"], filters, asked["sort"], asked["limit"], asked["offset"], unsealed(asked["cursor"]))
        with reading() as uow:
            results = search(uow, query)
        seen("search.run", "search", None, hits=results.total)
        return {**as_json(results), "cursor": sealed(results.cursor)}
