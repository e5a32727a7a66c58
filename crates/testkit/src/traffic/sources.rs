//! Which services are called, how often, and by which names.
//!
//! Weights and the order of names follow the statistics of a public lab's CloudTrail files; services that
//! were not called there have small weights. Names are those of AWS's public API models.

use crate::dice::{Dice, Weighted};

/// What the parameters of a service's calls look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Lists with filters, writes with tags: `ec2`.
    Filter,
    /// One thing by its name.
    Named,
    /// Roles, users and their policies.
    Policy,
    /// Buckets.
    Bucket,
    /// KMS keys.
    Key,
    /// Secrets.
    Secret,
    /// Roles to assume.
    Role,
    /// The console's sign-in, which has no parameters.
    SignIn,
}

/// One service.
#[derive(Debug)]
pub(super) struct Source {
    /// `ec2` of `ec2.amazonaws.com`.
    pub(super) service: &'static str,
    /// Its share of the management events, of about 10,000.
    weight: usize,
    /// What its parameters look like.
    pub(super) shape: Shape,
    /// Names of reading calls, the most frequent first, with spaces between.
    reads: &'static str,
    /// Names of writing calls likewise.
    writes: &'static str,
}

#[cfg(test)]
impl Source {
    /// All names of its calls.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.reads.split_ascii_whitespace().chain(self.writes.split_ascii_whitespace())
    }
}

/// Of 1,000 management events so many only read.
const READS: usize = 802;

/// Draws services and names.
#[derive(Clone, Debug)]
pub(super) struct Sources {
    weights: Weighted,
    reads: Vec<Names>,
    writes: Vec<Names>,
}

/// The names of one service's calls of one kind.
#[derive(Clone, Debug)]
struct Names {
    names: Vec<&'static str>,
    ranks: Weighted,
}

impl Sources {
    pub(super) fn new() -> Sources {
        Sources {
            weights: Weighted::new(SOURCES.iter().map(|source| source.weight)),
            reads: SOURCES.iter().map(|source| Names::new(source.reads)).collect(),
            writes: SOURCES.iter().map(|source| Names::new(source.writes)).collect(),
        }
    }

    /// A service, the name of one of its calls, and whether that only reads.
    pub(super) fn draw(&self, dice: &mut Dice) -> (&'static Source, &'static str, bool) {
        let at = self.weights.draw(dice);
        let reads = dice.per_mille(READS);
        // Some services have names of one kind only.
        let reads = if reads { !self.reads[at].names.is_empty() } else { self.writes[at].names.is_empty() };
        let names = if reads { &self.reads[at] } else { &self.writes[at] };
        (&SOURCES[at], names.draw(dice), reads)
    }
}

impl Names {
    fn new(names: &'static str) -> Names {
        let names: Vec<&str> = names.split_ascii_whitespace().collect();
        Names { ranks: Weighted::by_rank(names.len()), names }
    }

    fn draw(&self, dice: &mut Dice) -> &'static str {
        self.names[self.ranks.draw(dice)]
    }
}

/// The service that `name` stands for; it is one of [`SOURCES`].
pub(super) fn named(service: &str) -> &'static Source {
    SOURCES.iter().find(|source| source.service == service).expect("callers name services of the table")
}

/// Names of calls on objects, with their weights; these are data events of `s3`.
pub(super) const OBJECT_CALLS: [(&str, usize); 4] =
    [("PutObject", 520), ("GetObject", 400), ("HeadBucket", 50), ("ListObjects", 30)];

/// Names of service events: what AWS did by itself, and for which service.
pub(super) const SERVICE_EVENTS: [(&str, &str); 3] = [
    ("secretsmanager", "StartSecretVersionDelete"),
    ("secretsmanager", "EndSecretVersionDelete"),
    ("kms", "RotateKey"),
];

/// Calls that services make on a customer's behalf.
pub(super) const SERVICE_CALLS: [(&str, &str, &str); 5] = [
    ("s3", "GetBucketAcl", "cloudtrail.amazonaws.com"),
    ("sts", "AssumeRole", "ec2.amazonaws.com"),
    ("sts", "AssumeRole", "lambda.amazonaws.com"),
    ("kms", "GenerateDataKey", "cloudtrail.amazonaws.com"),
    ("kms", "Decrypt", "secretsmanager.amazonaws.com"),
];

