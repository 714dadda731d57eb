//! `kyhop passphrase`: the recovery code, made while the passphrase is known and used when it is not.

use api::act::{Act, Does, ForgetRecoveryCode, MakeRecoveryCode, RecoverPassphrase};
use api::error::ApiError;
use api::view::RecoveryCodeView;
use app::owner::{Client, Request};
use app::{App, Options};
use serde_json::{Value, json};

use crate::args::PassphraseVerb;
use crate::connect::{Context, read};
use crate::output::Reply;

/// Does it without opening the profile: that needs what was forgotten.
pub async fn run(context: &Context, verb: PassphraseVerb) -> Result<Reply, ApiError> {
    match verb {
        PassphraseVerb::Code => {
            let made = ask(context, MakeRecoveryCode { passphrase: context.passphrase()?.to_string() }.any()).await?;
            let made: RecoveryCodeView = read(made)?;
            let lead = context.lang.pick(
                "Chép mười hai từ này ra giấy và cất riêng; chỉ hiện lần này. Mã cũ, nếu có, không còn tác dụng.",
                "Write these twelve words down and keep them somewhere else; they are shown only now. An older code is void.",
            );
            let text = format!("{lead}\n{}", made.words);
            Reply::new(&made, text)
        }
        PassphraseVerb::ForgetCode => {
            ask(context, ForgetRecoveryCode { passphrase: context.passphrase()?.to_string() }.any()).await?;
            let text = context.lang.pick("Hồ sơ này không còn mã khôi phục.", "This profile has no recovery code any more.");
            Reply::new(&json!({ "recovery": false }), text)
        }
        PassphraseVerb::Recover { code_file } => {
            let code = match code_file {
                Some(path) => app::read_passphrase_file(&path)?,
                None => context.prompt(context.lang.pick("Mã khôi phục: ", "Recovery code: "))?,
            };
            let new = context.new_passphrase()?;
            ask(context, RecoverPassphrase { code: code.to_string(), new: new.to_string() }.any()).await?;
            let text = context.lang.pick(
                "Đã đặt mật khẩu mới. Mã khôi phục vẫn dùng được; nếu người khác có thể đã thấy, hãy thay: kyhop passphrase code.",
                "The new passphrase is set. The code stays good; if others may have seen it, replace it: kyhop passphrase code.",
            );
            Reply::new(&json!({ "recovered": true }), text)
        }
    }
}

/// The process that owns the profile does it; without one this process does.
async fn ask(context: &Context, act: Act) -> Result<Value, ApiError> {
    if let Some(mut owner) = Client::connect(&context.folder).await {
        return owner.ask(&Request::Act(act)).await;
    }
    let app = App::new(Options::alone(&context.folder));
    let done = app.act(act).await;
    app.close().await;
    done
}
