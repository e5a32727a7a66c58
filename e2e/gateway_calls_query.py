"""Calls of services that speak the query protocol, and of EC2, which has one of its own."""

from gateway_call import UPSTREAM_ACCOUNT, Kept, Service, read, service, write
from gateway_rules import ANYTHING, AbsentOr, Secret

TRUST = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, '
    '"Action": "sts:AssumeRole"}]}'
)
ALLOW = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}'
ROLE = f"arn:aws:iam::{UPSTREAM_ACCOUNT}:role/matrix-role"
TEMPLATE = '{"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "matrix"}}}}'

IDENTITY: tuple[Service, ...] = (
    service(
        "iam",
        "iam.amazonaws.com",
        write("CreateUser", UserName="eve", Path="/matrix/", Tags=[{"Key": "team", "Value": "blue"}]),
        read("GetUser", UserName="eve"),
        read("ListUsers", PathPrefix="/matrix/", MaxItems=5),
        write("CreateAccessKey", UserName="eve")
        .giving_secret("AccessKey.SecretAccessKey")
        .keeping(accessKey="AccessKey.AccessKeyId"),
        read("ListAccessKeys", UserName="eve"),
        write("UpdateAccessKey", UserName="eve", AccessKeyId=Kept("accessKey"), Status="Inactive"),
        write("DeleteAccessKey", UserName="eve", AccessKeyId=Kept("accessKey")),
        write(
            "CreateLoginProfile", UserName="eve", Password=Secret("Canary-4-of-CreateLoginProfile"), PasswordResetRequired=False
        ).requests({"userName": "eve", "passwordResetRequired": False}),
        write("UpdateLoginProfile", UserName="eve", Password=Secret("Canary-5-of-UpdateLoginProfile")).requests(
            {"userName": "eve"}
        ),
        write("DeleteLoginProfile", UserName="eve"),
        write("CreateGroup", GroupName="readers"),
        write("AddUserToGroup", GroupName="readers", UserName="eve"),
        read("ListGroupsForUser", UserName="eve"),
        write("RemoveUserFromGroup", GroupName="readers", UserName="eve"),
        write("DeleteGroup", GroupName="readers"),
        write("CreateRole", RoleName="matrix-role", AssumeRolePolicyDocument=TRUST).answers(ANYTHING),
        read("GetRole", RoleName="matrix-role"),
        write("PutRolePolicy", RoleName="matrix-role", PolicyName="inline", PolicyDocument=ALLOW),
        write("CreatePolicy", PolicyName="matrix-policy", PolicyDocument=ALLOW).keeping(policy="Policy.Arn"),
        write("AttachRolePolicy", RoleName="matrix-role", PolicyArn=Kept("policy")),
        write("AttachUserPolicy", UserName="eve", PolicyArn=Kept("policy")),
        read("ListAttachedUserPolicies", UserName="eve"),
        write("DetachUserPolicy", UserName="eve", PolicyArn=Kept("policy")),
        write("TagUser", UserName="eve", Tags=[{"Key": "one", "Value": "1"}, {"Key": "two", "Value": "2"}]),
        write("CreateInstanceProfile", InstanceProfileName="matrix-profile"),
        write("UpdateAccountPasswordPolicy", MinimumPasswordLength=14, RequireSymbols=True),
        read("GetAccountSummary"),
        read("GetAccountAuthorizationDetails", Filter=["User"]),
        write("DeleteUser", UserName="eve"),
        read("GetUser", UserName="nobody").fails("NoSuchEntityException"),
        write("CreateRole", RoleName="matrix-role", AssumeRolePolicyDocument=TRUST).fails("EntityAlreadyExistsException"),
        write("DeletePolicy", PolicyArn=f"arn:aws:iam::{UPSTREAM_ACCOUNT}:policy/none").fails("NoSuchEntityException"),
    ),
    service(
        "sts",
        "sts.amazonaws.com",
        read("AssumeRole", RoleArn=ROLE, RoleSessionName="matrix", DurationSeconds=900)
        .giving_secret("Credentials.SecretAccessKey")
        .answers(
            {
                "credentials": {"accessKeyId": ANYTHING, "sessionToken": ANYTHING, "expiration": ANYTHING},
                "assumedRoleUser": {
                    "assumedRoleId": ANYTHING,
                    "arn": f"arn:aws:sts::{UPSTREAM_ACCOUNT}:assumed-role/matrix-role/matrix",
                },
                "packedPolicySize": 6,
            }
        )
        .touches(("AWS::IAM::Role", ROLE)),
        read("GetSessionToken", DurationSeconds=900).giving_secret("Credentials.SecretAccessKey").answers(ANYTHING),
        read("GetFederationToken", Name="matrix", Policy=ALLOW).giving_secret("Credentials.SecretAccessKey").answers(ANYTHING),
        read(
            "AssumeRoleWithWebIdentity",
            RoleArn=ROLE,
            RoleSessionName="web",
            WebIdentityToken=Secret("canary-of.web-identity.token"),
        )
        .requests({"roleArn": ROLE, "roleSessionName": "web"})
        .giving_secret("Credentials.SecretAccessKey")
        .answers(ANYTHING)
        # Nobody signs it, and moto does not say whom it believes to see.
        .by(type="AWSAccount", principalId="", accountId="anonymous")
        .touches(("AWS::IAM::Role", ROLE)),
    ),
)

