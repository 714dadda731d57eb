//! `kyhop organisation recover FILE`: an administrator again, from the root that was put away.

use api::act::{Does, RecoverOrganisation};
use api::error::ApiError;
use api::query::{Reads, Status};
use api::view::{IdentityView, ProfileState, StatusView};
use app::{App, Options};

use crate::args::{OrganisationVerb, RecoverFrom};
use crate::connect::{Context, read};
use crate::output::Reply;

/// Makes a profile whose device the root certifies.
pub async fn run(context: &Context, verb: OrganisationVerb) -> Result<Reply, ApiError> {
    let OrganisationVerb::Recover(RecoverFrom { file, root_passphrase_file, name, title, organisation, unit }) = verb;
    let app = App::new(Options::alone(&context.folder));
    let state: StatusView = read(app.query(Status {}.any()).await?)?;
    if state.state != ProfileState::None {
        return Err(
            ApiError::new("profile_exists", "there is a profile in this folder already").with("folder", context.folder.display())
        );
    }
    let root_passphrase = match root_passphrase_file {
        Some(path) => app::read_passphrase_file(&path)?,
        None => context.prompt(context.lang.pick("Mật khẩu của tệp khóa gốc: ", "Passphrase of the root's file: "))?,
    };
    let act = RecoverOrganisation {
        path: file.display().to_string(),
        root_passphrase: root_passphrase.to_string(),
        passphrase: context.new_passphrase()?.to_string(),
        organisation,
        unit,
        name,
        title,
    };
    let made = app.act(act.any()).await;
    app.close().await;
    let identity: IdentityView = read(made?)?;
    let who = [identity.me.name.as_str(), &identity.organisation].join(" · ");
    let next = context.lang.pick(
        "Máy này được khóa gốc chứng nhận là quản trị. Tiếp theo: kyhop node --peer ĐỊA_CHỈ để gặp các máy khác, kyhop audit để xem các máy, kyhop revoke để thôi tin máy bị mất. Cất lại tệp khóa gốc, không để trên máy này.",
        "The root certifies this device as an administrator's. Next: kyhop node --peer ADDRESS to meet the others, kyhop audit to see the devices, kyhop revoke for those that were lost. Put the root's file away again, not on this device.",
    );
    Reply::new(&identity, format!("{who}\n{next}"))
}
