//! Learns the words of the language that is read. Until they come, and should they not come, English is shown.

use yew::platform::spawn_local;

use crate::client::words_of;
use crate::i18n::Words;
use crate::state::{Learn, Store};

/// Learns the words of what the page or the session calls a language.
pub fn learn_words<S: Learn>(store: &Store<S>, language: &str) {
    let (store, language) = (store.clone(), language.to_owned());
    spawn_local(async move { learn(&store, &language).await });
}

/// The same, to be waited for.
pub(crate) async fn learn<S: Learn>(store: &Store<S>, language: &str) {
    if let Some(file) = words_of(language).await
        && !store.now().words().is_some_and(|known| known.speak(language))
    {
        store.dispatch(S::learn_words(S::Words::english().learn(file)));
    }
}

/// Whether what is called so is the language that is read: its words are here, or it is English.
pub(crate) fn is_read<S: Learn>(store: &Store<S>, language: &str) -> bool {
    let speaks = |words: &S::Words| words.speak(language);
    speaks(S::Words::english()) || store.now().words().is_some_and(speaks)
}
