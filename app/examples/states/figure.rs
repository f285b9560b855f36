//! One state in its frame, and groups of them.

use leptos::prelude::*;
use leptos_meta::{ServerMetaContext, provide_meta_context};

/// What is shown in one section of the page.
pub(crate) struct Group {
    /// Of what the states are.
    pub(crate) title: &'static str,
    pub(crate) figures: Vec<Figure>,
}

/// One state, rendered.
pub(crate) struct Figure {
    name: String,
    caption: String,
    width: Width,
    html: String,
}

/// How much room there is for it, as on the pages of the console.
#[derive(Clone, Copy)]
pub(crate) enum Width {
    /// As wide as it is.
    Line,
    /// A cell of the board.
    Cell,
    Panel,
    Page,
}

impl Width {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Cell => "cell",
            Self::Panel => "panel",
            Self::Page => "page",
        }
    }

    /// The state of this name, with its caption.
    pub(crate) fn figure<V: RenderHtml>(
        self,
        name: impl Into<String>,
        caption: impl Into<String>,
        view: impl FnOnce() -> V,
    ) -> Figure {
        let name = name.into();
        let html = Owner::new().with(|| {
            provide_meta_context();
            provide_context(ServerMetaContext::new().0);
            view().to_html()
        });
        let html = with_ids_of_its_own(&html, &name);
        Figure { name, caption: caption.into(), width: self, html }
    }
}

impl Figure {
    /// With everything open that can be opened, and room for it.
    pub(crate) fn opened(self) -> Self {
        Self { html: self.html.replace("<details", "<details open"), ..self }
    }
}

/// The same component stands on the page many times; on a page of the console its ids are there once.
fn with_ids_of_its_own(html: &str, name: &str) -> String {
    let attributes = ["id", "for", "list", "aria-labelledby", "aria-describedby"];
    let scoped = attributes.iter().fold(html.to_owned(), |html, attribute| {
        html.replace(&format!(" {attribute}=\""), &format!(" {attribute}=\"{name}-"))
    });
    // The style knows patterns by their names.
    scoped.replace(&format!("<pattern id=\"{name}-"), "<pattern id=\"")
}

impl Group {
    /// The section of the page.
    pub(crate) fn section(self) -> impl IntoView {
        let figures = self.figures.into_iter().map(|Figure { name, caption, width, html }| {
            view! {
                <figure data-state=name data-width=width.as_str()>
                    <figcaption>{caption}</figcaption>
                    <div class="state" inner_html=html></div>
                </figure>
            }
        });
        let id = self.title.to_lowercase().replace(' ', "-");
        let heading = id.clone();
        view! {
            <section class="group" id=id aria-labelledby=format!("{heading}-title")>
                <h2 id=format!("{heading}-title")>{self.title}</h2>
                {figures.collect_view()}
            </section>
        }
    }
}

/// A name as pictures have it.
pub(crate) fn kebab(prefix: &str, name: &str) -> String {
    format!("{prefix}-{}", name.replace('_', "-"))
}
