//! Managed policies that are there by themselves, under the names that AWS gives to such.

/// A policy of every account's: `arn:aws:iam::aws:policy/<name>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Builtin {
    /// Its ARN.
    pub arn: &'static str,
    /// What it is for.
    pub description: &'static str,
    /// What it says.
    pub document: &'static str,
}

/// All of them.
pub const BUILTIN: [Builtin; 6] = [
    Builtin {
        arn: "arn:aws:iam::aws:policy/AdministratorAccess",
        description: "Everything in the account",
        document: r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
    },
    Builtin {
        arn: "arn:aws:iam::aws:policy/ReadOnlyAccess",
        description: "Reading everything in the account",
        document: r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Resource":"*","Action":[
            "cloudtrail:Describe*","cloudtrail:Get*","cloudtrail:List*","cloudtrail:LookupEvents",
            "s3:Get*","s3:List*","cairn:Get*","cairn:List*","cairn:Lookup","cairn:Query","cairn:Tail","cairn:SimulatePolicy"]}}"#,
    },
    Builtin {
        arn: "arn:aws:iam::aws:policy/AWSCloudTrail_FullAccess",
        description: "All of CloudTrail, and the buckets that trails deliver to",
        document: r#"{"Version":"2012-10-17","Statement":[
            {"Effect":"Allow","Action":["cloudtrail:*","cloudtrail-data:*","cairn:Lookup","cairn:Query","cairn:Tail",
             "cairn:GetPublicKeys","cairn:ListStacks","cairn:PutStack"],
             "Resource":"*"},
            {"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"*"},
            {"Effect":"Allow","Action":["s3:CreateBucket","s3:PutBucketPolicy","s3:GetBucketPolicy","s3:GetBucketLocation",
             "s3:ListBucket","s3:PutBucketPublicAccessBlock"],"Resource":"arn:aws:s3:::aws-cloudtrail-logs*"},
            {"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::aws-cloudtrail-logs*/*"}]}"#,
    },
    Builtin {
        arn: "arn:aws:iam::aws:policy/AWSCloudTrail_ReadOnlyAccess",
        description: "Reading of CloudTrail: trails, stores, events",
        document: r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Resource":"*","Action":[
            "cloudtrail:Describe*","cloudtrail:Get*","cloudtrail:List*","cloudtrail:LookupEvents",
            "cairn:Lookup","cairn:Query","cairn:Tail","cairn:GetPublicKeys","cairn:ListStacks"]}}"#,
    },
    Builtin {
        arn: "arn:aws:iam::aws:policy/AmazonS3FullAccess",
        description: "All buckets of the account",
        document: r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#,
    },
    Builtin {
        arn: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
        description: "Reading all buckets of the account",
        document: r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["s3:Get*","s3:List*"],"Resource":"*"}}"#,
    },
];

/// The one of this ARN.
pub fn builtin(arn: &str) -> Option<&'static Builtin> {
    BUILTIN.iter().find(|policy| policy.arn == arn)
}
