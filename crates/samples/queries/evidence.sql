-- name: Failed controls
-- about: Evidence of Audit Manager that failed its check, by framework and control.
-- family: Evidence
SELECT eventData.frameworkName, eventData.controlName, count(*) AS failures
FROM $EDS_ID
WHERE eventData.complianceCheck IN ('FAILED', 'Failed', 'NON_COMPLIANT')
GROUP BY 1, 2
ORDER BY failures DESC

-- name: Share of evidence that passed
-- about: Passed and failed evidence by control domain.
-- family: Evidence
SELECT eventData.controlDomainName, count(*) AS evidence, count_if(upper(eventData.complianceCheck) = 'PASSED') AS passed
FROM $EDS_ID
GROUP BY 1
ORDER BY evidence DESC

-- name: Evidence about a resource
-- about: What audits collected about one resource.
-- family: Evidence
SELECT eventTime, eventData.controlName, eventData.complianceCheck, eventData.dataSource
FROM $EDS_ID
WHERE eventData.resourceArn = 'arn:aws:s3:::payroll'
ORDER BY eventTime DESC

-- name: Evidence by assessment
-- about: How much evidence each assessment holds, and how new it is.
-- family: Evidence
SELECT eventData.assessmentId, count(*) AS evidence, max(eventTime) AS newest
FROM $EDS_ID
GROUP BY 1
ORDER BY newest DESC
