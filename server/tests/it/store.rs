//! The store on both databases: one contract, races, migrations, faults, query plans, and every statement once.

mod commits;
mod contract;
mod database_faults;
mod database_parity;
mod every_statement;
mod migrations;
mod newer_schema;
mod postgres;
mod query_plans;
mod races;
mod retention;
mod two_processes;
mod write_queue;
