//! What WebKitGTK needs said.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use tauri::WebviewWindow;
use webkit2gtk::{InputMethodContextExt, WebViewExt};

/// Switches off WebKit's way of handing pictures to the screen by graphics memory.
const NO_DMABUF: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
/// Here when NVIDIA's own driver is: with it the window stays blank.
const NVIDIA: &str = "/proc/driver/nvidia";
/// Graphics devices that can draw without a screen are in here.
const DEVICES: &str = "/dev/dri";

/// Starts this program anew with what WebKit must find in its environment, if that is missing.
///
/// # Errors
/// It cannot be started; it may go well as it is.
pub fn prepare() -> std::io::Result<()> {
    if std::env::var_os(NO_DMABUF).is_some() || (has_render_device() && !Path::new(NVIDIA).exists()) {
        return Ok(());
    }
    // The environment can be changed safely only for a program that does not run yet.
    let mut again = Command::new(std::env::current_exe()?);
    let mut arguments = std::env::args_os();
    if let Some(name) = arguments.next() {
        again.arg0(name);
    }
    Err(again.args(arguments).env(NO_DMABUF, "1").exec())
}

fn has_render_device() -> bool {
    std::fs::read_dir(DEVICES)
        .is_ok_and(|devices| devices.flatten().any(|device| device.file_name().to_string_lossy().starts_with("renderD")))
}

/// Shows what an input method composes in the text itself: without it, somebody who types Vietnamese sees nothing until a
/// word is finished.
///
/// # Errors
/// The window is gone.
pub fn show_composition(window: &WebviewWindow) -> tauri::Result<()> {
    window.with_webview(|webview| match webview.inner().input_method_context() {
        Some(context) => context.set_enable_preedit(true),
        None => tracing::warn!("the web view has no input method"),
    })
}
