// Lets React go on in a document that others change: translators, reader tools, browser extensions.
//
// They wrap, replace, merge and remove nodes that React holds on to, from a world of scripts whose calls cannot
// be watched; what they changed can. React's next call for such a node finds where it is, or puts it back in
// place of what stands there for it: at worst a line is shown untranslated, and never an old price.

const isReacts = (node) => Object.keys(node).some((name) => name.startsWith("__reactFiber"));

// By node: where it was when it was taken out, and what was put in its place.
const taken = new WeakMap();

const note = (records) => {
  const fresh = new Set(records.flatMap(({ addedNodes }) => [...addedNodes]));
  const isStandIn = (node) => node && fresh.has(node) && !isReacts(node);
  for (const { target, addedNodes, removedNodes, previousSibling, nextSibling } of records) {
    for (const node of removedNodes) {
      if (!isReacts(node)) continue;
      const inPlace = [...addedNodes, previousSibling, nextSibling].filter(isStandIn);
      taken.set(node, { target, previousSibling, nextSibling, inPlace });
    }
  }
};

const { insertBefore, removeChild } = Node.prototype;
const nodeValue = Object.getOwnPropertyDescriptor(Node.prototype, "nodeValue");
const observer = new MutationObserver(note);
const catchUp = () => note(observer.takeRecords());

/** Put a text back that was taken out. Elements stay away: those somebody did not want to see. */
const putBack = (node) => {
  const place = taken.get(node);
  if (!place || node.parentNode || node.nodeType !== Node.TEXT_NODE) return;
  taken.delete(node);
  const [first, ...others] = place.inPlace.filter((one) => one.parentNode && !one.contains(node));
  if (first) {
    insertBefore.call(first.parentNode, node, first);
    for (const one of [first, ...others]) removeChild.call(one.parentNode, one);
    return;
  }
  const { target, previousSibling: before, nextSibling: after } = place;
  // Two texts made one: the first has both.
  if (before?.nodeType === Node.TEXT_NODE && node.data && before.data.endsWith(node.data)) {
    nodeValue.set.call(before, before.data.slice(0, -node.data.length));
  }
  const following = before?.parentNode === target ? before.nextSibling : after;
  insertBefore.call(target, node, following?.parentNode === target ? following : null);
};

/** The node that stands in `parent` where `node` did, or null for the end. */
const whereIs = (node, parent) => {
  const seen = new Set();
  let at = node;
  while (at && !(parent !== at && parent.contains(at)) && !seen.has(at)) {
    seen.add(at);
    at = taken.get(at)?.nextSibling ?? null;
  }
  return at && !seen.has(at) ? at : null;
};

Node.prototype.insertBefore = function (node, following) {
  if (!node.parentNode && taken.has(node)) putBack(node);
  if (!following || following.parentNode === this || !isReacts(following)) {
    return insertBefore.call(this, node, following);
  }
  catchUp();
  putBack(following);
  let at = whereIs(following, this);
  while (at && at.parentNode !== this && !at.previousSibling) at = at.parentNode;
  return insertBefore.call(at ? at.parentNode : this, node, at);
};

Node.prototype.removeChild = function (node) {
  if (node.parentNode === this || !isReacts(node)) return removeChild.call(this, node);
  catchUp();
  putBack(node);
  let parent = node.parentNode;
  if (!parent) return node;
  removeChild.call(parent, node);
  // What was only around it goes with it.
  while (parent !== this && parent.parentNode && !parent.firstChild && !isReacts(parent)) {
    const empty = parent;
    parent = empty.parentNode;
    removeChild.call(parent, empty);
  }
  return node;
};

Object.defineProperty(Node.prototype, "nodeValue", {
  ...nodeValue,
  set(value) {
    if (this.nodeType === Node.TEXT_NODE && !this.parentNode && isReacts(this)) {
      catchUp();
      putBack(this);
    }
    nodeValue.set.call(this, value);
  },
});

observer.observe(document, { childList: true, subtree: true });
