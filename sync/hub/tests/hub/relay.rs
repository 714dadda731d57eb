//! A wire between a device and the hub that can be made to carry nothing towards the device any more, as with a laptop that went to sleep.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

pub struct Relay {
    address: SocketAddr,
    flows: watch::Sender<bool>,
}

impl Relay {
    /// Carries everything to the hub's address, a multiaddress of TCP on this machine.
    pub async fn to(hub: &str) -> Self {
        let port: u16 = hub.split("/tcp/").nth(1).unwrap().split('/').next().unwrap().parse().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (flows, flowing) = watch::channel(true);
        tokio::spawn(async move {
            while let Ok((device, _)) = listener.accept().await {
                let Ok(hub) = TcpStream::connect(("127.0.0.1", port)).await else { continue };
                let (from_device, mut to_device) = device.into_split();
                let (from_hub, mut to_hub) = hub.into_split();
                let mut flowing = flowing.clone();
                tokio::spawn(async move {
                    let mut from_device = from_device;
                    let _ = tokio::io::copy(&mut from_device, &mut to_hub).await;
                });
                tokio::spawn(async move {
                    let (mut from_hub, mut piece) = (from_hub, vec![0; 16 << 10]);
                    loop {
                        if flowing.wait_for(|flows| *flows).await.is_err() {
                            return;
                        }
                        match from_hub.read(&mut piece).await {
                            Ok(0) | Err(_) => return,
                            Ok(read) => {
                                if flowing.wait_for(|flows| *flows).await.is_err()
                                    || to_device.write_all(&piece[..read]).await.is_err()
                                {
                                    return;
                                }
                            }
                        }
                    }
                });
            }
        });
        Self { address, flows }
    }

    /// What a device dials.
    pub fn address(&self) -> String {
        format!("/ip4/127.0.0.1/tcp/{}", self.address.port())
    }

    /// Towards the device nothing arrives from here on, or everything again.
    pub fn flows(&self, flows: bool) {
        self.flows.send_replace(flows);
    }
}
