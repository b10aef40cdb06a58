"""The files of the pages: what goes with them, and that nobody else is asked for anything."""

import re

import pytest
from aiohttp import ClientSession

from cti.screens import FOLDER


async def test_the_page_forbids_other_hosts_and_frames(switch):
    async with switch.http.get(switch.url) as answer:
        assert answer.status == 200 and answer.content_type == "text/html"
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self';" in policy and "frame-ancestors 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "<shoal-app>" in await answer.text()


@pytest.mark.parametrize("path", sorted(path.name for path in FOLDER.iterdir()))
async def test_each_file_is_sent_whole_and_only_once(switch, path):
    async with ClientSession(auto_decompress=True) as browser:
        async with browser.get(f"{switch.url}/{path}" if path != "index.html" else switch.url) as answer:
            assert await answer.read() == (FOLDER / path).read_bytes()
            known = answer.headers["ETag"]
        again = f"{switch.url}/{path}" if path != "index.html" else switch.url
        async with browser.get(again, headers={"If-None-Match": known}) as answer:
            assert answer.status == 304 and not await answer.read()


def test_nothing_is_fetched_from_elsewhere():
    told = "".join(path.read_text() for path in FOLDER.iterdir() if path.suffix in {".html", ".css", ".svg"})
    assert not re.search(r"(src|href)=.https?:|url\(|@import", told)


async def test_who_has_a_token_gets_a_fresh_one_without_the_password(switch):
    old = switch.token("1001")
    async with switch.http.post(f"{switch.url}/auth/renew", headers={"Authorization": f"Bearer {old}"}) as answer:
        fresh = await answer.json()
    assert fresh["user"] == "1001" and fresh["expires_at"] > 0
    async with switch.http.post(f"{switch.url}/auth/renew", headers={"Authorization": "Bearer nonsense"}) as answer:
        assert answer.status == 401
