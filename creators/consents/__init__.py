"""Consent of owners to read their accounts: asking for it, keeping it alive, taking it back, forgetting what it gave.

`connect` is the way to the platform and back, `health` shows and reminds, `withdraw` ends it, `callbacks` hears what
platforms say of it; `programs` holds one module a platform.
"""
