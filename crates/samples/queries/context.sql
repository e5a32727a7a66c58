-- name: Changes by team
-- about: Changes counted by a tag of the caller. For stores with the context key "team" (enriched events).
SELECT eventContext.tagContext.principalTags['team'] AS team, eventSource, count(*) AS changes
FROM $EDS_ID
WHERE readOnly = false
    AND eventContext.tagContext.principalTags['team'] IS NOT NULL
    AND eventTime > date_add('day', -7, now())
GROUP BY 1, 2
ORDER BY changes DESC

-- name: Production touched from outside its team
-- about: Events on resources tagged as production whose caller is tagged with another team. For enriched stores.
SELECT eventTime, eventName, userIdentity.arn, eventContext.tagContext.principalTags['team'] AS callers_team, tagged.arn
FROM (
    SELECT eventTime, eventName, userIdentity, eventContext, t.arn, t.tags
    FROM $EDS_ID
    CROSS JOIN UNNEST(eventContext.tagContext.resourceTags) AS t(arn, tags)
) tagged
WHERE tagged.tags['env'] = 'prod'
    AND (tagged.tags['team'] IS DISTINCT FROM eventContext.tagContext.principalTags['team'])
ORDER BY eventTime DESC
LIMIT 200

-- name: Calls that a service made for somebody
-- about: Events whose request came through an AWS service, from the enriched request context.
SELECT eventSource, eventName, userIdentity.arn, count(*) AS times
FROM $EDS_ID
WHERE eventContext.requestContext['aws:ViaAWSService'] = 'true'
    AND eventTime > date_add('day', -7, now())
GROUP BY 1, 2, 3
ORDER BY times DESC

-- name: Callers from outside the organization
-- about: Events whose caller's organization is not ours, from the enriched request context.
SELECT eventContext.requestContext['aws:PrincipalAccount'] AS account, eventContext.requestContext['aws:PrincipalOrgID'] AS organization,
    eventName, count(*) AS times
FROM $EDS_ID
WHERE eventContext.requestContext['aws:PrincipalAccount'] IS NOT NULL
    AND (eventContext.requestContext['aws:PrincipalOrgID'] IS DISTINCT FROM 'o-exampleorgid')
    AND eventTime > date_add('day', -7, now())
GROUP BY 1, 2, 3
ORDER BY times DESC

-- name: Enriched events
-- about: Events with context beside them, and what it is.
SELECT eventTime, eventName, eventContext.requestContext, eventContext.tagContext.principalTags
FROM $EDS_ID
WHERE eventContext IS NOT NULL
ORDER BY eventTime DESC
LIMIT 100
