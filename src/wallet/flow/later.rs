//! Does something a little later.

use yew::platform::spawn_local;

use crate::client::clock::sleep;

/// Does it after so many milliseconds.
pub fn later(millis: i32, work: impl FnOnce() + 'static) {
    spawn_local(async move {
        sleep(millis).await;
        work();
    });
}
