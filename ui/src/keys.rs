//! What a key means. Keys that belong to a text field or to a composition (Vietnamese typing) are nobody else's.

/// What the window does on a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Show the overlay of keys.
    Help,
    /// Larger pages.
    ZoomIn,
    /// Smaller pages.
    ZoomOut,
    /// Pages as wide as the window.
    FitWidth,
    /// Search the handbook and the questions.
    Search,
    /// Find a text on the pages.
    Find,
    /// The next page.
    NextPage,
    /// The page before.
    PreviousPage,
    /// The first page.
    FirstPage,
    /// The last page.
    LastPage,
    /// Read: no tool.
    ToolNone,
    /// Mark text.
    ToolHighlight,
    /// Draw.
    ToolPen,
    /// Pin a note.
    ToolNote,
    /// Erase.
    ToolEraser,
}

/// A key as the browser tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Chord<'a> {
    /// `KeyboardEvent.key`.
    pub key: &'a str,
    /// Ctrl, or Command on a Mac.
    pub control: bool,
    /// Alt.
    pub alt: bool,
    /// An input method is composing.
    pub composing: bool,
    /// The focus is in a field where text is typed.
    pub in_text: bool,
    /// The focus is on something that uses arrows or digits itself: a select, a radio button, a tab.
    pub in_control: bool,
    /// A dialog is open.
    pub in_dialog: bool,
}

/// The command of a key, if it is one.
pub fn command(chord: Chord) -> Option<Command> {
    // 229 ("Process") is what a key is called while a composition eats it.
    if chord.composing || chord.key == "Process" || chord.alt || chord.in_dialog {
        return None;
    }
    if chord.control {
        return match chord.key {
            "+" | "=" => Some(Command::ZoomIn),
            "-" | "_" => Some(Command::ZoomOut),
            "0" => Some(Command::FitWidth),
            "f" | "F" => Some(Command::Find),
            "k" | "K" => Some(Command::Search),
            _ => None,
        };
    }
    if chord.in_text {
        return None;
    }
    match chord.key {
        "?" => Some(Command::Help),
        "PageDown" => Some(Command::NextPage),
        "PageUp" => Some(Command::PreviousPage),
        _ if chord.in_control => None,
        "ArrowRight" => Some(Command::NextPage),
        "ArrowLeft" => Some(Command::PreviousPage),
        "Home" => Some(Command::FirstPage),
        "End" => Some(Command::LastPage),
        "1" => Some(Command::ToolNone),
        "2" => Some(Command::ToolHighlight),
        "3" => Some(Command::ToolPen),
        "4" => Some(Command::ToolNote),
        "5" => Some(Command::ToolEraser),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vietnamese_typing_is_never_taken_for_a_command() {
        for key in ["?", "1", "PageDown", "+", "Process"] {
            assert_eq!(command(Chord { key, composing: true, ..Chord::default() }), None, "{key}");
        }
        assert_eq!(command(Chord { key: "Process", ..Chord::default() }), None);
        for key in ["?", "2", "PageDown", "Home"] {
            assert_eq!(command(Chord { key, in_text: true, ..Chord::default() }), None, "{key}");
        }
    }

    #[test]
    fn zoom_works_even_while_typing_and_pages_turn_while_reading() {
        assert_eq!(command(Chord { key: "=", control: true, in_text: true, ..Chord::default() }), Some(Command::ZoomIn));
        assert_eq!(command(Chord { key: "f", control: true, in_text: true, ..Chord::default() }), Some(Command::Find));
        assert_eq!(command(Chord { key: "k", control: true, in_text: true, ..Chord::default() }), Some(Command::Search));
        assert_eq!(command(Chord { key: "k", control: true, composing: true, ..Chord::default() }), None);
        assert_eq!(command(Chord { key: "PageDown", ..Chord::default() }), Some(Command::NextPage));
        assert_eq!(command(Chord { key: "ArrowRight", in_control: true, ..Chord::default() }), None);
        assert_eq!(command(Chord { key: "3", ..Chord::default() }), Some(Command::ToolPen));
        assert_eq!(command(Chord { key: "3", in_dialog: true, ..Chord::default() }), None);
        assert_eq!(command(Chord { key: "3", alt: true, ..Chord::default() }), None);
    }
}
