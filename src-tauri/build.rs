//! Reads the window's permissions and capabilities; what is not in them the window cannot ask.

fn main() {
    tauri_build::build();
}
