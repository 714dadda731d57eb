//! The mistakes that the simulation makes on purpose are in no build that does not ask for them.

use sync::defect::{COMPILED_IN, Defect, is};

#[test]
fn a_default_build_makes_no_mistake_on_purpose() {
    const { assert!(!COMPILED_IN || cfg!(feature = "defects")) };
    assert!(Defect::ALL.into_iter().all(|defect| !is(defect)));
}
