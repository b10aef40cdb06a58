# Shoal in a container: built with a compiler, run without one, by a user who is nobody. How to run it: docs/backup.md,
# "In a container". Voice wants the network of the host (--network host): thousands of ports for RTP through a container's
# own network cost more than the calls.
FROM python:3.11-slim-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev libffi-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY pyproject.toml setup.py README.md LICENSE ./
COPY switch ./switch
COPY cti ./cti
COPY ivr ./ivr
COPY media ./media
COPY tests/world ./tests/world
RUN python -m venv /opt/shoal && /opt/shoal/bin/pip install --no-cache-dir '.[postgresql]'

FROM python:3.11-slim-bookworm
RUN apt-get update && apt-get install -y --no-install-recommends libopus0 espeak-ng-data && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 5060 --home-dir /data --shell /usr/sbin/nologin shoal \
    && install -d -o shoal -g shoal -m 0700 /data
COPY --from=build /opt/shoal /opt/shoal
COPY --chown=shoal:shoal config /opt/shoal/config
ENV PATH=/opt/shoal/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER shoal
WORKDIR /data
# The configuration (/data/config) and all state (/data/var): one folder to keep.
VOLUME /data
EXPOSE 5060/udp 5060/tcp 5061/tcp 8080/tcp
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 CMD ["python", "-c", \
    "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/health/live', timeout=2)"]
# The first start begins with the demonstration; what is in /data/config already is never touched.
ENTRYPOINT ["/bin/sh", "-c", "test -e /data/config || cp -r /opt/shoal/config /data/config; exec shoal run --config /data/config \"$@\"", "shoal"]
