"""Settings of KRM, all from the environment; `docs/operations.md` lists every variable."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from krm.operations import logs

BASE_DIR = Path(__file__).resolve().parent.parent
TESTING = "pytest" in sys.modules


def env(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def envbool(name: str, default: bool) -> bool:
    """`True` or `False`, nothing else: a typo must not switch a protection off."""
    value = os.environ.get(name)
    if value is None or value == "":
        return default
    if value in ("True", "true", "1"):
        return True
    if value in ("False", "false", "0"):
        return False
    raise ImproperlyConfigured(f"{name} must be True or False, not {value!r}")


def envint(name: str, default: int) -> int:
    value = os.environ.get(name) or str(default)
    if not value.isdigit():
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}")
    return int(value)


def envsecret(name: str, default: str | None = "") -> str:
    """The secret itself, or the content of the file that `NAME_FILE` names; without a default it must be there."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text().strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error}") from error
    value = os.environ.get(name) or default
    if value is None:
        raise ImproperlyConfigured(f"{name} (or {name}_FILE) must be set where KRM_LOCAL is False")
    return value


def envlist(name: str, default: str = "") -> list[str]:
    return [item.strip() for item in env(name, default).split(",") if item.strip()]


def database_from_url(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ImproperlyConfigured("DATABASE_URL must start with postgres://; KRM runs on PostgreSQL only")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "krm",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": envint("KRM_DB_MAX_AGE", 60),
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }


def mail_from_url(url: str, *, local: bool) -> tuple[str, tuple[str, int, str, str, bool, bool]]:
    """The mail backend and its host, port, user, password, STARTTLS, TLS."""
    if not url:
        backend = "krm.local.mail.FolderBackend" if local else "django.core.mail.backends.smtp.EmailBackend"
        return backend, ("localhost", 25, "", "", False, False)
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ImproperlyConfigured("KRM_MAIL_URL must read smtp://user:password@host:587 or smtps://…:465")
    direct = parts.scheme == "smtps"
    starttls = not direct and "plain" not in parts.query
    port = parts.port or (465 if direct else 587)
    host, user, password = parts.hostname, unquote(parts.username or ""), unquote(parts.password or "")
    return "django.core.mail.backends.smtp.EmailBackend", (host, port, user, password, starttls, direct)


LOCAL = envbool("KRM_LOCAL", True)  # one machine, plain HTTP, development mail; production sets it to False
DEBUG = envbool("KRM_DEBUG", False)
SECRET_KEY = envsecret("KRM_SECRET_KEY", "local-only-not-a-secret" if LOCAL else None)
ALLOWED_HOSTS = envlist("KRM_ALLOWED_HOSTS", "*" if LOCAL else "")
CSRF_TRUSTED_ORIGINS = envlist("KRM_TRUSTED_ORIGINS")
SITE_URL = env("KRM_SITE_URL", "http://127.0.0.1:8000")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.contrib.admin",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "pgtrigger",
    "pghistory",
    "rules.apps.AutodiscoverRulesConfig",
    "django_htmx",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "csp",
    "krm.money",
    "krm.accounts",
    "krm.events",
    "krm.connectors",
    "krm.web",
    "krm.api",
    "krm.operations",
    "krm.local",
    "creators",
    "campaigns",
    "briefs",
    "payments",
    "reporting",
]

MIDDLEWARE = [
    "krm.operations.middleware.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "krm.web.static_files.StaticFiles",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "krm.api.middleware.ApiMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "krm.accounts.middleware.SeenMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "krm.accounts.middleware.PersonalMiddleware",
    "krm.events.middleware.HistoryMiddleware",
    "krm.web.errors.RefusalMiddleware",
]

ROOT_URLCONF = "krm.urls"
WSGI_APPLICATION = "krm.wsgi.application"
ASGI_APPLICATION = "krm.asgi.application"

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
                "django.template.context_processors.i18n",
                "krm.web.context.furniture",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    },
]

FORM_RENDERER = "krm.web.widgets.WidgetRenderer"

DATABASES = {"default": database_from_url(envsecret("DATABASE_URL", "postgres://krm@127.0.0.1:5432/krm"))}
if env("KRM_TEST_DB"):
    DATABASES["default"]["TEST"] = {"NAME": env("KRM_TEST_DB")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = envsecret("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "krm.caching.SteadyCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
    }
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

# Nobody signs up by themselves: people come by invitation, which proves their e-mail.
ACCOUNT_ADAPTER = "krm.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "20/m/ip,5/m/key",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
}
SOCIALACCOUNT_ADAPTER = "krm.accounts.adapter.SocialAccountAdapter"
MFA_ADAPTER = "krm.connectors.second_factor.VaultMfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # the invitation went to this e-mail
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOCAL
SESSION_COOKIE_AGE = 14 * 86400
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
if not LOCAL:
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True

