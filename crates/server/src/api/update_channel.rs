//! UpdateChannel.

use super::{Answered, Call, channel_error, shapes};
use cairn_decide::channels;
use cairn_model::Change;
use cairn_wire::generated::{UpdateChannelRequest, UpdateChannelResponse};

pub(super) fn run(call: Call<'_>) -> Answered {
    let input: UpdateChannelRequest = call.input()?;
    let destinations = input.destinations.map(shapes::destinations_from);
    let (known, name) = (call.known(), input.name.as_deref());
    let updated = channels::update(&call.store_facts(&known), &input.channel, name, destinations.as_deref());
    let channel = updated.map_err(channel_error)?;
    let output = UpdateChannelResponse {
        channel_arn: Some(channel.arn.to_string()),
        name: Some(channel.name.clone()),
        source: Some(channel.source.clone()),
        destinations: Some(shapes::destinations(&channel.destinations)),
    };
    call.write(&output, vec![Change::PutChannel(Box::new(channel))])
}
