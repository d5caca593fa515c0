-- Every row of a table, of which the quoted name follows.
SELECT * FROM 