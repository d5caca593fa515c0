SELECT feature, site, service, hour, value, n, publication FROM online_values ORDER BY feature, site, service, hour;
