"""Calls of services that speak REST, with JSON and with XML."""

from gateway_call import UPSTREAM_ACCOUNT, Kept, Service, read, service, write
from gateway_rules import ANYTHING, AbsentOr, Secret

ROLE = f"arn:aws:iam::{UPSTREAM_ACCOUNT}:role/matrix-role"
SWAGGER_NOT_FOUND = "NotFoundException"

MANAGING: tuple[Service, ...] = (
    service(
        "apigateway",
        "apigateway.amazonaws.com",
        write("CreateRestApi", name="matrix", description="the matrix's", tags={"Team": "blue"})
        .keeping(api="id")
        .answers(ANYTHING),
        read("GetRestApi", restApiId=Kept("api")),
        read("GetRestApis", limit=5),
        read("GetResources", restApiId=Kept("api")).requests({"restApiId": Kept("api")}),
        write("CreateApiKey", name="matrix", value=Secret("canary-of-CreateApiKey-0123456789"), enabled=True).answers(ANYTHING),
        write("DeleteRestApi", restApiId=Kept("api")),
        read("GetRestApi", restApiId="none").fails(SWAGGER_NOT_FOUND),
    ),
    service(
        "apigatewayv2",
        "apigateway.amazonaws.com",
        write("CreateApi", Name="matrix", ProtocolType="HTTP").keeping(httpApi="ApiId").answers(ANYTHING),
        read("GetApi", ApiId=Kept("httpApi")),
        write("DeleteApi", ApiId=Kept("httpApi")),
        read("GetApi", ApiId="none").fails("NotFoundException"),
    ),
    service(
        "batch",
        "batch.amazonaws.com",
        read("DescribeComputeEnvironments", maxResults=5),
        read("DescribeJobQueues"),
        write(
            "RegisterJobDefinition",
            jobDefinitionName="matrix",
            type="container",
            containerProperties={"image": "busybox", "vcpus": 1, "memory": 128},
        ),
    ),
    service(
        "eks",
        "eks.amazonaws.com",
        write(
            "CreateCluster",
            name="matrix",
            roleArn=ROLE,
            resourcesVpcConfig={"subnetIds": ["subnet-1", "subnet-2"]},
            tags={"Team": "blue"},
        ).answers(ANYTHING),
        read("DescribeCluster", name="matrix"),
        read("ListClusters", maxResults=5),
        write("DeleteCluster", name="matrix").answers(ANYTHING),
        read("DescribeCluster", name="none").fails("ResourceNotFoundException"),
    ),
    service(
        "efs",
        "elasticfilesystem.amazonaws.com",
        write("CreateFileSystem", CreationToken="matrix", Encrypted=True).keeping(files="FileSystemId").answers(ANYTHING),
        read("DescribeFileSystems", FileSystemId=Kept("files")),
        write("DeleteFileSystem", FileSystemId=Kept("files")),
        read("DescribeFileSystems", FileSystemId="fs-0123456789abcdef0").fails("FileSystemNotFound"),
    ),
    service(
        "backup",
        "backup.amazonaws.com",
        write("CreateBackupVault", BackupVaultName="matrix", BackupVaultTags={"Team": "blue"}),
        read("DescribeBackupVault", BackupVaultName="matrix"),
        read("ListBackupVaults", MaxResults=5),
        write("DeleteBackupVault", BackupVaultName="matrix"),
    ),
    service(
        "iot",
        "iot.amazonaws.com",
        write("CreateThing", thingName="matrix", attributePayload={"attributes": {"Color": "blue"}}),
        read("DescribeThing", thingName="matrix"),
        read("ListThings", maxResults=5),
        write("CreateKeysAndCertificate", setAsActive=True).giving_secret("keyPair.PrivateKey").answers(ANYTHING),
        write("DeleteThing", thingName="matrix"),
        read("DescribeThing", thingName="none").fails("ResourceNotFoundException"),
    ),
    service(
        "guardduty",
        "guardduty.amazonaws.com",
        write("CreateDetector", Enable=True, FindingPublishingFrequency="ONE_HOUR").keeping(detector="DetectorId"),
        read("GetDetector", DetectorId=Kept("detector")),
        read("ListDetectors"),
        write("DeleteDetector", DetectorId=Kept("detector")),
        read("GetDetector", DetectorId="none").fails("BadRequestException"),
    ),
    service(
        "securityhub",
        "securityhub.amazonaws.com",
        write("EnableSecurityHub", EnableDefaultStandards=False),
        read("DescribeHub"),
        write("DisableSecurityHub"),
    ),
    service(
        "mq",
        "mq.amazonaws.com",
        write(
            "CreateBroker",
            BrokerName="matrix",
            DeploymentMode="SINGLE_INSTANCE",
            EngineType="ACTIVEMQ",
            EngineVersion="5.16.0",
            AutoMinorVersionUpgrade=False,
            HostInstanceType="mq.t2.micro",
            PubliclyAccessible=False,
            Users=[{"Username": "admin", "Password": Secret("Canary-10-of-CreateBroker")}],
        ).keeping(broker="BrokerId"),
        read("DescribeBroker", BrokerId=Kept("broker")),
        write("CreateUser", BrokerId=Kept("broker"), Username="second", Password=Secret("Canary-11-of-CreateUser")),
        read("ListBrokers", MaxResults=5),
        write("DeleteBroker", BrokerId=Kept("broker")),
    ),
    service(
        "scheduler",
        "scheduler.amazonaws.com",
        write(
            "CreateSchedule",
            Name="matrix",
            ScheduleExpression="rate(1 hour)",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": f"arn:aws:sqs:us-east-1:{UPSTREAM_ACCOUNT}:q", "RoleArn": ROLE},
        ),
        read("GetSchedule", Name="matrix"),
        read("ListSchedules", MaxResults=5),
        write("DeleteSchedule", Name="matrix"),
        read("GetSchedule", Name="none").fails("ResourceNotFoundException"),
    ),
    service(
        "sesv2",
        "ses.amazonaws.com",
        write("CreateEmailIdentity", EmailIdentity="matrix.example.com").answers(ANYTHING),
        read("GetEmailIdentity", EmailIdentity="matrix.example.com"),
        read("ListEmailIdentities", PageSize=5),
        write("DeleteEmailIdentity", EmailIdentity="matrix.example.com"),
    ),
    service(
        "xray",
        "xray.amazonaws.com",
        read("BatchGetTraces", TraceIds=["1-5759e988-bd862e3fe1be46a994272793"])
        .requests(ANYTHING)
        .of_data()
        .touches(("AWS::XRay::Trace", ANYTHING)),
    ),
    service(
        "opensearch",
        "es.amazonaws.com",
        write(
            "CreateDomain",
            DomainName="matrix",
            EngineVersion="OpenSearch_2.5",
            AdvancedSecurityOptions={
                "Enabled": True,
                "InternalUserDatabaseEnabled": True,
                "MasterUserOptions": {
                    "MasterUserName": Secret("canary-master"),
                    "MasterUserPassword": Secret("Canary-12-of-CreateDomain"),
                },
            },
        ).answers(ANYTHING),
        read("DescribeDomain", DomainName="matrix"),
        read("ListDomainNames"),
        write("DeleteDomain", DomainName="matrix").answers(ANYTHING),
        read("DescribeDomain", DomainName="none").fails("ResourceNotFoundException"),
    ),
    service(
        "appconfig",
        "appconfig.amazonaws.com",
        write("CreateApplication", Name="matrix", Description="the matrix's", Tags={"Team": "blue"}).keeping(app2="Id"),
        read("GetApplication", ApplicationId=Kept("app2")),
        write("DeleteApplication", ApplicationId=Kept("app2")),
        read("GetApplication", ApplicationId="none").fails("ResourceNotFoundException"),
    ),
    service(
        "amp",
        "aps.amazonaws.com",
        write("CreateWorkspace", alias="matrix").keeping(workspace="workspaceId"),
        read("DescribeWorkspace", workspaceId=Kept("workspace")),
        write("DeleteWorkspace", workspaceId=Kept("workspace")),
    ),
    service(
        "ram",
        "ram.amazonaws.com",
        write("CreateResourceShare", name="matrix", allowExternalPrincipals=True).answers(ANYTHING),
        read("GetResourceShares", resourceOwner="SELF"),
    ),
    service(
        "glacier",
        "glacier.amazonaws.com",
        write("CreateVault", accountId="-", vaultName="matrix").answers(AbsentOr(ANYTHING)),
        read("DescribeVault", accountId="-", vaultName="matrix"),
        write("DeleteVault", accountId="-", vaultName="matrix"),
    ),
)

