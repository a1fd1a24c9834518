"""Mails that the shop sends: queued in the transaction of what they are about, sent by housekeeping.

What stands in a mail is made when it is sent (`Composer`, which the screens provide), from what is known
then: a queued mail holds neither text nor address. Used by `shop.purchase`, `shop.withdrawal` and
housekeeping.
"""

from klarna_shop.shop.mails.delivery import Delivery, NotDelivered, SandboxDelivery, SmtpDelivery
from klarna_shop.shop.mails.mail import Composer, Mail, MailKind
from klarna_shop.shop.mails.queue import MailQueue, QueuedMail
from klarna_shop.shop.mails.sending import MailSending

__all__ = [
    "Composer",
    "Delivery",
    "Mail",
    "MailKind",
    "MailQueue",
    "MailSending",
    "NotDelivered",
    "QueuedMail",
    "SandboxDelivery",
    "SmtpDelivery",
]
