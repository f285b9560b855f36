//! Who may ask: under which host name, from which site, and how often of GitHub.

mod amplification;
mod hosts;
