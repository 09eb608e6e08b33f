"""What the creators room follows: consents given and withdrawn, and what platforms tell us unasked."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from creators.consents import callbacks
from creators.finding import keeping
from creators.pulling import consent, feeds
from creators.safety import changes as safety_changes
from krm.connectors import inbox
from krm.connectors.models import InboundEvent
from krm.events import enqueue, register_kind, subscribe
from krm.events.models import Event

register_kind("creators.agency_token_lost", _("A platform refuses the agency's token"), areas=("staff",))
register_kind("creators.consent_ended", _("A connection ended"), areas=("staff", "portal"))
register_kind("creators.consent_ending", _("A connection ends soon"), areas=("portal",))
register_kind("creators.report_answered", _("A vendor answered about an audience"), areas=("staff",))


register_kind("creators.dossier_changed", _("Ground of a vetting dossier changed"), areas=["staff"])
register_kind("creators.dossier_expired", _("Vetting dossier over"), areas=["staff"])
register_kind("creators.safety", _("Safety flag raised or escalated"), areas=["staff"])
register_kind("creators.task_given", _("Task given to you"), areas=["staff"])
register_kind("creators.task_due", _("Task due or late"), areas=["staff"])


@subscribe("connectors.credential_saved", name="creators.resume_pulls")
def resume_pulls(event: Event) -> None:
    consent.given(event)


@subscribe("connectors.credential_revoked", name="creators.stop_pulls")
def stop_pulls(event: Event) -> None:
    consent.withdrawn(event)


@inbox.handler("tiktok")
def tiktok_webhook(event: InboundEvent) -> None:
    consent.from_tiktok(event)


@inbox.handler("meta")
def meta_webhook(event: InboundEvent) -> None:
    consent.from_meta(event)


@subscribe("creators.*", name="creators.keep_discovery")
def keep_discovery(event: Event) -> None:
    keeping.after(event)


@subscribe("creators.scores_updated", name="creators.keep_forecasts")
def keep_forecasts(event: Event) -> None:
    ids = (event.data or {}).get("account_ids") or []
    for start in range(0, len(ids), 5_000):
        enqueue("creators.keep_forecasts", ids[start : start + 5_000])


@subscribe("creators.creator_created", "creators.creator_updated", name="creators.look_for_duplicates")
def look_for_duplicates(event: Event) -> None:
    """A new or changed creator may be somebody we know; lists wait for the night."""
    from creators.duplicates import finding

    if event.subject_id:
        finding.refresh([event.subject_id])


@inbox.handler("meta_deauthorise")
def meta_deauthorised(event: InboundEvent) -> None:
    callbacks.deauthorised(event)


@inbox.handler("meta_deletion")
def meta_deletion(event: InboundEvent) -> None:
    callbacks.deletion(event)


@subscribe("creators.accounts_pulled", name="creators.scan_pulled")
def scan_pulled(event: Event) -> None:
    safety_changes.after_pull(event)


@subscribe("creators.safety_flagged", name="creators.tell_owner_of_flag")
def tell_owner_of_flag(event: Event) -> None:
    safety_changes.tell_owner(event)


@subscribe("creators.scores_updated", name="creators.safety_bands")
def safety_bands(event: Event) -> None:
    safety_changes.after_scores(event)


@inbox.handler(feeds.VENDOR)
def websub_notice(event: InboundEvent) -> None:
    feeds.heard(event)


@subscribe("creators.creators_merged", "creators.merge_undone", name="creators.find_merged")
def find_merged(event: Event) -> None:
    """Discovery shows the accounts under the record that stands now."""
    from creators.finding import table

    table.refresh([int(pk) for pk in event.data.get("account_ids", [])])
