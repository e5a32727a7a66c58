//! Which operations change nothing.

/// How the names of operations start that only read.
const PREFIXES: [&str; 13] = [
    "AssumeRole",
    "BatchDescribe",
    "BatchGet",
    "Describe",
    "GenerateDataKey",
    "Get",
    "Head",
    "List",
    "Lookup",
    "Query",
    "Scan",
    "Search",
    "Select",
];

/// Others that only read, sorted: cryptography with keys of KMS, models that are asked, checks and simulations.
const OTHERS: [&str; 26] = [
    "AssumeRoot",
    "BatchIsAuthorized",
    "BatchIsAuthorizedWithToken",
    "CheckAccessNotGranted",
    "CheckNoNewAccess",
    "CheckNoPublicAccess",
    "Converse",
    "ConverseStream",
    "CountTokens",
    "Decrypt",
    "DeriveSharedSecret",
    "Encrypt",
    "GenerateMac",
    "GenerateRandom",
    "InvokeModel",
    "InvokeModelWithResponseStream",
    "IsAuthorized",
    "IsAuthorizedWithToken",
    "ReEncrypt",
    "Sign",
    "SimulateCustomPolicy",
    "SimulatePrincipalPolicy",
    "ValidatePolicy",
    "ValidateTemplate",
    "Verify",
    "VerifyMac",
];

/// Whether CloudTrail marks calls of an operation of this name, of the model or of events, as `readOnly`.
/// Handing out credentials and using keys change nothing by its reckoning.
pub fn is_read_only(operation: &str) -> bool {
    OTHERS.binary_search(&operation).is_ok() || PREFIXES.iter().any(|prefix| operation.starts_with(prefix))
}

#[cfg(test)]
mod tests;
