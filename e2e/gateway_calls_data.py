"""Calls on what lies in resources: objects, items, messages, records, functions. And on the resources themselves."""

import io
import zipfile

from gateway_call import UPSTREAM_ACCOUNT, Kept, Service, read, service, write
from gateway_rules import ANYTHING, HIDDEN, AbsentOr, Secret, SecretBytes

OWN = "111122223333"
ROLE = f"arn:aws:iam::{UPSTREAM_ACCOUNT}:role/matrix-role"
TABLE = ("AWS::DynamoDB::Table", f"arn:aws:dynamodb:us-east-1:{OWN}:table/matrix")
NO_TABLE = ("AWS::DynamoDB::Table", f"arn:aws:dynamodb:us-east-1:{OWN}:table/none")
STREAM = ("AWS::Kinesis::Stream", f"arn:aws:kinesis:us-east-1:{OWN}:stream/matrix")
FUNCTION = ("AWS::Lambda::Function", f"arn:aws:lambda:us-east-1:{OWN}:function:matrix")
QUEUE = ("AWS::SQS::Queue", f"arn:aws:sqs:us-east-1:{UPSTREAM_ACCOUNT}:matrix")
TOPIC = ("AWS::SNS::Topic", f"arn:aws:sns:us-east-1:{UPSTREAM_ACCOUNT}:matrix")
TOPIC_ARN = TOPIC[1]
BUCKET = ("AWS::S3::Bucket", "arn:aws:s3:::matrix")
HOST = Kept("host")
# The name space of a body is shown as its attribute.
XMLNS = {"xmlns": ANYTHING}
SSE_KEY = SecretBytes(b"canary of an SSE-C key, 32 bytes"[:32])


def of_object(key: str) -> tuple[tuple[str, str], ...]:
    return (("AWS::S3::Object", f"arn:aws:s3:::matrix/{key}"), BUCKET)


def in_bucket(**more: object) -> dict[str, object]:
    return {"bucketName": "matrix", "Host": HOST, **more}


