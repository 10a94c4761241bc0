//! A page of an organization that is written with Yew and embeds the checkout.

use paydesk_yew::{Checkout, CheckoutEvent, Session};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use yew::prelude::*;

/// Asks this page's own server for a session: it knows the cart, and it holds the organization's key.
async fn session() -> Result<String, JsValue> {
    let window = web_sys::window().ok_or(JsValue::UNDEFINED)?;
    let response = JsFuture::from(window.fetch_with_str("/checkout-session")).await?;
    let text = JsFuture::from(response.unchecked_into::<web_sys::Response>().text()?).await?;
    text.as_string().ok_or(JsValue::UNDEFINED)
}

/// The page.
#[component]
fn Page() -> Html {
    let secret = use_state(|| None);
    let result = use_state(String::new);
    {
        let (secret, result) = (secret.clone(), result.clone());
        // Nothing is charged by asking for a session.
        use_effect_with((), move |()| {
            wasm_bindgen_futures::spawn_local(async move {
                match session().await {
                    Ok(told) => secret.set(Some(Session::new(told))),
                    Err(_) => {
                        result.set("The checkout cannot be opened now: try again in a moment.".to_owned())
                    }
                }
            });
        });
    }
    let on_event = {
        let result = result.clone();
        Callback::from(move |event| match event {
            // What a browser says is a hint: the server asks the billing API before anything is delivered.
            CheckoutEvent::Paid(payment) => {
                result.set(format!("Thank you. Receipt {}.", payment.receipt_number))
            }
            CheckoutEvent::Submitted(_) => result.set("Thank you. Your bank is being asked.".to_owned()),
            _ => {}
        })
    };
    html! {
        <main>
            <h1>{ "Registration" }</h1>
            if let Some(session) = (*secret).clone() {
                <Checkout {session} locale="en" {on_event}><p>{ "The payment form is loading." }</p></Checkout>
            }
            <p role="status">{ (*result).clone() }</p>
        </main>
    }
}

fn main() {
    yew::Renderer::<Page>::new().render();
}
