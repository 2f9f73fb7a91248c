"""The journal: places without gaps, one transaction for what gathers, sealed bytes, and what the disk may do to it."""

from __future__ import annotations

import itertools
import os
import resource
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import apsw
import pytest

from kiosk import keyfile
from kiosk.journal import Deal, Draft, Journal, JournalFailed, Page, open_journal
from kiosk.journal.writer import Writer
from kiosk.keyfile import Cipher

AT = "2025-05-01T14:00:00.000Z"
LATER = "2025-07-01T14:00:00.000Z"
Opens = Callable[..., Journal]


def cipher(key: bytes = b"k" * 32) -> Cipher:
    return Cipher(key, os.urandom)


def draft(id_: str, text: bytes = b"bytes of ", state: str = "open", deal: str = "") -> Draft:
    return Draft(id_, "hold.release", lambda seq: text + str(seq).encode(), state, AT, deal=deal)  # type: ignore[arg-type]


def add(id_: str, **how: str) -> Callable[[Page], object]:
    return lambda page: page.add(draft(id_, **how))  # type: ignore[arg-type]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "journal.db"


@pytest.fixture
def opens(path: Path) -> Iterator[Opens]:
    numbers, made = itertools.count(1), []

    def make(**how: object) -> Journal:
        how.setdefault("cipher", cipher())
        made.append(open_journal(
            path, ids=lambda: f"01900000-0000-7000-8000-{next(numbers):012x}", at=AT, **how))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for journal in made:
        journal.close()


# places and transactions


def test_places_have_no_gap_even_where_a_change_failed(opens: Opens) -> None:
    journal = opens()

    def fails(page: Page) -> None:
        page.add(draft("b"))
        raise KeyError("wrong")

    written = [journal.write(add("a")), journal.write(fails), journal.write(add("a")), journal.write(add("c"))]
    assert isinstance(written[1].exception(), KeyError)
    assert isinstance(written[2].exception(), apsw.ConstraintError)
    assert written[3].result().seq == 2  # type: ignore[attr-defined]
    assert journal.write(lambda page: page.standing()).result().last_seq == 2


def test_places_go_on_after_a_restart_and_after_pruning(opens: Opens) -> None:
    journal = opens()
    journal.write(add("a")).result()
    journal.write(lambda page: (page.answered("a", b"{}"), page.central(1, 1), page.prune(AT))).result()
    uuid = journal.uuid
    journal.close()
    again = opens()
    assert again.uuid == uuid
    assert again.standing.last_seq == 1
    assert again.write(lambda page: page.unfinished()).result() == []
    assert again.write(lambda page: page.add(draft("b"))).result().seq == 2


def test_what_gathers_is_one_transaction() -> None:
    """While the thread is at one commit, others gather: fewer commits than changes, in order."""
    connection = apsw.Connection(":memory:")
    connection.execute("CREATE TABLE t (n INTEGER)")
    commits: list[int] = []
    gate = threading.Event()
    connection.set_commit_hook(lambda: bool(commits.append(1)))
    writer = Writer(connection)
    first = writer.submit(lambda db: gate.wait(10))
    rest = [writer.submit(lambda db, n=n: db.execute("INSERT INTO t VALUES (?)", (n,))) for n in range(50)]
    gate.set()
    assert first.result()
    for future in rest:
        future.result()
    order = writer.submit(lambda db: [n for (n,) in db.execute("SELECT n FROM t ORDER BY rowid")]).result()
    writer.close()
    assert order == list(range(50))
    assert len(commits) <= 4


def test_nobody_elses_thread_ever_commits(opens: Opens) -> None:
    journal = opens()
    assert journal.write(lambda page: threading.current_thread().name).result() == "journal"


def test_a_closed_journal_commits_what_it_was_given_and_takes_no_more(opens: Opens) -> None:
    journal = opens()
    given = [journal.write(add(f"{n}")) for n in range(20)]
    journal.close()
    assert [future.result().seq for future in given] == list(range(1, 21))  # type: ignore[attr-defined]
    assert journal.write(add("late")).exception().code == "closed"  # type: ignore[union-attr]


def test_durability_settings(opens: Opens) -> None:
    def settings(page: Page) -> list[object]:
        names = ("journal_mode", "synchronous", "locking_mode")
        return [page._db.pragma(name) for name in names]

    assert opens().write(settings).result() == ["wal", 2, "exclusive"]


# at rest


def test_bytes_answers_and_slips_are_sealed(opens: Opens, path: Path) -> None:
    canary = "\u5f20\u4e09 330102199001011234".encode()
    journal = opens()
    journal.write(lambda page: page.add(draft("a", canary))).result()
    journal.write(lambda page: (page.answered("a", canary), page.slip("a", AT, canary))).result()
    assert journal.write(lambda page: page.operation("a")).result().payload == canary + b"1"
    assert journal.write(lambda page: (page.answer("a"), page.slip_of("a"))).result() == (canary, canary)
    journal.close()
    for file in path.parent.iterdir():
        assert canary[:8] not in file.read_bytes()


