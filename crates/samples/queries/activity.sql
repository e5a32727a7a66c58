-- name: Activity of other systems by source
-- about: Events that came through channels, by system and operation.
-- family: ActivityAuditLog
SELECT eventData.eventSource, eventData.eventName, count(*) AS events
FROM $EDS_ID
WHERE eventTime > date_add('day', -7, now())
GROUP BY 1, 2
ORDER BY events DESC

-- name: What a user of another system did
-- about: Events of channels of one principal, by the ID that its own system gives it.
-- family: ActivityAuditLog
SELECT eventTime, eventData.eventSource, eventData.eventName, eventData.sourceIPAddress
FROM $EDS_ID
WHERE eventData.userIdentity.principalId = 'u-7'
ORDER BY eventTime DESC

-- name: Errors in other systems
-- about: Failed operations among the events of channels.
-- family: ActivityAuditLog
SELECT eventData.eventSource, eventData.eventName, eventData.errorCode, count(*) AS times
FROM $EDS_ID
WHERE eventData.errorCode IS NOT NULL
GROUP BY 1, 2, 3
ORDER BY times DESC

-- name: Delay of activity events
-- about: How long events were under way before they came in through their channel.
-- family: ActivityAuditLog
SELECT metadata.channelARN, count(*) AS events,
    max(date_diff('second', eventTime, from_iso8601_timestamp(metadata.ingestionTime))) AS longest_delay_in_seconds
FROM $EDS_ID
WHERE metadata.ingestionTime IS NOT NULL
GROUP BY 1

-- name: One activity event by its UID
-- about: Finds an event of another system by the ID that it has there.
-- family: ActivityAuditLog
SELECT eventTime, eventID, eventJson
FROM $EDS_ID
WHERE eventData.UID = 'uid-1'
