"""What is said of the git checkout, and how files are written."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from linter.checkout import repository_at, top_of
from linter.errors import UsageError
from linter.reporting import parse_outputs, write_atomically
from linter.reports.options import Repository


def git(folder: Path, *words: str) -> str:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", "-C", str(folder), *identity, *words], check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    top = tmp_path / "repo"
    top.mkdir()
    git(top, "init", "-q", "-b", "main/line")
    (top / "a").write_text("a", encoding="utf-8")
    git(top, "add", "a")
    git(top, "commit", "-q", "-m", "one")
    return top


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://github.com/contoso/ai.git", "https://github.com/contoso/ai"),
        ("https://user:secret@github.com/contoso/ai", "https://github.com/contoso/ai"),
        ("git@github.com:contoso/ai.git", "https://github.com/contoso/ai"),
        ("ssh://git@ssh.dev.azure.com:22/v3/contoso/ai", "https://ssh.dev.azure.com/v3/contoso/ai"),
    ],
)
def test_address_revision_and_branch(checkout: Path, address: str, expected: str) -> None:
    git(checkout, "remote", "add", "origin", address)
    head = git(checkout, "rev-parse", "HEAD")
    assert Repository(expected, head, "main/line") == repository_at(checkout)
    git(checkout, "pack-refs", "--all")
    assert Repository(expected, head, "main/line") == repository_at(checkout)
    git(checkout, "checkout", "-q", "--detach")
    assert Repository(expected, head, "") == repository_at(checkout)


def test_a_second_work_tree(checkout: Path, tmp_path: Path) -> None:
    git(checkout, "remote", "add", "origin", "https://github.com/contoso/ai")
    other = tmp_path / "other"
    git(checkout, "worktree", "add", "-q", str(other), "-b", "second")
    assert Repository("https://github.com/contoso/ai", git(checkout, "rev-parse", "HEAD"), "second") == repository_at(
        other
    )


@pytest.mark.parametrize("address", ["", "/srv/git/ai.git", "file:///srv/git/ai.git"])
def test_no_address_is_no_repository(checkout: Path, address: str) -> None:
    if address:
        git(checkout, "remote", "add", "origin", address)
    assert repository_at(checkout) is None


def test_the_top_of_a_work_tree(checkout: Path, tmp_path: Path) -> None:
    (checkout / "x" / "y").mkdir(parents=True)
    assert checkout == top_of(checkout / "x" / "y")
    assert top_of(tmp_path) is None


def test_a_report_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    def broken() -> object:
        yield "half"
        raise RuntimeError("in the middle")

    file = tmp_path / "out.txt"
    file.write_text("old", encoding="utf-8")
    with pytest.raises(RuntimeError):
        write_atomically(str(file), broken())  # type: ignore[arg-type]  # a generator that ends in a fault
    assert "old" == file.read_text(encoding="utf-8")
    write_atomically(str(file), iter(["né", "w\n", "\ud800"]))
    assert "néw\n\\ud800" == file.read_text(encoding="utf-8")
    assert ["out.txt"] == [path.name for path in tmp_path.iterdir()]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other modes")
def test_the_mode_and_a_link_are_kept(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old", encoding="utf-8")
    (tmp_path / "real").chmod(0o640)
    (tmp_path / "link").symlink_to("real")
    write_atomically(str(tmp_path / "link"), "new")
    assert (tmp_path / "link").is_symlink()
    assert "new" == (tmp_path / "real").read_text(encoding="utf-8")
    assert 0o640 == stat.S_IMODE((tmp_path / "real").stat().st_mode)
    write_atomically(os.devnull, "gone")


def test_a_file_that_cannot_be_written_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        write_atomically(str(tmp_path / "no" / "such"), "x")
    with pytest.raises(UsageError, match="there is no folder"):
        parse_outputs([f"json={tmp_path / 'no' / 'such'}"])
    assert [("json", "a=b")] == parse_outputs(["json=a=b"])
