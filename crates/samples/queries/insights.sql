-- name: Unusual activity that began
-- about: Insights events that mark the start of unusual call or error rates, the strongest first.
-- family: Insight
SELECT eventTime, insightType, insightEventSource, insightEventName, insightErrorCode,
    insightContext.baselineAverage, insightContext.insightAverage
FROM $EDS_ID
WHERE insightState = 'Start'
ORDER BY insightContext.insightAverage / greatest(insightContext.baselineAverage, 0.001) DESC

-- name: Insights by kind and call
-- about: How often each call was unusual.
-- family: Insight
SELECT insightType, insightEventSource, insightEventName, count(DISTINCT sharedEventID) AS times
FROM $EDS_ID
GROUP BY 1, 2, 3
ORDER BY times DESC

-- name: Unusual error rates
-- about: Error codes that came far more often than usual.
-- family: Insight
SELECT eventTime, insightEventName, insightErrorCode, insightContext.insightAverage
FROM $EDS_ID
WHERE insightType = 'ApiErrorRateInsight'
ORDER BY eventTime DESC

-- name: Who caused unusual activity
-- about: The identities, clients and errors that Insights events are attributed to.
-- family: Insight
SELECT eventTime, insightEventName, a.attribute, a.insight[1].value AS mostly, a.insight[1].average AS average
FROM (
    SELECT eventTime, insightEventName, insightContext.attributions AS attributions FROM $EDS_ID
) unusual
CROSS JOIN UNNEST(attributions) AS a(attribute, insightvalue, insightaverage, baselinevalue, baselineaverage, insight, baseline)
ORDER BY eventTime DESC

-- name: How long unusual activity lasted
-- about: Duration of each insight in minutes, from its end event.
-- family: Insight
SELECT sharedEventID, insightEventName, insightContext.insightDuration AS minutes, eventTime AS ended
FROM $EDS_ID
WHERE insightState = 'End'
ORDER BY minutes DESC
