"""Settings of KRM, all from the environment; `docs/operations.md` lists every variable."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext_lazy as _

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
    raise ValueError(f"{name} must be True or False, not {value!r}")


def envsecret(name: str, default: str = "") -> str:
    """The secret itself, or the content of the file that `NAME_FILE` names."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        return Path(path).read_text().strip()
    return os.environ.get(name, default)


def envlist(name: str, default: str = "") -> list[str]:
    return [item.strip() for item in env(name, default).split(",") if item.strip()]


def database_from_url(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ValueError("DATABASE_URL must start with postgres://; KRM runs on PostgreSQL only")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "krm",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }


DEBUG = envbool("KRM_DEBUG", False)
LOCAL = envbool("KRM_LOCAL", True)  # one machine, plain HTTP, development mail; production sets it to False
SECRET_KEY = envsecret("KRM_SECRET_KEY", "local-only-not-a-secret" if LOCAL else "")
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

INSTALLED_APPS = [name for name in INSTALLED_APPS if name not in envlist("KRM_WITHOUT")]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
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
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "krm.accounts.middleware.PersonalMiddleware",
    "pghistory.middleware.HistoryMiddleware",
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

DATABASES = {"default": database_from_url(env("DATABASE_URL", "postgres://krm@127.0.0.1:5432/krm"))}
if env("KRM_TEST_DB"):
    DATABASES["default"]["TEST"] = {"NAME": env("KRM_TEST_DB")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

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
MEDIA_ROOT = Path(env("KRM_MEDIA_ROOT", str(BASE_DIR / ".local" / "media")))
MEDIA_URL = "/media/"  # never served from here: files go through views that check who asks

# Connectors. With KRM_SANDBOX_URL every platform is the sandbox network; without it, the real hosts.
KRM_VAULT_KEYS = envsecret(
    "KRM_VAULT_KEYS", "test:dGVzdC1vbmx5LXZhdWx0LWtleS1vZi0zMi1ieXRlcyE=" if TESTING else ""
)
SANDBOX_URL = env("KRM_SANDBOX_URL").rstrip("/")
KRM_EGRESS_ALLOW = envlist("KRM_EGRESS_ALLOW") + ([urlsplit(SANDBOX_URL).netloc] if SANDBOX_URL else [])
PLATFORM_URLS = {
    "instagram": env("KRM_INSTAGRAM_URL", SANDBOX_URL or "https://graph.facebook.com"),
    "instagram_login": env("KRM_INSTAGRAM_LOGIN_URL", SANDBOX_URL or "https://graph.instagram.com"),
    "tiktok": env("KRM_TIKTOK_URL", SANDBOX_URL or "https://open.tiktokapis.com"),
    "tiktok_business": env("KRM_TIKTOK_BUSINESS_URL", SANDBOX_URL or "https://business-api.tiktok.com"),
    "youtube": env("KRM_YOUTUBE_URL", SANDBOX_URL or "https://youtube.googleapis.com"),
    "google_oauth": env("KRM_GOOGLE_OAUTH_URL", SANDBOX_URL or "https://oauth2.googleapis.com"),
}
INSTAGRAM_VERSION = env("KRM_INSTAGRAM_VERSION", "v26.0")
RAW_RESPONSE_DAYS = int(env("KRM_RAW_RESPONSE_DAYS", "30"))

# Celery
CELERY_BROKER_URL = REDIS_URL
CELERY_RESULT_BACKEND = None
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 900
CELERY_TASK_SOFT_TIME_LIMIT = 840
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TIMEZONE = "UTC"

# REST
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "krm.api.authentication.ApiKeyAuthentication",
        "krm.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated", "krm.api.permissions.HasScope"],
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
    "NUM_PROXIES": int(env("KRM_PROXIES", "0")),
}
API_REQUESTS_PER_MINUTE = int(env("KRM_API_PER_MINUTE", "1200"))
API_ANONYMOUS_PER_MINUTE = int(env("KRM_API_ANONYMOUS_PER_MINUTE", "60"))
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
        "drf_spectacular.hooks.postprocess_schema_enums",
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
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")
