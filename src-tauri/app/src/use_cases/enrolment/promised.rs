//! What an invitation promised besides coming in: the organisation's space, and a duty. It is owed from the commit that lets its person in until
//! the one that gives it, so that a device that stops in between makes it good when it starts again.

use api::error::ApiError;
use domain::id::Hash32;

use super::{Kept, written};
use crate::engine::Core;
use crate::error::AtBoundary;

impl Core {
    /// Gives those who came in by invitations of this device what is still owed to them. What cannot be given now is tried at the next start.
    pub(crate) fn keep_promises(&mut self) {
        let owed: Vec<Hash32> = match self.kept_invitations() {
            Ok(all) => all.iter().filter(|kept| kept.used.is_some_and(|used| used.owed)).map(Kept::invitation).collect(),
            Err(error) => {
                tracing::warn!(%error, "what invitations promised cannot be read");
                return;
            }
        };
        for invitation in owed {
            if let Err(error) = self.keep_promise(&invitation) {
                tracing::warn!(%error, "somebody was let in by an invitation and has not everything yet that it promised");
            }
        }
    }

    /// The duty, and the note that nothing is owed any more, are one commit: what an administrator takes back later is not given again.
    ///
    /// # Errors
    /// `no_key_yet`: the organisation's space has not arrived; `not_allowed`; those of the disk.
    pub(super) fn keep_promise(&mut self, invitation: &Hash32) -> Result<(), ApiError> {
        let mut all = self.kept_invitations()?;
        let Some(kept) = all.iter_mut().find(|kept| kept.invitation() == *invitation) else { return Ok(()) };
        let role = kept.role;
        let Some(used) = kept.used.as_mut().filter(|used| used.owed) else { return Ok(()) };
        used.owed = false;
        let person = used.person;
        let note = written(&all)?;
        let space = self.organisation_space()?;
        self.admit_to_organisation_space(&person)?;
        // Who was removed meanwhile is owed nothing.
        let removed = self.replica.access(&space).is_some_and(|access| access.removed.contains_key(&person));
        let duty = role.duty().filter(|duty| !removed && !self.duties_of(&person).contains(duty));
        let Some(duty) = duty else {
            self.store.commit(&[note], &[]).at_boundary()?;
            return Ok(());
        };
        self.with(|replica, cx| {
            let mut fx = replica.set_duty(cx, &space, person, duty, true)?;
            fx.writes.push(note);
            Ok(((), fx))
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use api::act::{CreateOrganisation, Does as _, SetDuty};
    use api::roster::InvitationRole;
    use domain::duty::Duty;
    use domain::id::{PersonId, Timestamp, UnitId};

    use super::super::Used;
    use super::*;
    use crate::app::{App, Options};

    const PASSPHRASE: &str = "mật khẩu thử nghiệm";

    async fn duties(app: &App, person: PersonId) -> Vec<Duty> {
        app.engine().unwrap().attempt(move |core| Ok(core.duties_of(&person))).await.unwrap()
    }

    async fn starts_again(app: &App) {
        app.close().await;
        app.unlock(PASSPHRASE).await.unwrap();
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_duty_that_was_promised_is_given_after_a_stop_and_given_once() {
        let home = tempfile::tempdir().unwrap();
        let app = App::new(Options::alone(home.path().join("profile")));
        let founding = CreateOrganisation {
            organisation: "Thành phố Huế".into(),
            unit: "Văn phòng".into(),
            name: "Trần Thị Bích".into(),
            title: "Chánh Văn phòng".into(),
            passphrase: PASSPHRASE.into(),
        };
        app.act(founding.any()).await.unwrap();
        // The disk as it is when the device stops between letting a person in and giving the duty.
        let let_in = |core: &mut Core| -> Result<PersonId, ApiError> {
            let (person, device) = (core.me()?, core.replica.device());
            let kept = Kept {
                key: [7; 32],
                name: "Lê Minh Châu".into(),
                title: String::new(),
                unit: UnitId([1; 16]),
                unit_name: "Văn phòng".into(),
                role: InvitationRole::Editor,
                made_at: Timestamp(1),
                expires_at: Timestamp(2),
                used: Some(Used { device, person, at: Timestamp(1), owed: true }),
                revoked: false,
                tries: 0,
            };
            core.keep_invitations(vec![kept])?;
            Ok(person)
        };
        let person = app.engine().unwrap().attempt(let_in).await.unwrap();
        assert!(duties(&app, person).await.is_empty());
        starts_again(&app).await;
        assert_eq!(duties(&app, person).await, [Duty::Editor]);

        // What an administrator takes back stays taken.
        app.act(SetDuty { person, duty: Duty::Editor, held: false }.any()).await.unwrap();
        starts_again(&app).await;
        assert!(duties(&app, person).await.is_empty());
    }
}
