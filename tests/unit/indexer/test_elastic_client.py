"""The connection to Elasticsearch: its key, its authority, and what errors tell."""

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.cli import main
from indexer import open_backend
from indexer.elastic_client import connect, speaking
from indexer.errors import SearchDown
from tests.elastic_answers import Asked, answering

KEY = "bWF0LWtoYXU6Ymk="


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 that is its own authority, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "search.test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path / "authority.pem"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + private)
    return path


def stranger(asked: Asked) -> tuple[int, Any]:
    """The server repeats the key that it does not know."""
    reason = f"unable to authenticate with {asked.headers.get('authorization', 'nothing')}"
    return 401, {"error": {"type": "security_exception", "reason": "unable to authenticate", "detail": reason}}


def test_the_key_is_sent_over_tls_to_a_server_of_the_authority(authority: Path) -> None:
    with answering(stranger, certificate=str(authority)) as server:
        backend = open_backend(server.url, api_key=KEY, ca_certs=authority)
        with pytest.raises(SearchDown, match="401"):
            list(backend.revisions())
        backend.close()
    assert {asked.headers["authorization"] for asked in server.asked} == {f"ApiKey {KEY}"}


def test_a_server_of_another_authority_is_told_nothing(authority: Path) -> None:
    with answering(stranger, certificate=str(authority)) as server:
        backend = open_backend(server.url, api_key=KEY)
        with pytest.raises(SearchDown, match=r"(?i)certificate"):
            list(backend.revisions())
        backend.close()
    assert server.asked == []


def test_an_authority_that_is_no_longer_there_is_search_that_is_down(tmp_path: Path, authority: Path) -> None:
    with answering(stranger, certificate=str(authority)) as server, pytest.raises(SearchDown):
        list(open_backend(server.url, ca_certs=tmp_path / "missing.pem").revisions())
    assert server.asked == []


def test_the_doctor_asks_with_the_key_and_never_prints_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, authority: Path
) -> None:
    with answering(stranger, certificate=str(authority)) as server:
        given = {"HOSO_HOME": str(tmp_path / "home"), "HOSO_SEARCH_URL": server.url, "HOSO_SEARCH_API_KEY": KEY}
        for name, value in {**given, "HOSO_SEARCH_CA": str(authority)}.items():
            monkeypatch.setenv(name, value)
        said = CliRunner().invoke(main, ["doctor"])
    assert server.asked[0].headers["authorization"] == f"ApiKey {KEY}"
    assert KEY not in f"{said.output}{said.exception!r}"
    assert "search-down" in said.output
    assert "Traceback" not in said.output


def test_the_next_address_is_asked_where_one_does_not_answer() -> None:
    with answering(lambda _: (200, {"count": 3})) as server:
        client = connect(f"http://127.0.0.1:1, http://127.0.0.1:2,{server.url}")
        assert [client.count()["count"] for _ in range(4)] == [3, 3, 3, 3]
        client.close()
    alone = connect("http://127.0.0.1:1,http://127.0.0.1:2")
    with pytest.raises(SearchDown), speaking():
        alone.count()
    alone.close()
