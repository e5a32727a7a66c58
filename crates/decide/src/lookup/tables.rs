//! Which members of which services' parameters and answers name resources.
//!
//! Keys as CloudTrail writes them; types as LookupEvents shows them.

/// A member that names a resource.
pub(super) struct Row {
    /// The member that it must stand in, or empty for any.
    parent: &'static str,
    key: &'static str,
    /// A part of the names of the events that mean this by the key, or empty for all.
    event: &'static str,
    pub(super) resource_type: &'static str,
}

impl Row {
    pub(super) fn is_for(&self, parent: &str, key: &str, event: &str) -> bool {
        self.key == key && (self.parent.is_empty() || self.parent == parent) && event.contains(self.event)
    }
}

const fn row(parent: &'static str, key: &'static str, resource_type: &'static str) -> Row {
    Row { parent, key, event: "", resource_type }
}

const fn row_in(event: &'static str, key: &'static str, resource_type: &'static str) -> Row {
    Row { parent: "", key, event, resource_type }
}

/// What is looked for in the events of the service whose `eventSource` is this raw JSON string, quotes
/// included.
pub(super) fn rows(raw_source: &str) -> Option<&'static [Row]> {
    let service = raw_source.strip_prefix('"')?.strip_suffix(".amazonaws.com\"")?;
    let rows = match service {
        "s3" => S3,
        "iam" => IAM,
        "sts" => STS,
        "ec2" => EC2,
        "cloudtrail" => CLOUDTRAIL,
        "kms" => KMS,
        "lambda" => LAMBDA,
        "secretsmanager" => SECRETS,
        "ssm" => SSM,
        "rds" => RDS,
        "dynamodb" => DYNAMODB,
        "sns" => SNS,
        "sqs" => SQS,
        "cloudformation" => CLOUDFORMATION,
        "logs" => LOGS,
        "monitoring" => MONITORING,
        "events" => EVENTS,
        "ecs" => ECS,
        "ecr" => ECR,
        "eks" => EKS,
        "kinesis" => KINESIS,
        "firehose" => FIREHOSE,
        "states" => STATES,
        "elasticloadbalancing" => ELB,
        "autoscaling" => AUTOSCALING,
        "redshift" => REDSHIFT,
        "route53" => ROUTE53,
        "cloudfront" => CLOUDFRONT,
        "acm" => ACM,
        "config" => CONFIG,
        "guardduty" => GUARDDUTY,
        "apigateway" => APIGATEWAY,
        "cognito-idp" => COGNITO,
        _ => return None,
    };
    Some(rows)
}

const S3: &[Row] = &[row("", "bucketName", "AWS::S3::Bucket")];

const IAM: &[Row] = &[
    row("", "userName", "AWS::IAM::User"),
    row("user", "arn", "AWS::IAM::User"),
    row("user", "userId", "AWS::IAM::User"),
    row("", "roleName", "AWS::IAM::Role"),
    row("role", "arn", "AWS::IAM::Role"),
    row("role", "roleId", "AWS::IAM::Role"),
    row("", "groupName", "AWS::IAM::Group"),
    row("group", "arn", "AWS::IAM::Group"),
    row("", "policyArn", "AWS::IAM::Policy"),
    row("", "policyName", "AWS::IAM::Policy"),
    row("policy", "arn", "AWS::IAM::Policy"),
    row("", "accessKeyId", "AWS::IAM::AccessKey"),
    row("", "instanceProfileName", "AWS::IAM::InstanceProfile"),
    row("instanceProfile", "arn", "AWS::IAM::InstanceProfile"),
    row("", "serialNumber", "AWS::IAM::MFADevice"),
    row("", "serverCertificateName", "AWS::IAM::ServerCertificate"),
    row("", "openIDConnectProviderArn", "AWS::IAM::OIDCProvider"),
    row("", "sAMLProviderArn", "AWS::IAM::SAMLProvider"),
];

const STS: &[Row] = &[
    row("", "roleArn", "AWS::IAM::Role"),
    row("credentials", "accessKeyId", "AWS::IAM::AccessKey"),
    row("assumedRoleUser", "assumedRoleId", "AWS::STS::AssumedRole"),
    row("assumedRoleUser", "arn", "AWS::STS::AssumedRole"),
    row("federatedUser", "arn", "AWS::STS::FederatedUser"),
];

