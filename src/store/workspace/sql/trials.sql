SELECT trial, stage, parameters, mae, failure, seconds, coalesce(by_day, '[]'), mae_low, mae_high FROM trials WHERE search = ?1
ORDER BY trial, stage;
