//! The contract as tables: every route and every error, with what exactly comes back.

mod codes;
mod limits;
mod outage;
mod refusals;
mod routes;
mod scene;
mod server_functions;
mod table;
