//! Frames between two nodes.

use net::{Lane, NetEvent, SendError, limits};

use crate::common::{Node, Over, eventually, pair};

async fn exchange(over: Over) {
    let (mut a, to_b, mut b, to_a) = pair(over).await;
    assert_eq!((&to_b.local_id, &to_b.remote_id), (&to_a.remote_id, &to_a.local_id));
    assert_eq!(to_b.local_id, a.handle.local_id());
    assert!(to_b.dialled && !to_a.dialled);
    assert!(b.address.starts_with(&to_b.address), "{} is not where {} listens", to_b.address, b.address);
    for lane in Lane::ALL {
        let longest = vec![7; lane.frame_bytes_max()];
        for frame in [&b"x"[..], b"second", &longest, b"last"] {
            a.send(to_b.peer, lane, frame).await;
            b.send(to_a.peer, lane, frame).await;
        }
        for frame in [&b"x"[..], b"second", &longest, b"last"] {
            assert!(b.frame(lane).await == frame);
            assert!(a.frame(lane).await == frame);
        }
    }
    for lane in Lane::ALL {
        eventually("empty queues", || a.handle.queue_free(to_b.peer, lane) == lane.queue_bytes_max()).await;
    }
}

#[tokio::test]
async fn both_lanes_carry_frames_both_ways_over_tcp() {
    exchange(Over::Tcp).await;
}

#[tokio::test]
async fn both_lanes_carry_frames_both_ways_over_quic() {
    exchange(Over::Quic).await;
}

#[tokio::test]
async fn ten_thousand_small_frames_arrive_in_order() {
    let (mut a, to_b, mut b, _) = pair(Over::Tcp).await;
    let sending = async {
        for number in 0..10_000_u32 {
            a.send(to_b.peer, Lane::Sync, &number.to_be_bytes()).await;
        }
    };
    let taking = async {
        for number in 0..10_000_u32 {
            assert_eq!(b.frame(Lane::Sync).await, number.to_be_bytes());
        }
    };
    tokio::join!(sending, taking);
}

/// The receiver takes nothing, so bulk waits at every stage: the sender's queue, the windows, the receiver's events. A
/// ballot sent after all of it goes past all the same.
async fn ballot_overtakes_bulk(over: Over) {
    // Four wait for the consumer, the reader holds one, the sender's queue two.
    const BULK: u8 = 7;
    let (mut a, to_b, mut b, _) = pair(over).await;
    for number in 0..BULK {
        a.send(to_b.peer, Lane::Blob, &vec![number; 1024 * 1024]).await;
    }
    a.send(to_b.peer, Lane::Sync, b"ballot").await;
    let sync_is_empty = || a.handle.queue_free(to_b.peer, Lane::Sync) == Lane::Sync.queue_bytes_max();
    eventually("the ballot to leave", sync_is_empty).await;
    let mut blobs_before = 0;
    b.until("the ballot", |event| match event {
        NetEvent::Frame { lane: Lane::Blob, .. } => {
            blobs_before += 1;
            None
        }
        NetEvent::Frame { lane: Lane::Sync, .. } => Some(()),
        _ => None,
    })
    .await;
    assert!(blobs_before < BULK, "the ballot came after all bulk that was sent before it");
    for number in blobs_before..BULK {
        assert!(b.frame(Lane::Blob).await == vec![number; 1024 * 1024]);
    }
}

#[tokio::test]
async fn a_ballot_overtakes_bulk_over_tcp() {
    ballot_overtakes_bulk(Over::Tcp).await;
}

#[tokio::test]
async fn a_ballot_overtakes_bulk_over_quic() {
    ballot_overtakes_bulk(Over::Quic).await;
}

