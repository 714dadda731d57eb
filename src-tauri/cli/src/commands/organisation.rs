//! Making an organisation, letting people in, looking who is there.

use std::path::Path;

use api::act::{ApproveHub, ApproveJoin, CreateOrganisation, Does, ForgetKey, SetDuty, UnitChoice, Unlock};
use api::error::ApiError;
use api::query::{Identity, People, Reads, Status};
use api::view::{DeviceRow, IdentityView, PersonRow, ProfileState, StatusView};
use app::owner::{Client, Request};
use app::{App, Options};
use domain::duty::Duty;
use domain::words::normalise_words;

use crate::args::{Approve, DutyName, DutyOf, Init};
use crate::connect::{Context, Session, own, read};
use crate::find;
use crate::output::{Lines, Reply};

/// `kyhop remember`
pub async fn remember(context: &Context, forget: bool) -> Result<Reply, ApiError> {
    let act = match forget {
        true => ForgetKey {}.any(),
        false => Unlock { passphrase: context.passphrase()?.to_string(), remember: true }.any(),
    };
    if let Some(mut owner) = Client::connect(&context.folder).await {
        owner.ask(&Request::Act(act)).await?;
    } else {
        let app = App::new(Options::alone(&context.folder));
        let done = app.act(act).await;
        app.close().await;
        done?;
    }
    let text = match forget {
        true => {
            context.lang.pick("Kho khóa không còn giữ khóa của hồ sơ này.", "The keyring no longer keeps this profile's key.")
        }
        false => context.lang.pick(
            "Kho khóa của hệ điều hành giữ khóa của hồ sơ này; các lần mở sau không hỏi mật khẩu.",
            "The system's keyring keeps this profile's key; later starts do not ask for the passphrase.",
        ),
    };
    Reply::new(&serde_json::json!({ "remembered": !forget }), text.to_owned())
}

/// `kyhop restore FILE`
pub async fn restore(context: &Context, file: &Path) -> Result<Reply, ApiError> {
    let app = App::new(Options::alone(&context.folder));
    let passphrase = context.passphrase()?;
    let done = app.restore(file, &passphrase).await;
    app.close().await;
    done?;
    let text = context.lang.pick(
        "Đã lập lại hồ sơ. Những gì có sau ngày sao lưu sẽ về từ các máy khác khi có kết nối.",
        "The profile is back. What came after the backup arrives from other devices when they are met.",
    );
    Reply::new(&serde_json::json!({ "folder": context.folder }), text)
}

/// `kyhop init`
pub async fn init(context: &Context, args: Init) -> Result<Reply, ApiError> {
    let app = App::new(Options::alone(&context.folder));
    let state: StatusView = read(app.query(Status {}.any()).await?)?;
    if state.state != ProfileState::None {
        return Err(
            ApiError::new("profile_exists", "there is a profile in this folder already").with("folder", context.folder.display())
        );
    }
    let passphrase = context.new_passphrase()?.to_string();
    let Init { organisation, unit, name, title } = args;
    let made = app.act(CreateOrganisation { organisation, unit, name, title, passphrase }.any()).await;
    app.close().await;
    let identity: IdentityView = read(made?)?;
    let text = match context.lang.is_vietnamese() {
        true => format!(
            "Đã tạo tổ chức {}.\nDấu vân tay khóa gốc: {}\nSáu từ của máy này: {}\nTệp organisation-root.sealed trong {} giữ khóa gốc: hãy chép ra thiết bị cất giữ rồi xóa khỏi máy.",
            identity.organisation,
            identity.root,
            identity.words,
            context.folder.display()
        ),
        false => format!(
            "The organisation {} is made.\nFingerprint of its root: {}\nSix words of this device: {}\nThe file organisation-root.sealed in {} holds the root key: copy it to a safe place, then delete it here.",
            identity.organisation,
            identity.root,
            identity.words,
            context.folder.display()
        ),
    };
    Reply::new(&identity, text)
}

/// `kyhop status`: works on a locked profile too.
pub async fn status(context: &Context) -> Result<Reply, ApiError> {
    let status = match Client::connect(&context.folder).await {
        Some(client) => Session::Owner(client).query(Status {}).await?,
        None => alone(context).await?,
    };
    let vi = context.lang.is_vietnamese();
    let state = match (status.state, vi) {
        (ProfileState::None, true) => "chưa có hồ sơ",
        (ProfileState::None, false) => "no profile yet",
        (ProfileState::Locked, true) => "hồ sơ đang khóa",
        (ProfileState::Locked, false) => "locked",
        (ProfileState::Joining, true) => "đang chờ được nhận vào tổ chức",
        (ProfileState::Joining, false) => "waits to be let in",
        (ProfileState::Ready, true) => "sẵn sàng",
        (ProfileState::Ready, false) => "ready",
    };
    let mut lines = Lines::default();
    lines.add(format_args!("{}: {state}", context.folder.display()));
    if let Some(me) = &status.me {
        lines.add(format_args!("{}, {} · {}", me.name, me.title, status.organisation));
    }
    if let Some(join) = status.join.as_ref().filter(|join| !join.words.is_empty()) {
        lines.add(format_args!("{}", join.words));
    }
    Reply::new(&status, lines.or(""))
}