WITH_XML: tuple[Service, ...] = (
    service(
        "route53",
        "route53.amazonaws.com",
        write(
            "CreateHostedZone", Name="matrix.example.com", CallerReference="matrix", HostedZoneConfig={"Comment": "the matrix's"}
        )
        .keeping(zone="HostedZone.Id")
        .answers(ANYTHING),
        read("GetHostedZone", Id=Kept("zone")).requests({"id": ANYTHING}),
        read("ListHostedZones", MaxItems="5"),
        write(
            "ChangeResourceRecordSets",
            HostedZoneId=Kept("zone"),
            ChangeBatch={
                "Changes": [
                    {
                        "Action": "CREATE",
                        "ResourceRecordSet": {
                            "Name": "www.matrix.example.com",
                            "Type": "A",
                            "TTL": 300,
                            "ResourceRecords": [{"Value": "192.0.2.1"}],
                        },
                    }
                ]
            },
        )
        .requests(
            {
                "hostedZoneId": ANYTHING,
                "changeBatch": {
                    "changes": [
                        {
                            "action": "CREATE",
                            "resourceRecordSet": {
                                "name": "www.matrix.example.com",
                                "type": "A",
                                "tTL": 300,
                                "resourceRecords": [{"value": "192.0.2.1"}],
                            },
                        }
                    ]
                },
            }
        )
        .answers(ANYTHING),
        read("GetHostedZone", Id="NOBODYS").fails("NoSuchHostedZone"),
    ),
    service(
        "cloudfront",
        "cloudfront.amazonaws.com",
        write(
            "CreateOriginAccessControl",
            OriginAccessControlConfig={
                "Name": "matrix",
                "SigningProtocol": "sigv4",
                "SigningBehavior": "always",
                "OriginAccessControlOriginType": "s3",
            },
        ).answers(ANYTHING),
        read("ListDistributions", MaxItems="5"),
        read("ListOriginAccessControls"),
        read("GetDistribution", Id="NOBODYS").fails("NoSuchDistribution"),
    ),
)

SERVICES = (*MANAGING, *WITH_XML)
