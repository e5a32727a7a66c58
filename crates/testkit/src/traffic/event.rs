//! One event's text.

use super::agents::Agent;
use super::call::{Call, Occasion};
use super::failures::Failure;
use super::principals::Principal;
use super::sources::Shape;
use super::{ACCOUNT, Marks, bodies, put, target, uuid};
use crate::dice::{BASE32, Dice};
use cairn_model::{Timestamp, json};

/// Of 1,000 management calls so many come through an endpoint of a VPC.
const THROUGH_ENDPOINT: usize = 60;

/// Who made a call, and with what.
pub(super) enum Caller<'a> {
    Principal { who: &'a Principal, agent: &'a Agent, invoked_by: Option<&'static str> },
    Service(&'static str),
    Nobody,
}

/// Writes one event, its members in the order of AWS's own samples.
pub(super) struct Writer<'a> {
    pub(super) out: &'a mut Vec<u8>,
    pub(super) call: &'a Call,
    pub(super) caller: &'a Caller<'a>,
    pub(super) time: Timestamp,
    pub(super) dice: &'a mut Dice,
}

impl Writer<'_> {
    /// Writes the whole event.
    pub(super) fn write(&mut self, failure: Option<&Failure>, event_id: &[u8]) -> Marks {
        let version = ["1.11", "1.11", "1.11", "1.10", "1.09", "1.08"][self.dice.below(6)];
        put!(self.out, r#"{{"eventVersion":"{version}","userIdentity":"#);
        self.identity();
        put!(self.out, r#","eventTime":""#);
        let event_time = self.out.len();
        put!(self.out, r#"{}","eventSource":"{}.amazonaws.com""#, self.time, self.call.source.service);
        put!(self.out, r#","eventName":"{}","awsRegion":"{}""#, self.call.name, self.call.region);
        self.origin();
        if let Some(Failure { code, message }) = failure {
            put!(self.out, r#","errorCode":"{code}","errorMessage":"#);
            json::write_string(self.out, message);
        }
        put!(self.out, r#","requestParameters":"#);
        bodies::write_parameters(self.out, self.call, self.dice);
        put!(self.out, r#","responseElements":"#);
        bodies::write_response(self.out, self.call, self.time, failure.is_some(), self.dice);
        bodies::write_additional(self.out, self.call, self.dice);
        let request_id = self.request_id();
        put!(self.out, r#","eventID":""#);
        let event_id = self.text_at(event_id);
        put!(self.out, r#"","readOnly":{}"#, self.call.read_only);
        self.resources();
        self.tail();
        Marks { event_time, event_id, request_id }
    }

    fn identity(&mut self) {
        match self.caller {
            Caller::Principal { who, invoked_by, .. } => who.write_identity(self.out, self.time, *invoked_by),
            Caller::Service(service) => put!(self.out, r#"{{"type":"AWSService","invokedBy":"{service}"}}"#),
            Caller::Nobody => put!(self.out, r#"{{"accountId":"{ACCOUNT}","invokedBy":"AWS Internal"}}"#),
        }
    }

    /// `sourceIPAddress` and `userAgent`.
    fn origin(&mut self) {
        let (address, agent) = match self.caller {
            Caller::Principal { invoked_by: Some(service), .. } | Caller::Service(service) => {
                ((*service).to_owned(), *service)
            }
            Caller::Principal { who, agent, .. } => (who.address(self.dice), agent.text.as_str()),
            Caller::Nobody => ("AWS Internal".to_owned(), "AWS Internal"),
        };
        put!(self.out, r#","sourceIPAddress":"{address}","userAgent":"{agent}""#);
    }

    /// `requestID`: S3's are 16 letters and digits, the others' are UUIDs, and what is no request has none.
    fn request_id(&mut self) -> Option<usize> {
        if matches!(self.call.occasion, Occasion::ServiceEvent | Occasion::SignIn) {
            return None;
        }
        put!(self.out, r#","requestID":""#);
        let is_uuid = self.call.source.shape != Shape::Bucket;
        let at = self.out.len();
        if is_uuid {
            put!(self.out, "{}", uuid(self.dice));
        } else {
            self.dice.write_digits(self.out, BASE32, 16);
        }
        put!(self.out, r#"""#);
        is_uuid.then_some(at)
    }

    fn text_at(&mut self, text: &[u8]) -> usize {
        let at = self.out.len();
        self.out.extend_from_slice(text);
        at
    }

    fn resources(&mut self) {
        let call = self.call;
        let Some((kind, arn)) = target::resource(call.source.shape, call.region, &call.target) else {
            return;
        };
        put!(self.out, r#","resources":["#);
        if call.occasion == Occasion::Object {
            put!(self.out, r#"{{"type":"AWS::S3::Object","ARNPrefix":"{arn}/"}},"#);
        }
        put!(self.out, r#"{{"accountId":"{ACCOUNT}","type":"{kind}","ARN":"{arn}"}}]"#);
    }

    /// What stands behind the resources.
    fn tail(&mut self) {
        let call = self.call;
        let management = call.is_management();
        put!(self.out, r#","eventType":"{}","managementEvent":{management}"#, call.event_type());
        put!(self.out, r#","recipientAccountId":"{ACCOUNT}""#);
        if let Caller::Service(_) = self.caller {
            put!(self.out, r#","sharedEventID":"{}""#, uuid(self.dice));
        }
        let direct = match self.caller {
            Caller::Principal { invoked_by: None, agent, .. } => Some(agent),
            _ => None,
        };
        if direct.is_some() && (!management || self.dice.per_mille(THROUGH_ENDPOINT)) {
            let endpoint = self.dice.below(8);
            put!(self.out, r#","vpcEndpointId":"vpce-0{endpoint:016x}","vpcEndpointAccountId":"{ACCOUNT}""#);
        }
        put!(self.out, r#","eventCategory":"{}""#, if management { "Management" } else { "Data" });
        match direct {
            Some(agent) if agent.is_console => put!(self.out, r#","sessionCredentialFromConsole":"true""#),
            Some(_) => put!(
                self.out,
                r#","tlsDetails":{{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"{}.{}.amazonaws.com"}}"#,
                call.source.service,
                call.region,
            ),
            None => {}
        }
        put!(self.out, "}}");
    }
}
