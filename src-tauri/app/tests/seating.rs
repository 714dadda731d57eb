//! A secretary draws the room, seats people and sees them there.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use api::act::{CreateMeeting, CreateOrganisation, Does};
use api::query::{Reads, Room};
use api::sitting::{CheckInByCode, SeatEverybody, SetSeat, SetSeating};
use api::view::RoomView;
use app::{App, Options};
use domain::id::{PersonId, SpaceId, Timestamp};
use domain::seating::{SEAT_ROWS, Seat};
use domain::sitting::CodeProof;
use tempfile::TempDir;

struct Office {
    app: App,
    meeting: SpaceId,
    me: PersonId,
    _home: TempDir,
}

impl Office {
    async fn founded() -> Self {
        let home = tempfile::tempdir().unwrap();
        let app = App::new(Options::alone(home.path().join("profile")));
        let founding = CreateOrganisation {
            organisation: "Thành phố Huế".into(),
            unit: "UBND phường An Bình".into(),
            name: "Trần Thị Bích".into(),
            title: "Chánh Văn phòng".into(),
            passphrase: "mật khẩu thử nghiệm".into(),
        };
        let me = act(&app, founding).await.me.person;
        let new = CreateMeeting {
            title: "Phiên họp tháng 11".into(),
            body: "UBND phường".into(),
            place: String::new(),
            starts_at: Timestamp(1_795_000_000_000),
            items: Vec::new(),
            invited: Vec::new(),
        };
        let meeting = act(&app, new).await;
        Self { app, meeting, me, _home: home }
    }

    async fn room(&self) -> RoomView {
        let room = self.app.query(Room { meeting: self.meeting }.any()).await.unwrap();
        serde_json::from_value(room).unwrap()
    }

    async fn refused<A: Does>(&self, act: A) -> String {
        self.app.act(act.any()).await.unwrap_err().code
    }
}

async fn act<A: Does>(app: &App, act: A) -> A::Reply {
    let reply = app.act(act.any()).await.unwrap_or_else(|error| panic!("{error}"));
    serde_json::from_value(reply).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_is_drawn_and_everybody_gets_one_place() {
    let office = Office::founded().await;
    let (meeting, me) = (office.meeting, office.me);
    let seat = |row, column, label: &str, person| SetSeat { meeting, row, column, label: label.to_owned(), person };
    assert!(office.room().await.seating.is_empty());
    assert_eq!(office.refused(seat(0, 0, "", Some(me))).await, "not_found", "nobody has drawn the room");
    assert_eq!(office.refused(SetSeating { meeting, rows: SEAT_ROWS + 1, columns: 2 }).await, "limit_over");
    act(&office.app, SetSeating { meeting, rows: 2, columns: 2 }).await;
    assert_eq!(office.refused(seat(2, 0, "", Some(me))).await, "not_found");
    assert_eq!(office.refused(seat(0, 0, "", Some(PersonId([9; 16])))).await, "not_found", "who is not invited has no seat");
    act(&office.app, seat(0, 0, "  Bàn chủ tọa ", None)).await;

    assert_eq!(act(&office.app, SeatEverybody { meeting }).await, 1);
    assert_eq!(act(&office.app, SeatEverybody { meeting }).await, 0, "who sits stays where they are");
    let named = Seat { row: 0, column: 0, label: "Bàn chủ tọa".to_owned(), person: None };
    let mine = Seat { row: 0, column: 1, label: String::new(), person: Some(me) };
    assert_eq!(office.room().await.seating.seats, [named.clone(), mine]);

    act(&office.app, seat(0, 0, "Bàn chủ tọa", Some(me))).await;
    assert_eq!(office.room().await.seating.seats, [Seat { person: Some(me), ..named }], "nobody sits twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_nobody_shows_leaves_the_person_present_by_the_own_word() {
    let office = Office::founded().await;
    let (meeting, code) = (office.meeting, "0000-0000".to_owned());
    assert_eq!(office.refused(CheckInByCode { meeting, code: "0000".to_owned() }).await, "room_code_form");
    act(&office.app, CheckInByCode { meeting, code }).await;
    let room = office.room().await;
    let member = &room.members[0].attendance;
    assert!(member.presence.is_present());
    assert_eq!(member.code, CodeProof::Shown);
}
