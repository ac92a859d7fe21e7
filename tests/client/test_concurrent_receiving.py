"""One envelope on several threads at once: it is opened once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

from securemsg.client.receiving import receive
from securemsg.ids import SubmitId
from securemsg.mailbox.answers import Deliver
from tests.client.post import Person, PostOffice, settle

THREADS = 4


def take(person: Person, together: Barrier, delivery: Deliver) -> None:
    """Handle a delivery at the moment at which the others do."""
    together.wait(30)
    person.profile.decide(lambda step: receive(step, [delivery]))


def test_of_threads_that_get_one_envelope_one_opens_it(office: PostOffice) -> None:
    """S16, I2: the same submit id is handled once, under another id it is a repeat of the same key."""
    ann, ben = office.friends("ann", "ben")
    ann.write("ben", "first")
    settle(ann, ben)
    ben.write("ann", "answer")
    settle(ann, ben)
    for number in range(10):
        ann.write("ben", f"text {number}")
        ann.send()
        (delivery,) = ben.box.queue
        copies = [
            replace(delivery, submit_id=SubmitId(bytes((number, thread)) * 8)) for thread in range(THREADS)
        ]
        both = [delivery, *copies]
        together = Barrier(len(both))
        with ThreadPoolExecutor(len(both)) as pool:
            list(pool.map(lambda given: take(ben, together, given), both))
        ben.box.queue.clear()
        assert ben.read("ann") == ["first", *(f"text {told}" for told in range(number + 1))]
    refusals = ben.notes()
    assert set(refusals) == {"Replayed"}
    assert refusals["Replayed"] >= 10 * (THREADS - 1)