/// 40 services; with [`OBJECT_CALLS`] and [`SERVICE_EVENTS`] they have 600 different names.
pub(super) const SOURCES: &[Source] = &[
    Source {
        service: "ec2",
        weight: 3076,
        shape: Shape::Filter,
        reads: "DescribeRouteTables DescribeNatGateways DescribeVpcAttribute DescribeVpcs DescribeSubnets \
         DescribeAccountAttributes DescribeSecurityGroups GetPasswordData DescribeAvailabilityZones \
         DescribeNetworkAcls DescribeInstanceAttribute DescribeInternetGateways DescribeInstances \
         DescribeImages DescribeAddresses DescribeNetworkInterfaces DescribeVolumes \
         DescribeSnapshots DescribeTags DescribeInstanceStatus DescribeBundleTasks \
         DescribeByoipCidrs DescribeCapacityBlocks DescribeCarrierGateways DescribeClientVpnRoutes \
         DescribeCoipPools DescribeConversionTasks DescribeDhcpOptions DescribeElasticGpus \
         DescribeExportTasks DescribeFleetHistory DescribeFleetInstances DescribeFleets \
         DescribeFlowLogs DescribeFpgaImages DescribeHosts DescribeIdFormat DescribeImageAttribute \
         DescribeImageReferences DescribeInstanceTypes DescribeIpamByoasn DescribeIpamPolicies \
         DescribeIpamPools DescribeIpamScopes DescribeIpams DescribeIpv6Pools DescribeKeyPairs \
         DescribeLaunchTemplates DescribeLocalGateways DescribeLockedSnapshots DescribeMacHosts \
         DescribeMovingAddresses DescribeOutpostLags DescribePlacementGroups DescribePrefixLists \
         DescribeRegions DescribeRouteServers DescribeVolumeStatus DescribeVpcClassicLink \
         DescribeVpcEndpoints DescribeVpnConnections DescribeVpnGateways GetCoipPoolUsage \
         GetConsoleOutput GetConsoleScreenshot GetEbsDefaultKmsKeyId GetEnabledIpamPolicy \
         GetImageAncestry GetImageFindings GetInstanceTpmEkPub GetInstanceUefiData \
         GetIpamAddressHistory GetIpamPoolAllocations GetIpamPoolCidrs GetIpamResourceCidrs \
         GetLaunchTemplateData GetSpotPlacementScores ListImagesInRecycleBin",
        writes: "CreateTags RunInstances TerminateInstances AuthorizeSecurityGroupIngress \
         CreateSecurityGroup DeleteSecurityGroup CreateNetworkInterface DeleteNetworkInterface \
         AttachVolume ModifyInstanceAttribute AllocateAddress AllocateHosts BundleInstance \
         CopyFpgaImage CopyImage CopySnapshot CopyVolumes CreateCoipCidr CreateCoipPool CreateFleet \
         CreateFlowLogs CreateImage CreateIpam CreateIpamPool CreateKeyPair CreateRoute \
         CreateSnapshot CreateSubnet CreateVolume CreateVpc DeleteCoipCidr DeleteCoipPool \
         DeleteFleets DeleteFlowLogs DeleteIpam DeleteIpamPool DeleteKeyPair DeleteRoute \
         DeleteSnapshot DeleteSubnet DeleteTags DeleteVolume DeleteVpc DetachVolume DisableImage \
         EnableImage EnableVolumeIO ExportImage ImportImage ImportInstance ImportKeyPair \
         ImportSnapshot ImportVolume LockSnapshot ModifyFleet ModifyHosts ModifyIdFormat ModifyIpam \
         ModifyIpamPool ModifyVolume RegisterImage ReleaseAddress ReleaseHosts ReplaceRoute \
         StartInstances StopInstances UnlockSnapshot",
    },
    Source {
        service: "ssm",
        weight: 1683,
        shape: Shape::Named,
        reads: "DescribeParameters GetParameter ListTagsForResource DescribeInstanceInformation \
         GetParameters DescribeDocument DescribeOpsItems DescribeSessions GetAccessToken \
         GetCalendarState GetCloudConnector GetDocument GetInventory GetOpsItem GetOpsMetadata \
         GetOpsSummary GetPatchBaseline ListAssociations ListCommands ListDocuments ListNodes \
         ListNodesSummary ListOpsMetadata",
        writes: "DeleteParameter PutParameter SendCommand StartSession TerminateSession AddTagsToResource \
         CancelCommand CreateActivation CreateAssociation CreateDocument CreateOpsItem \
         CreateOpsMetadata DeleteActivation DeleteAssociation DeleteDocument DeleteInventory \
         DeleteOpsItem DeleteParameters PutInventory ResumeSession UpdateDocument UpdateOpsItem",
    },
    Source {
        service: "iam",
        weight: 1372,
        shape: Shape::Policy,
        reads: "GetUser ListAttachedRolePolicies ListRolePolicies GetRole GetPolicy ListRoles ListUsers \
         GetAccountSummary GetGroup GetGroupPolicy GetInstanceProfile GetLoginProfile GetMFADevice \
         GetPolicyVersion GetRolePolicy GetSAMLProvider GetSSHPublicKey GetUserPolicy \
         ListAccessKeys ListAccountAliases ListGroupPolicies ListGroups ListGroupsForUser \
         ListMFADeviceTags ListMFADevices ListPolicies ListPolicyTags ListPolicyVersions \
         ListRoleTags ListSAMLProviders ListSSHPublicKeys ListUserPolicies ListUserTags",
        writes: "CreateRole AttachRolePolicy PutRolePolicy CreateUser CreateAccessKey AcquireRole \
         AddUserToGroup ChangePassword CreateGroup CreatePolicy DeleteAccessKey DeleteGroup \
         DeletePolicy DeleteRole DeleteUser EnableMFADevice PutGroupPolicy PutUserPolicy \
         ResyncMFADevice TagMFADevice TagPolicy TagRole TagSAMLProvider TagUser UntagMFADevice \
         UntagPolicy UntagRole UntagUser UpdateGroup UpdateRole UpdateUser",
    },
    Source {
        service: "s3",
        weight: 935,
        shape: Shape::Bucket,
        reads: "GetBucketAcl GetBucketLogging GetBucketPublicAccessBlock GetBucketPolicyStatus \
         GetBucketLocation GetBucketPolicy ListBuckets GetBucketAbac GetBucketCors \
         GetBucketEncryption GetBucketMetricsConfiguration GetBucketOwnershipControls \
         GetBucketReplication GetBucketRequestPayment GetBucketTagging GetBucketVersioning \
         GetBucketWebsite ListDirectoryBuckets",
        writes: "PutBucketPolicy CreateBucket PutBucketTagging DeleteBucketPolicy PutBucketEncryption \
         CreateSession DeleteBucket DeleteBucketCors DeleteBucketTagging DeleteBucketWebsite \
         PutBucketAbac PutBucketAcl PutBucketCors PutBucketLifecycle PutBucketLogging \
         PutBucketWebsite",
    },
    Source {
        service: "kms",
        weight: 828,
        shape: Shape::Key,
        reads: "Decrypt GenerateDataKey Encrypt DescribeKey ListAliases GetKeyLastUsage GetKeyPolicy \
         GetPublicKey ListGrants ListKeys",
        writes: "CreateGrant CreateKey RetireGrant EnableKey ReEncrypt Sign Verify VerifyMac",
    },
    Source {
        service: "secretsmanager",
        weight: 803,
        shape: Shape::Secret,
        reads: "GetSecretValue GetResourcePolicy DescribeSecret ListSecrets BatchGetSecretValue \
         GetRandomPassword ListResourcePolicies",
        writes: "CreateSecret PutSecretValue DeleteSecret UpdateSecret RestoreSecret RotateSecret \
         TagResource",
    },
    Source {
        service: "rds",
        weight: 517,
        shape: Shape::Named,
        reads: "DescribeOrderableDBInstanceOptions DescribeDBInstances DescribeDBEngineVersions \
         DescribeDBClusters DescribeCertificates DescribeDBLogFiles DescribeDBParameters \
         DescribeDBProxies DescribeDBSnapshots DescribeEvents DescribeExportTasks \
         DescribeIntegrations ListTagsForResource",
        writes: "CreateDBInstance DeleteDBInstance ModifyDBInstance CreateDBSnapshot CopyDBSnapshot \
         CopyOptionGroup CreateDBCluster CreateDBProxy DeleteDBProxy ModifyDBProxy StartDBCluster \
         StopDBCluster StopDBInstance",
    },
    Source {
        service: "sts",
        weight: 221,
        shape: Shape::Role,
        reads: "AssumeRole GetCallerIdentity AssumeRoleWithWebIdentity AssumeRoleWithSAML GetSessionToken",
        writes: "",
    },
    Source {
        service: "health",
        weight: 166,
        shape: Shape::Filter,
        reads: "DescribeEventAggregates DescribeEvents DescribeEventTypes DescribeTagKeys DescribeTags",
        writes: "",
    },
    Source {
        service: "cloudtrail",
        weight: 121,
        shape: Shape::Named,
        reads: "DescribeTrails GetTrailStatus LookupEvents GetEventSelectors GetTrail ListTags",
        writes: "CreateTrail StartLogging StopLogging DeleteTrail PutEventSelectors AddTags RemoveTags \
         StartQuery",
    },
    Source {
        service: "lambda",
        weight: 93,
        shape: Shape::Named,
        reads: "ListFunctions GetFunction GetPolicy GetFunctionConfiguration GetAlias GetLayerVersion \
         GetResourcePolicy ListAliases ListLayerVersions ListLayers ListTags",
        writes: "UpdateFunctionCode CreateFunction AddPermission UpdateFunctionConfiguration CreateAlias \
         DeleteAlias Invoke InvokeAsync TagResource UntagResource UpdateAlias",
    },
    Source {
        service: "logs",
        weight: 40,
        shape: Shape::Named,
        reads: "DescribeLogGroups DescribeLogStreams DescribeMetricFilters GetDelivery GetLogEvents \
         GetLogFields GetLogObject GetLogRecord",
        writes: "CreateLogStream CreateLogGroup PutRetentionPolicy PutLogEvents StartQuery StopQuery \
         TagLogGroup TagResource",
    },
    Source {
        service: "monitoring",
        weight: 28,
        shape: Shape::Named,
        reads: "DescribeAlarms ListMetrics ListDashboards GetDashboard GetDataset",
        writes: "PutMetricAlarm DeleteAlarms PutDashboard PutLogAlarm TagResource",
    },
    Source {
        service: "compute-optimizer",
        weight: 6,
        shape: Shape::Filter,
        reads: "GetEnrollmentStatus GetIdleRecommendations GetLicenseRecommendations",
        writes: "UpdateEnrollmentStatus",
    },
    Source {
        service: "elasticloadbalancing",
        weight: 16,
        shape: Shape::Filter,
        reads: "DescribeLoadBalancers DescribeTargetGroups DescribeTargetHealth DescribeListeners \
         DescribeRules DescribeSSLPolicies DescribeTags DescribeTrustStores GetResourcePolicy",
        writes: "RegisterTargets DeregisterTargets AddTags CreateRule DeleteRule ModifyRule RemoveTags",
    },
    Source {
        service: "bedrock",
        weight: 5,
        shape: Shape::Named,
        reads: "ListFoundationModels GetFoundationModelAvailability GetCustomModel GetGuardrail",
        writes: "PutModelInvocationLoggingConfiguration CreateGuardrail TagResource UntagResource",
    },
    Source {
        service: "sns",
        weight: 6,
        shape: Shape::Named,
        reads: "GetTopicAttributes ListTopics GetSMSAttributes ListSubscriptions ListTagsForResource",
        writes: "CreateTopic Subscribe DeleteTopic Publish TagResource",
    },
    Source { service: "signin", weight: 10, shape: Shape::SignIn, reads: "", writes: "ConsoleLogin" },
    Source {
        service: "rolesanywhere",
        weight: 6,
        shape: Shape::Named,
        reads: "ListTrustAnchors ListProfiles GetCrl ListCrls",
        writes: "CreateTrustAnchor DeleteCrl",
    },
    Source {
        service: "resource-groups",
        weight: 4,
        shape: Shape::Filter,
        reads: "ListGroups GetGroup GetTags",
        writes: "CreateGroup Tag",
    },
    Source {
        service: "route53resolver",
        weight: 4,
        shape: Shape::Filter,
        reads: "ListFirewallRuleGroupAssociations ListResolverEndpoints GetFirewallConfig GetResolverRule",
        writes: "DeleteResolverQueryLogConfig TagResource",
    },
    Source {
        service: "config",
        weight: 5,
        shape: Shape::Named,
        reads: "DescribeConfigurationRecorders DescribeConfigurationRecorderStatus GetConnector \
         GetStoredQuery ListConnectors ListStoredQueries",
        writes: "PutEvaluations StopConfigurationRecorder PutConfigRule PutConnector TagResource \
         UntagResource",
    },
    Source {
        service: "cloudformation",
        weight: 6,
        shape: Shape::Named,
        reads: "DescribeStacks ListStacks DescribeStackEvents GetTemplate ListExports ListTypes TestType",
        writes: "CreateStack UpdateStack CreateChangeSet DeleteStack PublishType RemoveAlias SetAlias",
    },
    Source {
        service: "ec2-instance-connect",
        weight: 3,
        shape: Shape::Named,
        reads: "",
        writes: "SendSSHPublicKey SendSerialConsoleSSHPublicKey",
    },
    Source {
        service: "organizations",
        weight: 5,
        shape: Shape::Policy,
        reads: "DescribeOrganization ListAccounts ListChildren ListParents ListPolicies ListRoots",
        writes: "LeaveOrganization AttachPolicy MoveAccount TagResource",
    },
    Source {
        service: "guardduty",
        weight: 5,
        shape: Shape::Named,
        reads: "ListDetectors GetDetector GetFindings GetFilter GetIPSet",
        writes: "UpdateDetector DeleteDetector CreateIPSet DeleteIPSet TagResource",
    },
    Source {
        service: "devops-guru",
        weight: 4,
        shape: Shape::Filter,
        reads: "ListInsights DescribeAccountHealth ListEvents",
        writes: "",
    },
    Source {
        service: "account",
        weight: 3,
        shape: Shape::Named,
        reads: "GetContactInformation ListRegions",
        writes: "PutAlternateContact EnableRegion",
    },
    Source {
        service: "resource-explorer-2",
        weight: 3,
        shape: Shape::Filter,
        reads: "ListIndexes GetDefaultView",
        writes: "CreateIndex CreateView",
    },
    Source {
        service: "xray",
        weight: 3,
        shape: Shape::Filter,
        reads: "GetSamplingRules GetTraceSummaries GetGroup",
        writes: "PutEncryptionConfig CreateGroup",
    },
    Source {
        service: "route53",
        weight: 5,
        shape: Shape::Named,
        reads: "ListHostedZones ListResourceRecordSets GetChange GetDNSSEC GetHostedZone TestDNSAnswer",
        writes: "ChangeResourceRecordSets CreateHealthCheck CreateHostedZone DeleteHostedZone",
    },
    Source {
        service: "ce",
        weight: 3,
        shape: Shape::Filter,
        reads: "GetCostAndUsage GetCostForecast GetAnomalies GetTags GetUsageForecast",
        writes: "",
    },
    Source {
        service: "ram",
        weight: 3,
        shape: Shape::Named,
        reads: "GetResourceShares ListResources GetPermission",
        writes: "CreateResourceShare TagResource",
    },
    Source {
        service: "autoscaling",
        weight: 12,
        shape: Shape::Named,
        reads: "DescribeAutoScalingGroups DescribeScalingActivities DescribeAccountLimits \
         DescribeLoadBalancers DescribePolicies DescribeTags DescribeWarmPool",
        writes: "UpdateAutoScalingGroup SetDesiredCapacity DeletePolicy DeleteTags EnterStandby ExitStandby \
         PutWarmPool",
    },
    Source {
        service: "securityhub",
        weight: 3,
        shape: Shape::Filter,
        reads: "GetFindings DescribeHub GetInsights GetMembers",
        writes: "BatchImportFindings BatchUpdateFindings CreateInsight TagResource",
    },
    Source {
        service: "apigateway",
        weight: 4,
        shape: Shape::Named,
        reads: "GetRestApis GetResources GetModel GetSdk GetStage GetTags",
        writes: "CreateDeployment CreateModel CreateStage DeleteModel PutMethod PutRestApi",
    },
    Source {
        service: "dynamodb",
        weight: 12,
        shape: Shape::Named,
        reads: "DescribeTable ListTables DescribeContinuousBackups GetItem ListBackups Query Scan",
        writes: "CreateTable UpdateTable DeleteItem DeleteTable ImportTable PutItem UpdateItem",
    },
    Source {
        service: "ecs",
        weight: 14,
        shape: Shape::Named,
        reads: "DescribeTasks DescribeServices ListTasks ListClusters ListDaemons ListGateways \
         ListServices",
        writes: "RunTask UpdateService RegisterTaskDefinition CreateDaemon StartTask StopTask TagResource",
    },
    Source {
        service: "eks",
        weight: 8,
        shape: Shape::Named,
        reads: "DescribeCluster ListClusters ListAddons ListInsights ListUpdates",
        writes: "CreateCluster UpdateClusterConfig CreateAddon DeleteAddon TagResource",
    },
    Source {
        service: "ecr",
        weight: 14,
        shape: Shape::Named,
        reads: "GetAuthorizationToken BatchGetImage DescribeRepositories DescribeImages DescribeRegistry \
         ListImages",
        writes: "PutImage StartImageScan TagResource UntagResource",
    },
];
