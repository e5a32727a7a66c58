-- name: Configuration changes by type
-- about: How many configuration items were recorded for each type of resource.
-- family: ConfigurationItem
SELECT eventData.resourceType, count(*) AS items, count(DISTINCT eventData.resourceId) AS resources
FROM $EDS_ID
WHERE eventTime > date_add('day', -7, now())
GROUP BY 1
ORDER BY items DESC

-- name: History of a resource's configuration
-- about: Each recorded state of one resource, newest first.
-- family: ConfigurationItem
SELECT eventTime, eventData.configurationItemStatus, eventData.configuration
FROM $EDS_ID
WHERE eventData.resourceId = 'payroll'
ORDER BY eventTime DESC

-- name: Resources that appeared or went
-- about: Resources that were discovered or deleted.
-- family: ConfigurationItem
SELECT eventTime, eventData.configurationItemStatus, eventData.resourceType, eventData.resourceId, eventData.awsRegion
FROM $EDS_ID
WHERE eventData.configurationItemStatus IN ('ResourceDiscovered', 'ResourceDeleted')
ORDER BY eventTime DESC

-- name: Resources without an owner's tag
-- about: The newest item of each resource that lacks the tag "team".
-- family: ConfigurationItem
SELECT resource_type, resource_id, recorded
FROM (
    SELECT eventData.resourceType AS resource_type, eventData.resourceId AS resource_id, eventTime AS recorded,
        element_at(eventData.tags, 'team') AS team,
        row_number() OVER (PARTITION BY eventData.resourceType, eventData.resourceId ORDER BY eventTime DESC) AS place
    FROM $EDS_ID
) items
WHERE place = 1 AND team IS NULL
ORDER BY recorded DESC

-- name: What a resource is connected with
-- about: The relationships of configuration items, one a row.
-- family: ConfigurationItem
SELECT resource_id, r.name, r.resourcetype, r.resourceid
FROM (SELECT eventData.resourceId AS resource_id, eventData.relationships AS relationships FROM $EDS_ID) items
CROSS JOIN UNNEST(relationships) AS r(name, resourcetype, resourceid, resourcename)
