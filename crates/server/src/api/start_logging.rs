//! StartLogging.

use super::{Answered, Call, trail_error};
use cairn_decide::trails;
use cairn_model::Change;
use cairn_wire::generated::StartLoggingRequest;

pub(super) fn run(call: Call<'_>) -> Answered {
    let input: StartLoggingRequest = call.input()?;
    let known = call.trails();
    let trail = trails::start_logging(&call.facts(&known), &input.name).map_err(trail_error)?;
    call.write_without_output(vec![Change::PutTrail(Box::new(trail))])
}
