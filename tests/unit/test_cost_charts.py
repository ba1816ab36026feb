"""Charts of cost: what is not known stands beside what is, in the hover and in the table."""

from decimal import Decimal

from core.clock import NS_PER_SECOND
from dashboards.domain.figures import spend_chart, trace_cost_chart
from dashboards.domain.ranges import Window
from traces.selectors.rows import CostPoint, UnknownCost

MINUTE = 60 * NS_PER_SECOND
WINDOW = Window(since_ns=0, until_ns=3 * MINUTE, bucket_ns=MINUTE)
NOTHING = UnknownCost(0, 0, 0, 0, None)
SOME = UnknownCost(1, 1, 1, 0, None)


def point(bucket, cost, *, group=None, unknown=NOTHING):
    usd = None if cost is None else Decimal(cost)
    return CostPoint(bucket * MINUTE, group, 1, usd, usd, usd, unknown)


def href(since_ns, until_ns):
    return f"/{since_ns}-{until_ns}"


def test_cost_per_trace_says_how_many_calls_it_misses() -> None:
    points = [point(0, "0.5"), point(1, "0.25", unknown=SOME), point(2, None, unknown=SOME)]

    chart = trace_cost_chart(points, window=WINDOW, limits=[], href=href)

    for line in chart.figure["data"]:
        assert line["text"] == ["$0.50", "at least $0.25 (3 calls unknown)", ""]
    assert [row[-1] for row in chart.rows] == ["0", "3", "3"]


def test_a_groups_bar_says_what_it_misses_and_the_table_what_all_miss() -> None:
    points = [
        point(0, "2", group="dear", unknown=SOME),
        point(0, "1", group="cheap"),
        point(1, "1", group="cheap"),
        point(2, None, group="silent", unknown=SOME),
    ]

    chart = spend_chart(points, window=WINDOW, href=href)

    assert {bars["name"]: bars["text"] for bars in chart.figure["data"]} == {
        "dear": ["at least $2.00 (3 calls unknown)"],
        "cheap": ["$1.00", "$1.00"],
    }
    assert [row[-1] for row in chart.rows] == [
        "at least $3.00 (3 calls unknown)",
        "$1.00",
        "at least $0 (3 calls unknown)",
    ]
