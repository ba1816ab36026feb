# The image of every Lineside process: web, receiver, worker, beat. docker-compose.yml gives each its command.
FROM python:3.12-slim-bookworm

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    LINESIDE_HOST=0.0.0.0 \
    LINESIDE_DATA_DIR=/var/lib/lineside

WORKDIR /opt/lineside

COPY requirements.lock ./
RUN pip install --require-hashes --no-deps --only-binary=:all: --requirement requirements.lock

RUN useradd --system --user-group --home-dir /var/lib/lineside --create-home --shell /usr/sbin/nologin lineside
COPY . .
USER lineside

EXPOSE 8000 4317 4318
CMD ["python", "-m", "config.web"]
