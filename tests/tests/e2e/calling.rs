//! Calling another device by its address, from the window.

use ui::testids;

use crate::browser::{Browser, Looks};
use crate::stage::Stage;

/// A port (RFC 1078) at which nobody listens.
const NOBODY: &str = "/ip4/127.0.0.1/tcp/1";

#[tokio::test]
async fn an_address_where_nobody_answers_is_not_said_to_be_connected() {
    let Some(stage) = Stage::set() else { return };
    let server = stage.serve(&stage.home.path().join("profile"), None);
    let driver = stage.driver();
    let window = Browser::open(&driver, "calling", &server.url, Looks::USUAL).await;
    window.found("Thành phố Huế", "UBND phường An Bình", "Nguyễn Thị Hương", "Văn phòng").await;
    window.go("#/settings/sync").await;
    window.fill(testids::DIAL_ADDRESS, NOBODY).await;
    window.press(testids::DIAL).await;
    window.says(testids::SYNC_CALL, "data-code", "net.dial.refused").await;
    let told = window.text(testids::SYNC_CALL).await;
    assert!(told.starts_with(NOBODY) && told.contains("Không kết nối được tới máy kia"), "{told}");
    window.close().await;
}
