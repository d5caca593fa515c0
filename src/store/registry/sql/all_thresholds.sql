SELECT event, name, value, reason FROM thresholds ORDER BY event;
