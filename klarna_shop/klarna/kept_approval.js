// An approval that the shop has not acknowledged when its component goes away: a reconnection draws the page
// anew, and readers change the language. It waits in this document's memory for the next component (W16).

let kept = null;

// As long as one is kept, leaving the document is questioned.
const onBeforeUnload = (event) => event.preventDefault();

export function keepApproval(approval) {
  kept = approval;
  window.addEventListener("beforeunload", onBeforeUnload);
}

/** The kept approval, once, unless it is of another session than the one that is wanted now. */
export function takeApproval(sessionFingerprint) {
  if (!kept || (sessionFingerprint && kept.session.sessionFingerprint !== sessionFingerprint)) return null;
  const approval = kept;
  kept = null;
  window.removeEventListener("beforeunload", onBeforeUnload);
  return approval;
}
