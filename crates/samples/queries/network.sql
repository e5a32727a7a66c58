-- name: Security groups opened to the world
-- about: Inbound rules that let in any address.
SELECT eventTime, userIdentity.arn, element_at(requestParameters, 'groupId') AS security_group, awsRegion,
    element_at(requestParameters, 'ipPermissions') AS rules
FROM $EDS_ID
WHERE eventName = 'AuthorizeSecurityGroupIngress'
    AND errorCode IS NULL
    AND (element_at(requestParameters, 'ipPermissions') LIKE '%0.0.0.0/0%' OR element_at(requestParameters, 'ipPermissions') LIKE '%::/0%')
    AND eventTime > date_add('day', -30, now())
ORDER BY eventTime DESC

-- name: Remote administration opened to the world
-- about: Rules that let any address reach SSH (22) or Remote Desktop (3389), port by port.
SELECT eventTime, userIdentity.arn, element_at(requestParameters, 'groupId') AS security_group,
    json_extract_scalar(rule, '$.fromPort') AS from_port, json_extract_scalar(rule, '$.toPort') AS to_port
FROM $EDS_ID
CROSS JOIN UNNEST(cast(json_extract(element_at(requestParameters, 'ipPermissions'), '$.items') AS array(json))) AS t(rule)
WHERE eventName = 'AuthorizeSecurityGroupIngress'
    AND json_format(rule) LIKE '%0.0.0.0/0%'
    AND json_extract_scalar(rule, '$.fromPort') IN ('22', '3389')
    AND eventTime > date_add('day', -30, now())
ORDER BY eventTime DESC

-- name: History of a security group
-- about: Everything that was changed about one security group.
SELECT eventTime, eventName, userIdentity.arn, requestParameters
FROM $EDS_ID
WHERE element_at(requestParameters, 'groupId') = 'sg-0123456789abcdef0'
    AND readOnly = false
ORDER BY eventTime DESC

-- name: Security group changes by person
-- about: Who changes security groups, and how often.
SELECT userIdentity.arn, eventName, count(*) AS times, max(eventTime) AS last_time
FROM $EDS_ID
WHERE eventName LIKE '%SecurityGroup%'
    AND readOnly = false
    AND eventTime > date_add('day', -30, now())
GROUP BY 1, 2
ORDER BY times DESC

-- name: Changes of network access lists
-- about: Network ACLs and their entries made, replaced or deleted.
SELECT eventTime, eventName, userIdentity.arn, element_at(requestParameters, 'networkAclId') AS acl, awsRegion
FROM $EDS_ID
WHERE eventName IN ('CreateNetworkAcl', 'CreateNetworkAclEntry', 'ReplaceNetworkAclEntry', 'ReplaceNetworkAclAssociation', 'DeleteNetworkAcl', 'DeleteNetworkAclEntry')
    AND eventTime > date_add('day', -30, now())
ORDER BY eventTime DESC

-- name: Routes to the internet
-- about: Default routes that were added to route tables, and through which gateway.
SELECT eventTime, userIdentity.arn, element_at(requestParameters, 'routeTableId') AS route_table,
    coalesce(element_at(requestParameters, 'gatewayId'), element_at(requestParameters, 'natGatewayId')) AS gateway
FROM $EDS_ID
WHERE eventName IN ('CreateRoute', 'ReplaceRoute')
    AND element_at(requestParameters, 'destinationCidrBlock') = '0.0.0.0/0'
    AND errorCode IS NULL
    AND eventTime > date_add('day', -30, now())
ORDER BY eventTime DESC

-- name: Internet gateways and peerings
-- about: New ways into or between networks: internet gateways, peerings, transit gateway attachments and VPNs.
SELECT eventTime, eventName, userIdentity.arn, awsRegion, requestParameters
FROM $EDS_ID
WHERE eventName IN ('AttachInternetGateway', 'CreateVpcPeeringConnection', 'AcceptVpcPeeringConnection', 'CreateTransitGatewayVpcAttachment', 'CreateVpnConnection')
    AND errorCode IS NULL
    AND eventTime > date_add('day', -30, now())
ORDER BY eventTime DESC

-- name: Flow logs that were deleted
-- about: Who turned off the recording of network traffic.
SELECT eventTime, userIdentity.arn, awsRegion, requestParameters
FROM $EDS_ID
WHERE eventName = 'DeleteFlowLogs'
    AND eventTime > date_add('day', -90, now())
ORDER BY eventTime DESC

