//! The board where there is no app to show: what makes one appear.

use leptos::prelude::*;

const EXAMPLE: &str = "\
[[app]]
name = \"shop\"
repo = \"acme/shop\"
workflow = \"deploy.yml\"
ref = \"main\"
environments = [
  { name = \"staging\", freeze_check = false },
  { name = \"production\", freeze_check = true },
]
";

/// Shown to those who may see no app, too: which apps there are is not theirs to know.
#[component]
pub fn EmptyBoard() -> impl IntoView {
    view! {
        <div class="board__nothing">
            <p>"There is no app to show."</p>
            <p class="quiet">
                "Apps are described in console.toml, and seen by those who have a role on them: "
                <a href="/me">"what you may"</a> ". One app with two environments is"
            </p>
            <pre class="board__example">{EXAMPLE}</pre>
        </div>
    }
}
