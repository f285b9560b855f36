//! Makes an element what another one is, with as little change as that takes.
//!
//! Elements that are in both stay the very same nodes, and so keep the focus, the caret and what listens to them. What
//! a person did to them stays as well: whether they are folded open, and what is hidden from view.

use wasm_bindgen::JsCast;
use web_sys::{Element, Node};

use crate::ui::kit::time::FORM;

/// Attributes that a person changes by using the page, and that the server does not know.
const KEPT_ATTRIBUTES: [&str; 2] = ["open", "hidden"];

/// The attribute of an element that stands for what is shown already.
pub const UNCHANGED: &str = "data-unchanged";

/// Makes `shown` what `now` is. Both are of one kind.
pub fn morph(shown: &Element, now: &Element) {
    if !is_shown(shown, now) && !shown.is_equal_node(Some(now)) {
        morph_attributes(shown, now);
        morph_children(shown, now);
    }
}

/// Whether the server says that it has not changed, or it is a time that is [shown in other words](super::times).
fn is_shown(shown: &Element, now: &Element) -> bool {
    let is_same_time =
        || shown.has_attribute(FORM) && shown.get_attribute("datetime") == now.get_attribute("datetime");
    now.has_attribute(UNCHANGED) || is_same_time()
}

fn morph_attributes(shown: &Element, now: &Element) {
    for name in names(shown).filter(|name| !now.has_attribute(name)) {
        // It fails only for what is not a name.
        let _ = shown.remove_attribute(&name);
    }
    for name in names(now) {
        let value = now.get_attribute(&name);
        if let Some(value) = value.filter(|value| shown.get_attribute(&name).as_ref() != Some(value)) {
            let _ = shown.set_attribute(&name, &value);
        }
    }
}

fn names(element: &Element) -> impl Iterator<Item = String> {
    let names = element.get_attribute_names().into_iter().filter_map(|name| name.as_string());
    names.filter(|name| !KEPT_ATTRIBUTES.contains(&name.as_str()))
}

fn morph_children(shown: &Element, now: &Element) {
    let (mut old, mut new) = (shown.first_child(), now.first_child());
    while let Some(wanted) = new {
        new = wanted.next_sibling();
        let after = old.as_ref().and_then(Node::next_sibling);
        match old {
            Some(old) if is_same(&old, &wanted) => morph_node(&old, &wanted),
            // `wanted` comes from another document. It fails only for a node that has no parent.
            Some(old) => drop(shown.replace_child(&wanted, &old)),
            None => drop(shown.append_child(&wanted)),
        }
        old = after;
    }
    while let Some(surplus) = old {
        old = surplus.next_sibling();
        drop(shown.remove_child(&surplus));
    }
}

/// Whether one can become the other: of one kind and, if they have names, of one name.
fn is_same(old: &Node, new: &Node) -> bool {
    let id = |node: &Node| node.dyn_ref::<Element>().map(Element::id);
    old.node_name() == new.node_name() && id(old) == id(new)
}

fn morph_node(old: &Node, new: &Node) {
    match (old.dyn_ref::<Element>(), new.dyn_ref::<Element>()) {
        (Some(old), Some(new)) => morph(old, new),
        (None, _) | (_, None) if old.node_value() != new.node_value() => {
            old.set_node_value(new.node_value().as_deref());
        }
        (None, _) | (_, None) => {}
    }
}
