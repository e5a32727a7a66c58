//! ListChannels.

use super::{Answered, Call, pages};
use cairn_decide::channels;
use cairn_model::ChannelArn;
use cairn_wire::generated::{Channel, ListChannelsRequest, ListChannelsResponse};

pub(super) fn run(call: Call<'_>) -> Answered {
    let input: ListChannelsRequest = call.input()?;
    let is_ours = |arn: &ChannelArn| call.is_here(arn.account, &arn.region);
    let after = pages::after(input.next_token.as_deref(), is_ours)?;
    let known = call.known();
    let page = channels::list(&call.store_facts(&known), after.as_ref(), pages::size(input.max_results));
    let next = page.next_after().map(|channel| channel.arn.to_string());
    let item = |channel: &cairn_model::Channel| Channel {
        channel_arn: Some(channel.arn.to_string()),
        name: Some(channel.name.clone()),
    };
    call.read(&ListChannelsResponse {
        channels: Some(page.items.into_iter().map(item).collect()),
        next_token: next,
    })
}
