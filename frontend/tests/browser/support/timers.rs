//! Counts the timers that the page has running, and the changes of an element's text.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(inline_js = r#"
const running = new Set();
let wrapped = false;

function wrap(set, clear, once) {
  const [really_set, really_clear] = [globalThis[set], globalThis[clear]];
  globalThis[set] = (then, ...rest) => {
    const id = really_set((...given) => { if (once) running.delete(id); then(...given); }, ...rest);
    running.add(id);
    return id;
  };
  globalThis[clear] = (id) => { running.delete(id); really_clear(id); };
}

export function watch_timers() {
  if (!wrapped) {
    wrapped = true;
    wrap('setTimeout', 'clearTimeout', true);
    wrap('setInterval', 'clearInterval', false);
  }
  running.clear();
}

export function running_timers() { return running.size; }

export function record_texts(element) {
  const texts = [];
  const observer = new MutationObserver(() => texts.push(element.textContent));
  observer.observe(element, { childList: true, characterData: true, subtree: true });
  return texts;
}

export function set_hidden(hidden) {
  const state = hidden ? 'hidden' : 'visible';
  Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state });
  document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
}
"#)]
extern "C" {
    /// Counts from now on.
    pub(crate) fn watch_timers();

    /// How many timers and intervals were set and neither ran out nor were cleared.
    pub(crate) fn running_timers() -> u32;

    /// The list of texts that the element will have had.
    pub(crate) fn record_texts(element: &web_sys::Element) -> js_sys::Array;

    /// Hides the tab, or brings it back.
    pub(crate) fn set_hidden(hidden: bool);
}
