FROM python:3.11-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /srv/auditready
RUN python -m venv /opt/venv
COPY requirements.lock ./
RUN /opt/venv/bin/pip install --require-hashes -r requirements.lock
COPY . ./
# Editable: the package runs from its own tree, where the migrations and the Word templates are.
RUN /opt/venv/bin/pip install --no-deps --no-build-isolation -e . \
    && /opt/venv/bin/pybabel compile -d app/locale -D auditready \
    && /opt/venv/bin/python -m compileall -q app migrations \
    && /opt/venv/bin/pip uninstall --yes setuptools pip

FROM python:3.11-slim
RUN groupadd --system --gid 10001 auditready \
    && useradd --system --uid 10001 --gid auditready --home-dir /data --no-create-home --shell /usr/sbin/nologin auditready \
    && install -d -o auditready -g auditready -m 0750 /data
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/auditready /srv/auditready
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    AUDITREADY_DATA_FOLDER=/data
WORKDIR /srv/auditready
USER 10001:10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/health/ready', timeout=4)"]
CMD ["auditready", "serve", "--host", "0.0.0.0"]
