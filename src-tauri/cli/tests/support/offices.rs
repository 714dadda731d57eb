//! An organisation with offices: the city, a department, a commune.

use serde_json::{Value, json};

use super::{Desk, Node, until};

/// The unit that the organisation began with.
pub const CITY: &str = "UBND phường An Bình";
/// A department.
pub const LAND: &str = "Sở Nông nghiệp và Môi trường";
/// A commune.
pub const COMMUNE: &str = "UBND xã Bình Minh";
/// Who answers in the department.
pub const OFFICER: &str = "Lâm Quốc Huy";
/// Who asks for the commune.
pub const ASKER: &str = "Hồ Thị Sương";

/// The text of a JSON value.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// Somebody joins a unit of the organisation whose administrator sits at `desk`.
pub fn joins(desk: &Desk, node: &Node, name: &str, unit: &str) -> Desk {
    let newcomer = Desk::new();
    let mut joining = newcomer.joins(node.address(), name);
    let words = text(&joining.line()["words"]);
    until("the request to join arrives", || desk.ok(&["approve"]).as_array().unwrap().first().cloned());
    let person = desk.ok(&["approve", "--words", &words, "--unit", unit]);
    assert_eq!((&person["name"], &person["unit_name"]), (&json!(name), &json!(unit)));
    assert!(joining.end().0);
    newcomer
}

/// An organisation with the city's desk, a department and a commune; the city's node is running.
pub struct Offices {
    pub city: Desk,
    pub node: Node,
    pub land: Desk,
    pub commune: Desk,
}

impl Offices {
    pub fn open() -> Self {
        let city = Desk::founded();
        let node = city.node(&[]);
        let land = joins(&city, &node, OFFICER, LAND);
        let commune = joins(&city, &node, ASKER, COMMUNE);
        Self { city, node, land, commune }
    }
}

/// Online until the organisation's space has come.
pub fn online(desk: &Desk, node: &Node) -> Node {
    let own = desk.node(&[node.address()]);
    until("the organisation's space arrives", || {
        let units = desk.maybe(&["question", "units"])?;
        (units["units"].as_array()?.len() == 3 && desk.maybe(&["question", "list"]).is_some()).then_some(())
    });
    own
}

/// A thread as a desk sees it; `None` while it does not.
pub fn show(desk: &Desk, question: &str) -> Option<Value> {
    desk.maybe(&["question", "show", question])
}
