INSERT INTO online_values (publication, feature, site, service, hour, value, n) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7);
