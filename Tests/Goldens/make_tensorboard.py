"""Writes tensorboard.events: what the tensorboard package writes for two steps of numbers, with times of whole seconds.

Needs: tensorboard (2.21.0).
"""

import pathlib

from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata
from tensorboard.summary.writer.record_writer import RecordWriter

PLUGIN = SummaryMetadata(plugin_data=SummaryMetadata.PluginData(plugin_name="scalars"))


def value(tag, number, first):
    return Summary.Value(tag=tag, simple_value=number, metadata=PLUGIN if first else None)


events = [
    Event(wall_time=1700000000, file_version="brain.Event:2"),
    Event(wall_time=1700000000, session_log=SessionLog(status=SessionLog.START)),
    Event(wall_time=1700000001, step=300, summary=Summary(value=[value("train/loss", 0.1, True), value("µ", -2.5, True)])),
    Event(wall_time=1700000002, step=301, session_log=SessionLog(status=SessionLog.START)),
    Event(wall_time=1700000003, step=70000, summary=Summary(value=[value("train/loss", 1e-20, False)])),
]
with open(pathlib.Path(__file__).parent / "tensorboard.events", "wb") as file:
    writer = RecordWriter(file)
    for event in events:
        writer.write(event.SerializeToString())
    writer.flush()
