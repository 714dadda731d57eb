//! mDNS: devices on one LAN find each other without anybody typing.
//!
//! What is to be known of `libp2p-mdns` 0.49: the service name `_p2p._udp.local` is shared by every libp2p program, so
//! strangers are discovered too (they are recognised when the lanes are opened, and left alone for a while); a new device
//! learns of the others from the answers to its question, the others learn of it only from their own next question, hence
//! both sides dial; records and their lifetimes come from the network and are kept without limit, so the state is thrown
//! away when there are too many; its tasks outlive it and would go on announcing a dead port, hence a runtime of its own,
//! of one thread, that ends with it; IPv6 would switch IPv4 off; loopback is never used.

use std::{
    io,
    task::{Context, Poll},
    time::Duration,
};

use libp2p::{
    Multiaddr, PeerId,
    core::{
        Endpoint,
        transport::{ListenerId, PortUse},
    },
    mdns,
    swarm::{
        ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour, NewListenAddr, THandler, THandlerInEvent, THandlerOutEvent,
        ToSwarm, dummy,
    },
};
use tokio::runtime::{Builder, Runtime};

use crate::limits::MDNS_RECORDS_MAX;

/// How long others believe an announcement.
const RECORD_LIFE: Duration = Duration::from_secs(180);
/// How often the LAN is asked anew. Every answer heard starts the wait again, so a room asks about once per interval.
const QUERY_EVERY: Duration = Duration::from_secs(60);

/// The mDNS behaviour, living on its own runtime.
pub(crate) struct Discovery {
    local: PeerId,
    listening: Vec<(ListenerId, Multiaddr)>,
    records: usize,
    running: Running,
}

/// The library's behaviour and the runtime of its tasks; both end together.
struct Running {
    mdns: mdns::tokio::Behaviour,
    runtime: Option<Runtime>,
}

impl Running {
    fn start(local: PeerId) -> io::Result<Self> {
        let runtime = Builder::new_multi_thread().worker_threads(1).thread_name("mdns").enable_all().build()?;
        let config = mdns::Config { ttl: RECORD_LIFE, query_interval: QUERY_EVERY, enable_ipv6: false };
        let inside = runtime.enter();
        let mdns = mdns::tokio::Behaviour::new(config, local);
        drop(inside);
        match mdns {
            Ok(mdns) => Ok(Self { mdns, runtime: Some(runtime) }),
            Err(error) => {
                // Dropped plainly, a runtime panics when the caller is itself asynchronous.
                runtime.shutdown_background();
                Err(error)
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Discovery {
    /// Starts asking and answering.
    ///
    /// # Errors
    /// When the system offers no way to watch its network interfaces.
    pub(crate) fn start(local: PeerId) -> io::Result<Self> {
        Ok(Self { local, listening: Vec::new(), records: 0, running: Running::start(local)? })
    }

    /// Forgets all records by starting anew; what we listen on is told again.
    fn start_anew(&mut self) {
        match Running::start(self.local) {
            Ok(running) => self.running = running,
            Err(error) => tracing::warn!(%error, "mDNS could not be started anew"),
        }
        self.records = 0;
        for (listener_id, addr) in &self.listening {
            let event = FromSwarm::NewListenAddr(NewListenAddr { listener_id: *listener_id, addr });
            self.running.mdns.on_swarm_event(event);
        }
    }

    fn count(&mut self, event: &mdns::Event) {
        match event {
            mdns::Event::Discovered(found) => self.records += found.len(),
            mdns::Event::Expired(lost) => self.records = self.records.saturating_sub(lost.len()),
        }
    }
}

impl NetworkBehaviour for Discovery {
    type ConnectionHandler = dummy::ConnectionHandler;
    type ToSwarm = mdns::Event;

    fn handle_established_inbound_connection(
        &mut self,
        _: ConnectionId,
        _: PeerId,
        _: &Multiaddr,
        _: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        Ok(dummy::ConnectionHandler)
    }

    fn handle_established_outbound_connection(
        &mut self,
        _: ConnectionId,
        _: PeerId,
        _: &Multiaddr,
        _: Endpoint,
        _: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        Ok(dummy::ConnectionHandler)
    }

    fn on_swarm_event(&mut self, event: FromSwarm) {
        match &event {
            FromSwarm::NewListenAddr(new) => {
                self.listening.push((new.listener_id, new.addr.clone()));
            }
            FromSwarm::ExpiredListenAddr(old) => {
                self.listening.retain(|(id, address)| *id != old.listener_id || address != old.addr);
            }
            _ => {}
        }
        self.running.mdns.on_swarm_event(event);
    }

    fn on_connection_handler_event(&mut self, _: PeerId, _: ConnectionId, event: THandlerOutEvent<Self>) {
        match event {}
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        if self.records > MDNS_RECORDS_MAX {
            tracing::warn!(records = self.records, "too many mDNS records; forgetting all of them");
            self.start_anew();
        }
        loop {
            let inside = self.running.runtime.as_ref().map(Runtime::enter);
            let polled = self.running.mdns.poll(cx);
            drop(inside);
            match polled {
                Poll::Ready(ToSwarm::GenerateEvent(event)) => {
                    self.count(&event);
                    return Poll::Ready(ToSwarm::GenerateEvent(event));
                }
                // Whom to dial is the dialer's business.
                Poll::Ready(_) => {}
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}
