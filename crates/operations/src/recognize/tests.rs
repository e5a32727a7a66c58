use super::*;
use http::{HeaderName, HeaderValue};
use proptest::prelude::*;

/// A request in few words: method and target, then headers; who signed it; and its form.
fn recognized(line: &str, headers: &[(&str, &str)], signing_name: Option<&str>, form: &str) -> Recognized {
    let (method, target) = line.split_once(' ').expect("method and target");
    let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
    let pair = |(name, value): &(&str, &str)| {
        let name: HeaderName = name.parse().expect("a header's name");
        (name, HeaderValue::from_str(value).expect("a header's value"))
    };
    let host = headers.iter().find(|(name, _)| *name == "host").map_or("127.0.0.1:4580", |(_, host)| host);
    recognize(&Request {
        method,
        path,
        query,
        headers: &headers.iter().map(pair).collect(),
        host,
        base_hosts: &[],
        signing_name,
        form: form.as_bytes(),
    })
}

/// `service:Operation label=value`, or `source name` of what is not listed.
fn in_words(recognized: Recognized) -> String {
    match recognized {
        Recognized::Operation { operation, labels } => {
            let labels: String = labels.iter().map(|(name, value)| format!(" {name}={value}")).collect();
            format!("{operation:?}{labels}")
        }
        Recognized::Unlisted { event_source, event_name } => format!("{event_source} {event_name}"),
    }
}

fn check(line: &str, headers: &[(&str, &str)], signing_name: &str, form: &str, expected: &str) {
    let signing_name = Some(signing_name).filter(|name| !name.is_empty());
    assert_eq!(in_words(recognized(line, headers, signing_name, form)), expected, "{line}");
}

#[test]
fn json_services_are_told_by_their_target() {
    let target = |target| [("x-amz-target", target)];
    check("POST /", &target("DynamoDB_20120810.GetItem"), "dynamodb", "", "dynamodb:GetItem");
    check(
        "POST /",
        &target("DynamoDBStreams_20120810.GetRecords"),
        "dynamodb",
        "",
        "dynamodbstreams:GetRecords",
    );
    check(
        "POST /",
        &target("Timestream_20181101.WriteRecords"),
        "timestream",
        "",
        "timestream-write:WriteRecords",
    );
    check(
        "POST /",
        &target("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents"),
        "cloudtrail",
        "",
        "cloudtrail:LookupEvents",
    );
    check("POST /", &target("AWSCognitoIdentityProviderService.SignUp"), "", "", "cognito-idp:SignUp");
}

#[test]
fn forms_are_told_by_action_and_version() {
    check("POST /", &[], "iam", "Action=CreateUser&Version=2010-05-08&UserName=eve", "iam:CreateUser");
    check("POST /", &[], "ec2", "Action=RunInstances&Version=2016-11-15", "ec2:RunInstances");
    check("GET /?Action=GetCallerIdentity&Version=2011-06-15", &[], "sts", "", "sts:GetCallerIdentity");
    check(
        "POST /",
        &[],
        "elasticloadbalancing",
        "Action=DescribeTags&Version=2015-12-01",
        "elbv2:DescribeTags",
    );
    check(
        "POST /",
        &[],
        "elasticloadbalancing",
        "Action=DescribeTags&Version=2012-06-01",
        "elb:DescribeTags",
    );
    check("POST /1/queue", &[], "sqs", "Action=SendMessage&Version=2012-11-05", "sqs:SendMessage");
    let form = "Version=2011-06-15&Action=AssumeRoleWithWebIdentity";
    check("POST /", &[], "", form, "sts:AssumeRoleWithWebIdentity");
}

