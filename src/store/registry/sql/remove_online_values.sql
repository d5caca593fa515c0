-- Those of publications before the last one, which the trigger lets go.
DELETE FROM online_values WHERE publication < ?1;
