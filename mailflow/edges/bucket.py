"""The file store in an S3 bucket, for agents on several machines: bytes kept under their own SHA-256, as in `blobs`.

Owns: `prefix/ab/abcd…` for each content in one bucket. Refuses to know: what the bytes are.
A content is put only where none is (`If-None-Match: *`, RFC 9110 13.1.2), so that of two agents one writes; the server
checks the SHA-256 it was sent under, and whatever is read is held against its name. S3 shows an object wholly or not at
all: there is nothing half-written to sweep away. A store that knows no condition is asked first instead.

What may go wrong: the store cannot be reached, refuses us, has lost or changed an object: StoreError with the address.
Importing this module needs obstore, the extra `s3`.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError, NotSupportedError
from obstore.store import S3Store

from mailflow.edges.blobs import SHA256, Blobs, BucketSettings, Kept
from mailflow.errors import StoreError

AT_ONCE = 8
"""Objects on their way at once."""
PATIENCE = timedelta(seconds=30)


class Bucket(Blobs):
    """Keep bytes by content in a bucket and give them back unchanged."""

    def __init__(self, settings: BucketSettings) -> None:
        parts = urlsplit(settings.url)
        self._url = settings.url.rstrip("/")
        self._prefix = parts.path.strip("/")
        self._limit = asyncio.Semaphore(AT_ONCE)
        self._conditional = True
        plain = settings.endpoint.startswith("http://")
        self._store = S3Store(
            parts.netloc,
            endpoint=settings.endpoint or None,
            region=settings.region,
            access_key_id=settings.access_key,
            secret_access_key=settings.secret_key,
            checksum_algorithm="SHA256",
            virtual_hosted_style_request=False,
            client_options={"timeout": PATIENCE, "connect_timeout": timedelta(seconds=5), "allow_http": plain},
            retry_config={"max_retries": 4, "retry_timeout": PATIENCE},
        )

    async def keep_all(self, contents: Sequence[bytes]) -> list[Kept]:
        """Put all of them into the bucket for good; in the same order. StoreError if one cannot be put."""
        kept = [Kept(content, hashlib.sha256(content).hexdigest()) for content in contents]
        placed = {one.sha256: one.content for one in kept}
        # All have ended before the first failure is told: nothing goes on behind the caller's back.
        troubles = await asyncio.gather(*(self._told_put(sha256, content) for sha256, content in placed.items()))
        for trouble in filter(None, troubles):
            raise trouble
        return kept

    async def read(self, sha256: str) -> bytes:
        """Give back the bytes of `sha256`; StoreError naming the object if it is missing or damaged."""
        with self._told(sha256, "cannot be read"):
            content = bytes(await (await obstore.get_async(self._store, self._key(sha256))).bytes_async())
        if hashlib.sha256(content).hexdigest() != sha256:
            raise StoreError(f"{self._address(sha256)}: its content is not what was kept: bring back an older version")
        return content

    async def sweep(self, before: datetime) -> int:
        """Nothing is ever half-written here."""
        return 0

    async def erase(self, sha256: str) -> bool:
        """Delete a content whose owner has the right to have it forgotten; False if it is not there."""
        with self._told(sha256, "cannot be deleted"):
            if await self._size(sha256) is None:
                return False
            await obstore.delete_async(self._store, self._key(sha256))
        return True

    async def _told_put(self, sha256: str, content: bytes) -> StoreError | None:
        """Put one, and give what went wrong."""
        try:
            async with self._limit:
                with self._told(sha256, "cannot be written"):
                    await self._put(sha256, content)
        except StoreError as trouble:
            return trouble
        return None

    async def _put(self, sha256: str, content: bytes) -> None:
        """Put it where nothing is. One of another size is damage: the good bytes are at hand and take its place."""
        if self._conditional:
            try:
                await obstore.put_async(self._store, self._key(sha256), content, mode="create")
            except NotSupportedError:
                self._conditional = False
            except AlreadyExistsError:
                pass
            else:
                return
        if await self._size(sha256) != len(content):
            await obstore.put_async(self._store, self._key(sha256), content)

    async def _size(self, sha256: str) -> int | None:
        try:
            return (await obstore.head_async(self._store, self._key(sha256)))["size"]
        except (NotFoundError, FileNotFoundError):
            return None

    def _key(self, sha256: str) -> str:
        if not SHA256.fullmatch(sha256):
            raise StoreError(f"{self._url}: {sha256[:80]!r} is no SHA-256: the row naming it is damaged")
        return "/".join(filter(None, (self._prefix, sha256[:2], sha256)))

    def _address(self, sha256: str) -> str:
        return f"{self._url}/{sha256[:2]}/{sha256}"

    @contextlib.contextmanager
    def _told(self, sha256: str, what: str) -> Iterator[None]:
        try:
            yield
        except (BaseError, OSError) as trouble:
            reason = " ".join(str(trouble).split())[:300] or type(trouble).__name__
            raise StoreError(
                f"{self._address(sha256)}: {what} ({reason}): see whether the store answers and what [files] says"
            ) from trouble
