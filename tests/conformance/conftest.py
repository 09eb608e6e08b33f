from tests.sandbox import sandbox, sandbox_process  # noqa: F401
