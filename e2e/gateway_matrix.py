"""The calls that the gateway is tried with, in the order in which they are made."""

import gateway_calls_data
import gateway_calls_json
import gateway_calls_query
import gateway_calls_rest
from gateway_call import Service

SERVICES: tuple[Service, ...] = (
    *gateway_calls_query.SERVICES,
    *gateway_calls_json.SERVICES,
    *gateway_calls_rest.SERVICES,
    *gateway_calls_data.SERVICES,
)