#[test]
fn a_name_is_the_same_however_it_is_encoded() {
    let form = "%41ction=DeleteUser&Action=ListUsers&Version=2010-05-08";
    check("POST /", &[], "iam", form, "iam:DeleteUser");
    check("GET /?A%63tio%6e=GetCallerIdentity&Version=2011-06-15", &[], "sts", "", "sts:GetCallerIdentity");
    check("POST /", &[], "iam", "Action&Action=ListUsers&Version=2010-05-08", "iam:ListUsers");
    check("PUT /b/k?%61cl", &[], "s3", "", "s3:PutObjectAcl Bucket=b Key=k");
    check("GET /b?list%2Dtype=%32", &[], "s3", "", "s3:ListObjectsV2 Bucket=b");
    check("GET /2015-03-31/%66unctions/f", &[], "lambda", "", "lambda:GetFunction FunctionName=f");
}

#[test]
fn cbor_services_are_told_by_their_path() {
    let path = "POST /service/GraniteServiceVersion20100801/operation/PutMetricData";
    check(path, &[], "monitoring", "", "cloudwatch:PutMetricData");
    check(path, &[], "", "", "cloudwatch:PutMetricData");
    check(
        path,
        &[],
        "s3",
        "",
        "s3:CompleteMultipartUpload Bucket=service \
        Key=GraniteServiceVersion20100801/operation/PutMetricData",
    );
}

#[test]
fn rest_services_are_told_by_method_and_path() {
    check("GET /2015-03-31/functions/", &[], "lambda", "", "lambda:ListFunctions");
    check("GET /2015-03-31/functions/f%3A1", &[], "lambda", "", "lambda:GetFunction FunctionName=f:1");
    check("POST /2015-03-31/functions/f/invocations", &[], "lambda", "", "lambda:Invoke FunctionName=f");
    check("POST /2013-04-01/hostedzone", &[], "route53", "", "route53:CreateHostedZone");
    check("GET /2021-01-01/opensearch/domain/d", &[], "es", "", "opensearch:DescribeDomain DomainName=d");
    check("GET /2015-01-01/es/domain/d", &[], "es", "", "es:DescribeElasticsearchDomain DomainName=d");
    check("GET /v2/apis", &[], "apigateway", "", "apigatewayv2:GetApis");
    check("POST /restapis?mode=import", &[], "apigateway", "", "apigateway:ImportRestApi");
    check("POST /restapis", &[], "apigateway", "", "apigateway:CreateRestApi");
    check(
        "PUT /portals/arn:a:portal/p/userSettings",
        &[],
        "workspaces-web",
        "",
        "workspaces-web:AssociateUserSettings portalArn=arn:a:portal/p",
    );
    check(
        "GET /federation/credentials?role_name=r&account_id=1",
        &[("x-amz-sso_bearer_token", "t")],
        "",
        "",
        "sso:GetRoleCredentials",
    );
    check(
        "GET /federation/credentials?role_name=r&account_id=1",
        &[],
        "",
        "",
        "s3:GetObject Bucket=federation Key=credentials",
    );
}

#[test]
fn objects_are_found_in_path_and_host() {
    check("GET /", &[], "s3", "", "s3:ListBuckets");
    check("GET /b?list-type=2&prefix=a", &[], "s3", "", "s3:ListObjectsV2 Bucket=b");
    check("GET /b/", &[], "s3", "", "s3:ListObjects Bucket=b");
    check("GET /b?acl", &[], "s3", "", "s3:GetBucketAcl Bucket=b");
    check("GET /b?lifecycle", &[], "s3", "", "s3:GetBucketLifecycleConfiguration Bucket=b");
    check("PUT /b/a%20b/c%2Fd", &[], "s3", "", "s3:PutObject Bucket=b Key=a b/c/d");
    check("GET /b//x", &[], "s3", "", "s3:GetObject Bucket=b Key=/x");
    check("GET /b/x/", &[], "s3", "", "s3:GetObject Bucket=b Key=x/");
    check("GET /x", &[("host", "b.s3.eu-west-1.amazonaws.com")], "s3", "", "s3:GetObject Bucket=b Key=x");
    check("GET /", &[("host", "b.localhost:4580")], "s3", "", "s3:ListObjects Bucket=b");
    check("PUT /b/k?partNumber=1&uploadId=u", &[], "s3", "", "s3:UploadPart Bucket=b Key=k");
    check("GET /b/k?uploadId=u", &[], "s3", "", "s3:ListParts Bucket=b Key=k");
    check("GET /b/k?x-id=GetObject", &[], "", "", "s3:GetObject Bucket=b Key=k");
    let copy = [("x-amz-copy-source", "b/k")];
    check("PUT /b/k", &copy, "s3", "", "s3:CopyObject Bucket=b Key=k");
    check("PUT /b/k?partNumber=1&uploadId=u", &copy, "s3", "", "s3:UploadPartCopy Bucket=b Key=k");
    check(
        "POST /b",
        &[("content-type", "multipart/form-data; boundary=x")],
        "",
        "",
        "s3.amazonaws.com PostObject",
    );
    let account = [("x-amz-account-id", "111122223333")];
    check("GET /v20180820/jobs", &account, "s3", "", "s3control:ListJobs");
    check("GET /v20180820/jobs", &[], "s3", "", "s3:GetObject Bucket=v20180820 Key=jobs");
    check("POST /S3Outposts/CreateEndpoint", &[], "s3-outposts", "", "s3outposts:CreateEndpoint");
}