-- name: Callers by address
-- about: The addresses that most calls came from, with how many identities used each.
SELECT sourceIPAddress, count(*) AS calls, count(DISTINCT userIdentity.arn) AS identities
FROM $EDS_ID
WHERE sourceIPAddress NOT LIKE '%.amazonaws.com'
    AND eventTime > date_add('day', -1, now())
GROUP BY sourceIPAddress
ORDER BY calls DESC
LIMIT 100

-- name: One address across accounts
-- about: Addresses that were active in more than one account.
SELECT sourceIPAddress, count(DISTINCT recipientAccountId) AS accounts, array_agg(DISTINCT recipientAccountId) AS which
FROM $EDS_ID
WHERE regexp_like(sourceIPAddress, '^[0-9.:a-f]+$')
    AND eventTime > date_add('day', -7, now())
GROUP BY sourceIPAddress
HAVING count(DISTINCT recipientAccountId) > 1
ORDER BY accounts DESC
LIMIT 100

-- name: Everything from one address
-- about: What came from an address that you are suspicious of.
SELECT eventTime, recipientAccountId, userIdentity.arn, eventSource, eventName, errorCode
FROM $EDS_ID
WHERE sourceIPAddress = '203.0.113.9'
    AND eventTime > date_add('day', -30, now())
ORDER BY eventTime DESC
LIMIT 1000

-- name: Addresses never seen before
-- about: Addresses whose first call of the last thirty days was within the last day, with who used them.
SELECT sourceIPAddress, min(eventTime) AS first_seen, arbitrary(userIdentity.arn) AS caller, count(*) AS calls
FROM $EDS_ID
WHERE userIdentity.invokedBy IS NULL
    AND eventTime > date_add('day', -30, now())
GROUP BY sourceIPAddress
HAVING min(eventTime) > date_add('day', -1, now())
ORDER BY calls DESC
LIMIT 200

-- name: Old TLS versions
-- about: Clients that still connect with TLS 1.0 or 1.1.
SELECT tlsDetails.tlsVersion, eventSource, userAgent, count(*) AS calls
FROM $EDS_ID
WHERE tlsDetails.tlsVersion IN ('TLSv1', 'TLSv1.0', 'TLSv1.1')
    AND eventTime > date_add('day', -7, now())
GROUP BY 1, 2, 3
ORDER BY calls DESC

-- name: TLS versions in use
-- about: How calls are encrypted on their way, by TLS version and cipher suite.
SELECT tlsDetails.tlsVersion, tlsDetails.cipherSuite, count(*) AS calls
FROM $EDS_ID
WHERE tlsDetails.tlsVersion IS NOT NULL
    AND eventTime > date_add('day', -1, now())
GROUP BY 1, 2
ORDER BY calls DESC

-- name: Calls that VPC endpoints denied
-- about: Network activity events: calls that the policy of a VPC endpoint refused.
SELECT eventTime, vpcEndpointId, eventSource, eventName, userIdentity.arn, sourceIPAddress, errorMessage
FROM $EDS_ID
WHERE eventCategory = 'NetworkActivity'
    AND errorCode = 'VpceAccessDenied'
    AND eventTime > date_add('day', -7, now())
ORDER BY eventTime DESC

-- name: Traffic of each VPC endpoint
-- about: Network activity by endpoint and service, and how much of it was denied.
SELECT vpcEndpointId, eventSource, count(*) AS calls, count_if(errorCode = 'VpceAccessDenied') AS denied
FROM $EDS_ID
WHERE eventCategory = 'NetworkActivity'
    AND eventTime > date_add('day', -7, now())
GROUP BY 1, 2
ORDER BY calls DESC

-- name: Foreign accounts at our VPC endpoints
-- about: Network activity where the caller's account is not the one that owns the endpoint.
SELECT vpcEndpointId, vpcEndpointAccountId, userIdentity.accountId AS caller_account, eventSource, count(*) AS calls
FROM $EDS_ID
WHERE eventCategory = 'NetworkActivity'
    AND vpcEndpointAccountId <> userIdentity.accountId
    AND eventTime > date_add('day', -7, now())
GROUP BY 1, 2, 3, 4
ORDER BY calls DESC

-- name: VPC endpoint policies that changed
-- about: Endpoints that were made, modified or deleted.
SELECT eventTime, eventName, userIdentity.arn, element_at(requestParameters, 'vpcEndpointId') AS endpoint
FROM $EDS_ID
WHERE eventName IN ('CreateVpcEndpoint', 'ModifyVpcEndpoint', 'DeleteVpcEndpoints')
    AND eventTime > date_add('day', -30, now())
ORDER BY eventTime DESC
