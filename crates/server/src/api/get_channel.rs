//! GetChannel.

use super::{Answered, Call, channel_error, shapes};
use cairn_decide::channels;
use cairn_wire::generated::GetChannelRequest;

pub(super) fn run(call: Call<'_>) -> Answered {
    let input: GetChannelRequest = call.input()?;
    let known = call.known();
    let channel = channels::get(&call.store_facts(&known), &input.channel).map_err(channel_error)?;
    call.read(&shapes::channel(channel))
}
