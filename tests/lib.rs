//! The house looked at from outside: the window end to end, the real desktop window, import edges and tidiness in `tests/`,
//! measurements in `bench/`. The library itself is empty; the package is what holds them.
