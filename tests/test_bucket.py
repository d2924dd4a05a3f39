"""The file store in an S3 bucket: what holds for the folder holds here, on a real HTTP server that speaks S3."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from mailflow.config import read_settings
from mailflow.core.verdict import Good
from mailflow.edges.blobs import BucketSettings
from mailflow.edges.bucket import Bucket
from mailflow.errors import SettingsError, StoreError
from mailflow.site_checks import bucket
from tests.killing import PASSWORD, Company, forge
from tests.killing_books import audited
from tests.loopback import LOOPBACK, free_port
from tests.servers import dovecot, smtp_sink
from tests.site_folder import filled_site
from tests.test_kill_points import asks

PREFIX = "office"
FILES = """
[files]
store = "{url}"
endpoint = "{endpoint}"
access_key = {{file = "s3.key"}}
secret_key = {{file = "s3.secret"}}
"""


@pytest.fixture(scope="module")
def server() -> Iterator[BucketSettings]:
    port = free_port()
    running = ThreadedMotoServer(LOOPBACK, port, verbose=False)
    running.start()
    yield BucketSettings(f"s3://mails/{PREFIX}", f"http://{LOOPBACK}:{port}", "ru-central1", "AKIDEXAMPLE", "secret")
    running.stop()


@pytest.fixture
def s3(server: BucketSettings):  # type: ignore[no-untyped-def] # boto3 says nothing of its types
    client = boto3.client(
        "s3", endpoint_url=server.endpoint, region_name="us-east-1",
        aws_access_key_id=server.access_key, aws_secret_access_key=server.secret_key,
    )  # fmt: skip
    client.create_bucket(Bucket="mails")
    yield client
    for one in client.list_objects_v2(Bucket="mails").get("Contents", []):
        client.delete_object(Bucket="mails", Key=one["Key"])


def keys(s3) -> list[str]:  # type: ignore[no-untyped-def]
    return [one["Key"] for one in s3.list_objects_v2(Bucket="mails").get("Contents", [])]


async def test_what_is_kept_is_given_back_under_its_own_sha256(server, s3) -> None:  # type: ignore[no-untyped-def]
    bucket = Bucket(server)
    contents = [b"", b"letter", bytes(range(256)) * 4096]
    kept = await bucket.keep_all(contents)
    assert [one.sha256 for one in kept] == [hashlib.sha256(content).hexdigest() for content in contents]
    assert [await bucket.read(one.sha256) for one in kept] == contents
    assert sorted(keys(s3)) == sorted(f"{PREFIX}/{one.sha256[:2]}/{one.sha256}" for one in kept)


async def test_the_same_content_kept_by_two_agents_at_once_is_one_object(server, s3) -> None:  # type: ignore[no-untyped-def]
    here, there = Bucket(server), Bucket(server)
    await asyncio.gather(*(agent.keep(b"the same") for agent in (here, there) for _ in range(10)))
    assert len(keys(s3)) == 1


async def test_an_object_that_is_there_is_not_written_again(server, s3) -> None:  # type: ignore[no-untyped-def]
    bucket = Bucket(server)
    sha256 = await bucket.keep(b"letter")
    [before] = s3.list_objects_v2(Bucket="mails")["Contents"]
    await asyncio.sleep(1.1)  # the server counts whole seconds
    await bucket.keep(b"letter")
    [after] = s3.list_objects_v2(Bucket="mails")["Contents"]
    assert (after["Key"], after["LastModified"]) == (before["Key"], before["LastModified"])
    assert sha256 in after["Key"]


async def test_an_object_cut_short_is_replaced_by_the_good_bytes(server, s3) -> None:  # type: ignore[no-untyped-def]
    bucket = Bucket(server)
    sha256 = await bucket.keep(b"the whole letter")
    s3.put_object(Bucket="mails", Key=keys(s3)[0], Body=b"the wh")
    await bucket.keep(b"the whole letter")
    assert await bucket.read(sha256) == b"the whole letter"


async def test_an_object_somebody_changed_is_not_believed(server, s3) -> None:  # type: ignore[no-untyped-def]
    bucket = Bucket(server)
    sha256 = await bucket.keep(b"pay 100")
    s3.put_object(Bucket="mails", Key=keys(s3)[0], Body=b"pay 900")
    with pytest.raises(StoreError, match=f"{sha256}: its content is not what was kept"):
        await bucket.read(sha256)


async def test_what_is_not_there_is_named_and_what_was_erased_is_gone(server, s3) -> None:  # type: ignore[no-untyped-def]
    bucket = Bucket(server)
    sha256 = await bucket.keep(b"to be forgotten")
    assert await bucket.erase(sha256)
    assert not await bucket.erase(sha256)
    with pytest.raises(StoreError, match=f"s3://mails/office/{sha256[:2]}/{sha256}: cannot be read"):
        await bucket.read(sha256)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "AB" * 32, "0" * 63])
async def test_no_other_name_leads_anywhere(server: BucketSettings, name: str) -> None:
    with pytest.raises(StoreError, match="is no SHA-256"):
        await Bucket(server).read(name)


async def test_a_bucket_that_does_not_exist_is_a_clear_error_without_our_secret(server: BucketSettings) -> None:
    with pytest.raises(StoreError, match=r"s3://nowhere/.*cannot be written") as told:
        await Bucket(replace(server, url="s3://nowhere")).keep(b"letter")
    assert server.secret_key not in str(told.value)


async def test_a_site_with_a_bucket_keeps_mails_and_papers_there(server, s3, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    with dovecot({"box": PASSWORD}) as imap, forge() as processes:
        async with smtp_sink() as sink:
            company = Company(tmp_path / "site", "sqlite:///data/mailflow.db", "box", imap, sink, processes)
            company.found()
            with (company.site / "mailflow.toml").open("a") as settings:
                settings.write(FILES.format(url=server.url, endpoint=server.endpoint))
            for name, secret in (("s3.key", server.access_key), ("s3.secret", server.secret_key)):
                (company.site / name).write_text(secret)
            asks(company, 1)
            assert await company.runs() == "mails taken 1, timers rung 0, letters sent 2"
            await audited(company)
            found = [one async for one in bucket(read_settings(company.site))]
    assert found == [Good(f"files: {server.url} takes them and gives them back")]
    assert len(keys(s3)) >= 3
    assert list((company.site / "data" / "files").glob("??")) == []


def test_a_bucket_on_another_machine_is_never_spoken_to_in_the_clear(tmp_path: Path) -> None:
    filled_site(tmp_path)
    with (tmp_path / "mailflow.toml").open("a") as settings:
        settings.write(FILES.format(url="s3://mails", endpoint="http://s3.company.ru"))
    with pytest.raises(SettingsError, match="the store is spoken to by https"):
        read_settings(tmp_path)
