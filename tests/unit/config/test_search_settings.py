"""Settings of the search server: what is taken, what is refused, and that a refusal tells no secret."""

from pathlib import Path

import certifi
import pytest

from config.settings import SettingError, Settings
from indexer.elastic_queries import settings as index_settings

SECRET = "bWF0LWtoYXU6Ymk="
TLS = "https://search:9200"


def read(home: Path, **environment: str) -> Settings:
    return Settings.from_environment({"HOSO_HOME": str(home), **environment})


def test_without_settings_an_index_is_one_shard_with_a_copy_where_a_second_node_is(tmp_path: Path) -> None:
    given = read(tmp_path)
    assert (given.search_shards, given.search_replicas, given.search_api_key, given.search_ca) == (1, None, None, None)
    made = index_settings(given.search_shards, given.search_replicas)
    assert (made["number_of_shards"], made["auto_expand_replicas"]) == (1, "0-1")
    assert "number_of_replicas" not in made


@pytest.mark.parametrize("replicas", [0, 2])
def test_a_number_of_replicas_takes_the_place_of_their_expansion(tmp_path: Path, replicas: int) -> None:
    given = read(tmp_path, HOSO_SEARCH_SHARDS="3", HOSO_SEARCH_REPLICAS=str(replicas))
    made = index_settings(given.search_shards, given.search_replicas)
    assert (made["number_of_shards"], made["number_of_replicas"]) == (3, replicas)
    assert "auto_expand_replicas" not in made


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HOSO_SEARCH_SHARDS", "0"),
        ("HOSO_SEARCH_SHARDS", "1025"),
        ("HOSO_SEARCH_SHARDS", "many"),
        ("HOSO_SEARCH_REPLICAS", "-1"),
        ("HOSO_SEARCH_REPLICAS", "0-1"),
    ],
)
def test_a_number_that_elasticsearch_would_refuse_is_refused_first(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingError, match=f"{name}={value}: use a whole number"):
        read(tmp_path, **{name: value})


def test_the_authority_is_a_file_of_certificates_and_goes_with_tls(tmp_path: Path) -> None:
    authority = certifi.where()
    assert read(tmp_path, HOSO_SEARCH_URL=TLS, HOSO_SEARCH_CA=authority).search_ca == Path(authority).resolve()
    with pytest.raises(SettingError, match="https://"):
        read(tmp_path, HOSO_SEARCH_URL="http://search:9200", HOSO_SEARCH_CA=authority)
    empty = tmp_path / "ca.pem"
    empty.write_text("no certificate\n")
    for unusable in (empty, tmp_path / "missing.pem", tmp_path):
        with pytest.raises(SettingError, match="HOSO_SEARCH_CA"):
            read(tmp_path, HOSO_SEARCH_URL=TLS, HOSO_SEARCH_CA=str(unusable))


@pytest.mark.parametrize(
    ("url", "key"),
    [
        (TLS, f"{SECRET}\nX-Other: 1"),
        (TLS, f"ApiKey {SECRET}"),
        (TLS, f"{SECRET}é"),
        ("https://elastic:word@search:9200", SECRET),
        (f"{TLS},https://elastic:word@other:9200", SECRET),
    ],
)
def test_a_key_that_cannot_be_sent_is_refused_without_repeating_it(tmp_path: Path, url: str, key: str) -> None:
    with pytest.raises(SettingError, match="HOSO_SEARCH_API_KEY") as refusal:
        read(tmp_path, HOSO_SEARCH_URL=url, HOSO_SEARCH_API_KEY=key)
    assert SECRET not in str(refusal.value)
    assert "word" not in str(refusal.value).replace("password", "")


def test_the_addresses_of_several_nodes_are_taken_with_commas_between(tmp_path: Path) -> None:
    several = "http://one:9200, http://two:9200"
    assert read(tmp_path, HOSO_SEARCH_URL=several).search_url == "http://one:9200,http://two:9200"


@pytest.mark.parametrize("several", [f"{TLS},", f"{TLS},two:9200", f"{TLS},http://two:9200", f"{TLS} {TLS}"])
def test_one_wrong_address_of_several_is_refused_without_repeating_it(tmp_path: Path, several: str) -> None:
    with pytest.raises(SettingError, match="HOSO_SEARCH_URL") as refusal:
        read(tmp_path, HOSO_SEARCH_URL=several.replace("search", SECRET))
    assert SECRET not in str(refusal.value)
