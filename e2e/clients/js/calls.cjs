// Calls of several protocols by the AWS SDK for JavaScript v3. Prints what it saw as one JSON object.
// Arguments: the bucket, the name of everything else, the bytes of the large object.
"use strict";

const { createHash, randomBytes } = require("node:crypto");
const { DynamoDBClient, CreateTableCommand, PutItemCommand, GetItemCommand } = require("@aws-sdk/client-dynamodb");
const { EC2Client, DescribeInstancesCommand, CreateKeyPairCommand } = require("@aws-sdk/client-ec2");
const { IAMClient, CreateUserCommand, GetUserCommand } = require("@aws-sdk/client-iam");
const { S3Client, CreateBucketCommand, GetObjectCommand, PutObjectCommand } = require("@aws-sdk/client-s3");
const { SQSClient, CreateQueueCommand, SendMessageCommand } = require("@aws-sdk/client-sqs");
const { Upload } = require("@aws-sdk/lib-storage");
const { getSignedUrl } = require("@aws-sdk/s3-request-presigner");

const [bucket, name, size] = process.argv.slice(2);
const settings = { maxAttempts: 1 };

const digest = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** The name of the error that a call fails with. */
async function failure(call) {
  try {
    await call;
    return null;
  } catch (error) {
    return error.name;
  }
}

async function objects(seen) {
  const s3 = new S3Client({ ...settings, forcePathStyle: true });
  const body = randomBytes(Number(size));
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: "small", Body: "a small object", ContentType: "text/plain" }));
  await new Upload({ client: s3, params: { Bucket: bucket, Key: "large", Body: body }, partSize: 5 << 20 }).done();
  const large = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: "large" }));
  seen.sent = digest(body);
  seen.received = digest(await large.Body.transformToByteArray());
  const url = await getSignedUrl(s3, new GetObjectCommand({ Bucket: bucket, Key: "small" }));
  seen.presigned = await (await fetch(url)).text();
  seen.missing = await failure(s3.send(new GetObjectCommand({ Bucket: bucket, Key: "none" })));
}

async function others(seen) {
  const iam = new IAMClient(settings);
  seen.user = (await iam.send(new CreateUserCommand({ UserName: name }))).User.UserName;
  seen.nobody = await failure(iam.send(new GetUserCommand({ UserName: `${name}-nobody` })));

  const dynamodb = new DynamoDBClient(settings);
  await dynamodb.send(new CreateTableCommand({
    TableName: name,
    BillingMode: "PAY_PER_REQUEST",
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
  }));
  await dynamodb.send(new PutItemCommand({ TableName: name, Item: { id: { S: "one" }, note: { S: "kept" } } }));
  seen.item = (await dynamodb.send(new GetItemCommand({ TableName: name, Key: { id: { S: "one" } } }))).Item.note.S;

  const sqs = new SQSClient(settings);
  const queue = (await sqs.send(new CreateQueueCommand({ QueueName: name }))).QueueUrl;
  seen.message = (await sqs.send(new SendMessageCommand({ QueueUrl: queue, MessageBody: "a message" }))).MessageId;

  const ec2 = new EC2Client(settings);
  seen.pair = (await ec2.send(new CreateKeyPairCommand({ KeyName: name }))).KeyName;
  seen.instances = await failure(ec2.send(new DescribeInstancesCommand({ InstanceIds: ["i-0123456789abcdef0"] })));
}

async function main() {
  const seen = {};
  await objects(seen);
  await others(seen);
  console.log(JSON.stringify(seen));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
