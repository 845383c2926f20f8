# SPDX-License-Identifier: MIT
"""What a drain must report of a child: the same rules once more, in the simplest words."""

from __future__ import annotations

from dataclasses import dataclass, field
from errno import EPIPE
from typing import Optional
from zlib import crc32

from tests.fault.drained import Report, Value, pattern

# A pipe holds so many bytes that nobody may ever take.
PIPE = 65536


@dataclass(frozen=True)
class Stream:
    keep: str = "head"
    most: Optional[int] = None
    stored: bool = True
    tee: Optional[str] = None


@dataclass(frozen=True)
class Case:
    """A child's actions, as talk knows them, and how it is drained."""

    actions: tuple[tuple[str, Optional[int]], ...]
    streams: tuple[Stream, Stream] = (Stream(), Stream())
    fed: Optional[int] = None
    from_file: bool = False
    total: Optional[int] = None
    function: Optional[int] = None
    by_pid: bool = False
    ended: bool = False
    status: int = 0

    def names(self) -> dict[str, Value]:
        names: dict[str, Value] = {}
        if self.fed is not None:
            names["source" if self.from_file else "input"] = self.fed
        for number, stream in enumerate(self.streams, start=1):
            names[f"keep{number}"] = stream.keep
            if stream.most is not None:
                names[f"most{number}"] = stream.most
            if not stream.stored:
                names[f"store{number}"] = 0
            if stream.tee is not None:
                names[f"tee{number}"] = stream.tee
        for name, value in (("total", self.total), ("function", self.function)):
            if value is not None:
                names[name] = value
        if self.by_pid:
            names["by-pid"] = 1
        if self.ended:
            names["ended"] = 1
        return names

    def arguments(self) -> list[str]:
        words = []
        for action, number in self.actions:
            words += [action] if number is None else [action, str(number)]
        return [*words, "exit", str(self.status)]


@dataclass
class Child:
    """What a child that is not stopped does."""

    written: list[bytes] = field(default_factory=lambda: [b"", b""])
    taken: int = 0
    took_all: bool = False


def act(case: Case) -> Child:
    child = Child()
    places = [0, 0]
    given = pattern(0, case.fed or 0)
    is_closed = False
    for action, number in case.actions:
        if action in ("out", "err"):
            stream = int(action == "err")
            size = number or 0
            child.written[stream] += pattern(stream + 1, size, places[stream])
            places[stream] += size
        elif action == "close":
            is_closed = True
        elif action == "take" and not is_closed:
            child.taken = min(child.taken + (number or 0), len(given))
        elif action in ("echo", "read") and not is_closed:
            if action == "echo":
                child.written[0] += given[child.taken :]
            child.taken, child.took_all = len(given), True
    return child


class Reference:
    """The rules. Controls override one of them, to be found wrong."""

    def bound(self, case: Case, number: int) -> Optional[int]:
        """Of a stream, its share of the total included."""
        stream = case.streams[number]
        if case.total is None or not stream.stored or stream.keep not in ("tail", "head-and-tail"):
            return stream.most
        share = case.total // sum(each.stored for each in case.streams)
        return share if stream.most is None else min(stream.most, share)

    def split(self, keep: str, bound: int) -> tuple[int, int]:
        """How much of it is for the first bytes, and how much for the last ones."""
        if keep == "tail":
            return 0, bound
        if keep == "head-and-tail":
            return bound // 2, bound - bound // 2
        return bound, 0

    def kept(self, case: Case, number: int, seen: bytes) -> tuple[bytes, int]:
        """What is stored of the bytes that were seen, and how much of that is the beginning."""
        bound = self.bound(case, number)
        if not case.streams[number].stored:
            return b"", 0
        if bound is None or len(seen) <= bound:
            return seen, len(seen)
        head, tail = self.split(case.streams[number].keep, bound)
        return seen[:head] + seen[len(seen) - tail :], head

    def is_too_much(self, case: Case, sizes: list[int]) -> bool:
        stored = [number for number in range(2) if case.streams[number].stored]
        stopping = [number for number in stored if case.streams[number].keep == "stop"]
        for number in stopping:
            most = case.streams[number].most
            if most is not None and sizes[number] > most:
                return True
        total = sum(sizes[number] for number in stored)
        return bool(stopping) and case.total is not None and total > case.total

    def endings(self, case: Case, sizes: list[int]) -> set[str]:
        """Of who has written so much. Who is told first is a matter of chance."""
        endings = set()
        if self.is_too_much(case, sizes):
            endings.add("output")
        if case.function is not None and sizes[0] >= case.function:
            endings.add("function")
        return endings or {"exit"}


