"""A profile is called from any thread; one call at a time reaches the vault."""

import threading
from collections.abc import Callable

import pytest

from securemsg.errors import LocalError
from securemsg.store.contacts import ContactUnknown
from tests.client.post import Person, PostOffice

CALLS = 40


def concurrently(*functions: Callable[[], object]) -> list[BaseException]:
    """Call each function many times, each in a thread of its own; return what was raised."""
    raised: list[BaseException] = []
    together = threading.Barrier(len(functions))

    def call(function: Callable[[], object]) -> None:
        together.wait()
        try:
            for _ in range(CALLS):
                function()
        except BaseException as error:  # noqa: BLE001  # a thread's errors are the result
            raised.append(error)

    threads = [threading.Thread(target=call, args=(function,)) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_threads_may_call_at_the_same_time(office: PostOffice) -> None:
    """CL-1: every call is one transaction, whichever thread makes it."""
    ann, _ = office.friends("ann", "ben")
    contact = ann.of("ben")
    profile = ann.profile
    raised = concurrently(
        lambda: profile.queue_text(contact, "hello"),
        profile.conversations,
        profile.checks,
        profile.take_changes,
        lambda: profile.messages(contact),
    )
    assert raised == []
    assert len(ann.messages("ben")) == CALLS


def test_a_call_waits_for_the_step_of_another_thread(office: PostOffice) -> None:
    """CL-1: also the one that reads the whole file."""
    ann = office.person("ann")
    found: list[bool] = []
    with ann.profile.step():
        thread = threading.Thread(target=lambda: found.append(ann.profile.checks()[0].ok))
        thread.start()
        thread.join(0.1)
        assert thread.is_alive()
    thread.join()
    assert found == [True]


def test_a_call_inside_a_step_is_refused_instead_of_waiting_for_itself(office: PostOffice) -> None:
    ann = office.person("ann")
    with pytest.raises(LocalError):
        ann.profile.decide(lambda _step: ann.profile.conversations())
    assert ann.profile.conversations() == []


def test_after_close_every_call_says_so_and_closing_again_is_harmless(office: PostOffice) -> None:
    ann = office.person("ann")
    ann.profile.close()
    ann.profile.close()
    with pytest.raises(LocalError):
        ann.profile.conversations()


def calls_with_unknown_contact(person: Person) -> list[Callable[[], object]]:
    profile = person.profile
    return [
        lambda: profile.find_contact("nobody"),
        lambda: profile.verification(99),
        lambda: profile.mark_verified(99),
        lambda: profile.accept_changed(99),
        lambda: profile.keep_previous(99),
    ]


@pytest.mark.parametrize("place", range(5))
def test_a_contact_that_does_not_exist_is_never_another_one(office: PostOffice, place: int) -> None:
    ann, _ = office.friends("ann", "ben")
    with pytest.raises(ContactUnknown):
        calls_with_unknown_contact(ann)[place]()


def test_writing_to_a_contact_that_does_not_exist_is_refused(office: PostOffice) -> None:
    ann, _ = office.friends("ann", "ben")
    with pytest.raises(LocalError):
        ann.profile.queue_text(99, "hello")
    assert ann.profile.waiting() == 0
