// A page that is written with React (19 or newer): properties and events of the element are its own.
import { StrictMode, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";

function Page() {
  const [session, setSession] = useState(null);
  const [result, setResult] = useState("");
  // Asks this page's own server for a session: it knows the cart, and it holds the organization's key.
  useEffect(() => {
    let wanted = true;
    fetch("/checkout-session")
      .then((response) => response.text())
      .then((secret) => wanted && setSession(secret))
      .catch(() => wanted && setResult("The checkout cannot be opened now: try again in a moment."));
    return () => { wanted = false; };
  }, []);
  return (
    <main>
      <h1>Registration</h1>
      {session && (
        <paydesk-checkout
          session={session}
          locale="en"
          // What a browser says is a hint: your server asks the billing API before anything is delivered.
          onpaid={({ detail }) => setResult(`Thank you. Receipt ${detail.receipt_number}.`)}
          onsubmitted={() => setResult("Thank you. Your bank is being asked.")}
        />
      )}
      <p role="status">{result}</p>
    </main>
  );
}

createRoot(document.getElementById("app")).render(<StrictMode><Page /></StrictMode>);
