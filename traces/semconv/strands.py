"""Strands Agents: `gen_ai.*` with a few operations of its own.

The usage of an `invoke_agent` span is a running total over all turns of the agent object, earlier traces included.
"""

from traces.semconv.convention import Convention
from traces.semconv.readers import message_events

CONVENTION = Convention(
    name="strands",
    source="github.com/strands-agents/sdk-python, src/strands/telemetry/tracer.py",
    kinds={
        "gen_ai.operation.name": {
            "execute_event_loop_cycle": "workflow",
            "invoke_graph": "workflow",
            "invoke_swarm": "workflow",
            "memory.search": "retrieval",
            "memory.add": "state",
            "memory.inject": "state",
        }
    },
    scopes=("strands.telemetry.tracer",),
    running_totals=("strands.telemetry.tracer",),
    inputs=(message_events({"memory.query": "user"}),),
    outputs=(message_events({"memory.content": "assistant"}),),
)
