SELECT at, generation, version, site, service, request_key, features, missing, predicted_minutes, latency_us
FROM predictions
ORDER BY at, id;
