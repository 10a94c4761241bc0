/** Types of embed.js: what a page that embeds the checkout or the wallet can use. */

/** What was chosen, and whether pressing Pay would send a payment. */
export interface PaydeskChange {
  complete: boolean;
  method: "saved" | "card" | "bank" | null;
}

/**
 * Money was taken (`paid`); or a bank was asked for it, which takes days (`submitted`); or the bank did not pay
 * (`returned`). Ask your server to read the payment before you deliver anything.
 */
export interface PaydeskPaid {
  payment: string;
  receipt: string;
  receipt_number: string;
  /** What was charged, in minor units of `currency`; 0 where account credit paid all. */
  amount: number;
  /** ISO 4217. */
  currency: string;
}

/** The card or bank account was refused; no money was taken. The payer sees advice in the form. */
export interface PaydeskDeclined {
  /** The processor's own word. */
  code: string;
  /** Whether the same one may usefully be tried again. */
  retryable: boolean;
}

/** Something else went wrong. The payer sees what and what to do. */
export interface PaydeskError {
  code:
    | "session_missing"
    | "session_expired"
    | "session_invalid"
    | "api_unreachable"
    | "frame_unreachable"
    | "processor_unreachable"
    | "processor_misconfigured"
    | "amount_changed"
    | "method_unknown"
    | "method_needs_more"
    | "card_not_updated"
    | "schedule_changed"
    | "plan_needs_saved_method"
    | "token_unusable"
    | "address_invalid"
    | "rate_limited"
    | "result_unknown"
    | "wasm_missing"
    | "wasm_blocked"
    | "wasm_failed"
    | "script_failed"
    | "not_embedded"
    | "internal"
    | (string & {});
  message: string;
}

export interface PaydeskCheckoutEventMap {
  ready: CustomEvent<Record<string, never>>;
  change: CustomEvent<PaydeskChange>;
  paid: CustomEvent<PaydeskPaid>;
  submitted: CustomEvent<PaydeskPaid>;
  returned: CustomEvent<PaydeskPaid>;
  /** Nothing was due now: the method was verified, later payments were agreed to, and no money moved. */
  agreed: CustomEvent<Record<string, never>>;
  declined: CustomEvent<PaydeskDeclined>;
  error: CustomEvent<PaydeskError>;
  closed: CustomEvent<Record<string, never>>;
}

/** `<paydesk-checkout session="cs_…" locale="fr" theme="auto">` */
export interface PaydeskCheckoutElement extends HTMLElement {
  /** The secret of a checkout session, `cs_…`. This and the next three are the attributes of the same names. */
  session: string | null;
  /** `en` or `fr`, with a region if you like. */
  locale: string | null;
  /** `light`, `dark`, `high-contrast` or `auto`. */
  theme: string | null;
  /** The pay origin, when it is not the one that served `embed.js`. */
  base: string | null;
  /** Puts the keyboard focus into the form. */
  focus(): void;
  /** Pays, as if the button had been pressed. */
  submit(): void;
  /** Changes session, language or theme. */
  update(changes?: { session?: string; locale?: string; theme?: "auto" | "light" | "dark" | "high-contrast" }): void;
  /** Takes the form away and emits `closed`. */
  destroy(): void;
  addEventListener<K extends keyof PaydeskCheckoutEventMap>(
    type: K,
    listener: (this: PaydeskCheckoutElement, event: PaydeskCheckoutEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
}

/** Something in the wallet could not be shown or done. The client sees what and what to do. */
export interface PaydeskWalletError {
  code:
    | "session_missing"
    | "session_expired"
    | "session_invalid"
    | "api_unreachable"
    | "frame_unreachable"
    | "no_email"
    | "too_many_codes"
    | "mail_unavailable"
    | "method_changed"
    | "update_in_progress"
    | "invalid"
    | "card_refused"
    | "token_unusable"
    | "wallet_full"
    | "method_cannot_take"
    | "method_in_use"
    | "not_authorized"
    | "authentication_failed"
    | "authentication_abandoned"
    | "undecided"
    | "processor_misconfigured"
    | "processor_unreachable"
    | "rate_limited"
    | "wasm_missing"
    | "wasm_blocked"
    | "wasm_failed"
    | "script_failed"
    | "not_embedded"
    | "internal"
    | (string & {});
  message: string;
}

export interface PaydeskWalletEventMap {
  /** The client has confirmed who they are, and sees the wallet. */
  ready: CustomEvent<Record<string, never>>;
  /** The client has changed something in it. What it is, your server reads of the billing API, as far as it may. */
  changed: CustomEvent<Record<string, never>>;
  error: CustomEvent<PaydeskWalletError>;
  closed: CustomEvent<Record<string, never>>;
}

/** `<paydesk-wallet session="ws_…" locale="fr" theme="auto">` */
export interface PaydeskWalletElement extends HTMLElement {
  /** The secret of a wallet session, `ws_…`. This and the next three are the attributes of the same names. */
  session: string | null;
  /** `en` or `fr`, with a region if you like. */
  locale: string | null;
  /** `light`, `dark`, `high-contrast` or `auto`. */
  theme: string | null;
  /** The pay origin, when it is not the one that served `embed.js`. */
  base: string | null;
  /** Puts the keyboard focus into the wallet. */
  focus(): void;
  /** Changes session, language or theme. */
  update(changes?: { session?: string; locale?: string; theme?: "auto" | "light" | "dark" | "high-contrast" }): void;
  /** Takes the wallet away and emits `closed`. */
  destroy(): void;
  addEventListener<K extends keyof PaydeskWalletEventMap>(
    type: K,
    listener: (this: PaydeskWalletElement, event: PaydeskWalletEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "paydesk-checkout": PaydeskCheckoutElement;
    "paydesk-wallet": PaydeskWalletElement;
  }
}
