"""Calls of services that speak AWS JSON, 1.0 or 1.1: who manages, and what manages itself."""

from gateway_call import UPSTREAM_ACCOUNT, Kept, Service, read, service, write
from gateway_rules import ANYTHING, HIDDEN, Secret, SecretBytes

ROLE = f"arn:aws:iam::{UPSTREAM_ACCOUNT}:role/matrix"
STATES = '{"StartAt": "Only", "States": {"Only": {"Type": "Pass", "End": true}}}'
KEY = Kept("key")
KEY_TOUCHED = ("AWS::KMS::Key", Kept("keyArn"))
OPEN_POLICY = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}]}'
)
PARAMETER = (None, "arn:aws:ssm:us-east-1:111122223333:parameter/matrix/password")

KEYS_AND_SECRETS: tuple[Service, ...] = (
    service(
        "kms",
        "kms.amazonaws.com",
        write("CreateKey", Description="the matrix's", Tags=[{"TagKey": "team", "TagValue": "blue"}])
        .keeping(key="KeyMetadata.KeyId", keyArn="KeyMetadata.Arn")
        .touches(KEY_TOUCHED),
        read("DescribeKey", KeyId=KEY).touches(KEY_TOUCHED),
        write("CreateAlias", AliasName="alias/matrix", TargetKeyId=KEY).touches(("AWS::KMS::Key", ANYTHING)),
        read("ListAliases", Limit=10),
        read("Encrypt", KeyId=KEY, Plaintext=SecretBytes(b"canary of Encrypt's plaintext"), EncryptionContext={"Who": "me"})
        .keeping(ciphertext="CiphertextBlob")
        .requests({"keyId": KEY, "encryptionContext": {"Who": "me"}})
        .touches(KEY_TOUCHED),
        read("Decrypt", CiphertextBlob=Kept("ciphertext"), EncryptionContext={"Who": "me"})
        .requests({"encryptionContext": {"Who": "me"}})
        .touches(KEY_TOUCHED),
        read("GenerateDataKey", KeyId=KEY, KeySpec="AES_256").giving_secret("Plaintext").touches(KEY_TOUCHED),
        write("EnableKeyRotation", KeyId=KEY).touches(("AWS::KMS::Key", ANYTHING)),
        write("PutKeyPolicy", KeyId=KEY, PolicyName="default", Policy=OPEN_POLICY).touches(("AWS::KMS::Key", ANYTHING)),
        write("ScheduleKeyDeletion", KeyId=KEY, PendingWindowInDays=7).touches(("AWS::KMS::Key", ANYTHING)),
        read("DescribeKey", KeyId="11111111-2222-3333-4444-555555555555")
        .fails("NotFoundException")
        .touches(("AWS::KMS::Key", ANYTHING)),
    ),
    service(
        "secretsmanager",
        "secretsmanager.amazonaws.com",
        write("CreateSecret", Name="matrix", SecretString=Secret("canary of CreateSecret"), ClientRequestToken="c" * 32)
        .requests({"name": "matrix", "clientRequestToken": "c" * 32})
        .answers({"arn": ANYTHING})
        .keeping(secret="ARN"),
        read("GetSecretValue", SecretId="matrix").giving_secret("SecretString"),
        write(
            "PutSecretValue",
            SecretId="matrix",
            SecretBinary=SecretBytes(b"canary of PutSecretValue"),
            ClientRequestToken="d" * 32,
        )
        .requests({"secretId": "matrix", "clientRequestToken": "d" * 32})
        .answers({"arn": ANYTHING}),
        read("DescribeSecret", SecretId="matrix"),
        read("ListSecrets", MaxResults=5),
        write("TagResource", SecretId="matrix", Tags=[{"Key": "team", "Value": "blue"}]),
        write("DeleteSecret", SecretId="matrix", RecoveryWindowInDays=7).answers(
            {"aRN": Kept("secret"), "name": "matrix", "deletionDate": ANYTHING}
        ),
        read("GetSecretValue", SecretId="nobody's").fails("ResourceNotFoundException"),
    ),
    service(
        "ssm",
        "ssm.amazonaws.com",
        write("PutParameter", Name="/matrix/password", Type="SecureString", Value=Secret("canary of PutParameter"))
        .requests({"name": "/matrix/password", "type": "SecureString", "value": HIDDEN})
        .touches(PARAMETER),
        read("GetParameter", Name="/matrix/password", WithDecryption=True).giving_secret("Parameter.Value").touches(PARAMETER),
        read("GetParameters", Names=["/matrix/password"], WithDecryption=False).touches(PARAMETER),
        read("GetParametersByPath", Path="/matrix", Recursive=True),
        read("DescribeParameters", MaxResults=5),
        write(
            "SendCommand",
            DocumentName="AWS-RunShellScript",
            InstanceIds=["i-0123456789abcdef0"],
            Parameters={"commands": [Secret("echo canary of SendCommand")]},
        )
        .answers(ANYTHING)
        .requests({"documentName": "AWS-RunShellScript", "instanceIds": ["i-0123456789abcdef0"], "parameters": HIDDEN}),
        write("DeleteParameter", Name="/matrix/password").touches(PARAMETER),
        read("GetParameter", Name="/matrix/none")
        .fails("ParameterNotFound")
        .touches((None, "arn:aws:ssm:us-east-1:111122223333:parameter/matrix/none")),
    ),
    service(
        "acm",
        "acm.amazonaws.com",
        write("RequestCertificate", DomainName="matrix.example.com", ValidationMethod="DNS").keeping(
            certificate="CertificateArn"
        ),
        read("DescribeCertificate", CertificateArn=Kept("certificate")),
        read("ListCertificates", MaxItems=5),
        write("AddTagsToCertificate", CertificateArn=Kept("certificate"), Tags=[{"Key": "team", "Value": "blue"}]),
        write("DeleteCertificate", CertificateArn=Kept("certificate")),
        read("GetCertificate", CertificateArn=f"arn:aws:acm:us-east-1:{UPSTREAM_ACCOUNT}:certificate/none").fails(
            "ResourceNotFoundException"
        ),
    ),
    service(
        "cognito-idp",
        "cognito-idp.amazonaws.com",
        write("CreateUserPool", PoolName="matrix").keeping(pool="UserPool.Id"),
        write(
            "CreateUserPoolClient",
            UserPoolId=Kept("pool"),
            ClientName="app",
            GenerateSecret=True,
            ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        )
        .keeping(app="UserPoolClient.ClientId")
        .giving_secret("UserPoolClient.ClientSecret"),
        write(
            "AdminCreateUser",
            UserPoolId=Kept("pool"),
            Username=Secret("canary-eve"),
            TemporaryPassword=Secret("Canary-1-of-AdminCreateUser!"),
        ).answers(ANYTHING),
        write(
            "AdminSetUserPassword",
            UserPoolId=Kept("pool"),
            Username=Secret("canary-eve"),
            Permanent=True,
            Password=Secret("Canary-2-of-AdminSetUserPassword!"),
        ),
        read("ListUsers", UserPoolId=Kept("pool"), Limit=5),
        read("DescribeUserPool", UserPoolId=Kept("pool")),
        read("DescribeUserPool", UserPoolId="us-east-1_nobodys00").fails("ResourceNotFoundException"),
        write("DeleteUserPool", UserPoolId=Kept("pool")),
    ),
    service(
        "cognito-identity",
        "cognito-identity.amazonaws.com",
        write("CreateIdentityPool", IdentityPoolName="matrix", AllowUnauthenticatedIdentities=True).keeping(
            identities="IdentityPoolId"
        ),
        read("DescribeIdentityPool", IdentityPoolId=Kept("identities")),
        read("ListIdentityPools", MaxResults=5),
    ),
    service(
        "memorydb",
        "memorydb.amazonaws.com",
        write(
            "CreateUser",
            UserName="matrix",
            AccessString="on ~* +@all",
            AuthenticationMode={"Type": "password", "Passwords": [Secret("Canary-13-of-CreateUser-long")]},
        ),
        read("DescribeUsers", UserName="matrix"),
        read("DescribeUsers", UserName="nobody").fails("UserNotFoundFault"),
    ),
    service(
        "directconnect",
        "directconnect.amazonaws.com",
        write("CreateConnection", location="EqDC2", bandwidth="1Gbps", connectionName="matrix")
        .keeping(connection="connectionId")
        .answers(ANYTHING),
        write("AssociateMacSecKey", connectionId=Kept("connection"), cak=Secret("c0de" * 16), ckn="beef" * 16)
        .answers(ANYTHING)
        .requests({"connectionId": Kept("connection"), "cak": HIDDEN, "ckn": ANYTHING}),
        read("DescribeConnections", connectionId=Kept("connection")),
    ),
    service(
        "dms",
        "dms.amazonaws.com",
        write(
            "CreateEndpoint",
            EndpointIdentifier="matrix",
            EndpointType="source",
            EngineName="mysql",
            Username="admin",
            Password=Secret("Canary-14-of-CreateEndpoint"),
            ServerName="db.example.com",
            Port=3306,
        ).answers(ANYTHING),
        read("DescribeEndpoints"),
    ),
    service(
        "ds",
        "ds.amazonaws.com",
        write("CreateDirectory", Name="matrix.example.com", Password=Secret("Canary-3-of-CreateDirectory"), Size="Small").fails(
            "InvalidParameterException"
        ),
        read("DescribeDirectories", Limit=5),
    ),
)