const EC2: &[Row] = &[
    row("", "instanceId", "AWS::EC2::Instance"),
    row("", "imageId", "AWS::EC2::Ami"),
    row("", "groupId", "AWS::EC2::SecurityGroup"),
    row("", "groupName", "AWS::EC2::SecurityGroup"),
    row("", "vpcId", "AWS::EC2::VPC"),
    row("", "subnetId", "AWS::EC2::Subnet"),
    row("", "volumeId", "AWS::EC2::Volume"),
    row("", "snapshotId", "AWS::EC2::Snapshot"),
    row("", "networkInterfaceId", "AWS::EC2::NetworkInterface"),
    row("", "keyName", "AWS::EC2::KeyPair"),
    row("", "allocationId", "AWS::EC2::EIP"),
    row("", "routeTableId", "AWS::EC2::RouteTable"),
    row("", "internetGatewayId", "AWS::EC2::InternetGateway"),
    row("", "natGatewayId", "AWS::EC2::NatGateway"),
    row("", "networkAclId", "AWS::EC2::NetworkAcl"),
    row("", "dhcpOptionsId", "AWS::EC2::DHCPOptions"),
    row("", "vpcPeeringConnectionId", "AWS::EC2::VPCPeeringConnection"),
    row("", "customerGatewayId", "AWS::EC2::CustomerGateway"),
    row("", "vpnGatewayId", "AWS::EC2::VPNGateway"),
    row("", "vpnConnectionId", "AWS::EC2::VPNConnection"),
    row("", "launchTemplateId", "AWS::EC2::LaunchTemplate"),
    row("", "vpcEndpointId", "AWS::EC2::VPCEndpoint"),
    row("", "transitGatewayId", "AWS::EC2::TransitGateway"),
    row("", "flowLogId", "AWS::EC2::FlowLog"),
    row("", "hostId", "AWS::EC2::Host"),
];

const CLOUDTRAIL: &[Row] = &[
    row_in("Trail", "name", "AWS::CloudTrail::Trail"),
    row_in("Logging", "name", "AWS::CloudTrail::Trail"),
    row_in("EventDataStore", "name", "AWS::CloudTrail::EventDataStore"),
    row_in("Channel", "name", "AWS::CloudTrail::Channel"),
    row_in("Dashboard", "name", "AWS::CloudTrail::Dashboard"),
    row("", "trailName", "AWS::CloudTrail::Trail"),
    row("", "trailARN", "AWS::CloudTrail::Trail"),
    row("", "trailNameList", "AWS::CloudTrail::Trail"),
    row("", "s3BucketName", "AWS::S3::Bucket"),
    row("", "eventDataStore", "AWS::CloudTrail::EventDataStore"),
    row("", "eventDataStoreArn", "AWS::CloudTrail::EventDataStore"),
    row("", "channel", "AWS::CloudTrail::Channel"),
    row("", "channelArn", "AWS::CloudTrail::Channel"),
    row("", "dashboardArn", "AWS::CloudTrail::Dashboard"),
];

const KMS: &[Row] = &[
    row("", "keyId", "AWS::KMS::Key"),
    row("", "targetKeyId", "AWS::KMS::Key"),
    row("", "aliasName", "AWS::KMS::Alias"),
    row("keyMetadata", "arn", "AWS::KMS::Key"),
];

const LAMBDA: &[Row] = &[
    row("", "functionName", "AWS::Lambda::Function"),
    row("", "functionArn", "AWS::Lambda::Function"),
    row("", "layerName", "AWS::Lambda::LayerVersion"),
];

const SECRETS: &[Row] = &[
    row("", "secretId", "AWS::SecretsManager::Secret"),
    row("", "aRN", "AWS::SecretsManager::Secret"),
    row("", "arn", "AWS::SecretsManager::Secret"),
    row("", "name", "AWS::SecretsManager::Secret"),
];

const SSM: &[Row] = &[
    row("", "instanceId", "AWS::EC2::Instance"),
    row("", "instanceIds", "AWS::EC2::Instance"),
    row("", "documentName", "AWS::SSM::Document"),
    row_in("Document", "name", "AWS::SSM::Document"),
    row_in("Parameter", "name", "AWS::SSM::Parameter"),
    row_in("Parameter", "names", "AWS::SSM::Parameter"),
];

const RDS: &[Row] = &[
    row("", "dBInstanceIdentifier", "AWS::RDS::DBInstance"),
    row("", "dBInstanceArn", "AWS::RDS::DBInstance"),
    row("", "dBClusterIdentifier", "AWS::RDS::DBCluster"),
    row("", "dBClusterArn", "AWS::RDS::DBCluster"),
    row("", "dBSnapshotIdentifier", "AWS::RDS::DBSnapshot"),
    row("", "dBClusterSnapshotIdentifier", "AWS::RDS::DBClusterSnapshot"),
    row("", "dBSubnetGroupName", "AWS::RDS::DBSubnetGroup"),
    row("", "dBParameterGroupName", "AWS::RDS::DBParameterGroup"),
];

const DYNAMODB: &[Row] =
    &[row("", "tableName", "AWS::DynamoDB::Table"), row("", "tableArn", "AWS::DynamoDB::Table")];

