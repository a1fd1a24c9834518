// A translator as browsers have them: in a world of its own, it puts words of its own in the place of a page's.
// WAY is "wrapped" (the page's text moves into two <font>), "replaced" (it is taken out, and its translation
// put in) or "merged" (neighbouring texts become one); BEGIN is "at once" or "when told".
const skipped = /^(SCRIPT|STYLE|NOSCRIPT|TITLE|FONT|TEXTAREA)$/;
const translate = (text) => {
  if (!text.data.trim() || !text.parentNode || skipped.test(text.parentNode.nodeName)) return;
  if (WAY === "merged") return text.parentNode.normalize();
  const [outer, inner] = [document.createElement("font"), document.createElement("font")];
  outer.append(inner);
  outer.className = "translated";
  if (WAY === "wrapped") {
    text.parentNode.insertBefore(outer, text);
    inner.append(text);
  } else {
    inner.textContent = text.data;
    text.parentNode.replaceChild(outer, text);
  }
};
const translateAll = (root) => {
  const texts = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  if (root.nodeType === Node.TEXT_NODE) texts.push(root);
  while (walker.nextNode()) texts.push(walker.currentNode);
  texts.forEach(translate);
};
const begin = () => {
  translateAll(document);
  new MutationObserver((records) => {
    for (const { addedNodes, target, type } of records) {
      if (type === "characterData") translateAll(target);
      addedNodes.forEach(translateAll);
    }
  }).observe(document, { childList: true, characterData: true, subtree: true });
};
if (BEGIN === "at once") begin();
else document.addEventListener("translate-now", begin, { once: true });
