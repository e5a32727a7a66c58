//! StopLogging.

use super::{Answered, Call, trail_error};
use cairn_decide::trails;
use cairn_model::Change;
use cairn_wire::generated::StopLoggingRequest;

pub(super) fn run(call: Call<'_>) -> Answered {
    let input: StopLoggingRequest = call.input()?;
    let known = call.trails();
    let trail = trails::stop_logging(&call.facts(&known), &input.name).map_err(trail_error)?;
    call.write_without_output(vec![Change::PutTrail(Box::new(trail))])
}