def stored_complaints(reference: Reference, case: Case, report: Report, child: Child) -> list[str]:
    complaints = []
    for number in range(2):
        row = report.rows[f"output {number + 1}"]
        seen = child.written[number][: int(row["seen"])]
        kept, head = reference.kept(case, number, seen)
        drawn = case.total is not None and case.streams[number].keep in ("head", "stop")
        if drawn:
            # Who comes first is served first: which one that is depends on chance, not how much.
            kept = kept[: int(row["kept"])]
            head = len(kept)
        found = (int(row["kept"]), int(row["head"]), int(row["check"]))
        if found != (len(kept), head, crc32(kept)):
            complaints.append(f"{number + 1}: kept {found}, not {(len(kept), head)}")
        if (row["complete"], row["code"]) != ("1", "0"):
            complaints.append(f"{number + 1}: not complete, or an error: {row}")
    return complaints


def total_complaints(reference: Reference, case: Case, report: Report) -> list[str]:
    """Streams kept by their heads use the whole budget, and no more of it."""
    drawing = [
        number
        for number in range(2)
        if case.streams[number].stored and case.streams[number].keep in ("head", "stop")
    ]
    if case.total is None or not drawing:
        return []
    kept = [report.number(f"output {number + 1}", "kept") for number in range(2)]
    stored = sum(stream.stored for stream in case.streams)
    shares = (case.total // stored) * (stored - len(drawing))
    wanted = []
    for number in drawing:
        seen = report.number(f"output {number + 1}", "seen")
        most = case.streams[number].most
        wanted.append(seen if most is None else min(seen, most))
    expected = min(case.total - shares, sum(wanted))
    found = sum(kept[number] for number in drawing)
    return [] if found == expected else [f"of the total {found} used, not {expected}"]


def feed_complaints(case: Case, report: Report, child: Child) -> list[str]:
    fed, code = report.number("state", "fed"), report.number("state", "feed-code")
    given = case.fed or 0
    if child.took_all and (fed, code) != (given, 0):
        return [f"fed {fed} of {given}, {code}, although all was taken"]
    if not child.taken <= fed <= min(given, child.taken + PIPE):
        return [f"fed {fed} of {given}, of which {child.taken} were taken"]
    # All may be fed before it is seen that a file has ended.
    if code not in (0, EPIPE) or (fed < given and code == 0):
        return [f"fed {fed} of {given}: {code}"]
    return []


def elsewhere_complaints(case: Case, report: Report, child: Child) -> list[str]:
    complaints = []
    for number, stream in enumerate(case.streams, start=1):
        seen = child.written[number - 1][: report.number(f"output {number}", "seen")]
        code = report.number(f"output {number}", "tee-code")
        if stream.tee == "broken":
            if code != (EPIPE if seen else 0):
                complaints.append(f"the broken tee {number}: {code}")
        elif stream.tee is not None:
            row = report.rows[f"tee {number}"]
            if (int(row["size"]), int(row["check"]), code) != (len(seen), crc32(seen), 0):
                complaints.append(f"the tee {number}: {row}, {code}")
        if number == 1 and case.function is not None:
            row = report.rows["heard"]
            if (int(row["size"]), int(row["check"])) != (len(seen), crc32(seen)):
                complaints.append(f"the function heard {row}")
    return complaints


def complaints_of(reference: Reference, case: Case, report: Report) -> list[str]:
    """What is wrong with a report; nothing if all is as it must be."""
    child = act(case)
    if report.complaints:
        return report.complaints
    if report.numbers != {"open": 0, "run": 0, "reaped": 1}:
        return [f"results: {report.numbers}"]
    complaints = stored_complaints(reference, case, report, child)
    complaints += total_complaints(reference, case, report)
    complaints += elsewhere_complaints(case, report, child)
    sizes = [report.number(f"output {number}", "seen") for number in (1, 2)]
    state, end = report.rows["state"], report.rows["end"]
    if state["ending"] not in reference.endings(case, sizes) or state["held"] != "0":
        complaints.append(f"{state}, not {reference.endings(case, sizes)}")
    if end["signal"] == "0":
        # It was not stopped, or not in time: all of it was seen.
        complaints += feed_complaints(case, report, child)
        if sizes != [len(written) for written in child.written]:
            complaints.append(f"seen {sizes}, not {[len(written) for written in child.written]}")
        if int(end["code"]) != case.status:
            complaints.append(f"it ended with {end}")
    elif end["signal"] not in ("9", "15") or state["ending"] == "exit":
        complaints.append(f"it was stopped: {end}")
    return complaints
