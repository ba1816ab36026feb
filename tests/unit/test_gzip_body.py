"""Decompressing what a stranger sent."""

import gzip

import pytest

from ingest.receiver.gzip_body import BodyTooLargeError, GzipError, gunzip


@pytest.mark.parametrize("data", [b"", b"a", b"a" * 100])
def test_it_gives_back_what_was_compressed(data):
    assert gunzip(gzip.compress(data), limit=100) == data


def test_members_are_joined():
    assert gunzip(gzip.compress(b"ab") + gzip.compress(b"cd"), limit=4) == b"abcd"


@pytest.mark.parametrize(
    "data", [gzip.compress(b"a" * 101), gzip.compress(b"a" * 60) + gzip.compress(b"a" * 41)]
)
def test_more_than_the_limit_is_refused(data):
    with pytest.raises(BodyTooLargeError, match="more than 100 bytes"):
        gunzip(data, limit=100)


def test_a_bomb_is_not_unpacked():
    bomb = gzip.compress(b"\0" * 50_000_000)
    with pytest.raises(BodyTooLargeError):
        gunzip(bomb, limit=1_000)


@pytest.mark.parametrize("cut", [1, 5, 12, 20])
def test_a_truncated_body_is_called_so(cut):
    with pytest.raises(GzipError, match="cut short"):
        gunzip(gzip.compress(b"some text")[:-cut], limit=100)


def test_other_bytes_are_no_gzip():
    with pytest.raises(GzipError, match="not gzip"):
        gunzip(b"plain text", limit=100)
