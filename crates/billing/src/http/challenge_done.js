// Tells whoever opened this page that something happened at the bank: a hint to ask the server, and nothing more. Only a page
// of the same origin hears it.
for (const other of [window.opener, window.parent]) {
  if (other && other !== window) other.postMessage("paydesk:challenge-done", location.origin);
}