def test_a_sealed_row_cannot_be_moved_to_another(opens: Opens) -> None:
    journal = opens()
    for name in ("a", "b"):
        journal.write(add(name)).result()
    journal.write(lambda page: page._db.execute(
        "UPDATE operations SET bytes = (SELECT bytes FROM operations WHERE id = 'b') WHERE id = 'a'")).result()
    with pytest.raises(keyfile.NotSealedByUs):
        journal.write(lambda page: page.operation("a")).result()


def test_the_key_file_is_private_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "data" / "key"
    sealed = keyfile.load(path, os.urandom).seal("n", b"clear")
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    assert keyfile.load(path, os.urandom).open("n", sealed) == b"clear"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_torn_key_file_is_kept_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(b"short")
    keyfile.load(path, os.urandom)
    assert len(path.read_bytes()) == 32
    assert path.with_suffix(".damaged").read_bytes() == b"short"


# a file that cannot be trusted


@pytest.mark.parametrize("damage", ["garbage", "torn page", "empty header", "another program's"])
def test_a_damaged_file_is_set_aside_and_a_new_one_begins(opens: Opens, path: Path, damage: str) -> None:
    journal = opens()
    for number in range(50):
        journal.write(add(f"{number}")).result()
    journal.close()
    content = path.read_bytes()
    if damage == "garbage":
        content = b"no database at all" * 1000
    elif damage == "torn page":
        content = content[:4096] + os.urandom(4096) + content[8192:]
    elif damage == "empty header":
        content = b"\0" * 100 + content[100:]
    else:
        content = content[:68] + b"\1\2\3\4" + content[72:]
    path.write_bytes(content)
    again = opens()
    assert again.uuid != journal.uuid
    assert again.standing.last_seq == 0
    assert path.with_name(again.set_aside).read_bytes() == content
    again.write(add("a")).result()


def test_another_key_means_another_journal(opens: Opens) -> None:
    first = opens()
    first.close()
    second = opens(cipher=cipher(b"x" * 32))
    assert second.uuid != first.uuid
    assert second.set_aside


def test_a_row_that_cannot_be_read_is_damage_too(opens: Opens) -> None:
    """SQLite's own check does not look into sealed bytes."""
    first = opens()
    first.write(add("a")).result()
    first.write(lambda page: page._db.execute("UPDATE operations SET bytes = zeroblob(40)")).result()
    first.close()
    second = opens()
    assert second.set_aside
    assert second.uuid != first.uuid


def test_two_set_aside_at_the_same_instant_keep_their_names(opens: Opens, path: Path) -> None:
    names = set()
    for _ in range(3):
        opens().close()
        path.write_bytes(b"garbage" * 1000)
        journal = opens()
        names.add(journal.set_aside)
        journal.close()
    assert len(names) == 3


def test_a_newer_programs_journal_is_left_alone(opens: Opens, path: Path) -> None:
    journal = opens()
    journal.write(lambda page: page._db.execute("PRAGMA user_version = 99")).result()
    journal.close()
    with pytest.raises(JournalFailed, match="foreign"):
        opens()
    assert path.exists()


def test_a_second_opener_is_refused(opens: Opens) -> None:
    opens()
    with pytest.raises(JournalFailed, match="busy"):
        opens()


# a disk that fails


class FailingFile(apsw.VFSFile):
    fault: type[apsw.Error] | None = None
    at = "xWrite"

    def xWrite(self, data: bytes, offset: int) -> None:
        if FailingFile.fault is not None and FailingFile.at == "xWrite":
            raise FailingFile.fault("made to fail")
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:
        if FailingFile.fault is not None and FailingFile.at == "xSync":
            raise FailingFile.fault("made to fail")
        super().xSync(flags)


class FailingDisk(apsw.VFS):
    def __init__(self) -> None:
        self.name = f"failing-{id(self)}"
        super().__init__(self.name, "")

    def xOpen(self, name: object, flags: list[int]) -> FailingFile:
        return FailingFile("", name, flags)  # type: ignore[arg-type]


@pytest.fixture
def disk() -> Iterator[FailingDisk]:
    disk = FailingDisk()
    yield disk
    FailingFile.fault = None
    disk.unregister()


def test_a_full_disk_writes_nothing_and_heals_by_itself(opens: Opens, disk: FailingDisk) -> None:
    journal = opens(vfs=disk.name)
    journal.write(add("a")).result()
    FailingFile.fault, FailingFile.at = apsw.FullError, "xWrite"
    with pytest.raises(JournalFailed, match="full"):
        journal.write(add("b")).result()
    FailingFile.fault = None
    assert journal.write(lambda page: page.add(draft("c"))).result().seq == 2


