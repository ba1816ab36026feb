"""Settings, read from the environment and from nowhere else. docs/operations.md lists every variable."""

import secrets
from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF
from django.urls import reverse_lazy

from config.admin_theme import UNFOLD as UNFOLD

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()

# --- Where Lineside lives ---------------------------------------------------------------------------
LINESIDE_HOST = env.str("LINESIDE_HOST", default="127.0.0.1")
LINESIDE_HTTP_PORT = env.int("LINESIDE_HTTP_PORT", default=8000)
LINESIDE_OTLP_GRPC_PORT = env.int("LINESIDE_OTLP_GRPC_PORT", default=4317)
LINESIDE_OTLP_HTTP_PORT = env.int("LINESIDE_OTLP_HTTP_PORT", default=4318)
LINESIDE_DATA_DIR = Path(env.str("LINESIDE_DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
LINESIDE_PUBLIC_URL = env.str(
    "LINESIDE_PUBLIC_URL",
    default=f"http://{'localhost' if LINESIDE_HOST in ('127.0.0.1', '0.0.0.0') else LINESIDE_HOST}:{LINESIDE_HTTP_PORT}",  # noqa: S104
).rstrip("/")
# host:port of the receivers that /readyz waits for; where they run elsewhere, they have their own checks.
LINESIDE_READYZ_RECEIVERS = env.list("LINESIDE_READYZ_RECEIVERS", default=[])
LINESIDE_OUTGOING_ALLOW = env.list("LINESIDE_OUTGOING_ALLOW", default=[])
LINESIDE_API_KEY = env.str("LINESIDE_API_KEY", default="")
LINESIDE_ADMIN_PASSWORD = env.str("LINESIDE_ADMIN_PASSWORD", default="")

# --- Django -----------------------------------------------------------------------------------------
# Commands and workers sign nothing that outlives them; config.web insists on a key that lasts.
SECRET_KEY = env.str("LINESIDE_SECRET_KEY", default="") or secrets.token_urlsafe(48)
DEBUG = env.bool("LINESIDE_DEBUG", default=False)
# This machine may always ask itself; health checks do.
ALLOWED_HOSTS = [
    *env.list("LINESIDE_ALLOWED_HOSTS", default=[]),
    "localhost",
    "127.0.0.1",
    "[::1]",
    LINESIDE_HOST,
]
CSRF_TRUSTED_ORIGINS = env.list("LINESIDE_TRUSTED_ORIGINS", default=[])
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "channels",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "projects",
    "traces",
    "ingest",
    "alerts",
    "dashboards",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.static_files.StaticFilesMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.admin_csp.AdminCSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "dashboards.context.shell",
            ],
        },
    },
]

# --- Stores -----------------------------------------------------------------------------------------
LINESIDE_DATABASE_URL = env.str(
    "LINESIDE_DATABASE_URL", default="postgresql://postgres@127.0.0.1:5432/lineside"
)
LINESIDE_REDIS_URL = env.str("LINESIDE_REDIS_URL", default="redis://127.0.0.1:6379/0")

# Reads end after this long whatever they are (invariant: every query has a statement timeout).
STATEMENT_TIMEOUT_MS = 15_000

_database = env.db_url_config(LINESIDE_DATABASE_URL)
DATABASES = {
    "default": {
        **_database,
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 5,
            **_database.get("OPTIONS", {}),  # what the address asks for, as ?sslmode=require
            "options": f"-c statement_timeout={STATEMENT_TIMEOUT_MS}",
        },
    }
}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": LINESIDE_REDIS_URL,
        "KEY_PREFIX": "lineside",
    }
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [LINESIDE_REDIS_URL], "prefix": "lineside"},
    }
}

# --- Celery -----------------------------------------------------------------------------------------
CELERY_BROKER_URL = LINESIDE_REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONCURRENCY = env.int("LINESIDE_WORKER_CONCURRENCY", default=2)
CELERY_BEAT_SCHEDULE_FILENAME = str(LINESIDE_DATA_DIR / "beat-schedule")
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 120}
# The sweeps find work that was announced while nobody listened; each is idempotent, so one that waited
# longer than its interval is dropped rather than queued behind its successors.
CELERY_BEAT_SCHEDULE = {
    "summarise-touched-traces": {
        "task": "traces.tasks.summarise_touched",
        "schedule": 1.0,
        "options": {"expires": 5},
    },
    "close-silent-traces": {
        "task": "traces.tasks.close_silent",
        "schedule": 5.0,
        "options": {"expires": 10},
    },
    "refresh-statistics": {
        "task": "traces.tasks.refresh_statistics",
        "schedule": 20.0,
        "options": {"expires": 20},
    },
    "evaluate-alert-rules": {
        "task": "alerts.tasks.evaluate_rules",
        "schedule": 1.0,
        "options": {"expires": 5},
    },
    "deliver-notifications": {
        "task": "alerts.tasks.deliver_due",
        "schedule": 2.0,
        "options": {"expires": 10},
    },
}

# --- REST -------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["projects.api.authentication.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["projects.api.authentication.HasKeyScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "projects.api.problems.problem_details",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Lineside",
    "DESCRIPTION": "Agent runs, their latency and their cost.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": [],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},  # asks no one else about the schema
    "ENUM_NAME_OVERRIDES": {
        "IncidentStatusEnum": "alerts.serializers.STATES",
        "TraceStatusEnum": "traces.serializers.traces.TRACE_STATUSES",
        "SpanStatusEnum": "traces.domain.span_row.STATUS_NAMES",
        "SpanKindEnum": "traces.domain.span_row.KINDS",
    },
}

# --- Static files and pages -------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "config.plotly_js.PlotlyFinder",
]
WHITENOISE_USE_FINDERS = True  # files are served from where they are; nothing has to be collected
LOGIN_URL = reverse_lazy("login")
LOGIN_REDIRECT_URL = reverse_lazy("home")
LOGOUT_REDIRECT_URL = reverse_lazy("login")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Cookies travel over TLS only when the public address says that there is TLS.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LINESIDE_PUBLIC_URL.startswith("https://")
SESSION_COOKIE_NAME = f"lineside_session_{LINESIDE_HTTP_PORT}"  # two instances on one host keep apart
CSRF_COOKIE_NAME = f"lineside_csrf_{LINESIDE_HTTP_PORT}"

# TLS ends in front of this process (or, on one machine, there is none): redirecting to it and promising it to
# browsers for months is for whoever runs the proxy.
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008"]

# --- Mail -------------------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = env.str("LINESIDE_MAIL_FROM", default="lineside@localhost")
vars().update(env.email_url("LINESIDE_MAIL_URL", default="consolemail://"))
EMAIL_TIMEOUT = 10

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    # /readyz says 503 while an installation starts: that is its answer, and no error of ours.
    "filters": {
        "no_readiness": {
            "()": "django.utils.log.CallbackFilter",
            "callback": lambda record: getattr(getattr(record, "request", None), "path", "") != "/readyz",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {"django.request": {"filters": ["no_readiness"]}},
    "root": {
        "handlers": ["console"],
        "level": env.str("LINESIDE_LOG_LEVEL", default="INFO"),
    },
}