def code() -> bytes:
    """A function's code."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("handler.py", "def handle(event, context):\n    return event\n")
    return packed.getvalue()


S3 = service(
    "s3",
    "s3.amazonaws.com",
    write("CreateBucket", Bucket="matrix").requests(in_bucket()).answers(AbsentOr(ANYTHING)),
    read("HeadBucket", Bucket="matrix").requests(in_bucket()).of_data().touches(*of_object("")),
    read("ListBuckets").requests({"Host": HOST}),
    write("PutBucketVersioning", Bucket="matrix", VersioningConfiguration={"Status": "Enabled"})
    .requests(in_bucket(versioning="", VersioningConfiguration={"Status": "Enabled", "xmlns": ANYTHING}))
    .answers(None)
    .touches(BUCKET),
    read("GetBucketVersioning", Bucket="matrix").requests(in_bucket(versioning="")).touches(BUCKET),
    write(
        "PutBucketPolicy",
        Bucket="matrix",
        Policy='{"Version": "2012-10-17", "Statement": [{"Sid": "One", "Effect": "Allow", '
        '"Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::matrix/*"}]}',
    )
    .requests(
        in_bucket(
            policy="",
            bucketPolicy={
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Sid": "One",
                        "Effect": "Allow",
                        "Principal": "*",
                        "Action": "s3:GetObject",
                        "Resource": "arn:aws:s3:::matrix/*",
                    }
                ],
            },
        )
    )
    .touches(BUCKET),
    read("GetBucketPolicy", Bucket="matrix").requests(in_bucket(policy="")).touches(BUCKET),
    write("PutPublicAccessBlock", Bucket="matrix", PublicAccessBlockConfiguration={"BlockPublicAcls": True})
    .named("PutBucketPublicAccessBlock")
    .requests(in_bucket(publicAccessBlock="", PublicAccessBlockConfiguration={"BlockPublicAcls": True, **XMLNS}))
    .touches(BUCKET),
    read("GetPublicAccessBlock", Bucket="matrix")
    .named("GetBucketPublicAccessBlock")
    .requests(in_bucket(publicAccessBlock=""))
    .touches(BUCKET),
    write("PutBucketTagging", Bucket="matrix", Tagging={"TagSet": [{"Key": "team", "Value": "blue"}]})
    .requests(in_bucket(tagging="", Tagging={"TagSet": {"Tag": {"Key": "team", "Value": "blue"}}, **XMLNS}))
    .touches(BUCKET),
    write(
        "PutBucketEncryption",
        Bucket="matrix",
        ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]},
    )
    .requests(
        in_bucket(
            encryption="",
            ServerSideEncryptionConfiguration={
                "Rule": {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}},
                **XMLNS,
            },
        )
    )
    .touches(BUCKET),
    write(
        "PutBucketLifecycleConfiguration",
        Bucket="matrix",
        LifecycleConfiguration={
            "Rules": [{"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "old/"}, "Expiration": {"Days": 9}}]
        },
    )
    .named("PutBucketLifecycle")
    .requests(
        in_bucket(
            lifecycle="",
            LifecycleConfiguration={
                "Rule": {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "old/"}, "Expiration": {"Days": 9}},
                **XMLNS,
            },
        )
    )
    .touches(BUCKET),
    write("PutObject", Bucket="matrix", Key="a folder/öl & salz+.txt", Body=SecretBytes(b"canary of an object's body"))
    .requests(in_bucket(key="a folder/öl & salz+.txt"))
    .answers(ANYTHING)
    .of_data()
    .touches(*of_object("a folder/öl & salz+.txt")),
    read("GetObject", Bucket="matrix", Key="a folder/öl & salz+.txt")
    .requests(in_bucket(key="a folder/öl & salz+.txt"))
    .answers(AbsentOr(ANYTHING))
    .of_data()
    .touches(*of_object("a folder/öl & salz+.txt")),
    write("PutObject", Bucket="matrix", Key="sealed", Body=b"s", SSECustomerAlgorithm="AES256", SSECustomerKey=SSE_KEY)
    .requests(in_bucket(**{"key": "sealed", "x-amz-server-side-encryption-customer-algorithm": AbsentOr("AES256")}))
    .answers(AbsentOr(ANYTHING))
    .of_data()
    .touches(*of_object("sealed")),
    read("HeadObject", Bucket="matrix", Key="sealed")
    .requests(in_bucket(key="sealed"))
    .answers(AbsentOr(ANYTHING))
    .of_data()
    .touches(*of_object("sealed")),
    write("CopyObject", Bucket="matrix", Key="copy", CopySource="matrix/sealed")
    .requests(in_bucket(**{"key": "copy", "x-amz-copy-source": "matrix/sealed"}))
    .answers(AbsentOr(ANYTHING))
    .of_data()
    .touches(*of_object("copy")),
    write("PutObjectTagging", Bucket="matrix", Key="copy", Tagging={"TagSet": [{"Key": "team", "Value": "blue"}]})
    .requests(in_bucket(key="copy", tagging="", Tagging={"TagSet": {"Tag": {"Key": "team", "Value": "blue"}}, **XMLNS}))
    .answers(AbsentOr(ANYTHING))
    .of_data()
    .touches(*of_object("copy")),
    read("GetObjectTagging", Bucket="matrix", Key="copy")
    .requests(in_bucket(key="copy", tagging=""))
    .answers(AbsentOr(ANYTHING))
    .of_data()
    .touches(*of_object("copy")),
    read("ListObjectsV2", Bucket="matrix", Prefix="a", MaxKeys=5)
    .named("ListObjects")
    .requests(in_bucket(**{"list-type": "2", "prefix": "a", "max-keys": "5", "encoding-type": "url"}))
    .of_data()
    .touches(("AWS::S3::Object", "arn:aws:s3:::matrix/a"), BUCKET),
    write("CreateMultipartUpload", Bucket="matrix", Key="large")
    .keeping(upload="UploadId")
    .requests(in_bucket(key="large", uploads=""))
    .answers(AbsentOr(ANYTHING))
    .of_data()
    .touches(*of_object("large")),
    write(
        "UploadPart",
        Bucket="matrix",
        Key="large",
        UploadId=Kept("upload"),
        PartNumber=1,
        Body=SecretBytes(b"canary of a part's body"),
    )
    .keeping(part="ETag")
    .requests(in_bucket(key="large", uploadId=Kept("upload"), partNumber="1"))
    .answers(AbsentOr(ANYTHING))
    .of_data()
    .touches(*of_object("large")),
    write(
        "CompleteMultipartUpload",
        Bucket="matrix",
        Key="large",
        UploadId=Kept("upload"),
        MultipartUpload={"Parts": [{"ETag": Kept("part"), "PartNumber": 1}]},
    )
    .requests(in_bucket(key="large", uploadId=Kept("upload"), CompleteMultipartUpload=AbsentOr(ANYTHING)))
    .answers(AbsentOr(ANYTHING))
    .of_data()
    .touches(*of_object("large")),
    write("DeleteObjects", Bucket="matrix", Delete={"Objects": [{"Key": "large"}]})
    .requests(ANYTHING)
    .answers(AbsentOr(ANYTHING))
    .of_data()
    .touches(("AWS::S3::Object", "arn:aws:s3:::matrix/"), BUCKET),
    write("DeleteObject", Bucket="matrix", Key="copy")
    .requests(in_bucket(key="copy"))
    .answers(AbsentOr(ANYTHING))
    .of_data()
    .touches(*of_object("copy")),
    read("GetObject", Bucket="matrix", Key="none")
    .fails("NoSuchKey")
    .requests(in_bucket(key="none"))
    .of_data()
    .touches(*of_object("none")),
    read("HeadObject", Bucket="matrix", Key="none")
    .fails("NoSuchKey")
    .requests(in_bucket(key="none"))
    .of_data()
    .touches(*of_object("none")),
    read("GetObject", Bucket="nobodys-matrix", Key="k")
    .fails("NoSuchBucket")
    .requests({"bucketName": "nobodys-matrix", "key": "k", "Host": HOST})
    .of_data()
    .touches(("AWS::S3::Object", "arn:aws:s3:::nobodys-matrix/k"), ("AWS::S3::Bucket", "arn:aws:s3:::nobodys-matrix")),
    read("GetBucketCors", Bucket="matrix").fails("NoSuchCORSConfiguration").requests(in_bucket(cors="")).touches(BUCKET),
    write("DeleteBucket", Bucket="matrix").fails("BucketNotEmpty").requests(in_bucket()).touches(BUCKET),
)

DYNAMODB = service(
    "dynamodb",
    "dynamodb.amazonaws.com",
    write(
        "CreateTable",
        TableName="matrix",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    ).touches(TABLE),
    read("DescribeTable", TableName="matrix").touches(TABLE),
    read("ListTables", Limit=5),
    write("UpdateTimeToLive", TableName="matrix", TimeToLiveSpecification={"Enabled": True, "AttributeName": "until"}).touches(
        TABLE
    ),
    write("PutItem", TableName="matrix", Item={"id": {"S": "one"}, "note": {"S": Secret("canary of PutItem")}})
    .requests({"tableName": "matrix", "key": AbsentOr(ANYTHING), "item": ["id", "note"]})
    .answers(None)
    .of_data()
    .touches(TABLE),
    read("GetItem", TableName="matrix", Key={"id": {"S": "one"}}, ConsistentRead=True)
    .requests({"tableName": "matrix", "key": {"id": ANYTHING}, "consistentRead": True})
    .of_data()
    .touches(TABLE),
    write(
        "UpdateItem",
        TableName="matrix",
        Key={"id": {"S": "one"}},
        UpdateExpression="SET note = :n",
        ExpressionAttributeValues={":n": {"S": Secret("canary of UpdateItem")}},
    )
    .requests({"tableName": "matrix", "key": {"id": ANYTHING}, "updateExpression": "SET note = :n"})
    .answers(None)
    .of_data()
    .touches(TABLE),
    read(
        "Query",
        TableName="matrix",
        KeyConditionExpression="id = :i",
        ExpressionAttributeValues={":i": {"S": Secret("canary of Query")}},
    )
    .requests({"tableName": "matrix", "keyConditionExpression": "id = :i", "expressionAttributeValues": AbsentOr(HIDDEN)})
    .of_data()
    .touches(TABLE),
    read("Scan", TableName="matrix", Limit=5).requests({"tableName": "matrix", "limit": 5}).of_data().touches(TABLE),
    write(
        "BatchWriteItem",
        RequestItems={
            "matrix": [{"PutRequest": {"Item": {"id": {"S": "two"}, "note": {"S": Secret("canary of BatchWriteItem")}}}}]
        },
    )
    .requests(ANYTHING)
    .answers(None)
    .of_data()
    .touches(TABLE),
    read("BatchGetItem", RequestItems={"matrix": {"Keys": [{"id": {"S": "two"}}]}}).requests(ANYTHING).of_data().touches(TABLE),
    write("DeleteItem", TableName="matrix", Key={"id": {"S": "two"}})
    .requests({"tableName": "matrix", "key": {"id": ANYTHING}})
    .answers(None)
    .of_data()
    .touches(TABLE),
    write("PutItem", TableName="matrix", Item={"id": {"S": "one"}}, ConditionExpression="attribute_not_exists(id)")
    .fails("ConditionalCheckFailedException")
    .requests(ANYTHING)
    .of_data()
    .touches(TABLE),
    read("GetItem", TableName="none", Key={"id": {"S": "one"}})
    .fails("ResourceNotFoundException")
    .requests(ANYTHING)
    .of_data()
    .touches(NO_TABLE),
    write("DeleteTable", TableName="matrix").touches(TABLE),
)

MESSAGES: tuple[Service, ...] = (
    service(
        "sqs",
        "sqs.amazonaws.com",
        write("CreateQueue", QueueName="matrix", Attributes={"VisibilityTimeout": "0"}).keeping(queue="QueueUrl"),
        read("GetQueueUrl", QueueName="matrix"),
        read("ListQueues", QueueNamePrefix="mat"),
        write("SendMessage", QueueUrl=Kept("queue"), MessageBody=Secret("canary of SendMessage"))
        .requests({"queueUrl": Kept("queue"), "messageBody": HIDDEN})
        .answers(ANYTHING)
        .of_data()
        .touches(QUEUE),
        write(
            "SendMessageBatch", QueueUrl=Kept("queue"), Entries=[{"Id": "1", "MessageBody": Secret("canary of SendMessageBatch")}]
        )
        .answers(ANYTHING)
        .of_data()
        .touches(QUEUE),
        # It takes messages, so it is no read.
        write("ReceiveMessage", QueueUrl=Kept("queue"), MaxNumberOfMessages=1)
        .keeping(receipt="Messages.0.ReceiptHandle")
        .requests({"queueUrl": Kept("queue"), "maxNumberOfMessages": 1})
        .answers(None)
        .of_data()
        .touches(QUEUE),
        write("DeleteMessage", QueueUrl=Kept("queue"), ReceiptHandle=Kept("receipt")).of_data().touches(QUEUE),
        read("GetQueueAttributes", QueueUrl=Kept("queue"), AttributeNames=["All"]),
        write("SetQueueAttributes", QueueUrl=Kept("queue"), Attributes={"VisibilityTimeout": "9"}),
        write("PurgeQueue", QueueUrl=Kept("queue")),
        write("DeleteQueue", QueueUrl=Kept("queue")),
        read("GetQueueUrl", QueueName="none").fails("AWS.SimpleQueueService.NonExistentQueue"),
    ),
    service(
        "sns",
        "sns.amazonaws.com",
        write("CreateTopic", Name="matrix"),
        write("SetTopicAttributes", TopicArn=TOPIC_ARN, AttributeName="DisplayName", AttributeValue="the matrix's"),
        read("GetTopicAttributes", TopicArn=TOPIC_ARN),
        read("ListTopics"),
        write("Subscribe", TopicArn=TOPIC_ARN, Protocol="email", Endpoint="matrix@example.com").keeping(
            subscription="SubscriptionArn"
        ),
        read("ListSubscriptionsByTopic", TopicArn=TOPIC_ARN),
        write("Publish", TopicArn=TOPIC_ARN, Message=Secret("canary of Publish"), Subject=Secret("canary of a subject"))
        .requests({"topicArn": TOPIC_ARN, "message": HIDDEN, "subject": HIDDEN})
        .of_data()
        .touches(TOPIC),
        write(
            "PublishBatch",
            TopicArn=TOPIC_ARN,
            PublishBatchRequestEntries=[{"Id": "1", "Message": Secret("canary of PublishBatch")}],
        )
        .answers(ANYTHING)
        .of_data()
        .touches(TOPIC),
        write("Unsubscribe", SubscriptionArn=Kept("subscription")),
        write("TagResource", ResourceArn=TOPIC_ARN, Tags=[{"Key": "team", "Value": "blue"}]),
        write("DeleteTopic", TopicArn=TOPIC_ARN),
        read("GetTopicAttributes", TopicArn=f"{TOPIC_ARN}-none").fails("NotFound"),
    ),
    service(
        "kinesis",
        "kinesis.amazonaws.com",
        write("CreateStream", StreamName="matrix", ShardCount=1).touches(STREAM),
        read("DescribeStreamSummary", StreamName="matrix").touches(STREAM),
        read("ListStreams", Limit=5),
        write("PutRecord", StreamName="matrix", Data=SecretBytes(b"canary of PutRecord"), PartitionKey="one")
        .requests({"streamName": "matrix", "partitionKey": "one"})
        .of_data()
        .touches(STREAM),
        write("PutRecords", StreamName="matrix", Records=[{"Data": SecretBytes(b"canary of PutRecords"), "PartitionKey": "two"}])
        .requests({"streamName": "matrix", "records": [{"partitionKey": "two"}]})
        .of_data()
        .touches(STREAM),
        read("GetShardIterator", StreamName="matrix", ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON")
        .of_data()
        .touches(STREAM),
        write("AddTagsToStream", StreamName="matrix", Tags={"Team": "blue"}).touches(STREAM),
        write("DeleteStream", StreamName="matrix").touches(STREAM),
        read("DescribeStream", StreamName="none")
        .fails("ResourceNotFoundException")
        .touches(("AWS::Kinesis::Stream", f"arn:aws:kinesis:us-east-1:{OWN}:stream/none")),
    ),
    service(
        "firehose",
        "firehose.amazonaws.com",
        write(
            "CreateDeliveryStream",
            DeliveryStreamName="matrix",
            S3DestinationConfiguration={"RoleARN": ROLE, "BucketARN": "arn:aws:s3:::matrix"},
        ),
        read("ListDeliveryStreams", Limit=5),
        read("DescribeDeliveryStream", DeliveryStreamName="none").fails("ResourceNotFoundException"),
    ),
)

LAMBDA = service(
    "lambda",
    "lambda.amazonaws.com",
    write(
        "CreateFunction",
        FunctionName="matrix",
        Runtime="python3.12",
        Role=ROLE,
        Handler="handler.handle",
        Code={"ZipFile": code()},
        Timeout=3,
        Publish=False,
        Environment={"Variables": {"TOKEN": Secret("canary of CreateFunction")}},
        Tags={"Team": "blue"},
    )
    .named("CreateFunction20150331")
    .requests(
        {
            "functionName": "matrix",
            "runtime": "python3.12",
            "role": ROLE,
            "handler": "handler.handle",
            "timeout": 3,
            "publish": False,
            "environment": AbsentOr(ANYTHING),
            "tags": {"Team": "blue"},
        }
    )
    .answers(ANYTHING),
    read("GetFunction", FunctionName="matrix").named("GetFunction20150331v2"),
    read("ListFunctions", MaxItems=5).named("ListFunctions20150331"),
    write(
        "UpdateFunctionConfiguration",
        FunctionName="matrix",
        Timeout=9,
        Environment={"Variables": {"TOKEN": Secret("canary of UpdateFunctionConfiguration")}},
    )
    .named("UpdateFunctionConfiguration20150331v2")
    .requests({"functionName": "matrix", "timeout": 9, "environment": AbsentOr(ANYTHING)})
    .answers(ANYTHING),
    write("UpdateFunctionCode", FunctionName="matrix", ZipFile=code(), Publish=True)
    .named("UpdateFunctionCode20150331v2")
    .requests({"functionName": "matrix", "publish": True})
    .answers(ANYTHING),
    write("AddPermission", FunctionName="matrix", StatementId="open", Action="lambda:InvokeFunction", Principal="*")
    .named("AddPermission20150331v2")
    .answers({"statement": ANYTHING}),
    read("GetPolicy", FunctionName="matrix").named("GetPolicy20150331v2"),
    write("TagResource", Resource=f"arn:aws:lambda:us-east-1:{UPSTREAM_ACCOUNT}:function:matrix", Tags={"Team": "red"}).named(
        "TagResource20170331v2"
    ),
    write("Invoke", FunctionName="none", Payload=SecretBytes(b'{"canary": "of Invoke"}'))
    .fails("ResourceNotFoundException")
    .requests({"functionName": "none"})
    .of_data()
    .touches(("AWS::Lambda::Function", f"arn:aws:lambda:us-east-1:{OWN}:function:none")),
    write("DeleteFunction", FunctionName="matrix").named("DeleteFunction20150331").answers(None),
    read("GetFunction", FunctionName="none").named("GetFunction20150331v2").fails("ResourceNotFoundException"),
)

SERVICES = (S3, DYNAMODB, *MESSAGES, LAMBDA)