WITH_PASSWORDS: tuple[Service, ...] = (
    service(
        "rds",
        "rds.amazonaws.com",
        write(
            "CreateDBInstance",
            DBInstanceIdentifier="matrix",
            DBInstanceClass="db.t3.micro",
            Engine="postgres",
            AllocatedStorage=20,
            MasterUsername="admin",
            MasterUserPassword=Secret("Canary-6-of-CreateDBInstance"),
        ).answers(ANYTHING),
        write(
            "ModifyDBInstance",
            DBInstanceIdentifier="matrix",
            MasterUserPassword=Secret("Canary-7-of-ModifyDBInstance"),
            ApplyImmediately=True,
        ).answers(ANYTHING),
        read("DescribeDBInstances", DBInstanceIdentifier="matrix"),
        write("CreateDBSnapshot", DBSnapshotIdentifier="matrix-snap", DBInstanceIdentifier="matrix").answers(ANYTHING),
        read("DescribeDBSnapshots"),
        write("StopDBInstance", DBInstanceIdentifier="matrix").answers(ANYTHING),
        read("DescribeDBInstances", DBInstanceIdentifier="none").fails("DBInstanceNotFoundFault"),
    ),
    service(
        "redshift",
        "redshift.amazonaws.com",
        write(
            "CreateCluster",
            ClusterIdentifier="matrix",
            NodeType="dc2.large",
            MasterUsername="admin",
            MasterUserPassword=Secret("Canary-8-of-CreateCluster"),
        ).answers(ANYTHING),
        read("DescribeClusters", ClusterIdentifier="matrix"),
        write("DeleteCluster", ClusterIdentifier="matrix", SkipFinalClusterSnapshot=True).answers(ANYTHING),
        read("DescribeClusters", ClusterIdentifier="none").fails("ClusterNotFound"),
    ),
    service(
        "elasticache",
        "elasticache.amazonaws.com",
        write(
            "CreateUser",
            UserId="matrix",
            UserName="matrix",
            Engine="redis",
            AccessString="on ~* +@all",
            Passwords=[Secret("Canary-9-of-CreateUser-long")],
            NoPasswordRequired=False,
        ).answers(ANYTHING),
        read("DescribeUsers"),
        read("DescribeCacheClusters", CacheClusterId="none").fails("CacheClusterNotFound"),
    ),
    service(
        "autoscaling",
        "autoscaling.amazonaws.com",
        write(
            "CreateLaunchConfiguration",
            LaunchConfigurationName="matrix",
            ImageId="ami-12345678",
            InstanceType="t3.micro",
            UserData=Secret("canary of CreateLaunchConfiguration"),
        ),
        read("DescribeLaunchConfigurations", MaxRecords=5),
        write(
            "CreateAutoScalingGroup",
            AutoScalingGroupName="matrix",
            LaunchConfigurationName="matrix",
            MinSize=0,
            MaxSize=0,
            AvailabilityZones=["us-east-1a"],
        ),
        read("DescribeAutoScalingGroups", AutoScalingGroupNames=["matrix"]),
        write("SuspendProcesses", AutoScalingGroupName="matrix", ScalingProcesses=["Launch"]),
        write("DeleteAutoScalingGroup", AutoScalingGroupName="matrix", ForceDelete=True),
        write("DeleteLaunchConfiguration", LaunchConfigurationName="matrix"),
    ),
    service(
        "cloudformation",
        "cloudformation.amazonaws.com",
        write("CreateStack", StackName="matrix", TemplateBody=TEMPLATE, Capabilities=["CAPABILITY_IAM"]).requests(
            {"stackName": "matrix", "capabilities": ["CAPABILITY_IAM"]}
        ),
        read("DescribeStacks", StackName="matrix"),
        read("ListStacks", StackStatusFilter=["CREATE_COMPLETE"]),
        read("DescribeStackResources", StackName="matrix"),
        read("ValidateTemplate", TemplateBody=TEMPLATE).requests(None),
        write("DeleteStack", StackName="matrix"),
        read("DescribeStacks", StackName="none").fails("ValidationError"),
    ),
    service(
        "elbv2",
        "elasticloadbalancing.amazonaws.com",
        write("CreateTargetGroup", Name="matrix", Protocol="HTTP", Port=80, TargetType="ip", VpcId=Kept("vpc"))
        .answers(ANYTHING)
        .keeping(targets="TargetGroups.0.TargetGroupArn"),
        read("DescribeTargetGroups", Names=["matrix"]),
        write("DeleteTargetGroup", TargetGroupArn=Kept("targets")),
        read("DescribeLoadBalancers", Names=["none"]).fails("LoadBalancerNotFound"),
    ),
    service(
        "elb",
        "elasticloadbalancing.amazonaws.com",
        write(
            "CreateLoadBalancer",
            LoadBalancerName="matrix",
            AvailabilityZones=["us-east-1a"],
            Listeners=[{"Protocol": "tcp", "LoadBalancerPort": 80, "InstancePort": 8080}],
        ),
        read("DescribeLoadBalancers", LoadBalancerNames=["matrix"]),
        write("DeleteLoadBalancer", LoadBalancerName="matrix"),
    ),
    service(
        "elasticbeanstalk",
        "elasticbeanstalk.amazonaws.com",
        write("CreateApplication", ApplicationName="matrix", Description="the matrix's").answers(ANYTHING),
        read("DescribeApplications", ApplicationNames=["matrix"]),
        write("DeleteApplication", ApplicationName="matrix"),
    ),
    service(
        "ses",
        "ses.amazonaws.com",
        write("VerifyEmailIdentity", EmailAddress="matrix@example.com"),
        read("ListIdentities", IdentityType="EmailAddress"),
        write("DeleteIdentity", Identity="matrix@example.com"),
        read("GetSendQuota"),
    ),
)