@pytest.mark.parametrize("at", ["xWrite", "xSync"])
def test_after_an_io_error_nothing_is_written_until_it_was_opened_again(
    opens: Opens, disk: FailingDisk, at: str
) -> None:
    """A failed fsync may have lost what it was to make durable: nothing of this file is believed before a check."""
    journal = opens(vfs=disk.name)
    journal.write(add("a")).result()
    FailingFile.fault, FailingFile.at = apsw.IOError, at
    with pytest.raises(JournalFailed, match="io"):
        journal.write(add("b")).result()
    FailingFile.fault = None
    with pytest.raises(JournalFailed, match="io"):
        journal.write(add("c")).result()
    journal.close()
    assert opens().write(lambda page: page.operation("a")).result().seq == 1


def test_a_file_size_limit_of_the_system(opens: Opens, path: Path) -> None:
    journal = opens()
    journal.write(add("a")).result()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = max(file.stat().st_size for file in path.parent.iterdir())
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        with pytest.raises(JournalFailed, match=r"io|full"):
            journal.write(lambda page: page.slip("a", AT, b"x" * 200_000)).result()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    journal.close()
    assert opens().write(lambda page: page.operation("a")).result().seq == 1


def test_a_directory_that_cannot_be_written(opens: Opens, path: Path) -> None:
    path.parent.mkdir()
    path.mkdir()
    with pytest.raises(JournalFailed, match="cannot_open"):
        opens()


# pruning, again, skipped


def deal(id_: str, state: str) -> Deal:
    return Deal(id_, 1, "hold.authorise", "v", state, AT)  # type: ignore[arg-type]


def test_only_finished_rows_that_central_cannot_lose_are_pruned(opens: Opens) -> None:
    journal = opens()

    def fill(page: Page) -> None:
        for name, state in (("open", "open"), ("parked", "parked"), ("answered", "answered"), ("kept", "answered"),
                            ("held", "answered"), ("aborted", "aborted"), ("noted", "aborted"), ("late", "answered")):
            page.add(draft(name, deal=f"deal-{name}"))
            page.move(name, state)  # type: ignore[arg-type]
        page.deal(deal("deal-held", "approved"))
        page.deal(deal("deal-kept", "kept"))
        page.noted([7], True)
        page.central(7, 1)
        page.slip("deal-answered", AT, b"old")
        page.slip("deal-held", AT, b"old")

    journal.write(fill).result()
    assert journal.write(lambda page: page.prune(LATER)).result() == 3
    left = journal.write(lambda page: [id_ for (id_,) in page._db.execute("SELECT id FROM operations")]).result()
    assert sorted(left) == ["aborted", "held", "late", "open", "parked"]
    assert journal.write(lambda page: page.slip_of("deal-answered")).result() is None
    assert journal.write(lambda page: page.slip_of("deal-held")).result() == b"old"


def test_again_opens_what_was_answered_in_ranges_of_places(opens: Opens) -> None:
    journal = opens()
    for number in range(1, 6):
        journal.write(add(f"{number}")).result()
        if number != 4:
            journal.write(lambda page, n=number: page.answered(f"{n}", b"first")).result()
    again = journal.write(lambda page: page.again([(3, 9)])).result()
    assert [(operation.seq, operation.state, operation.again) for operation in again] == [
        (3, "open", True), (5, "open", True)]
    assert journal.write(lambda page: [o.seq for o in page.again([(1, 1), (4, 4)])]).result() == [1]
    journal.write(lambda page: page.answered("3", b"second")).result()
    assert journal.write(lambda page: page.answer("3")).result() == b"first"


def test_skipped_until_noted_and_again_when_it_is_missed(opens: Opens) -> None:
    journal = opens()
    journal.write(add("a")).result()
    journal.write(lambda page: page.move("a", "aborted")).result()
    assert journal.write(lambda page: page.skipped()).result() == [1]
    journal.write(lambda page: page.noted([1], True)).result()
    assert journal.write(lambda page: page.skipped()).result() == []
    journal.write(lambda page: page.noted([1], False)).result()
    assert journal.write(lambda page: page.skipped()).result() == [1]


def test_a_finished_deal_is_not_among_the_open_ones(opens: Opens) -> None:
    journal = opens()
    one = deal("a", "intent")
    for state in ("intent", "approved", "done"):
        journal.write(lambda page, s=state: page.deal(replace(one, state=s))).result()
        open_ = journal.write(lambda page: page.deals()).result()
        assert [d.state for d in open_] == ([] if state == "done" else [state])


def test_notes_are_closed_once_by_somebody(opens: Opens) -> None:
    journal = opens()
    journal.write(lambda page: page.note(AT, "parked", "a", "hold.release forbidden")).result()
    (note,) = journal.write(lambda page: page.notes()).result()
    assert journal.write(lambda page: page.close_note(note.id, "s-1")).result()
    assert not journal.write(lambda page: page.close_note(note.id, "s-2")).result()
    assert journal.write(lambda page: page.notes()).result() == []
