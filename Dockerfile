# Hồ Sơ on Debian 12 with Python 3.11. docs/development.md says what of this could be tried and what could not.
FROM debian:12-slim

SHELL ["/bin/bash", "-o", "pipefail", "-c"]
ENV DEBIAN_FRONTEND=noninteractive

WORKDIR /opt/hoso

# One list of system packages for this image and for `make run`; Debian stable keeps their versions.
COPY requirements/ requirements/
# hadolint ignore=DL3008
RUN apt-get update \
    && grep -v '^#' requirements/system.txt | xargs apt-get install -y --no-install-recommends \
    && rm -rf /var/lib/apt/lists/*

RUN python3 -m venv .venv \
    && .venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes \
        -r requirements/build.lock -r requirements/run.lock

COPY pyproject.toml README.md LICENSE ./
COPY app/ app/
COPY ingestion/ ingestion/
COPY indexer/ indexer/
COPY doc_templates/ doc_templates/
COPY config/ config/
RUN .venv/bin/python -m pip install --no-cache-dir --no-deps --no-index --no-build-isolation -e . \
    && .venv/bin/python -m compileall -q app config doc_templates indexer ingestion \
    && useradd --system --uid 10001 --user-group --home-dir /var/lib/hoso --shell /usr/sbin/nologin hoso \
    && install -d -o hoso -g hoso -m 700 /var/lib/hoso

ENV PATH=/opt/hoso/.venv/bin:/usr/bin:/bin \
    LANG=C.UTF-8 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOSO_HOME=/var/lib/hoso \
    HOSO_HOST=0.0.0.0 \
    HOSO_PORT=8000 \
    HOSO_SANDBOX=required

USER 10001:10001
VOLUME /var/lib/hoso
EXPOSE 8000
STOPSIGNAL SIGTERM

HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/api/v1/health', timeout=8)"]

ENTRYPOINT ["hoso"]
CMD ["serve"]
