SELECT trial, stage, parameters, mae, failure, seconds, mae_low, mae_high FROM trials WHERE search = ?1
ORDER BY trial, stage;