EC2 = service(
    "ec2",
    "ec2.amazonaws.com",
    write("CreateVpc", CidrBlock="10.7.0.0/16").keeping(vpc="Vpc.VpcId").requests({"cidrBlock": "10.7.0.0/16"}).answers(ANYTHING),
    write("CreateSubnet", VpcId=Kept("vpc"), CidrBlock="10.7.1.0/24")
    .keeping(subnet="Subnet.SubnetId")
    .requests({"vpcId": Kept("vpc"), "cidrBlock": "10.7.1.0/24"})
    .answers(ANYTHING),
    write("CreateSecurityGroup", GroupName="matrix", Description="the matrix's", VpcId=Kept("vpc"))
    .keeping(group="GroupId")
    .requests({"groupName": "matrix", "groupDescription": "the matrix's", "vpcId": Kept("vpc")})
    .answers(ANYTHING),
    write(
        "AuthorizeSecurityGroupIngress",
        GroupId=Kept("group"),
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "all"}]}
        ],
    )
    .requests(
        {
            "groupId": Kept("group"),
            "ipPermissions": {
                "items": [
                    {
                        "ipProtocol": "tcp",
                        "fromPort": 22,
                        "toPort": 22,
                        "ipRanges": {"items": [{"cidrIp": "0.0.0.0/0", "description": "all"}]},
                    }
                ]
            },
        }
    )
    .answers(ANYTHING),
    write("CreateKeyPair", KeyName="matrix").giving_secret("KeyMaterial").requests({"keyName": "matrix"}).answers(ANYTHING),
    write(
        "RunInstances",
        ImageId="ami-12c6146b",
        MinCount=1,
        MaxCount=2,
        InstanceType="t3.micro",
        KeyName="matrix",
        SubnetId=Kept("subnet"),
        UserData=Secret("#!/bin/sh\n# canary of RunInstances\n"),
        ClientToken="matrix-token",
    )
    .keeping(instance="Instances.0.InstanceId")
    .requests(
        {
            "instancesSet": {"items": [{"imageId": "ami-12c6146b", "minCount": 1, "maxCount": 2, "keyName": "matrix"}]},
            "instanceType": "t3.micro",
            "subnetId": Kept("subnet"),
            "userData": "<sensitiveDataRemoved>",
            "clientToken": "matrix-token",
        }
    )
    .answers(ANYTHING),
    read(
        "DescribeInstances", InstanceIds=[Kept("instance")], Filters=[{"Name": "instance-state-name", "Values": ["running"]}]
    ).requests(
        {
            "instancesSet": {"items": [{"instanceId": Kept("instance")}]},
            "filterSet": {"items": [{"name": "instance-state-name", "valueSet": {"items": [{"value": "running"}]}}]},
        }
    ),
    write("CreateTags", Resources=[Kept("instance")], Tags=[{"Key": "team", "Value": "blue"}])
    .requests(
        {"resourcesSet": {"items": [{"resourceId": Kept("instance")}]}, "tagSet": {"items": [{"key": "team", "value": "blue"}]}}
    )
    .answers({"requestId": ANYTHING, "_return": AbsentOr(True)}),
    write("StopInstances", InstanceIds=[Kept("instance")], Force=False)
    .requests({"instancesSet": {"items": [{"instanceId": Kept("instance")}]}, "force": False})
    .answers(
        {
            "requestId": ANYTHING,
            "instancesSet": {
                "items": [
                    {
                        "instanceId": Kept("instance"),
                        "currentState": {"code": ANYTHING, "name": ANYTHING},
                        "previousState": {"code": ANYTHING, "name": ANYTHING},
                    }
                ]
            },
        }
    ),
    write("TerminateInstances", InstanceIds=[Kept("instance")])
    .requests({"instancesSet": {"items": [{"instanceId": Kept("instance")}]}})
    .answers(ANYTHING),
    read("DescribeSecurityGroups", GroupIds=[Kept("group")]).requests(
        {"securityGroupSet": {}, "securityGroupIdSet": {"items": [{"groupId": Kept("group")}]}, "filterSet": {}}
    ),
    read("DescribeVpcs").requests(None),
    write("CreateVolume", AvailabilityZone="us-east-1a", Size=8, VolumeType="gp3", Encrypted=True)
    .keeping(volume="VolumeId")
    .requests({"zone": "us-east-1a", "size": "8", "volumeType": "gp3", "encrypted": True, "clientToken": ANYTHING})
    .answers(ANYTHING),
    write("ModifyInstanceAttribute", InstanceId="i-0123456789abcdef0", DisableApiTermination={"Value": True})
    .requests({"instanceId": "i-0123456789abcdef0", "disableApiTermination": {"value": True}})
    .fails("Client.InvalidInstanceID.NotFound"),
    write("DeleteVolume", VolumeId=Kept("volume"))
    .requests({"volumeId": Kept("volume")})
    .answers({"requestId": ANYTHING, "_return": AbsentOr(True)}),
    read("DescribeImages", Owners=["self"]).requests({"ownersSet": {"items": [{"owner": "self"}]}}),
    read("DescribeInstances", InstanceIds=["i-0123456789abcdef0"])
    .requests({"instancesSet": {"items": [{"instanceId": "i-0123456789abcdef0"}]}, "filterSet": {}})
    .fails("Client.InvalidInstanceID.NotFound"),
    write("DeleteSecurityGroup", GroupId="sg-0123456789abcdef0")
    .requests({"groupId": "sg-0123456789abcdef0"})
    .fails("Client.InvalidGroup.NotFound"),
)

SERVICES = (*IDENTITY, EC2, *WITH_PASSWORDS)
