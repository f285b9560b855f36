//! One environment of one app, as the target of a deploy: what its buttons carry on the page, and what is read back
//! when one of them is clicked.

use web_sys::Element;

use crate::domain::InputSpec;

/// Where to deploy, as its button carries it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DeployTarget {
    pub app: String,
    pub environment: String,
    /// The ref that the form offers.
    pub default_ref: String,
    /// Whether the form asks to type the name of the environment.
    pub asks_for_name: bool,
    /// The inputs that the form asks for, as its button carries them: text, so that what reads JSON is downloaded with
    /// the form, and not before the page is live. None, where there are none.
    pub inputs: Option<String>,
}

/// Selects the buttons that open the form of their target.
pub const DEPLOY_BUTTONS: &str = "[data-deploy]";
/// Selects those and the ones that open a deploy that is under way.
pub const TRIGGERS: &str = "[data-deploy], [data-watch]";
/// Of the button that opens a deploy that is under way: the id of the deploy.
pub const WATCH: &str = "data-watch";
/// Of both buttons: the app.
pub const APP: &str = "data-app";
/// Of both buttons: the environment.
pub const ENVIRONMENT: &str = "data-environment";
/// Of both buttons: the ref that the form offers.
pub const DEFAULT_REF: &str = "data-ref";
/// Of both buttons, where the form asks to type the name of the environment.
pub const ASKS_FOR_NAME: &str = "data-asks-for-name";

/// Of the button that opens the form, where the app has inputs to fill in: which, as JSON. So the form is complete at
/// once, and waits for nothing.
pub const INPUTS: &str = "data-inputs";

impl DeployTarget {
    /// The target that a button carries.
    #[must_use]
    pub fn of(button: &Element) -> Option<Self> {
        Some(Self {
            app: button.get_attribute(APP)?,
            environment: button.get_attribute(ENVIRONMENT)?,
            default_ref: button.get_attribute(DEFAULT_REF)?,
            asks_for_name: button.has_attribute(ASKS_FOR_NAME),
            inputs: button.get_attribute(INPUTS),
        })
    }

    /// The inputs that the form asks for. A page of another build may have others: without them the console says what is
    /// missing.
    #[must_use]
    pub fn input_specs(&self) -> Vec<InputSpec> {
        self.inputs.as_deref().and_then(|inputs| serde_json::from_str(inputs).ok()).unwrap_or_default()
    }

    /// The page of its form.
    #[must_use]
    pub fn address(&self) -> String {
        format!("/deploy/{}/{}", self.app, self.environment)
    }
}

/// The value of [`INPUTS`]; none, where there is nothing to fill in.
#[must_use]
pub fn write_inputs(inputs: &[InputSpec]) -> Option<String> {
    (!inputs.is_empty()).then(|| serde_json::to_string(inputs).unwrap_or_default())
}
