"""Time in the demo: jumping for history, running for the live part."""

import asyncio
import time
from datetime import UTC, datetime

import pytest

from demo.cast import Cast
from demo.clock import Clock
from demo.history import SETTLED_NS, beginnings, write_history
from demo.performance import Performance
from demo.programs.runaway import LASTS_S
from tests.demo_runs import START_NS, Recorder, chance, in_no_time
from tests.event_loop import in_own_thread
from traces.domain.summary import summarise

S = 10**9
DAY = 86_400 * S


def test_a_jumping_loop_waits_for_nothing_and_keeps_the_order():
    seen = []

    async def note(clock, seconds):
        await clock.sleep(seconds)
        seen.append((seconds, clock.now_ns() - START_NS))

    async def all_of(clock):
        await asyncio.gather(note(clock, 3600), note(clock, 5), note(clock, 60.5))

    began = time.monotonic()
    in_no_time(all_of)
    assert time.monotonic() - began < 1
    assert seen == [(5, 5 * S), (60.5, 60_500_000_000), (3600, 3600 * S)]


def test_a_jumping_loop_says_so_when_nothing_can_go_on():
    async def wait_for_ever(clock):
        await asyncio.Event().wait()

    with pytest.raises(RuntimeError, match="no timer to jump to"):
        in_no_time(wait_for_ever)


def test_a_clock_of_another_speed_maps_both_ways():
    read = []

    async def sleep_on_a_fast_clock(clock):
        loop = asyncio.get_running_loop()
        fast = Clock.starting_at(START_NS, loop=loop, speed=60)
        await fast.sleep(1200)
        read.extend([loop.time(), fast.now_ns() - START_NS])

    in_no_time(sleep_on_a_fast_clock)
    assert read == [pytest.approx(20), pytest.approx(1200 * S, abs=1000)]


def test_history_lies_in_the_past_days_and_follows_the_rhythm_of_a_day():
    found = beginnings(days=7, now_ns=START_NS, rng=chance(1))
    everyday = [each.start_ns for each in found if not each.is_runaway]
    assert found == sorted(found)
    assert START_NS - 7 * DAY <= min(everyday) < max(everyday) <= START_NS - SETTLED_NS
    hours = [datetime.fromtimestamp(start_ns / S, tz=UTC).hour for start_ns in everyday]
    assert sum(hour in (9, 10, 11) for hour in hours) > 5 * sum(hour in (1, 2, 3) for hour in hours)


@pytest.mark.parametrize(("days", "incidents"), [(1, 0), (3, 1), (7, 2)])
def test_history_has_an_incident_in_every_three_days(days, incidents):
    found = beginnings(days=days, now_ns=START_NS, rng=chance(1))
    assert sum(each.is_runaway for each in found) == incidents


def test_history_is_written_whole_and_never_reaches_into_the_future():
    recorder, flushed, reports = Recorder(), [], []
    count = in_own_thread(
        lambda: write_history(
            Cast(chance(2), recorder.telemetry),
            days=1,
            now_ns=START_NS,
            flush=lambda: flushed.append(recorder.telemetry.ended_count),
            report=lambda number, of: reports.append((number, of)),
        )
    )
    traces = recorder.traces()
    assert len(traces) == count
    assert max(span.end_ns for spans in traces for span in spans) < START_NS
    assert flushed[-1] == recorder.telemetry.ended_count == len(recorder.spans())
    assert max(later - sooner for sooner, later in zip([0, *flushed], flushed, strict=False)) < 600
    assert reports
    assert all(number <= of == count for number, of in reports)


def perform(*, seconds, stop_after=None):
    """A live part on a loop whose time jumps, and the moment at which it ended."""
    recorder, ended = Recorder(), []

    async def play(clock):
        stop = asyncio.Event()
        if stop_after is not None:
            asyncio.get_running_loop().call_later(stop_after, stop.set)
        cast = Cast(chance(3), recorder.telemetry)
        performance = Performance(cast, now_ns=clock.now_ns, runs_a_minute=30)
        await performance.play(seconds=seconds, stop=stop)
        ended.append(clock.now_ns())

    in_no_time(play)
    return recorder, ended[0]


def test_a_live_part_begins_runs_at_the_rate_and_lets_them_finish():
    recorder, ended_ns = perform(seconds=120)
    assert 40 < len(recorder.traces()) < 80
    assert 120 * S <= ended_ns - START_NS <= 141 * S
    assert recorder.telemetry.ended_count == len(recorder.spans())


def test_a_live_part_shows_the_incident_whose_end_is_now():
    recorder, _ = perform(seconds=40)
    (incident,) = [
        summary
        for spans in recorder.traces()
        if (summary := summarise(spans)).service == "invoice-reconciler"
    ]
    assert incident.duration_ns == pytest.approx(LASTS_S * S, rel=0.02)
    assert incident.end_ns - START_NS == pytest.approx(23 * S, abs=S)


def test_a_live_part_ends_at_once_when_asked_to_and_ends_its_spans():
    recorder, ended_ns = perform(seconds=600, stop_after=10)
    assert ended_ns - START_NS == pytest.approx(10 * S, abs=S // 10)
    assert all(summarise(spans).status != "open" for spans in recorder.traces())
