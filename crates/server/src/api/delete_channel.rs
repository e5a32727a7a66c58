//! DeleteChannel.

use super::{Answered, Call, channel_error};
use cairn_decide::channels;
use cairn_model::{Change, PolicedArn};
use cairn_wire::generated::DeleteChannelRequest;

pub(super) fn run(call: Call<'_>) -> Answered {
    let input: DeleteChannelRequest = call.input()?;
    let known = call.known();
    let channel = channels::get(&call.store_facts(&known), &input.channel).map_err(channel_error)?;
    let policy = known.policy_goes(&PolicedArn::Channel(channel.arn.clone()));
    let deleted = [Change::DeleteChannel { arn: channel.arn.clone() }];
    call.write_without_output(deleted.into_iter().chain(policy).collect())
}
