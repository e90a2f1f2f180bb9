"""The image, the composition and the scripts, read against the settings and the services. No engine runs them here."""

import json
import re
import shlex
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.settings import SETTINGS, SandboxMode, Settings
from tests.repository import ROOT, read, tracked_files

OURS = ("init", "web", "worker", "scheduler", "watch")
OUTSIDE = ("postgres", "elasticsearch", "redis")
BWRAP_CALLS = {"clone", "mount", "pivot_root", "umount2", "unshare"}
# Refused by Docker's default profile to a container without capabilities, and no business of ours.
REFUSED_CALLS = {
    *("add_key", "bpf", "chroot", "clock_settime", "delete_module", "fsmount", "fsopen", "init_module", "ioperm"),
    *("iopl", "kexec_load", "keyctl", "mount_setattr", "move_mount", "open_by_handle_at", "open_tree"),
    *("perf_event_open", "process_vm_readv", "ptrace", "reboot", "request_key", "setns", "settimeofday", "swapon"),
    *("userfaultfd", "io_uring_setup"),
}


@cache
def compose() -> dict[str, Any]:
    return yaml.safe_load(read("docker-compose.yml"))  # type: ignore[no-any-return]


def service(name: str) -> dict[str, Any]:
    return compose()["services"][name]  # type: ignore[no-any-return]


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile as pairs of instruction and words, continued lines joined, comments left out."""
    lines = [line for line in read("Dockerfile").splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1].strip()) for line in joined.splitlines() if line.strip()]


def image_environment() -> dict[str, str]:
    pairs = [shlex.split(words) for name, words in instructions() if name == "ENV"]
    return dict(pair.split("=", 1) for words in pairs for pair in words)


def filled(text: str, **variables: str) -> str:
    """A value of the composition with its variables put in, as the engine does it; unset ones stop as `:?` asks."""

    def value(found: re.Match[str]) -> str:
        name, sign, rest = found.group(1), found.group(2), found.group(3)
        if name in variables:
            return variables[name]
        assert sign == ":-", f"{name} is not set: {rest}"
        return rest

    return re.sub(r"\$\{(\w+)(?:(:[-?])([^}]*))?\}", value, text).replace("$$", "$")


SECRETS = {
    "POSTGRES_PASSWORD": "databaseword",
    "ELASTIC_PASSWORD": "searchword",
    "REDIS_PASSWORD": "brokerword",
    "HOSO_SECRET_KEY": "0123456789abcdef0123456789abcdef",
}


# Composition


def test_the_composition_has_every_service() -> None:
    assert set(compose()["services"]) == {*OURS, *OUTSIDE}


@pytest.mark.parametrize("name", OURS)
def test_our_services_run_the_image_with_settings_that_exist(name: str) -> None:
    known = {setting.name for setting in SETTINGS}
    assert service(name)["image"] == service("web")["image"]
    assert set(service(name)["environment"]) <= known


@pytest.mark.parametrize("name", OURS)
def test_the_settings_of_the_composition_can_be_read_and_name_the_other_services(name: str, tmp_path: Path) -> None:
    given = {key: filled(value, **SECRETS) for key, value in service(name)["environment"].items()}
    settings = Settings.from_environment({**given, "HOSO_HOME": str(tmp_path)})
    assert settings.database_url == "postgresql+psycopg://hoso:databaseword@postgres:5432/hoso"
    assert settings.search_url == "http://elastic:searchword@elasticsearch:9200"
    assert settings.broker_url == "redis://:brokerword@redis:6379/0"
    assert settings.sandbox is SandboxMode.REQUIRED
    assert settings.https


def test_every_secret_must_be_given() -> None:
    text = read("docker-compose.yml")
    named = re.findall(r"\$\{(\w*(?:PASSWORD|SECRET|KEY)\w*)([^}]*)\}", text)
    assert {name for name, _ in named} == set(SECRETS)
    assert [name for name, rest in named if not rest.startswith(":?")] == []
    values = {value for parts in compose()["services"].values() for value in parts.get("environment", {}).items()}
    secret = {(name, value) for name, value in values if re.search("PASSWORD|SECRET|AUTH", name)}
    assert [name for name, value in secret if not value.startswith("${")] == []


@pytest.mark.parametrize("name", [*OURS, *OUTSIDE])
def test_a_service_is_watched(name: str) -> None:
    own = service(name).get("healthcheck")
    if name == "init":  # ends by itself; the others wait for its success
        assert own == {"disable": True}
        return
    inherits = name == "web" and any(instruction == "HEALTHCHECK" for instruction, _ in instructions())
    assert inherits or own["test"][0] in ("CMD", "CMD-SHELL")


@pytest.mark.parametrize("name", ["web", "worker", "scheduler", "watch"])
def test_a_service_waits_until_what_it_needs_is_healthy(name: str) -> None:
    assert service(name)["depends_on"] == {
        **{other: {"condition": "service_healthy"} for other in OUTSIDE},
        "init": {"condition": "service_completed_successfully"},
    }


@pytest.mark.parametrize("name", OURS)
def test_a_command_of_the_composition_is_a_command_of_ours(name: str) -> None:
    from app.cli import COMMANDS

    assert service(name)["command"] == [name]
    assert name in COMMANDS


def test_only_the_web_server_can_be_reached_and_only_from_this_machine() -> None:
    published = {name: parts["ports"] for name, parts in compose()["services"].items() if "ports" in parts}
    assert list(published) == ["web"]
    assert all(filled(port).startswith("127.0.0.1:") for port in published["web"])
    assert compose()["networks"]["inside"] == {"internal": True}
    outside = {name for name, parts in compose()["services"].items() if parts["networks"] != ["inside"]}
    assert outside == {"web"}


def test_every_volume_is_declared_and_used() -> None:
    mounts = [mount.rsplit(":", 1) for parts in compose()["services"].values() for mount in parts["volumes"]]
    folders = [mount for mount in mounts if mount[0].startswith("${HOSO_FOLDERS:-./")]
    assert [target for _, target in folders] == ["/folders"]
    mounts = [mount for mount in mounts if mount not in folders]
    assert {source for source, _ in mounts} == set(compose()["volumes"])
    assert {target for source, target in mounts if source == "records"} == {image_environment()["HOSO_HOME"]}


@pytest.mark.parametrize("name", OURS)
def test_our_services_have_no_capabilities_and_the_profile_of_the_sandbox(name: str) -> None:
    options = dict(re.split(r"[=:]", option, maxsplit=1) for option in service(name)["security_opt"])
    assert service(name)["cap_drop"] == ["ALL"]
    assert options["no-new-privileges"] == "true"
    assert (ROOT / options["seccomp"]).is_file()
    # Without these two the kernel, or AppArmor, refuses /proc and the mounts inside the sandbox's own namespace.
    assert options["systempaths"] == options["apparmor"] == "unconfined"


def test_the_profile_allows_what_bubblewrap_needs_and_refuses_the_rest() -> None:
    profile = json.loads(read("docker/seccomp.json"))
    allowed = {name for rule in profile["syscalls"] if rule["action"] == "SCMP_ACT_ALLOW" for name in rule["names"]}
    assert profile["defaultAction"] == "SCMP_ACT_ERRNO"
    assert allowed >= BWRAP_CALLS
    assert allowed & REFUSED_CALLS == set()


# Image


def test_the_image_installs_the_packages_and_the_lock_that_make_run_installs() -> None:
    runs = " ".join(words for name, words in instructions() if name == "RUN")
    assert "requirements/system.txt" in runs
    assert "--require-hashes" in runs
    assert "-r requirements/run.lock" in runs


def test_the_image_holds_every_package_and_the_context_lets_it_in() -> None:
    copied = {words.split()[0].strip("/") for name, words in instructions() if name == "COPY"}
    packages = {path.split("/")[0] for path in tracked_files() if path.endswith("/__init__.py")}
    assert packages - {"tests", "benchmarks"} <= copied
    sources = {word.strip("/") for name, words in instructions() if name == "COPY" for word in words.split()[:-1]}
    let_in = {line.strip("!/") for line in read(".dockerignore").splitlines() if line.startswith("!")}
    assert sources == let_in


def test_the_image_runs_the_command_of_the_project_as_nobody_special() -> None:
    by_name = dict(instructions())
    assert json.loads(by_name["ENTRYPOINT"]) == ["hoso"]
    assert 'hoso = "app.cli:main"' in read("pyproject.toml")
    assert int(by_name["USER"].split(":")[0]) >= 1000


def test_the_settings_of_the_image_exist_and_require_the_sandbox(tmp_path: Path) -> None:
    given = {name: value for name, value in image_environment().items() if name.startswith("HOSO_")}
    assert set(given) <= {setting.name for setting in SETTINGS}
    settings = Settings.from_environment({**given, "HOSO_HOME": str(tmp_path)})
    assert (settings.host, settings.port, settings.sandbox) == ("0.0.0.0", 8000, SandboxMode.REQUIRED)  # noqa: S104


def test_the_health_check_asks_a_page_that_exists(tmp_path: Path) -> None:
    from app.factory import create_app

    check = dict(instructions())["HEALTHCHECK"]
    asked = re.search(r"http://127\.0\.0\.1:8000(/[\w/]+)", check)
    assert asked is not None
    app = create_app(Settings.from_environment({"HOSO_HOME": str(tmp_path)}))
    assert asked.group(1) in {rule.rule for rule in app.url_map.iter_rules()}


# Scripts


@pytest.mark.parametrize("script", ["scripts/install", "scripts/start", "scripts/lock", ".ci/run"])
def test_a_script_parses_can_be_run_and_stops_at_the_first_failure(script: str) -> None:
    assert subprocess.run(["bash", "-n", str(ROOT / script)], check=False).returncode == 0
    assert (ROOT / script).stat().st_mode & 0o111
    assert "set -euo pipefail" in read(script)


def test_no_call_of_apt_can_ask_a_question() -> None:
    for script in ("scripts/install", ".ci/run"):
        installing = [line for line in read(script).splitlines() if re.search(r" env \S+ apt-get", line)]
        assert len(installing) == 1
        assert "env DEBIAN_FRONTEND=noninteractive apt-get" in installing[0]
        assert " -y" in installing[0]


def test_ci_calls_the_targets_that_people_call() -> None:
    assert re.findall(r"^make ([a-z-]+)$", read(".ci/run"), re.MULTILINE) == ["check", "test-services"]


def test_a_port_in_use_is_one_clear_line(tmp_path: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run = subprocess.run(
            [ROOT / "scripts/start", "serve"],
            env={"PATH": "/usr/bin:/bin", "HOSO_HOME": str(tmp_path), "HOSO_PORT": str(port)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert run.returncode == 1
    assert run.stdout == ""
    assert run.stderr.count("\n") == 1
    assert f"port {port} on 127.0.0.1 is in use" in run.stderr
