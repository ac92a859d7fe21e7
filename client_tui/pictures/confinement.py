"""Giving up rights for good: what takes over the decoder later finds none.

Limits that every POSIX system knows come first: no new descriptor, so no file is read and no connection
made; no byte into a file; bounded memory and time. They do not keep one from removing files or from sending
signals, nor on Linux from taking over other programs of the same person. So on Linux a filter of system
calls is a must: only those pass that compute, read and write what is open already, and end.
"""

import ctypes
import errno
import os
import platform
import resource
import signal
import struct
import sys
from typing import Final

from client_tui.pictures.limits import MEMORY, PROCESSOR

_LIMITS: Final = (
    ("RLIMIT_CORE", 0),
    ("RLIMIT_FSIZE", 0),
    ("RLIMIT_NPROC", 0),
    ("RLIMIT_MEMLOCK", 0),
    ("RLIMIT_AS", MEMORY),
    ("RLIMIT_CPU", PROCESSOR),
    ("RLIMIT_NOFILE", 0),
)
"""Systems that do not know one of them go without; those descriptors that are open stay open."""

_IS_LINUX: Final = sys.platform.startswith("linux")

# What is asked of the call prctl, as its manual numbers it.
_DIE_WITH_PARENT: Final = 1
_NO_DUMP: Final = 4
_FILTER: Final = 22
_NO_NEW_RIGHTS: Final = 38
_BY_PROGRAM: Final = 2

# seccomp(2), bpf(4): load a word, jump if equal, return.
_LOAD: Final = 0x20
_IF_EQUAL: Final = 0x15
_RETURN: Final = 0x06
_PASS: Final = 0x7FFF0000
_REFUSE: Final = 0x00050000 | errno.EPERM
_KILL: Final = 0x80000000
_NUMBER_AT: Final = 0
_MACHINE_AT: Final = 4

_X86_64: Final = (
    *(0, 1, 3, 5, 8),  # read, write, close, fstat, lseek
    *(9, 10, 11, 12, 25, 28),  # mmap, mprotect, munmap, brk, mremap, madvise
    *(13, 14, 15, 131),  # rt_sigaction, rt_sigprocmask, rt_sigreturn, sigaltstack
    *(24, 202, 219, 228),  # sched_yield, futex, restart_syscall, clock_gettime
    *(39, 186, 318),  # getpid, gettid, getrandom
    *(60, 231),  # exit, exit_group
)
_AARCH64: Final = (
    *(63, 64, 57, 80, 62),
    *(222, 226, 215, 214, 216, 233),
    *(134, 135, 139, 132),
    *(124, 98, 128, 113),
    *(172, 178, 278),
    *(93, 94),
)
_CALLS: Final = {"x86_64": (0xC000003E, _X86_64), "aarch64": (0xC00000B7, _AARCH64)}
"""The mark of a machine (linux/audit.h), and the numbers that the same calls have there."""


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_void_p))


def is_bound_to(parent: int) -> bool:
    """Have the system end us with the process that asked, where it can; tell whether that is still there."""
    if _IS_LINUX:
        _control(_DIE_WITH_PARENT, int(signal.SIGKILL))
    return os.getppid() == parent


def confine() -> None:
    """Give up everything but what is open; called before the first byte from outside is read.

    Raises `OSError` and `ValueError` where the system leaves us a right: then nothing may be read.
    """
    _limit()
    if _IS_LINUX:
        _control(_NO_DUMP, 0)
        _control(_NO_NEW_RIGHTS, 1)
        _filter_calls()


def _limit() -> None:
    for name, most in _LIMITS:
        which = getattr(resource, name, None)
        if which is not None:
            hard = resource.getrlimit(which)[1]
            least = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(which, (least, least))


def _control(what: int, *how: int) -> int:
    """Call prctl(2) and return what it says, 0 where it did what was asked."""
    return int(ctypes.CDLL(None).prctl(what, *(ctypes.c_ulong(value) for value in (*how, 0, 0, 0, 0)[:4])))


def _filter_calls() -> None:
    known = _CALLS.get(platform.machine())
    # A program of 32 bits on such a machine makes the calls of another.
    if known is None or ctypes.sizeof(ctypes.c_void_p) != struct.calcsize("Q"):
        raise OSError(errno.ENOSYS)
    steps = _filter(*known)
    buffer = ctypes.create_string_buffer(steps, len(steps))
    program = _Program(len(steps) // _STEP.size, ctypes.addressof(buffer))
    if _control(_FILTER, _BY_PROGRAM, ctypes.addressof(program)):
        raise OSError(errno.EPERM)


_STEP: Final = struct.Struct("=HBBI")


def _filter(machine: int, calls: tuple[int, ...]) -> bytes:
    """Return the program: another machine's calls end the process, those not listed are refused."""
    steps = [
        (_LOAD, 0, 0, _MACHINE_AT),
        (_IF_EQUAL, 1, 0, machine),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
        # Each jumps behind those that are left and the refusal.
        *((_IF_EQUAL, len(calls) - at, 0, call) for at, call in enumerate(calls)),
        (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _PASS),
    ]
    return b"".join(_STEP.pack(*step) for step in steps)