COMPUTING: tuple[Service, ...] = (
    service(
        "ecs",
        "ecs.amazonaws.com",
        write("CreateCluster", clusterName="matrix", tags=[{"key": "team", "value": "blue"}]),
        write(
            "RegisterTaskDefinition",
            family="matrix",
            containerDefinitions=[
                {
                    "name": "web",
                    "image": "busybox",
                    "memory": 64,
                    "essential": True,
                    "environment": [{"name": "TOKEN", "value": Secret("canary of RegisterTaskDefinition")}],
                }
            ],
        ).answers(ANYTHING),
        write("CreateService", cluster="matrix", serviceName="web", taskDefinition="matrix", desiredCount=1).answers(ANYTHING),
        read("ListClusters", maxResults=5),
        read("DescribeClusters", clusters=["matrix"]),
        read("ListTaskDefinitions"),
        write("UpdateService", cluster="matrix", service="web", desiredCount=0).answers(ANYTHING),
        write("DeleteService", cluster="matrix", service="web", force=True).answers(ANYTHING),
        write("DeleteCluster", cluster="nobody's").fails("ClusterNotFoundException"),
    ),
    service(
        "ecr",
        "ecr.amazonaws.com",
        write("CreateRepository", repositoryName="matrix/app", imageTagMutability="IMMUTABLE").touches(
            (None, "arn:aws:ecr:us-east-1:111122223333:repository/matrix/app")
        ),
        read("DescribeRepositories", repositoryNames=["matrix/app"]),
        read("GetAuthorizationToken").giving_secret("authorizationData.0.authorizationToken"),
        write(
            "PutLifecyclePolicy",
            repositoryName="matrix/app",
            lifecyclePolicyText='{"rules": [{"rulePriority": 1, "selection": '
            '{"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 9}, "action": {"type": "expire"}}]}',
        ).touches((None, ANYTHING)),
        write("DeleteRepository", repositoryName="matrix/app", force=True).touches((None, ANYTHING)),
        read("ListImages", repositoryName="nobody's").fails("RepositoryNotFoundException").touches((None, ANYTHING)),
    ),
    service(
        "stepfunctions",
        "states.amazonaws.com",
        write("CreateStateMachine", name="matrix", definition=STATES, roleArn=ROLE).keeping(machine="stateMachineArn"),
        write(
            "StartExecution", stateMachineArn=Kept("machine"), name="first", input=Secret('{"canary": "of StartExecution"}')
        ).keeping(execution="executionArn"),
        read("DescribeExecution", executionArn=Kept("execution")),
        read("ListStateMachines", maxResults=5),
        write("TagResource", resourceArn=Kept("machine"), tags=[{"key": "team", "value": "blue"}]),
        write("DeleteStateMachine", stateMachineArn=Kept("machine")),
        read("DescribeStateMachine", stateMachineArn="arn:aws:states:us-east-1:123456789012:stateMachine:none").fails(
            "StateMachineDoesNotExist"
        ),
    ),
    service(
        "codebuild",
        "codebuild.amazonaws.com",
        read("ListProjects"),
        read("BatchGetProjects", names=["none"]),
        write("DeleteProject", name="matrix"),
    ),
    service(
        "codecommit",
        "codecommit.amazonaws.com",
        write("CreateRepository", repositoryName="matrix", repositoryDescription="the matrix's").answers(ANYTHING),
        read("GetRepository", repositoryName="matrix"),
        write("DeleteRepository", repositoryName="matrix"),
        read("GetRepository", repositoryName="none").fails("RepositoryDoesNotExistException"),
    ),
    service(
        "application-autoscaling",
        "application-autoscaling.amazonaws.com",
        read("DescribeScalableTargets", ServiceNamespace="dynamodb"),
        write(
            "RegisterScalableTarget",
            ServiceNamespace="dynamodb",
            ResourceId="table/matrix",
            MinCapacity=1,
            MaxCapacity=9,
            ScalableDimension="dynamodb:table:ReadCapacityUnits",
        ),
        write(
            "DeregisterScalableTarget",
            ServiceNamespace="dynamodb",
            ResourceId="table/matrix",
            ScalableDimension="dynamodb:table:ReadCapacityUnits",
        ),
    ),
    service(
        "servicediscovery",
        "servicediscovery.amazonaws.com",
        write("CreateHttpNamespace", Name="matrix", Description="the matrix's", CreatorRequestId="one"),
        read("ListNamespaces", MaxResults=5),
        read("GetNamespace", Id="ns-none").fails("NamespaceNotFound"),
    ),
)