async fn alone(context: &Context) -> Result<StatusView, ApiError> {
    let app = App::new(Options::alone(&context.folder));
    let closed: StatusView = read(app.query(Status {}.any()).await?)?;
    if closed.state != ProfileState::Locked || !context.has_passphrase() {
        return Ok(closed);
    }
    own(&app, &context.passphrase()?).await?;
    let open = app.query(Status {}.any()).await;
    app.close().await;
    read(open?)
}

/// `kyhop approve`: lists the requests, or lets one device in.
pub async fn approve(context: &Context, session: &mut Session, args: Approve) -> Result<Reply, ApiError> {
    let requests = session.query(Identity {}).await?.requests;
    if args.words.is_none() && args.device.is_none() {
        return Reply::new(
            &requests,
            devices(&requests).or(context.lang.pick("Không có máy nào xin tham gia.", "Nobody asks to join.")),
        );
    }
    let wanted = args.words.as_deref().map(normalise_words);
    let by_device = |row: &&DeviceRow| args.device.is_none_or(|device| row.device == device);
    let by_words = |row: &&DeviceRow| wanted.as_ref().is_none_or(|words| normalise_words(&row.words) == *words);
    if requests.is_empty() {
        return Err(ApiError::new("no_request", "nobody asks to join"));
    }
    let Some(request) = requests.iter().filter(by_device).find(by_words) else {
        let code = if wanted.is_some() { "words_differ" } else { "not_found" };
        return Err(ApiError::new(code, "no request fits").with("what", "device"));
    };
    if args.hub {
        let hub = session.act(ApproveHub { device: request.device }).await?;
        return Reply::new(&hub, format!("{} {}", context.lang.pick("Đã nhận máy chủ:", "Let in as a hub:"), hub.name));
    }
    let unit = match args.unit {
        Some(name) => Some(unit_named(session, name).await?),
        None => None,
    };
    let (device, administrator, mine) = (request.device, args.administrator, args.mine);
    let person = session.act(ApproveJoin { device, administrator, mine, unit }).await?;
    let text = format!("{} {}", context.lang.pick("Đã nhận:", "Let in:"), person.name);
    Reply::new(&person, text)
}

/// A unit that somebody belongs to already, else a new one of this name.
async fn unit_named(session: &mut Session, name: String) -> Result<UnitChoice, ApiError> {
    let people: Vec<PersonRow> = session.query(People {}).await?;
    let known = people.iter().find(|row| row.unit_name == name).map(|row| row.unit);
    Ok(known.map_or(UnitChoice::New(name), UnitChoice::Existing))
}

fn devices(rows: &[DeviceRow]) -> Lines {
    let mut lines = Lines::default();
    for row in rows {
        lines.add(format_args!("{}  {}, {}\n          {}", row.device.short(), row.name, row.title, row.words));
    }
    lines
}

/// `kyhop people`
pub async fn people(context: &Context, session: &mut Session) -> Result<Reply, ApiError> {
    let people: Vec<PersonRow> = session.query(People {}).await?;
    let mut lines = Lines::default();
    for row in &people {
        let administrator = if row.administrator { context.lang.pick(" (quản trị)", " (administrator)") } else { "" };
        lines.add(format_args!("{}  {}, {} · {}{administrator}", row.person.short(), row.name, row.title, row.unit_name));
    }
    Reply::new(&people, lines.or(context.lang.pick("Chưa có ai.", "Nobody yet.")))
}

/// `kyhop duty PERSON DUTY`: gives it, or takes it back.
pub async fn duty(context: &Context, session: &mut Session, args: DutyOf) -> Result<Reply, ApiError> {
    let person = find::person(session, &args.person).await?;
    let duty = match args.duty {
        DutyName::Editor => Duty::Editor,
        DutyName::Publisher => Duty::Publisher,
    };
    let row = session.act(SetDuty { person, duty, held: !args.take_back }).await?;
    let verb = if args.take_back {
        context.lang.pick("Đã thôi nhiệm vụ:", "No longer has the duty:")
    } else {
        context.lang.pick("Đã giao nhiệm vụ:", "Has the duty now:")
    };
    let text = format!("{verb} {}", row.name);
    Reply::new(&row, text)
}

/// `kyhop identity`
pub async fn identity(context: &Context, session: &mut Session) -> Result<Reply, ApiError> {
    let identity = session.query(Identity {}).await?;
    let mut lines = Lines::default();
    lines
        .add(format_args!("{}, {} · {}", identity.me.name, identity.me.title, identity.organisation))
        .add(format_args!("{}: {}", context.lang.pick("Dấu vân tay khóa gốc", "Fingerprint of the root"), identity.root))
        .add(format_args!("{}: {}", context.lang.pick("Máy này", "This device"), identity.device))
        .add(format_args!("{}: {}", context.lang.pick("Sáu từ", "Six words"), identity.words));
    for device in &identity.devices {
        lines.add(format_args!("  {}{}", device.device.short(), if device.this_device { " *" } else { "" }));
    }
    for device in &identity.doubted {
        let warning = context.lang.pick(
            "CẢNH BÁO: có máy được nhận dưới tên bạn mà không máy nào của bạn cho vào, nên không được tin. Người nhận:",
            "WARNING: a device was let in in your name by none of your devices; it is trusted with nothing. Let in by:",
        );
        lines.add(format_args!("{warning} {} (kyhop revoke {})", device.name, device.device.short()));
    }
    Reply::new(&identity, lines.or(""))
}
