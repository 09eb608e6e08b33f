"""Mail of this package; the periodic run sends what a stopped worker or mail server left behind."""

from __future__ import annotations

import logging

from celery import shared_task

from krm.accounts import invitations, links
from krm.accounts.models import Invitation, LoginLink

logger = logging.getLogger(__name__)
SCHEDULE = {"accounts.send_waiting": 60.0, "accounts.forget_links": 86400.0}


@shared_task(name="accounts.send_invitation")
def send_invitation(pk: int) -> None:
    invitation = Invitation.objects.filter(pk=pk, sent_at=None).first()
    if invitation is not None:
        invitations.deliver(invitation)


@shared_task(name="accounts.send_login_link")
def send_login_link(pk: int) -> None:
    link = LoginLink.objects.filter(pk=pk).first()
    if link is not None:
        links.deliver(link)


@shared_task(name="accounts.send_waiting")
def send_waiting() -> None:
    for task, keys in ((send_invitation, invitations.waiting()), (send_login_link, links.waiting())):
        for pk in keys:
            try:
                task(pk)
            except OSError:  # the mail server is down: the next run tries again
                logger.warning("mail cannot be sent now", exc_info=True)
                return


@shared_task(name="accounts.forget_links")
def forget_links() -> None:
    links.forget_old()
