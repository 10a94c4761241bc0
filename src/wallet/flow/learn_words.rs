//! Learns the words of the language that is read. Until they come, and should they not come, English is shown.

use yew::platform::spawn_local;

use super::Place;
use crate::client::words_of;
use crate::wallet::state::Action;
use crate::wallet::strings::Strings;

/// Learns the words of what the page or the session calls a language.
pub fn learn_words(store: &Place, language: &str) {
    let (store, language) = (store.clone(), language.to_owned());
    spawn_local(async move { run(&store, &language).await });
}

pub(super) async fn run(store: &Place, language: &str) {
    if let Some(file) = words_of(language).await
        && !store.now().words.is_some_and(|known| known.speak(language))
    {
        store.dispatch(Action::Words(Strings::english().learn(file)));
    }
}

/// Whether what is called so is the language that is read: its words are here, or it is English.
pub(super) fn is_read(store: &Place, language: &str) -> bool {
    let speaks = |words: &Strings| words.speak(language);
    speaks(Strings::english()) || store.now().words.is_some_and(speaks)
}
