# SPDX-License-Identifier: MIT
"""What each function and each table of an ELF object file refers to.

Symbols and relocations come from the file itself, instructions from objdump. Both are needed:
an assembler leaves no relocation for a call within one section, and a relocation does not say
whether an instruction calls through a pointer.
"""

from __future__ import annotations

import bisect
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from elftools.elf.constants import SH_FLAGS
from elftools.elf.elffile import ELFFile
from elftools.elf.relocation import RelocationSection
from elftools.elf.sections import Section, SymbolTableSection

INDIRECT = {
    "EM_X86_64": re.compile(r"(?:(?:notrack|bnd)\s+)*(?:call|jmp)q?\s+\*"),
    "EM_AARCH64": re.compile(r"(?:blr|br)(?:aa|ab)?z?\s"),
}
ADDRESS = re.compile(r"\b([0-9a-f]+) <[^>]+>")
INSTRUCTION = re.compile(r"\s*([0-9a-f]+):\s+(\S.*)")
# Relocations that count from their own place: what is meant lies (end of instruction - place) on.
FROM_PLACE = {2, 4, 9, 41, 42}  # R_X86_64_PC32, PLT32, GOTPCREL, GOTPCRELX, REX_GOTPCRELX
THROUGH_GOT = {9, 41, 42}


class UnreadableObjectError(Exception):
    """The file is not one this reader understands; nothing can be said about it."""


@dataclass(frozen=True)
class Node:
    """A function, or a stretch of data that is referred to as one."""

    file: Path
    section: int
    start: int
    name: str
    is_code: bool


@dataclass
class Instruction:
    address: int
    end: int
    text: str


@dataclass
class Relocation:
    offset: int
    kind: int
    addend: int
    symbol: str
    section: int | None  # None: the symbol is defined elsewhere
    value: int


@dataclass
class ObjectCode:
    """References by node. A target is a node of this file, or the name of a symbol elsewhere."""

    path: Path
    machine: str
    nodes: dict[int, list[Node]] = field(default_factory=dict)
    exported: dict[str, Node] = field(default_factory=dict)
    references: dict[Node, set[Node | str]] = field(default_factory=dict)
    indirect: dict[Node, list[str]] = field(default_factory=dict)

    def at(self, section: int, offset: int) -> Node:
        nodes = self.nodes[section]
        place = bisect.bisect_right([node.start for node in nodes], offset) - 1
        return nodes[max(place, 0)]

    def functions(self) -> Iterator[Node]:
        for nodes in self.nodes.values():
            yield from (node for node in nodes if node.is_code)


def _sections(elf: ELFFile) -> dict[int, Section]:
    return {
        number: section
        for number, section in enumerate(elf.iter_sections())
        if section["sh_flags"] & SH_FLAGS.SHF_ALLOC and section.name != ".eh_frame"
    }


def _relocations(elf: ELFFile, sections: dict[int, Section]) -> dict[int, list[Relocation]]:
    found: dict[int, list[Relocation]] = {number: [] for number in sections}
    for table in elf.iter_sections():
        if not isinstance(table, RelocationSection) or table["sh_info"] not in sections:
            continue
        if not table.is_RELA():
            raise UnreadableObjectError("relocations without addends")
        symbols = elf.get_section(table["sh_link"])
        assert isinstance(symbols, SymbolTableSection)
        for entry in table.iter_relocations():
            symbol = symbols.get_symbol(entry["r_info_sym"])
            place = symbol["st_shndx"]
            found[table["sh_info"]].append(
                Relocation(
                    offset=entry["r_offset"],
                    kind=entry["r_info_type"],
                    addend=entry["r_addend"],
                    symbol=symbol.name,
                    section=place if isinstance(place, int) else None,
                    value=symbol["st_value"],
                )
            )
    return found