#[test]
fn what_the_table_lacks_has_a_name_too() {
    check(
        "POST /",
        &[("x-amz-target", "DynamoDB_20120810.NewThing")],
        "dynamodb",
        "",
        "dynamodb.amazonaws.com NewThing",
    );
    check("POST /", &[], "iam", "Action=New%20Thing&Version=1", "iam.amazonaws.com NewThing");
    check("GET /things/42/sub-parts", &[], "lambda", "", "lambda.amazonaws.com GetThingsSubParts");
    check(" /42", &[], "newservice", "", "newservice.amazonaws.com Unknown");
    check("DELETE /things/x", &[], "newservice", "", "newservice.amazonaws.com DeleteThingsX");
    check("POST /", &[("x-amz-target", "Nothing_1.Do")], "", "", "127.0.0.1 Do");
    check("OPTIONS /b/k", &[], "s3", "", "s3.amazonaws.com OptionsBK");
    check("PATCH /x", &[("host", "lambda.us-east-1.amazonaws.com")], "", "", "lambda.amazonaws.com PatchX");
}

#[test]
fn a_signature_for_one_service_is_not_taken_for_a_call_of_another() {
    let target = [("x-amz-target", "DynamoDB_20120810.GetItem")];
    check("PUT /b/k", &target, "s3", "Action=CreateUser&Version=2010-05-08", "s3:PutObject Bucket=b Key=k");
    check("POST /", &target, "iam", "", "iam.amazonaws.com GetItem");
}

proptest! {
    #[test]
    fn every_request_gets_short_printable_names(
        method in "[A-Z]{0,9}",
        path in "/?(\\PC{0,9}/){0,40}\\PC{0,300}",
        query in proptest::option::of("(\\PC{0,9}[=&]){0,20}"),
        host in "\\PC{0,40}",
        target in proptest::option::of("[ -~]{0,300}"),
        signing_name in proptest::option::of(prop_oneof!["\\PC{0,200}", Just("s3".to_owned()), Just("iot".to_owned())]),
        form in proptest::collection::vec(any::<u8>(), 0..64),
    ) {
        let mut headers = HeaderMap::new();
        if let Some(target) = &target {
            headers.insert("x-amz-target", HeaderValue::from_str(target).expect("printable"));
        }
        let found = recognize(&Request {
            method: &method,
            path: &path,
            query: query.as_deref(),
            headers: &headers,
            host: &host,
            base_hosts: &[],
            signing_name: signing_name.as_deref(),
            form: &form,
        });
        if let Recognized::Unlisted { event_source, event_name } = found {
            for name in [event_source, event_name] {
                prop_assert!((1..=128).contains(&name.len()), "{name}");
                prop_assert!(name.bytes().all(|byte| byte.is_ascii_graphic()), "{name}");
            }
        }
    }
}