WATCHING: tuple[Service, ...] = (
    service(
        "logs",
        "logs.amazonaws.com",
        write("CreateLogGroup", logGroupName="/matrix", tags={"Team": "blue"}),
        write("CreateLogStream", logGroupName="/matrix", logStreamName="one"),
        write("PutRetentionPolicy", logGroupName="/matrix", retentionInDays=7),
        write(
            "PutMetricFilter",
            logGroupName="/matrix",
            filterName="errors",
            filterPattern="ERROR",
            metricTransformations=[{"metricName": "errors", "metricNamespace": "matrix", "metricValue": "1"}],
        ),
        read("DescribeLogGroups", logGroupNamePrefix="/matrix"),
        read("DescribeLogStreams", logGroupName="/matrix", limit=5),
        write("DeleteLogGroup", logGroupName="/matrix"),
        write("DeleteLogGroup", logGroupName="/none").fails("ResourceNotFoundException"),
    ),
    service(
        "events",
        "events.amazonaws.com",
        write("CreateEventBus", Name="matrix"),
        write("PutRule", Name="hourly", ScheduleExpression="rate(1 hour)", State="ENABLED"),
        write("PutTargets", Rule="hourly", Targets=[{"Id": "one", "Arn": f"arn:aws:sns:us-east-1:{UPSTREAM_ACCOUNT}:t"}]),
        read("ListRules", NamePrefix="hour"),
        read("ListTargetsByRule", Rule="hourly"),
        write("DisableRule", Name="hourly"),
        write("RemoveTargets", Rule="hourly", Ids=["one"]),
        write("DeleteRule", Name="hourly"),
        read("DescribeRule", Name="none").fails("ResourceNotFoundException"),
    ),
    service(
        "cloudwatch",
        "monitoring.amazonaws.com",
        write(
            "PutMetricAlarm",
            AlarmName="matrix",
            MetricName="errors",
            Namespace="matrix",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1.5,
            ComparisonOperator="GreaterThanThreshold",
            ActionsEnabled=False,
        ),
        read("DescribeAlarms", AlarmNames=["matrix"]),
        read("DescribeAlarmsForMetric", MetricName="errors", Namespace="matrix"),
        write("SetAlarmState", AlarmName="matrix", StateValue="ALARM", StateReason="tried"),
        write("DeleteAlarms", AlarmNames=["matrix"]),
        write("SetAlarmState", AlarmName="none", StateValue="OK", StateReason="tried").fails("ResourceNotFound"),
    ),
    service(
        "config",
        "config.amazonaws.com",
        write(
            "PutConfigurationRecorder",
            ConfigurationRecorder={
                "name": "matrix",
                "roleARN": ROLE,
                "recordingGroup": {"allSupported": True, "includeGlobalResourceTypes": False},
            },
        ),
        read("DescribeConfigurationRecorders"),
        write("DeleteConfigurationRecorder", ConfigurationRecorderName="matrix"),
        write("DeleteConfigurationRecorder", ConfigurationRecorderName="none").fails("NoSuchConfigurationRecorderException"),
    ),
    service(
        "organizations",
        "organizations.amazonaws.com",
        write("CreateOrganization", FeatureSet="ALL").answers(ANYTHING),
        read("DescribeOrganization"),
        read("ListRoots"),
        write("CreateAccount", AccountName=Secret("canary of CreateAccount"), Email=Secret("canary@example.com")).answers(
            ANYTHING
        ),
        read("ListAccounts"),
        read("DescribeAccount", AccountId="999999999999").fails("AccountNotFoundException"),
    ),
    service(
        "athena",
        "athena.amazonaws.com",
        write(
            "CreateWorkGroup",
            Name="matrix",
            Description="the matrix's",
            Configuration={"ResultConfiguration": {"OutputLocation": "s3://matrix/results"}},
        ),
        read("ListWorkGroups"),
        write(
            "StartQueryExecution",
            QueryString="SELECT 1",
            QueryExecutionContext={"Database": "matrix"},
            ResultConfiguration={"OutputLocation": "s3://matrix/results"},
        ),
        read("GetWorkGroup", WorkGroup="matrix"),
        write("DeleteWorkGroup", WorkGroup="matrix"),
    ),
    service(
        "glue",
        "glue.amazonaws.com",
        write("CreateDatabase", DatabaseInput={"Name": "matrix", "Description": "the matrix's"}),
        write("CreateTable", DatabaseName="matrix", TableInput={"Name": "rows", "Parameters": {"Kept": "asItIs"}}),
        read("GetTables", DatabaseName="matrix"),
        read("GetDatabase", Name="matrix"),
        write("DeleteDatabase", Name="matrix"),
        read("GetDatabase", Name="none").fails("EntityNotFoundException"),
    ),
    service(
        "support",
        "support.amazonaws.com",
        read("DescribeTrustedAdvisorChecks", language="en"),
        read("DescribeCases"),
    ),
    service(
        "resourcegroupstaggingapi",
        "tagging.amazonaws.com",
        read("GetResources", ResourcesPerPage=10, TagFilters=[{"Key": "team", "Values": ["blue"]}]),
        read("GetTagKeys"),
    ),
    service(
        "wafv2",
        "wafv2.amazonaws.com",
        write("CreateIPSet", Name="matrix", Scope="REGIONAL", IPAddressVersion="IPV4", Addresses=["192.0.2.0/24"]).keeping(
            ipSet="Summary.Id", ipSetLock="Summary.LockToken"
        ),
        read("ListIPSets", Scope="REGIONAL"),
        read("GetIPSet", Name="matrix", Scope="REGIONAL", Id=Kept("ipSet")),
        read("GetIPSet", Name="none", Scope="REGIONAL", Id="none").fails("WAFNonexistentItemException"),
    ),
)

SERVICES = (*KEYS_AND_SECRETS, *COMPUTING, *WATCHING)
