"""Attachments on disk."""

import pytest

from store.media_files import MediaFolder


@pytest.fixture
def folder(tmp_path):
    return MediaFolder(tmp_path / "media")


def test_the_same_bytes_are_kept_once_under_their_hash(folder, tmp_path):
    first = folder.put(b"isi foto", "jpg")
    second = folder.put(b"isi foto", "jpg")

    assert first == second
    assert folder.read(first) == b"isi foto"
    assert len([path for path in (tmp_path / "media").rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize("key", ["../../etc/passwd", "a" * 63, "A" * 64, "a" * 64 + ".JPG/..", ""])
def test_a_key_that_we_never_gave_reaches_no_file(folder, key):
    with pytest.raises(ValueError, match="not a media key"):
        folder.path(key)


def test_a_missing_file_is_said_so(folder):
    with pytest.raises(FileNotFoundError):
        folder.read("0" * 64 + ".jpg")
