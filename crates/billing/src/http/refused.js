// Tells the embedding page that there will be no checkout here, so that it need not wait and can say why. It says so to
// whichever page that is: there is nothing else in this document, and nothing secret in that word.
parent.postMessage({ paydesk: 1, type: "refused" }, "*");
