SELECT trial, stage, parameters, mae, failure, seconds, coalesce(by_day, '[]') FROM trials WHERE search = ?1
ORDER BY trial, stage;
