//! CreateChannel.

use super::{Answered, Call, channel_error, shapes};
use crate::clock;
use cairn_decide::channels::{self, CreateChannel};
use cairn_model::Change;
use cairn_wire::generated::{CreateChannelRequest, CreateChannelResponse};

pub(super) fn run(call: Call<'_>) -> Answered {
    let input: CreateChannelRequest = call.input()?;
    let request = CreateChannel {
        id: clock::random_uuid(),
        name: input.name,
        source: input.source,
        destinations: shapes::destinations_from(input.destinations),
        tags: shapes::tags_from(input.tags.unwrap_or_default()),
    };
    let known = call.known();
    let channel = channels::create(&call.store_facts(&known), &request).map_err(channel_error)?;
    let output = CreateChannelResponse {
        channel_arn: Some(channel.arn.to_string()),
        name: Some(channel.name.clone()),
        source: Some(channel.source.clone()),
        destinations: Some(shapes::destinations(&channel.destinations)),
        tags: (!channel.tags.is_empty()).then(|| shapes::tag_list(&channel.tags)),
    };
    call.write(&output, vec![Change::PutChannel(Box::new(channel))])
}