def _disassemble(path: Path, sections: dict[int, Section]) -> dict[int, list[Instruction]]:
    numbers: dict[str, int] = {}
    for number, section in sections.items():
        if section["sh_flags"] & SH_FLAGS.SHF_EXECINSTR and section["sh_size"]:
            if section.name in numbers:
                raise UnreadableObjectError(f"two sections are named {section.name}")
            numbers[section.name] = number
    listing = subprocess.run(
        ["objdump", "-d", "-w", "-z", "--no-show-raw-insn", str(path)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    code: dict[int, list[Instruction]] = {number: [] for number in numbers.values()}
    current: list[Instruction] | None = None
    for line in listing.splitlines():
        if line.startswith("Disassembly of section "):
            number_of = numbers.get(line[len("Disassembly of section ") : -1])
            current = None if number_of is None else code[number_of]
        elif current is not None and (match := INSTRUCTION.match(line)):
            address = int(match[1], 16)
            if current:
                current[-1].end = address
            current.append(Instruction(address, address, match[2]))
    for number, instructions in code.items():
        if not instructions:
            raise UnreadableObjectError(f"objdump shows no code in {sections[number].name}")
        instructions[-1].end = sections[number]["sh_size"]
    return code


def _pair(
    instructions: list[Instruction], relocations: list[Relocation]
) -> Iterator[tuple[Instruction, list[Relocation]]]:
    ordered = sorted(relocations, key=lambda relocation: relocation.offset)
    offsets = [relocation.offset for relocation in ordered]
    for instruction in instructions:
        first = bisect.bisect_left(offsets, instruction.address)
        last = bisect.bisect_left(offsets, instruction.end)
        yield instruction, ordered[first:last]


def _offset_meant(relocation: Relocation, end: int) -> int:
    """Where in its section a relocation of an instruction points to."""
    offset = relocation.value + relocation.addend
    if relocation.kind in FROM_PLACE:
        offset += end - relocation.offset
    return offset


def _lay_out(
    elf: ELFFile, code: ObjectCode, sections: dict[int, Section], referred: dict[int, set[int]]
) -> None:
    """Cut each section into nodes: at every symbol, and data wherever something points to."""
    names: dict[int, dict[int, str]] = {number: {} for number in sections}
    exported: dict[str, tuple[int, int]] = {}
    for table in elf.iter_sections():
        if not isinstance(table, SymbolTableSection):
            continue
        for symbol in table.iter_symbols():
            number, kind = symbol["st_shndx"], symbol["st_info"]["type"]
            if number not in sections or kind not in ("STT_FUNC", "STT_OBJECT", "STT_NOTYPE"):
                continue
            names[number].setdefault(symbol["st_value"], symbol.name)
            if symbol["st_info"]["bind"] != "STB_LOCAL":
                exported[symbol.name] = (number, symbol["st_value"])
    for number, section in sections.items():
        is_code = bool(section["sh_flags"] & SH_FLAGS.SHF_EXECINSTR)
        starts = {0, *names[number]} | (set() if is_code else referred[number])
        code.nodes[number] = [
            Node(code.path, number, start, names[number].get(start) or section.name, is_code)
            for start in sorted(starts)
        ]
    code.exported = {name: code.at(*place) for name, place in exported.items()}


def _is_switch(code: ObjectCode, node: Node, before: list[Instruction], text: str) -> bool:
    """A jump through a table of a switch: all that the table holds is in this very function."""
    tables = [
        target
        for target in code.references[node]
        if isinstance(target, Node) and not target.is_code and code.references.get(target)
    ]
    own = [table for table in tables if code.references[table] == {node}]
    if not own or "jmp" not in text:
        return False
    register = re.search(r"\*%(\w+)", text)
    if not register:  # jmp *table(,%rax,8)
        return True
    loads = rf"(?:add|mov)q?\s.*,\s*%{register[1]}$"
    return any(re.match(loads, instruction.text) for instruction in before[-2:])


def read_object(path: Path) -> ObjectCode:
    """Read one relocatable object file."""
    with path.open("rb") as stream:
        elf = ELFFile(stream)
        code = ObjectCode(path, str(elf["e_machine"]))
        if elf["e_type"] != "ET_REL" or code.machine not in INDIRECT:
            raise UnreadableObjectError(f"{elf['e_type']} for {code.machine}")
        sections = _sections(elf)
        relocations = _relocations(elf, sections)
        listing = _disassemble(path, sections)

        referred: dict[int, set[int]] = {number: set() for number in sections}
        for number, instructions in listing.items():
            for instruction, own in _pair(instructions, relocations[number]):
                for relocation in own:
                    if relocation.section in sections:
                        meant = _offset_meant(relocation, instruction.end)
                        referred[relocation.section].add(meant)
        _lay_out(elf, code, sections, referred)
    for nodes in code.nodes.values():
        for node in nodes:
            code.references[node] = set()
    for number in sections.keys() - listing.keys():
        _read_data(code, number, relocations[number])
    for number, instructions in listing.items():
        _read_code(code, number, instructions, relocations[number])
    return code


def _refer(code: ObjectCode, node: Node, relocation: Relocation, offset: int) -> None:
    if relocation.section is None:
        target: Node | str = relocation.symbol
    elif relocation.section in code.nodes:
        target = code.at(relocation.section, offset)
    else:
        return
    code.references[node].add(target)


def _read_data(code: ObjectCode, number: int, relocations: list[Relocation]) -> None:
    for relocation in relocations:
        node = code.at(number, relocation.offset)
        offset = relocation.value + relocation.addend
        if code.machine == "EM_X86_64" and relocation.kind in FROM_PLACE:
            # An entry of a switch's table is the distance from the start of the table.
            offset -= relocation.offset - node.start
        _refer(code, node, relocation, offset)


def _read_code(
    code: ObjectCode, number: int, instructions: list[Instruction], relocations: list[Relocation]
) -> None:
    jumps: list[tuple[Node, int]] = []
    for place, (instruction, own) in enumerate(_pair(instructions, relocations)):
        node = code.at(number, instruction.address)
        for relocation in own:
            _refer(code, node, relocation, _offset_meant(relocation, instruction.end))
        if INDIRECT[code.machine].match(instruction.text):
            if not any(relocation.kind in THROUGH_GOT for relocation in own):
                jumps.append((node, place))
        elif not own and (match := ADDRESS.search(instruction.text)):
            target = code.at(number, int(match[1], 16))
            if target != node:
                code.references[node].add(target)
    for node, place in jumps:
        if not _is_switch(
            code, node, instructions[max(place - 2, 0) : place], instructions[place].text
        ):
            code.indirect.setdefault(node, []).append(instructions[place].text)
