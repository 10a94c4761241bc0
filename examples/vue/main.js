// A page that is written with Vue (3): properties and events of the element are its own. In a single-file component the same stands in
// the template, with `compilerOptions.isCustomElement: (tag) => tag === "paydesk-checkout"`.
import { createApp, h, onMounted, ref } from "vue";

const Page = {
  setup() {
    const session = ref(null);
    const result = ref("");
    // Asks this page's own server for a session: it knows the cart, and it holds the organization's key.
    onMounted(async () => {
      try {
        session.value = await (await fetch("/checkout-session")).text();
      } catch {
        result.value = "The checkout cannot be opened now: try again in a moment.";
      }
    });
    // What a browser says is a hint: your server asks the billing API before anything is delivered.
    const onPaid = ({ detail }) => { result.value = `Thank you. Receipt ${detail.receipt_number}.`; };
    const onSubmitted = () => { result.value = "Thank you. Your bank is being asked."; };
    return () => h("main", [
      h("h1", "Registration"),
      session.value && h("paydesk-checkout", { session: session.value, locale: "en", onPaid, onSubmitted }),
      h("p", { role: "status" }, result.value),
    ]);
  },
};

createApp(Page).mount("#app");
