//! Random presses, crashes, callbacks and passes over a GitHub in every kind of trouble. After each of them
//! I1, I2, I6 and I7 hold; a pass that follows a pass changes nothing (I9); and when all trouble is over,
//! every deploy ends or says why not (I10). None is shown as succeeded that neither GitHub nor its workflow says did
//! (I15).
//!
//! - [`ops`]: what can happen.
//! - [`world`]: making it happen, on a real console.
//! - [`checks`]: what must hold.

mod checks;
mod ops;
mod world;

use proptest::{prelude::*, test_runner::TestCaseError};

use self::{
    ops::{Op, ops},
    world::World,
};

fn play(ops: &[Op], end: &'static str) -> Result<(), TestCaseError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut world = World::new().await;
        for op in ops {
            world.apply(op).await;
        }
        world.settle(end).await;
    });
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// The invariants hold for all events in any order.
    #[test]
    fn f39_f76_i6_i7_i9_i10_i15_hold(ops in ops(), success in any::<bool>()) {
        play(&ops, if success { "success" } else { "failure" })?;
    }
}
