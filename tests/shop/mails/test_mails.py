"""Mails: queued with what they are about, sent once, given up only when nothing helps."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlmodel import select

from klarna_shop.assembly import House
from klarna_shop.shop.mails import Mail, MailKind, MailSending, NotDelivered, QueuedMail, SmtpDelivery
from klarna_shop.shop.reader import Reader
from tests.house import Approve, Later, Open, books

PLAIN = Mail("reader@exempel.example", "Kvitto på köp", "Åtta öre\n", "<p>Åtta öre</p>", "sv", "receipt-1")


class Server:
    """A mail server that keeps what it takes, and refuses with `refusal` where that is set."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.refusal = ""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.refusal:
            return self.refusal
        message = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        return "250 taken"


@pytest.fixture
def server() -> Iterator[tuple[Server, str]]:
    handler = Server()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, f"smtp://127.0.0.1:{port}"
    controller.stop()


class Post:
    """A delivery that does as the test says."""

    def __init__(self) -> None:
        self.taken: list[Mail] = []
        self.failure: NotDelivered | None = None

    async def deliver(self, mail: Mail) -> None:
        if self.failure:
            raise self.failure
        self.taken.append(mail)


class Writer:
    """A composer that writes the same of everything."""

    def __init__(self, mail: Mail | None = PLAIN) -> None:
        self.mail = mail

    async def compose(self, kind: MailKind, about: str) -> Mail | None:
        return self.mail


async def put(house: House, about: str = "1") -> None:
    mails, now = house.shop.withdrawals.mails, house.shop.clock()
    await house.shop.database.write(lambda session: mails.put(session, MailKind.RECEIPT, about, now))


async def rows(house: House) -> Sequence[QueuedMail]:
    return await house.shop.database.read(lambda session: session.exec(select(QueuedMail)).all())


def sending(house: House, post: Post, writer: Writer | None = None) -> MailSending:
    return MailSending(house.shop.database, house.shop.clock, writer or Writer(), post)


async def test_a_mail_reaches_a_server_as_text_and_as_html(server: tuple[Server, str]) -> None:
    handler, url = server
    await SmtpDelivery(url, "Norrlunda Tidning AB", "kundservice@norrlunda.example").deliver(PLAIN)
    (message,) = handler.taken
    assert message["Subject"] == "Kvitto på köp"
    assert message["From"] == "Norrlunda Tidning AB <kundservice@norrlunda.example>"
    assert message["Message-ID"] == "<receipt-1@norrlunda.example>"
    text, html = message.iter_parts()
    assert text.get_content().strip() == "Åtta öre"
    assert html.get_content().strip() == "<p>Åtta öre</p>"


@pytest.mark.parametrize(("answer", "final"), [("550 no such user", True), ("451 later", False)])
async def test_a_refusal_says_whether_trying_again_helps(
    server: tuple[Server, str], answer: str, final: bool
) -> None:
    handler, url = server
    handler.refusal = answer
    with pytest.raises(NotDelivered) as refused:
        await SmtpDelivery(url, "N", "n@norrlunda.example").deliver(PLAIN)
    assert refused.value.final is final


async def test_a_server_that_is_not_there_is_tried_again() -> None:
    with pytest.raises(NotDelivered) as refused:
        await SmtpDelivery("smtp://127.0.0.1:1", "N", "n@norrlunda.example").deliver(PLAIN)
    assert refused.value.final is False


async def test_nobody_smuggles_a_header_in(server: tuple[Server, str]) -> None:
    handler, url = server
    mail = Mail("a@exempel.example", "Hi\r\nBcc: all@exempel.example", "t", "h", "sv", "1")
    with pytest.raises(NotDelivered) as refused:
        await SmtpDelivery(url, "N", "n@norrlunda.example").deliver(mail)
    assert refused.value.final
    assert handler.taken == []


async def test_what_is_sent_is_sent_once(house: House) -> None:
    post = Post()
    await put(house)
    await sending(house, post).once()
    await sending(house, post).once()
    assert len(post.taken) == 1
    assert [(row.due_at, row.attempts) for row in await rows(house)] == [(None, 1)]


async def test_a_failed_delivery_is_repeated_ever_more_rarely_and_ends(house: House, later: Later) -> None:
    post = Post()
    post.failure = NotDelivered("nobody there")
    await put(house)
    tries = 0
    for _ in range(5 * 24):
        await sending(house, post).once()
        later(timedelta(hours=1))
    (row,) = await rows(house)
    tries = row.attempts
    assert row.due_at is None
    assert row.sent_at is None
    assert 10 < tries < 40
    post.failure = None
    await sending(house, post).once()
    assert post.taken == []


async def test_one_that_comes_back_is_sent(house: House, later: Later) -> None:
    post = Post()
    post.failure = NotDelivered("nobody there")
    await put(house)
    await sending(house, post).once()
    post.failure = None
    await sending(house, post).once()
    assert post.taken == [], "not at once again"
    later(timedelta(minutes=2))
    await sending(house, post).once()
    assert len(post.taken) == 1


async def test_a_final_refusal_is_final(house: House, later: Later) -> None:
    post = Post()
    post.failure = NotDelivered("no such user", final=True)
    await put(house)
    await sending(house, post).once()
    post.failure = None
    later(timedelta(days=1))
    await sending(house, post).once()
    assert post.taken == []


async def test_a_mail_that_cannot_be_written_hinders_no_other(house: House) -> None:
    class Broken(Writer):
        async def compose(self, kind: MailKind, about: str) -> Mail | None:
            if about == "1":
                raise RuntimeError("a fault")
            return PLAIN

    post = Post()
    await put(house, "1")
    await put(house, "2")
    await sending(house, post, Broken()).once()
    assert len(post.taken) == 1


async def test_nothing_is_sent_about_what_is_erased(house: House) -> None:
    post = Post()
    await put(house)
    await sending(house, post, Writer(None)).once()
    assert post.taken == []
    assert (await rows(house))[0].due_at is None


async def test_a_completed_purchase_leaves_its_receipt_in_the_sandboxs_mailbox(
    house: House, visitor: Reader, open_purchase: Open, approve: Approve
) -> None:
    opened = await open_purchase(visitor)
    assert await rows(house) == []
    purchase = await house.shop.purchases.settle(await approve(visitor, opened))
    assert [(row.kind, row.about) for row in await rows(house)] == [("receipt", purchase.id)]
    await house.housekeeping.mails.once()
    assert (await rows(house))[0].sent_at
    (mail,) = (one for one in (await books(house)).mails if one.kind == "shop_sv")
    assert mail.recipient == "ny.lasare@exempel.example"
    assert purchase.order_id
    assert purchase.order_id in mail.text
    assert "129,00" in mail.text
