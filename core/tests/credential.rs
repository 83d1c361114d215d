//! Credentials as `vc+jwt`: what is issued, what is refused, and that nothing can be changed.
#![cfg(feature = "alloc")]

mod credential {
    mod common;
    mod issue;
    mod recipient;
    mod rules;
    mod verify;
}
