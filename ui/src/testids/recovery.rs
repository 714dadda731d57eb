//! Of the recovery code: making it in the settings, using it where the passphrase is asked for.

testids! {
    /// The card of the settings; `data-made`: there is a code.
    RECOVERY = "recovery";
    /// The passphrase, before a code is made or forgotten.
    RECOVERY_PASSPHRASE = "recovery-passphrase";
    /// Makes or replaces it.
    RECOVERY_MAKE = "recovery-make";
    /// From here on there is none.
    RECOVERY_FORGET = "recovery-forget";
    /// The words, shown once.
    RECOVERY_WORDS = "recovery-words";
    /// Of unlocking: the passphrase was forgotten.
    UNLOCK_FORGOTTEN = "unlock-forgotten";
    /// Of unlocking: the form that takes the code.
    RECOVER = "recover";
    /// Of unlocking: the words, typed.
    RECOVER_CODE = "recover-code";
    /// Of unlocking: sets the new passphrase.
    RECOVER_SET = "recover-set";
    /// Of unlocking: back to the passphrase.
    RECOVER_BACK = "recover-back";
}