# Language and time: English and Bahasa Indonesia side by side, days cut in the organisation's zone.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("id", _("Bahasa Indonesia"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env("KRM_TIME_ZONE", "Asia/Jakarta")
DEFAULT_CURRENCY = env("KRM_CURRENCY", "IDR")

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "krm.web.assets.NodeModulesFinder",
]
# On one machine files are found where they lie; a server collects them once under hashed names.
WHITENOISE_USE_FINDERS = LOCAL
WHITENOISE_AUTOREFRESH = LOCAL
WHITENOISE_MAX_AGE = 0 if LOCAL else 3600
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if LOCAL
        else "krm.web.assets.HashedStorage"
    },
}
MEDIA_ROOT = Path(env("KRM_MEDIA_ROOT", str(BASE_DIR / ".local" / "media")))
MEDIA_URL = "/media/"  # never served from here: files go through views that check who asks

# Connectors. With KRM_SANDBOX_URL every platform is the sandbox network; without it, the real hosts.
KRM_VAULT_KEYS = envsecret(
    "KRM_VAULT_KEYS", "test:dGVzdC1vbmx5LXZhdWx0LWtleS1vZi0zMi1ieXRlcyE=" if TESTING else ""
)
SANDBOX_URL = env("KRM_SANDBOX_URL").rstrip("/")
KRM_EGRESS_ALLOW = envlist("KRM_EGRESS_ALLOW") + ([urlsplit(SANDBOX_URL).netloc] if SANDBOX_URL else [])
PLATFORM_URLS = {
    "facebook_authorize": env("KRM_FACEBOOK_AUTHORIZE_URL", SANDBOX_URL or "https://www.facebook.com"),
    "google_authorize": env("KRM_GOOGLE_AUTHORIZE_URL", SANDBOX_URL or "https://accounts.google.com"),
    "hypeauditor": env("KRM_HYPEAUDITOR_URL", SANDBOX_URL or "https://hypeauditor.com"),
    "instagram": env("KRM_INSTAGRAM_URL", SANDBOX_URL or "https://graph.facebook.com"),
    "instagram_login": env("KRM_INSTAGRAM_LOGIN_URL", SANDBOX_URL or "https://graph.instagram.com"),
    "instagram_authorize": env("KRM_INSTAGRAM_AUTHORIZE_URL", SANDBOX_URL or "https://www.instagram.com"),
    "instagram_oauth": env("KRM_INSTAGRAM_OAUTH_URL", SANDBOX_URL or "https://api.instagram.com"),
    "tiktok_authorize": env("KRM_TIKTOK_AUTHORIZE_URL", SANDBOX_URL or "https://www.tiktok.com"),
    "x_authorize": env("KRM_X_AUTHORIZE_URL", SANDBOX_URL or "https://x.com"),
    "modash": env("KRM_MODASH_URL", SANDBOX_URL or "https://api.modash.io"),
    "tiktok": env("KRM_TIKTOK_URL", SANDBOX_URL or "https://open.tiktokapis.com"),
    "tiktok_business": env("KRM_TIKTOK_BUSINESS_URL", SANDBOX_URL or "https://business-api.tiktok.com"),
    "youtube": env("KRM_YOUTUBE_URL", SANDBOX_URL or "https://youtube.googleapis.com"),
    "facebook": env("KRM_FACEBOOK_URL", SANDBOX_URL or "https://graph.facebook.com"),
    "tiktok_one": env("KRM_TIKTOK_ONE_URL", SANDBOX_URL or "https://business-api.tiktok.com"),
    "x": env("KRM_X_URL", SANDBOX_URL or "https://api.x.com"),
    "youtube_analytics": env(
        "KRM_YOUTUBE_ANALYTICS_URL", SANDBOX_URL or "https://youtubeanalytics.googleapis.com"
    ),
    "websub": env("KRM_WEBSUB_URL", SANDBOX_URL or "https://pubsubhubbub.appspot.com"),
    "google_oauth": env("KRM_GOOGLE_OAUTH_URL", SANDBOX_URL or "https://oauth2.googleapis.com"),
}
INSTAGRAM_VERSION = env("KRM_INSTAGRAM_VERSION", "v26.0")
# Seconds between two pulls of an account, by cadence; empty: 6 h, 1 d, 7 d, 30 d. The sandbox world moves quicker.
KRM_PULL_SECONDS = {"live": 120, "shortlisted": 600, "warm": 3600, "cold": 21600} if SANDBOX_URL else {}
for _pair in envlist("KRM_PULL_SECONDS"):  # live=900,cold=86400
    KRM_PULL_SECONDS[_pair.partition("=")[0]] = int(_pair.partition("=")[2])
