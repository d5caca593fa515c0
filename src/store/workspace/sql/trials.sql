SELECT trial, stage, parameters, mae, failure, seconds FROM trials WHERE search = ?1 ORDER BY trial, stage;
