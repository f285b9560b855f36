//! Who is signed in, how one signs in, and what lets others in. Nothing here needs scripts.

pub mod me;
pub mod sessions;
pub mod sign_in;
pub mod tokens;

pub use me::MePage;
pub use sessions::SessionsPage;
pub use sign_in::SignInPage;
pub use tokens::TokensPage;
