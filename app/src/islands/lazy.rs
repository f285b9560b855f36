//! Code that is downloaded when it is wanted: of the dialog, and of a deploy that is followed on its page. The page is
//! live before, and stays what it is where the code cannot be had.
//!
//! `frontend/build.sh` builds with the feature `split` and cuts the WebAssembly in pieces: one for each function that is
//! marked here, one for what they share, and the rest. Without the feature, in tests, it is one piece.

use leptos::prelude::*;
#[cfg(feature = "split")]
use leptos::wasm_split::{SplitLoaderError, wasm_split};

use super::{
    follow::{FollowedDeploy, follow},
    slot::Slot,
};
use crate::ui::{
    deploy_form::dialog::{DeployDialog, DialogRequest, reopen_pending},
    palette::Palette,
};

/// The code could not be downloaded.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NotLoaded;

#[cfg(feature = "split")]
impl From<SplitLoaderError> for NotLoaded {
    fn from(_: SplitLoaderError) -> Self {
        Self
    }
}

/// Puts the dialog into `slot`. It opens when `request` is set, and at once where a submission was left unanswered.
///
/// # Errors
///
/// If its code cannot be downloaded.
pub async fn dialog(slot: Slot, request: RwSignal<Option<DialogRequest>>) -> Result<(), NotLoaded> {
    #[cfg(feature = "split")]
    {
        put_dialog(slot, request).await
    }
    #[cfg(not(feature = "split"))]
    {
        put_dialog(slot, request)
    }
}

/// Puts the progress of a deploy into `slot` once the server has answered, and follows it.
///
/// # Errors
///
/// If its code cannot be downloaded.
pub async fn progress(slot: Slot, deploy: FollowedDeploy) -> Result<(), NotLoaded> {
    #[cfg(feature = "split")]
    {
        put_progress(slot, deploy).await
    }
    #[cfg(not(feature = "split"))]
    {
        put_progress(slot, deploy)
    }
}

/// Puts the palette into `slot`. It opens when it is there, and whenever `opened` changes.
///
/// # Errors
///
/// If its code cannot be downloaded.
pub async fn palette(slot: Slot, opened: ReadSignal<u32>) -> Result<(), NotLoaded> {
    #[cfg(feature = "split")]
    {
        put_palette(slot, opened).await
    }
    #[cfg(not(feature = "split"))]
    {
        put_palette(slot, opened)
    }
}

#[cfg_attr(feature = "split", wasm_split(palette, wasm_split_path = leptos::wasm_split, fallible))]
#[cfg_attr(not(feature = "split"), expect(clippy::unnecessary_wraps, reason = "it is there"))]
fn put_palette(slot: Slot, opened: ReadSignal<u32>) -> Result<(), NotLoaded> {
    slot.fill(move || view! { <Palette opened /> });
    Ok(())
}

#[cfg_attr(feature = "split", wasm_split(dialog, wasm_split_path = leptos::wasm_split, fallible))]
#[cfg_attr(not(feature = "split"), expect(clippy::unnecessary_wraps, reason = "it is there"))]
fn put_dialog(slot: Slot, request: RwSignal<Option<DialogRequest>>) -> Result<(), NotLoaded> {
    slot.fill(move || view! { <DeployDialog request /> });
    if request.with_untracked(Option::is_none) {
        slot.with_owner(|| reopen_pending(request));
    }
    Ok(())
}

#[cfg_attr(feature = "split", wasm_split(progress, wasm_split_path = leptos::wasm_split, fallible))]
#[cfg_attr(not(feature = "split"), expect(clippy::unnecessary_wraps, reason = "it is there"))]
fn put_progress(slot: Slot, deploy: FollowedDeploy) -> Result<(), NotLoaded> {
    slot.with_owner(|| follow(slot.clone(), deploy));
    Ok(())
}
