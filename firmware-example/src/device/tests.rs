//! A whole device on a virtual board: what it sends is opened and verified as a host would.

use batterypass::frame::{MAX_FRAME, Recipients, RejectCode, Status};
use batterypass::record::Record;

mod board;

use super::*;
use crate::nor::Nor;
use crate::store::{SEQUENCE_BLOCK, SEQUENCE_START};
use crate::testing::{Memory, key, provisioning};
use board::Board;

const NOW: u64 = 1_800_000_000;

type TestDevice<'a> = Device<'a, Board, Nor<'a>>;

fn boot<'a>(memory: &'a Memory, buffers: &'a mut Buffers) -> TestDevice<'a> {
    let mut device = Device::new(Board::new(), Nor::new(&memory.0), buffers);
    device.start().unwrap();
    device
}

/// Lets time pass in steps of 100 ms and returns the frames that were sent.
fn run(device: &mut TestDevice<'_>, ms: u64) -> Vec<Vec<u8>> {
    for _ in 0..ms / 100 {
        device.platform.now += 100;
        device.poll();
    }
    let sent = core::mem::take(&mut device.platform.link.from_device);
    sent.split_inclusive(|byte| *byte == 0)
        .filter(|frame| frame.len() > 1)
        .map(Vec::from)
        .collect()
}

