//! How a node ends.

use net::{Config, Lane, NetError, NetEvent, SendError};

use crate::common::{Node, Over, eventually, pair};

#[tokio::test]
async fn what_was_queued_before_a_shutdown_arrives() {
    for over in [Over::Tcp, Over::Quic] {
        let (a, to_b, mut b, to_a) = pair(over).await;
        for number in 0..500_u16 {
            a.handle.send(to_b.peer, Lane::Sync, number.to_be_bytes().to_vec()).unwrap();
        }
        a.handle.shutdown().await;
        let mut got = Vec::new();
        b.until("the end", |event| match event {
            NetEvent::Frame { bytes, .. } => {
                got.push(bytes.clone());
                None
            }
            NetEvent::Disconnected { peer } if *peer == to_a.peer => Some(()),
            _ => None,
        })
        .await;
        let sent: Vec<Vec<u8>> = (0..500_u16).map(|number| number.to_be_bytes().to_vec()).collect();
        assert_eq!(got.len(), sent.len(), "{over:?}");
        assert!(got == sent);
    }
}

#[tokio::test]
async fn a_stopped_node_says_so() {
    let (mut a, to_b, mut b, to_a) = pair(Over::Tcp).await;
    a.handle.shutdown().await;
    a.handle.shutdown().await;
    assert_eq!(a.handle.send(to_b.peer, Lane::Sync, vec![1]), Err(SendError::Gone));
    assert!(matches!(a.handle.dial("127.0.0.1:1"), Err(NetError::Stopped)));
    assert!(a.handle.addresses().is_empty());
    a.lost(to_b.peer).await;
    assert_eq!(a.events.recv().await, None);
    b.lost(to_a.peer).await;
}

/// Counts the tasks of a runtime that runs nothing else.
fn leaves_nothing_behind(config: fn() -> Config, stop: fn(Node) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        for _ in 0..3 {
            let (mut a, mut b) = (Node::with(config()).await, Node::with(config()).await);
            a.handle.dial(&b.address).unwrap();
            let (to_b, _) = (a.met().await, b.met().await);
            a.send(to_b.peer, Lane::Sync, b"hello").await;
            assert_eq!(b.frame(Lane::Sync).await, b"hello");
            tokio::join!(stop(a), stop(b));
        }
        eventually("all tasks to end", || tokio::runtime::Handle::current().metrics().num_alive_tasks() == 0).await;
    });
}

#[test]
fn shutdown_leaves_no_task_behind_over_tcp() {
    leaves_nothing_behind(Config::loopback, |node| Box::pin(async move { node.handle.shutdown().await }));
}

#[test]
fn shutdown_leaves_no_task_behind_over_quic() {
    leaves_nothing_behind(|| crate::common::config(Over::Quic), |node| Box::pin(async move { node.handle.shutdown().await }));
}

#[test]
fn shutdown_leaves_no_task_behind_with_discovery() {
    leaves_nothing_behind(
        || Config { mdns: true, ..Config::loopback() },
        |node| Box::pin(async move { node.handle.shutdown().await }),
    );
}

#[test]
fn a_node_ends_when_nobody_holds_it() {
    leaves_nothing_behind(Config::loopback, |node| Box::pin(async move { drop(node.handle) }));
    leaves_nothing_behind(Config::loopback, |node| Box::pin(async move { drop(node.events) }));
}
