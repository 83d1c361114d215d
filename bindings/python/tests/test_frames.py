from __future__ import annotations

import pytest
from batterypass import (
    Ack,
    AckStatus,
    BatteryPassError,
    DeviceState,
    FrameDecoder,
    Hello,
    Message,
    Provision,
    RecordMessage,
    Reject,
    RejectCode,
    SigningKey,
    encode_frame,
)
from conftest import PASSPORT_ID

POINT = SigningKey.generate().public_key.to_sec1()
MESSAGES: list[Message] = [
    Hello(1, DeviceState.UNPROVISIONED, POINT, 0),
    Hello(1, DeviceState.RUNNING, POINT, 2**64 - 1),
    Provision(1_800_000_000, 1000, PASSPORT_ID, [POINT, POINT]),
    RecordMessage(7, bytes(range(256)) * 4),
    Ack(7, AckStatus.STORED, 1_800_000_001),
    Ack(7, AckStatus.SEEN_BEFORE, 1_800_000_001),
    Reject(7, RejectCode.NOT_ACCEPTED),
    Reject(7, RejectCode.TRY_LATER),
]


def test_messages_survive_any_chunking_and_noise() -> None:
    stream = b"noise\0" + b"\0".join(encode_frame(message) for message in MESSAGES) + b"rest"
    for size in (1, 2, 7, 64, len(stream)):
        decoder = FrameDecoder()
        received: list[Message] = []
        for start in range(0, len(stream), size):
            received += decoder.feed(memoryview(stream)[start : start + size])
        assert received == MESSAGES
        assert decoder.dropped == 1


def test_numbers_on_the_wire_are_those_of_the_specification() -> None:
    # ACK: type 4, sequence, status, time; COBS puts a count before each run without zeros.
    frame = encode_frame(Ack(1, AckStatus.SEEN_BEFORE, 0x0102030405060708))
    assert frame[:2] == b"\x03\x04"
    assert frame.endswith(b"\0")
    assert frame.count(0) == 1
    assert int(AckStatus.STORED) == 0
    assert [int(code) for code in RejectCode] == [1, 2]


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (Hello(2, 0, POINT, 0), "unsupported_version"),
        (Hello(1, 2, POINT, 0), "out_of_range"),
        (Hello(1, 0, POINT[:-1], 0), "invalid_key"),
        (Provision(0, 0, PASSPORT_ID, []), "no_recipients"),
        (Provision(0, 0, PASSPORT_ID, [POINT] * 9), "too_many_recipients"),
        (Provision(0, 0, "", [POINT]), "invalid_argument"),
        (RecordMessage(0, bytes(2048)), "too_large"),
        (Ack(0, 2, 0), "out_of_range"),
        (Reject(0, 0), "out_of_range"),
    ],
)
def test_messages_that_cannot_be_sent(message: Message, code: str) -> None:
    with pytest.raises(BatteryPassError) as caught:
        encode_frame(message)
    assert caught.value.code == code


def test_a_changed_frame_is_dropped() -> None:
    frame = bytearray(encode_frame(MESSAGES[0]))
    frame[20] ^= 1
    decoder = FrameDecoder()
    assert decoder.feed(frame) == []
    assert decoder.dropped == 1
    assert decoder.feed(encode_frame(MESSAGES[1])) == [MESSAGES[1]]
    with pytest.raises(TypeError):
        encode_frame("text")  # type: ignore[arg-type]
