"""Running KRM: health, metrics, logs, backup and restore, the doctor, quick migrations.

It may import every ground-floor package and Django, never a room; rooms never import it.
Public verbs: `health.readiness()`, `doctor.examine()`, `backups.make()` and `backups.restore()`.
"""
