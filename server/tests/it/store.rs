//! The store on both databases: one contract, races, migrations, faults and query plans.

mod contract;
mod database_faults;
mod database_parity;
mod migrations;
mod newer_schema;
mod postgres;
mod query_plans;
mod races;
mod retention;
mod two_processes;
mod write_queue;
