// A page without any framework: asks its own server for a session, embeds the checkout, and says what came of it.
const result = document.getElementById("result");
const response = await fetch("/checkout-session");
const checkout = document.createElement("paydesk-checkout");
checkout.locale = "en";
checkout.session = await response.text();
// What a browser says is a hint: your server asks the billing API before anything is delivered.
checkout.addEventListener("paid", ({ detail }) => { result.textContent = `Thank you. Receipt ${detail.receipt_number}.`; });
checkout.addEventListener("submitted", () => { result.textContent = "Thank you. Your bank is being asked."; });
document.getElementById("checkout").append(checkout);
