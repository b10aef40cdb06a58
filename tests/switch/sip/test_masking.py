"""What the log may show of a message."""

import random

import pytest

from switch.sip.digest import Answerer
from switch.sip.masking import masked, masked_url


@pytest.mark.parametrize("header", ["Authorization", "Proxy-Authorization", "AUTHORIZATION "])
def test_a_digest_answer_cannot_be_tried_against(header):
    answerer = Answerer("1001", "demo-1001", random.Random(1))
    answerer.take(401, ['Digest realm="shoal", nonce="the-nonce", qop="auth"'])
    value = answerer.line("REGISTER", "sip:shoal").partition(": ")[2].strip()
    sum_ = value.partition('response="')[2].partition('"')[0]
    text = masked(f"REGISTER sip:shoal SIP/2.0\r\n{header}: {value}\r\nTo: <sip:1001@shoal>\r\n\r\n".encode())
    assert sum_ not in text and "the-nonce" not in text
    assert 'username="1001"' in text and "response=***" in text and "To: <sip:1001@shoal>" in text


def test_a_folded_answer_and_other_schemes():
    text = masked(b'Authorization: Digest username="a",\r\n response="0123",\r\n\tcnonce="456"\r\nX: y\r\n'
                  b"Proxy-Authorization: Basic c2VjcmV0\r\nProxy-Authorization: Bearer to.ken.s\r\n\r\n")
    assert not any(secret in text for secret in ("0123", "456", "c2VjcmV0", "to.ken.s"))
    assert "X: y" in text


def test_passwords_and_tokens_in_addresses():
    text = masked(b"INVITE sip:alice:pa55@example.org SIP/2.0\r\nContact: <sips:bob:word@h;transport=tls>\r\n"
                  b"Call-Info: <https://u:pw@crm.example/?id=7&token=abc&x=1>\r\n\r\n"
                  b"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKC\r\na=ice-pwd:asd88fgpdd777uzjYhagZg\r\n")
    assert not any(secret in text for secret in ("pa55", "word@", "pw@", "abc", "WVNfX", "asd88"))
    assert "sip:alice:***@example.org" in text and "id=7&token=***&x=1" in text
    assert masked_url("postgresql+asyncpg://shoal:secret@db/x") == "postgresql+asyncpg://shoal:***@db/x"


def test_everything_else_is_as_it_came():
    plain = (b'INVITE sip:5000@10.0.0.1:5060 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.9:5060;branch=z\r\n'
             b'From: "A" <sip:a@b:5060>;tag=1\r\n\r\n')
    assert masked(plain) == plain.decode()