RAW_RESPONSE_DAYS = envint("KRM_RAW_RESPONSE_DAYS", 30)
KRM_HASHTAG_HOURS = envint("KRM_HASHTAG_HOURS", 6)  # between two searches of a hashtag
KRM_COMMENT_DAYS = envint(
    "KRM_COMMENT_DAYS", 180
)  # comments not read again for so long are forgotten; 0 keeps all
KRM_MERGE_UNDO_DAYS = envint("KRM_MERGE_UNDO_DAYS", 30)  # so long a merge of creators can be undone
KRM_SNAPSHOT_MONTHS = envint("KRM_SNAPSHOT_MONTHS", 0)  # 0 keeps every month

# Celery. A task that is not acknowledged within the visibility timeout is given out again, so that has to be
# twice the longest a task may run (kombu issue 337); tasks that run longer acknowledge early and are found again
# by their own row. No task is put off by more than ten minutes: later work is a row with `due_at`.
# `default` is for what is short: nobody who presses 'Refresh now' waits behind the scores of an import.
QUEUES = ("default", "pulls", "jobs")
CELERY_TASK_ROUTES = {"creators.score_accounts": {"queue": "jobs"}}
CELERY_BROKER_URL = REDIS_URL
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_ACKS_ON_FAILURE_OR_TIMEOUT = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_TASK_TIME_LIMIT = 900
CELERY_TASK_SOFT_TIME_LIMIT = 840
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 2 * CELERY_TASK_TIME_LIMIT}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_POOL_LIMIT = 10
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_CREATE_MISSING_QUEUES = True
CELERY_TIMEZONE = "UTC"

# REST
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "krm.api.authentication.ApiKeyAuthentication",
        "krm.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "krm.api.permissions.HasScope",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["krm.api.filters.FilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "krm.api.pagination.KeysetPagination",
    "DEFAULT_THROTTLE_CLASSES": ["krm.api.throttling.MinuteThrottle"],
    "DEFAULT_SCHEMA_CLASS": "krm.api.schema.KrmAutoSchema",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "krm.api.problems.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "URL_FORMAT_OVERRIDE": None,
    "COERCE_DECIMAL_TO_STRING": True,
    "NUM_PROXIES": envint("KRM_PROXIES", 0),
}
API_REQUESTS_PER_MINUTE = envint("KRM_API_PER_MINUTE", 1200)
API_ANONYMOUS_PER_MINUTE = envint("KRM_API_ANONYMOUS_PER_MINUTE", 60)
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "KRM",
    "DESCRIPTION": "Everything a page of KRM does, for programs. See docs/api.md.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "COMPONENT_SPLIT_PATCH": True,
    "ENFORCE_NON_BLANK_FIELDS": True,
    "SORT_OPERATION_PARAMETERS": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "PREPROCESSING_HOOKS": ["krm.api.schema.only_api"],
    "POSTPROCESSING_HOOKS": [
        "krm.api.enums.name_enums",
        "krm.api.schema.add_problems",
    ],
    "LICENSE": {"name": "AGPL-3.0-only"},
}
X_FRAME_OPTIONS = "DENY"

# Pages: nothing inline, nothing from elsewhere. The one hash is that of an empty <style> element, which the
# calendar library fills through the CSSOM; it lets no inline text through.
CSRF_FAILURE_VIEW = "krm.web.errors.csrf_failure"
EMPTY_STYLE = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'", EMPTY_STYLE],
        "img-src": ["'self'", "data:", "blob:"],
        "media-src": ["'self'", "blob:"],
        "font-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")

# Production: HTTPS only, cookies that no other host can set, no help for who guesses.
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
if not LOCAL:
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = envbool("KRM_SSL_REDIRECT", True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
    SECURE_HSTS_SECONDS = envint("KRM_HSTS_SECONDS", 31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = envbool("KRM_HSTS_SUBDOMAINS", True)
    SECURE_HSTS_PRELOAD = SECURE_HSTS_INCLUDE_SUBDOMAINS
    if envbool("KRM_BEHIND_PROXY", False):  # only with a proxy that sets this header itself, as deploy/ does
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Mail: smtp://user:password@host:587 (STARTTLS), smtps://… (TLS from the start); locally it lands in .local/mail.
EMAIL_BACKEND, _mail = mail_from_url(envsecret("KRM_MAIL_URL"), local=LOCAL)
EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail[:4]
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail[4:]
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env("KRM_MAIL_FROM", "KRM <krm@localhost>")
LOCAL_MAIL_FOLDER = Path(env("KRM_MAIL_FOLDER", str(BASE_DIR / ".local" / "mail")))

# Operations
LOGGING = logs.configuration(
    as_json=envbool("KRM_LOG_JSON", not LOCAL), level=env("KRM_LOG_LEVEL", "WARNING" if TESTING else "INFO")
)
LOGGING_CONFIG = "logging.config.dictConfig"
METRICS_TOKEN = envsecret("KRM_METRICS_TOKEN")
METRICS_FOLDER = env("PROMETHEUS_MULTIPROC_DIR")  # where several web processes put their figures together
BACKUP_ROOT = Path(env("KRM_BACKUP_ROOT", str(BASE_DIR / ".local" / "backups")))
