//! Phrases that conclusions are made of again and again: a list of lines that a person edits on this machine.

/// Phrases of a list.
pub const PHRASES_MAX: usize = 60;
/// Characters of a phrase.
pub const PHRASE_CHARS: usize = 500;

/// The phrases of a list, one a line; empty lines and what stands twice are left out.
pub fn parsed(text: &str) -> Vec<String> {
    let mut phrases: Vec<String> = Vec::new();
    for line in text.lines() {
        let phrase: String = line.trim().chars().take(PHRASE_CHARS).collect();
        if !phrase.is_empty() && !phrases.contains(&phrase) && phrases.len() < PHRASES_MAX {
            phrases.push(phrase);
        }
    }
    phrases
}

/// The conclusions with a phrase as a further one, to be completed there.
pub fn with_phrase(conclusions: &str, phrase: &str) -> String {
    let before = conclusions.trim_end();
    if before.is_empty() { phrase.to_owned() } else { format!("{before}\n{phrase}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_one_phrase_a_line_within_its_limits() {
        assert_eq!(parsed(" Giao … chủ trì \n\nThống nhất\nThống nhất\n"), ["Giao … chủ trì", "Thống nhất"]);
        let long = (0..PHRASES_MAX + 5).map(|at| format!("{at}{}\n", "a".repeat(PHRASE_CHARS))).collect::<String>();
        let kept = parsed(&long);
        assert_eq!(kept.len(), PHRASES_MAX);
        assert!(kept.iter().all(|phrase| phrase.chars().count() == PHRASE_CHARS));
    }

    #[test]
    fn a_phrase_is_a_conclusion_of_its_own_and_changes_no_other() {
        assert_eq!(with_phrase("", "Thống nhất"), "Thống nhất");
        assert_eq!(with_phrase("Mua phao.\n\n", "Thống nhất"), "Mua phao.\nThống nhất");
    }
}