const SNS: &[Row] = &[
    row("", "topicArn", "AWS::SNS::Topic"),
    row("", "name", "AWS::SNS::Topic"),
    row("", "subscriptionArn", "AWS::SNS::Subscription"),
];

const SQS: &[Row] = &[row("", "queueUrl", "AWS::SQS::Queue"), row("", "queueName", "AWS::SQS::Queue")];

const CLOUDFORMATION: &[Row] = &[
    row("", "stackName", "AWS::CloudFormation::Stack"),
    row("", "stackId", "AWS::CloudFormation::Stack"),
    row("", "changeSetName", "AWS::CloudFormation::ChangeSet"),
    row("", "stackSetName", "AWS::CloudFormation::StackSet"),
];

const LOGS: &[Row] = &[
    row("", "logGroupName", "AWS::Logs::LogGroup"),
    row("", "logGroupIdentifier", "AWS::Logs::LogGroup"),
    row("", "logStreamName", "AWS::Logs::LogStream"),
    row("", "destinationName", "AWS::Logs::Destination"),
];

const MONITORING: &[Row] = &[
    row("", "alarmName", "AWS::CloudWatch::Alarm"),
    row("", "alarmNames", "AWS::CloudWatch::Alarm"),
    row("", "dashboardName", "AWS::CloudWatch::Dashboard"),
];

const EVENTS: &[Row] = &[
    row("", "ruleArn", "AWS::Events::Rule"),
    row("", "rule", "AWS::Events::Rule"),
    row("", "name", "AWS::Events::Rule"),
    row("", "eventBusName", "AWS::Events::EventBus"),
];

const ECS: &[Row] = &[
    row("", "cluster", "AWS::ECS::Cluster"),
    row("", "clusterName", "AWS::ECS::Cluster"),
    row("", "service", "AWS::ECS::Service"),
    row("", "serviceName", "AWS::ECS::Service"),
    row("", "taskDefinition", "AWS::ECS::TaskDefinition"),
];

const ECR: &[Row] =
    &[row("", "repositoryName", "AWS::ECR::Repository"), row("", "repositoryArn", "AWS::ECR::Repository")];

const EKS: &[Row] = &[
    row("", "clusterName", "AWS::EKS::Cluster"),
    row("", "nodegroupName", "AWS::EKS::Nodegroup"),
    row("cluster", "arn", "AWS::EKS::Cluster"),
    row("", "name", "AWS::EKS::Cluster"),
];

const KINESIS: &[Row] =
    &[row("", "streamName", "AWS::Kinesis::Stream"), row("", "streamARN", "AWS::Kinesis::Stream")];

const FIREHOSE: &[Row] = &[row("", "deliveryStreamName", "AWS::KinesisFirehose::DeliveryStream")];

const STATES: &[Row] = &[
    row("", "stateMachineArn", "AWS::StepFunctions::StateMachine"),
    row("", "executionArn", "AWS::StepFunctions::Execution"),
];

const ELB: &[Row] = &[
    row("", "loadBalancerName", "AWS::ElasticLoadBalancing::LoadBalancer"),
    row("", "loadBalancerArn", "AWS::ElasticLoadBalancingV2::LoadBalancer"),
    row("", "targetGroupArn", "AWS::ElasticLoadBalancingV2::TargetGroup"),
    row("", "listenerArn", "AWS::ElasticLoadBalancingV2::Listener"),
];

const AUTOSCALING: &[Row] = &[
    row("", "autoScalingGroupName", "AWS::AutoScaling::AutoScalingGroup"),
    row("", "launchConfigurationName", "AWS::AutoScaling::LaunchConfiguration"),
    row("", "instanceId", "AWS::EC2::Instance"),
];

const REDSHIFT: &[Row] = &[row("", "clusterIdentifier", "AWS::Redshift::Cluster")];

const ROUTE53: &[Row] = &[
    row("", "hostedZoneId", "AWS::Route53::HostedZone"),
    row("hostedZone", "id", "AWS::Route53::HostedZone"),
];

const CLOUDFRONT: &[Row] = &[row("distribution", "id", "AWS::CloudFront::Distribution")];

const ACM: &[Row] = &[row("", "certificateArn", "AWS::ACM::Certificate")];

const CONFIG: &[Row] = &[
    row("", "configRuleName", "AWS::Config::ConfigRule"),
    row("", "configurationRecorderName", "AWS::Config::ConfigurationRecorder"),
    row("", "deliveryChannelName", "AWS::Config::DeliveryChannel"),
];

const GUARDDUTY: &[Row] = &[row("", "detectorId", "AWS::GuardDuty::Detector")];

const APIGATEWAY: &[Row] = &[row("", "restApiId", "AWS::ApiGateway::RestApi")];

const COGNITO: &[Row] = &[row("", "userPoolId", "AWS::Cognito::UserPool")];