/// Decodes a frame and hands its message to `look`.
fn look<T>(frame: &[u8], look: impl FnOnce(Message<'_>) -> T) -> T {
    let mut decoder = Decoder::<MAX_FRAME>::new();
    let (end, body) = frame.split_last().unwrap();
    assert!(body.iter().all(|byte| decoder.push(*byte).is_none()));
    look(decoder.push(*end).unwrap().unwrap())
}

fn hello(frame: &[u8]) -> (State, [u8; 65], u64) {
    look(frame, |message| match message {
        Message::Hello {
            state,
            public_key,
            next_sequence,
        } => (state, *public_key, next_sequence),
        other => panic!("{other:?}"),
    })
}

fn sequence_of(frame: &[u8]) -> u64 {
    look(frame, |message| match message {
        Message::Record { sequence, .. } => sequence,
        other => panic!("{other:?}"),
    })
}

/// Opens a record frame as the recipient `key(seed)` and verifies it.
fn open(frame: &[u8], seed: u8, device: &[u8; 65]) -> Record {
    let id = provisioning(1).passport_id;
    look(frame, |message| {
        let Message::Record { sequence, envelope } = message else {
            panic!("{message:?}")
        };
        assert_eq!(
            envelope::Envelope::decode(envelope).unwrap().subject(),
            Some(id.as_str())
        );
        let mut out = [0; record::MAX_SIGNED_LEN];
        let signed = envelope::open(envelope, &key(seed), id.as_bytes(), &mut out).unwrap();
        let device = batterypass::PublicKey::from_sec1(device).unwrap();
        let record = record::verify(signed, &id, &device).unwrap();
        assert_eq!(record.sequence, sequence);
        record
    })
}

fn tell(device: &mut TestDevice<'_>, message: &Message<'_>) {
    let mut out = [0; MAX_FRAME];
    device
        .platform
        .link
        .to_device
        .extend(frame::encode(message, &mut out).unwrap());
}

fn provision(device: &mut TestDevice<'_>, id: &str, recipients: u8) {
    let points: Vec<u8> = (1..=recipients)
        .flat_map(|seed| key(seed).public_key().to_sec1())
        .collect();
    tell(
        device,
        &Message::Provision {
            time_s: NOW,
            period_ms: 1000,
            passport_id: id,
            recipients: Recipients::new(&points).unwrap(),
        },
    );
}

fn acknowledge(device: &mut TestDevice<'_>, sequence: u64) {
    tell(
        device,
        &Message::Ack {
            sequence,
            status: Status::Stored,
            time_s: NOW + sequence,
        },
    );
}

fn log_of(device: &TestDevice<'_>) -> String {
    String::from_utf8(device.platform.log.from_device.clone()).unwrap()
}

#[test]
fn from_first_boot_to_acknowledged_records() {
    let (memory, mut buffers) = (Memory::new(), Buffers::new());
    let mut device = boot(&memory, &mut buffers);
    let frames = run(&mut device, 5000);
    let (state, public, next) = hello(&frames[0]);
    assert_eq!(
        (state, next, frames.len()),
        (State::Unprovisioned, SEQUENCE_START, 3)
    );

    let id = provisioning(1).passport_id;
    provision(&mut device, &id, 3);
    let frames = run(&mut device, 200);
    assert_eq!(hello(&frames[0]), (State::Running, public, SEQUENCE_START));
    let mut last = open(&frames[1], 1, &public);
    assert_eq!((last.sequence, last.device_time_s), (SEQUENCE_START, NOW));
    assert_eq!(last.time_quality, TimeQuality::Gateway);
    assert_eq!(open(&frames[1], 3, &public), last);

    for _ in 0..20 {
        acknowledge(&mut device, last.sequence);
        let frames = run(&mut device, 1000);
        assert_eq!(frames.len(), 1);
        let now = open(&frames[0], 2, &public);
        assert_eq!(now.sequence, last.sequence + 1);
        assert_ne!(now.state_of_charge_permille, last.state_of_charge_permille);
        assert!(now.energy_throughput_wh > last.energy_throughput_wh);
        last = now;
    }
    let log = log_of(&device);
    for line in [
        "start by the watchdog, stuck at 0x00001234",
        "first boot: key made",
        "I am did:key:zDn",
        "provisioned for urn:example:battery:1, recipients: 3",
        "record 1 acknowledged",
        "most stack so far, bytes: 6000",
    ] {
        assert!(log.contains(line), "{line}: {log}");
    }
}

#[test]
fn provisioning_is_obeyed_once() {
    let (memory, mut buffers) = (Memory::new(), Buffers::new());
    let mut device = boot(&memory, &mut buffers);
    provision(&mut device, "urn:example:battery:1", 1);
    run(&mut device, 1000);
    let first = device.provisioning.clone();
    provision(&mut device, "urn:example:battery:2", 2);
    run(&mut device, 1000);
    assert_eq!(device.provisioning, first);
    assert!(log_of(&device).contains("already provisioned: refused"));

    // Nor after a reset.
    let mut buffers = Buffers::new();
    let mut device = boot(&memory, &mut buffers);
    provision(&mut device, "urn:example:battery:2", 2);
    run(&mut device, 1000);
    assert_eq!(device.provisioning, first);
    assert_eq!(device.store.provisioning().unwrap(), first);
}

#[test]
fn a_record_is_sent_again_unchanged_until_it_is_stored() {
    let (memory, mut buffers) = (Memory::new(), Buffers::new());
    let mut device = boot(&memory, &mut buffers);
    provision(&mut device, "urn:example:battery:1", 2);
    let frames = run(&mut device, 8000);
    // HELLO, HELLO when running, the record at 100 ms, and again after 1 s, 2 s and 4 s.
    let records = &frames[frames.len() - 4..];
    assert!(records.iter().all(|frame| frame == &records[0]));

    tell(
        &mut device,
        &Message::Reject {
            sequence: 1,
            code: RejectCode::TryLater,
        },
    );
    tell(
        &mut device,
        &Message::Ack {
            sequence: 77,
            status: Status::Stored,
            time_s: NOW,
        },
    );
    let frames = run(&mut device, 8000);
    assert_eq!(frames.as_slice(), [records[0].clone()]);

    tell(
        &mut device,
        &Message::Reject {
            sequence: 1,
            code: RejectCode::NotAccepted,
        },
    );
    let frames = run(&mut device, 500);
    assert_eq!(
        frames
            .iter()
            .map(|frame| sequence_of(frame))
            .collect::<Vec<_>>(),
        [2]
    );
}

#[test]
fn key_sequence_and_counters_survive_resets() {
    let memory = Memory::new();
    let (mut public, mut last_sequence, mut last_energy) = (None, 0, Some(0));
    for reset in 0..4 {
        let mut buffers = Buffers::new();
        let mut device = boot(&memory, &mut buffers);
        if reset == 0 {
            provision(&mut device, "urn:example:battery:1", 1);
        }
        let frames = run(&mut device, 300);
        let (state, key, next) = hello(&frames[frames.len() - 2]);
        assert_eq!(state, State::Running);
        assert_eq!(key, *public.get_or_insert(key));
        assert_eq!(next, SEQUENCE_START + reset * SEQUENCE_BLOCK);
        let mut frame = frames.last().unwrap().clone();
        for _ in 0..5 {
            let record = open(&frame, 1, &key);
            assert!(record.sequence > last_sequence && record.energy_throughput_wh >= last_energy);
            (last_sequence, last_energy) = (record.sequence, record.energy_throughput_wh);
            acknowledge(&mut device, record.sequence);
            frame = run(&mut device, 1000).pop().unwrap();
        }
        // The frame of the last turn is lost with the power; its number must not come again.
        last_sequence = sequence_of(&frame);
    }
}

#[test]
fn without_randomness_there_is_no_key_and_no_record() {
    let (memory, mut buffers) = (Memory::new(), Buffers::new());
    let mut device = boot(&memory, &mut buffers);
    device.platform.rng.broken = true;
    assert!(run(&mut device, 5000).is_empty());
    assert!(log_of(&device).contains("no key made: randomness_failed"));

    device.platform.rng.broken = false;
    assert!(!run(&mut device, 5000).is_empty());
    provision(&mut device, "urn:example:battery:1", 1);
    let frames = run(&mut device, 500);
    acknowledge(&mut device, sequence_of(frames.last().unwrap()));
    device.platform.rng.broken = true;
    assert!(run(&mut device, 3000).is_empty());
    assert!(log_of(&device).contains("no record: randomness_failed"));
    device.platform.rng.broken = false;
    assert!(sequence_of(&run(&mut device, 2000)[0]) > 2);
}

#[test]
fn noise_and_strange_messages_change_nothing() {
    let (memory, mut buffers) = (Memory::new(), Buffers::new());
    let mut device = boot(&memory, &mut buffers);
    device.platform.link.to_device.extend([0xff; 5000]);
    device.platform.link.to_device.extend([0, 0, 9, 9, 0]);
    tell(
        &mut device,
        &Message::Record {
            sequence: 1,
            envelope: b"not for a device",
        },
    );
    tell(
        &mut device,
        &Message::Ack {
            sequence: 1,
            status: Status::Stored,
            time_s: u64::MAX,
        },
    );
    run(&mut device, 500);
    assert!(!device.link.is_running() && device.host_time.is_none());
    provision(&mut device, "urn:example:battery:1", 1);
    let frames = run(&mut device, 500);
    acknowledge(&mut device, sequence_of(frames.last().unwrap()));
    // A host with a broken clock cannot stop the records.
    tell(
        &mut device,
        &Message::Ack {
            sequence: 2,
            status: Status::Stored,
            time_s: u64::MAX,
        },
    );
    assert_eq!(run(&mut device, 2000).len(), 2);
    tell(
        &mut device,
        &Message::Ack {
            sequence: 2,
            status: Status::Stored,
            time_s: u64::MAX,
        },
    );
    assert_eq!(sequence_of(&run(&mut device, 2000)[0]), 3);
}

#[test]
fn a_stuck_link_costs_no_record() {
    let (memory, mut buffers) = (Memory::new(), Buffers::new());
    let mut device = boot(&memory, &mut buffers);
    provision(&mut device, "urn:example:battery:1", 1);
    device.platform.link.stuck = true;
    assert!(run(&mut device, 5000).is_empty());
    assert!(log_of(&device).contains("the link is stuck: record kept"));
    device.platform.link.stuck = false;
    let frames = run(&mut device, 5000);
    assert_eq!(sequence_of(&frames[0]), SEQUENCE_START);
}