#[tokio::test]
async fn ten_megabytes_of_bulk_do_not_hold_up_a_ballot() {
    let (mut a, to_b, mut b, _) = pair(Over::Tcp).await;
    let sending = async {
        for number in 0..10_u8 {
            a.send(to_b.peer, Lane::Blob, &vec![number; 1024 * 1024]).await;
            if number == 2 {
                a.send(to_b.peer, Lane::Sync, b"ballot").await;
            }
        }
    };
    let taking = async {
        let mut order = Vec::new();
        while order.len() < 11 {
            let lane = b
                .until("a frame", |event| match event {
                    NetEvent::Frame { lane, .. } => Some(*lane),
                    _ => None,
                })
                .await;
            order.push(lane);
        }
        assert_ne!(order.last(), Some(&Lane::Sync));
    };
    tokio::join!(sending, taking);
}

/// Neither side grows: the sender is told, the receiver's sockets are not read.
async fn slow_reader(over: Over, lane: Lane) {
    const FRAME: usize = 256 * 1024;
    let (mut a, to_b, mut b, _) = pair(over).await;
    // Nobody takes anything. The receiver's events and its reader hold this many frames, the sender's queue some more (room
    // is told when half of it is free); beyond that there are only the windows of the stream, which grow a little.
    let held = limits::EVENT_BYTES_MAX / FRAME + 1 + lane.queue_bytes_max() / FRAME / 2;
    let windows = lane.queue_bytes_max() / FRAME / 2 + 16;
    let mut accepted = 0;
    while accepted < held {
        a.send(to_b.peer, lane, &numbered(accepted, FRAME)).await;
        accepted += 1;
    }
    while a.handle.send(to_b.peer, lane, numbered(accepted, FRAME)).is_ok() {
        accepted += 1;
        assert!(accepted <= held + windows, "{accepted} frames were taken on");
    }
    assert_eq!(a.handle.send(to_b.peer, lane, numbered(accepted, FRAME)), Err(SendError::Full));
    assert!(a.handle.queue_free(to_b.peer, lane) < lane.queue_bytes_max());
    for number in 0..accepted {
        assert!(b.frame(lane).await == numbered(number, FRAME));
    }
    a.until("room", |event| (*event == NetEvent::Writable { peer: to_b.peer, lane }).then_some(())).await;
    a.send(to_b.peer, lane, b"again").await;
    assert_eq!(b.frame(lane).await, b"again");
}

fn numbered(number: usize, bytes: usize) -> Vec<u8> {
    let mut frame = vec![0; bytes];
    frame[..8].copy_from_slice(&(number as u64).to_be_bytes());
    frame
}

#[tokio::test]
async fn a_slow_reader_fills_the_sync_queue_and_nothing_more() {
    slow_reader(Over::Tcp, Lane::Sync).await;
}

#[tokio::test]
async fn a_slow_reader_fills_the_blob_queue_and_nothing_more_over_quic() {
    slow_reader(Over::Quic, Lane::Blob).await;
}

#[tokio::test]
async fn a_peer_that_is_gone_and_a_wrong_size_are_told() {
    let (a, to_b, mut b, to_a) = pair(Over::Tcp).await;
    let too_long = vec![0; limits::FRAME_BYTES_MAX + 1];
    assert!(matches!(a.handle.send(to_b.peer, Lane::Sync, too_long.clone()), Err(SendError::Size { .. })));
    assert!(matches!(a.handle.send(to_b.peer, Lane::Sync, vec![]), Err(SendError::Size { .. })));
    assert_eq!(a.handle.send(to_b.peer, Lane::Blob, too_long), Ok(()));
    assert_eq!(a.handle.send(net::PeerKey(u64::MAX), Lane::Sync, vec![1]), Err(SendError::Gone));
    a.handle.disconnect(to_b.peer).unwrap();
    b.lost(to_a.peer).await;
    assert_eq!(b.handle.send(to_a.peer, Lane::Sync, vec![1]), Err(SendError::Gone));
    assert_eq!(b.handle.queue_free(to_a.peer, Lane::Sync), 0);
    // Whoever was sent away may call again.
    b.handle.dial(&a.address).unwrap();
    let mut a = Node { ..a };
    a.lost(to_b.peer).await;
    assert_ne!(a.met().await.peer, to_b.peer);
}
