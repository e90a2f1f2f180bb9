"""One table of settings, read once from the environment (`docs/settings.md` explains each)."""

import os
import secrets
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit


class SandboxMode(StrEnum):
    """`required` refuses to read where the child cannot be isolated; `best-effort` goes on with limits alone."""

    REQUIRED = "required"
    BEST_EFFORT = "best-effort"


class SettingError(ValueError):
    """A setting that cannot be used; the message names it and says what it accepts."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table: the variable's name, its default as shown to people, and what it is for."""

    name: str
    default: str
    meaning: str


SETTINGS = (
    Setting("HOSO_HOME", "var/", "data directory: database, index, stored files, keys, logs"),
    Setting("HOSO_DATABASE_URL", "SQLite in HOSO_HOME", "SQLAlchemy address of the database"),
    Setting(
        "HOSO_SEARCH_URL",
        "embedded index in HOSO_HOME",
        "http(s)://host:port of an Elasticsearch, or of several of its nodes",
    ),
    Setting("HOSO_SEARCH_INDEX", "hoso", "how the names of our indices on the Elasticsearch begin"),
    Setting("HOSO_SEARCH_API_KEY", "none", "API key of the Elasticsearch"),
    Setting("HOSO_SEARCH_CA", "none", "file with the certificate authority of the Elasticsearch"),
    Setting("HOSO_SEARCH_SHARDS", "1", "into how many shards an index on the Elasticsearch is cut"),
    Setting("HOSO_SEARCH_REPLICAS", "one where a second node is", "further copies of every shard on other nodes"),
    Setting("HOSO_BROKER_URL", "filesystem transport in HOSO_HOME", "redis://host:port/n in production"),
    Setting("HOSO_STORE_URL", "store/ in HOSO_HOME", "file:///directory of the stored files"),
    Setting("HOSO_HOST", "127.0.0.1", "address the web server listens on"),
    Setting("HOSO_PORT", "8000", "port the web server listens on"),
    Setting("HOSO_SECRET_KEY", "made on first start", "key of the session cookies, at least 32 characters"),
    Setting("HOSO_SANDBOX", "best-effort", "required or best-effort isolation of the reading child"),
    Setting("HOSO_LANGUAGE", "vi", "language of the screens where the user has not chosen one: vi or en"),
    Setting("HOSO_HTTPS", "0", "1 where the pages are served over TLS: cookies are then marked Secure"),
    Setting("HOSO_MAX_UPLOAD_MB", "512", "largest accepted file in megabytes"),
    Setting("HOSO_STORE_QUOTA_MB", "none", "largest total size of the stored files in megabytes"),
    Setting("HOSO_EXPORT_DAYS", "7", "days for which exported lists of search results are kept"),
    Setting("HOSO_LIST_LINES", "10000", "lines that an account may search for by list within 24 hours"),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, resolved: paths absolute, defaults filled in."""

    home: Path
    database_url: str = field(repr=False)
    search_url: str | None = field(repr=False)
    search_index: str
    search_api_key: str | None = field(repr=False)
    search_ca: Path | None
    search_shards: int
    search_replicas: int | None
    broker_url: str | None = field(repr=False)
    store: Path
    host: str
    port: int
    secret_key: str = field(repr=False)
    sandbox: SandboxMode
    language: str
    https: bool
    max_upload_bytes: int
    store_quota_bytes: int | None
    export_days: int
    list_lines: int

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read the table once.

        Creates `HOSO_HOME` (mode 700) and the secret key file (mode 600) where they are missing.
        Raises `SettingError` naming the variable that cannot be used.
        """
        env = os.environ if environment is None else environment
        home = Path(env.get("HOSO_HOME") or "var").resolve()
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        language = env.get("HOSO_LANGUAGE") or "vi"
        if language not in ("vi", "en"):
            raise SettingError(f"HOSO_LANGUAGE={language}: use vi or en.")
        quota = env.get("HOSO_STORE_QUOTA_MB")
        return cls(
            home=home,
            database_url=env.get("HOSO_DATABASE_URL") or f"sqlite:///{home / 'hoso.sqlite3'}",
            search_url=_search_url(env.get("HOSO_SEARCH_URL")),
            search_index=_index_name(env.get("HOSO_SEARCH_INDEX")),
            search_api_key=_api_key(env),
            search_ca=_authority(env),
            search_shards=_whole(env, "HOSO_SEARCH_SHARDS", 1, 1, 1024),
            search_replicas=_whole(env, "HOSO_SEARCH_REPLICAS", 0, 0, 100) if env.get("HOSO_SEARCH_REPLICAS") else None,
            broker_url=_broker_url(env.get("HOSO_BROKER_URL")),
            store=_store(env.get("HOSO_STORE_URL"), home),
            host=env.get("HOSO_HOST") or "127.0.0.1",
            port=_whole(env, "HOSO_PORT", 8000, 1, 65535),
            secret_key=_secret(env.get("HOSO_SECRET_KEY"), home),
            sandbox=_sandbox(env.get("HOSO_SANDBOX")),
            language=language,
            https=(env.get("HOSO_HTTPS") or "0") == "1",
            max_upload_bytes=_whole(env, "HOSO_MAX_UPLOAD_MB", 512, 1, 1_000_000) * 1_000_000,
            store_quota_bytes=_whole(env, "HOSO_STORE_QUOTA_MB", 1, 1, 10**9) * 1_000_000 if quota else None,
            export_days=_whole(env, "HOSO_EXPORT_DAYS", 7, 1, 365),
            list_lines=_whole(env, "HOSO_LIST_LINES", 10_000, 1, 10_000_000),
        )

    @property
    def keys(self) -> Path:
        """Directory of the keys of the event chain (never the cookie secret)."""
        return self.home / "keys"

    @property
    def index(self) -> Path:
        """Directory of the embedded search index."""
        return self.home / "index"

    @property
    def broker_folder(self) -> Path:
        """Directory of the embedded message transport."""
        return self.home / "broker"

    @property
    def logs(self) -> Path:
        """Directory of the logs of the supervised processes."""
        return self.home / "logs"


def _search_url(value: str | None) -> str | None:
    if not value:
        return None
    addresses = [address.strip() for address in value.split(",")]
    # The addresses are not repeated: they may hold a password.
    if not all(map(_is_address, addresses)) or len({address.partition(":")[0] for address in addresses}) > 1:
        raise SettingError("HOSO_SEARCH_URL: use http(s)://host:port, several with commas between, or leave it out.")
    return ",".join(addresses)


def _is_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


def _api_key(env: Mapping[str, str]) -> str | None:
    key = env.get("HOSO_SEARCH_API_KEY") or None
    if key is None:
        return None
    if not (key.isascii() and key.isprintable()) or " " in key:  # it travels in a header
        raise SettingError("HOSO_SEARCH_API_KEY: use the key as Elasticsearch encoded it, in one line.")
    if any(urlsplit(address).username is not None for address in (env.get("HOSO_SEARCH_URL") or "").split(",")):
        raise SettingError("HOSO_SEARCH_API_KEY: leave the user and password in HOSO_SEARCH_URL out, or the key.")
    return key


def _authority(env: Mapping[str, str]) -> Path | None:
    value = env.get("HOSO_SEARCH_CA")
    if not value:
        return None
    if not (env.get("HOSO_SEARCH_URL") or "").startswith("https://"):
        raise SettingError("HOSO_SEARCH_CA: goes with a HOSO_SEARCH_URL that begins with https://.")
    try:
        ssl.create_default_context(cafile=value)
    except OSError:  # ssl.SSLError is one
        raise SettingError(f"HOSO_SEARCH_CA={value}: use a readable file of certificates (PEM).") from None
    return Path(value).resolve()


def _index_name(value: str | None) -> str:
    name = value or "hoso"
    if not (name.isascii() and name.replace("-", "").isalnum() and name.islower()):
        raise SettingError(f"HOSO_SEARCH_INDEX={name}: use small letters, digits and hyphens.")
    return name


def _broker_url(value: str | None) -> str | None:
    if not value or value.startswith("filesystem:"):
        return None
    if not value.startswith(("redis://", "rediss://")):
        raise SettingError("HOSO_BROKER_URL: use redis://host:port/number, or leave it out.")
    return value


def _store(value: str | None, home: Path) -> Path:
    if not value:
        return home / "store"
    if not value.startswith("file:///"):
        raise SettingError("HOSO_STORE_URL: use file:///directory.")
    return Path(value.removeprefix("file://"))


def _whole(env: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    raw = env.get(name) or str(default)
    if not raw.isascii() or not raw.isdigit() or not least <= int(raw) <= most:
        raise SettingError(f"{name}={raw}: use a whole number from {least} to {most}.")
    return int(raw)


def _sandbox(value: str | None) -> SandboxMode:
    try:
        return SandboxMode(value or SandboxMode.BEST_EFFORT)
    except ValueError:
        raise SettingError(f"HOSO_SANDBOX={value}: use required or best-effort.") from None


def _secret(value: str | None, home: Path) -> str:
    """The given key, or the one kept in the data directory, made on first start."""
    if value:
        if len(value) < 32:
            raise SettingError("HOSO_SECRET_KEY: use at least 32 characters.")
        return value
    path = home / "secret.key"
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()
