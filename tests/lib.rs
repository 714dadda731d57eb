//! The house looked at from outside: the window end to end, the real desktop window, import edges and tidiness in `tests/`,
//! measurements in `bench/`.

pub mod bench;
