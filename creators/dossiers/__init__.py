"""Vetting dossiers: what is known of a creator in five layers (`content`), signed off by people (`vetting`).

Numbers of a signed dossier never change; `content.differences` says what is different today.
"""
